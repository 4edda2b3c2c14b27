"""A logs.json that threads and processes write at once: read, changed and replaced in one rename, under a lock."""
import atexit
import contextlib
import fcntl
import itertools
import logging
import os
import threading
import weakref

from . import encode

_log = logging.getLogger("enhanced_logging_system")
_stores = weakref.WeakValueDictionary()
_stores_lock = threading.Lock()
_numbers = itertools.count()
_FOREIGN_WRITERS = 10  # how often a change by somebody without the lock is read anew
_WAITING_MAX = 10000


def store_of(path):
    """The one of that file, in this process."""
    path = os.path.realpath(path)
    with _stores_lock:
        found = _stores.get(path)
        if found is None:
            found = _stores[path] = Store(path)
        return found


@contextlib.contextmanager
def _locked(folder):
    """Of the folder itself, so that nothing is left behind. Let go by name: a forked child may hold the descriptor, too."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(OSError):  # a file system without locks: what is left is the look before the rename
            fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        with contextlib.suppress(OSError):
            fcntl.flock(fd, fcntl.LOCK_UN)
        os.close(fd)


def _identity(path):
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _mode(path):
    try:
        return os.stat(path).st_mode & 0o7777
    except FileNotFoundError:
        return 0o666


class Store:
    """changes: functions that are given the document. What cannot be written waits for the next one, and the end."""

    def __init__(self, path):
        self.path = path
        self._waiting = []
        self._busy = False
        self._told = False
        self._mutex = threading.RLock()

    def update(self, change):
        self._waiting.append(change)
        del self._waiting[:-_WAITING_MAX]
        self.flush()

    def read(self):
        """The document; {} where there is none, or none that can be read."""
        try:
            with open(self.path, encoding="utf-8") as file:
                return encode.load(file.read())
        except (OSError, ValueError, RecursionError):
            return {}

    def flush(self):
        with self._mutex:
            if self._busy:  # a signal handler, in the midst of the below: that one goes on with this change
                return
            self._busy = True
            try:
                while self._waiting:
                    self._write(list(self._waiting))
                self._told = False
            except OSError as problem:
                if not self._told:
                    _log.warning("%s cannot be written now, what it was to tell waits: %s", self.path, problem)
                self._told = True
            finally:
                self._busy = False

    def _write(self, changes):
        folder = os.path.dirname(self.path)
        os.makedirs(folder, exist_ok=True)
        with _locked(folder):
            for attempt in range(_FOREIGN_WRITERS):
                before = _identity(self.path)
                document = self._read_or_move_aside()
                for change in changes:
                    change(document)
                fresh = self._write_beside(encode.dump(document))
                if attempt + 1 == _FOREIGN_WRITERS or _identity(self.path) in (before, None):
                    break
                os.unlink(fresh)
            os.replace(fresh, self.path)
        del self._waiting[:len(changes)]

    def _write_beside(self, content):
        fresh = f"{self.path}.{os.getpid()}-{next(_numbers)}"
        fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
        try:
            with open(fd, "wb") as file:
                file.write(content)
            if os.path.exists(self.path):
                os.chmod(fresh, _mode(self.path))
        except BaseException:
            os.unlink(fresh)
            raise
        return fresh

    def _read_or_move_aside(self):
        try:
            with open(self.path, encoding="utf-8") as file:
                return encode.load(file.read())
        except FileNotFoundError:
            return {}
        except (ValueError, RecursionError):
            aside = next(name for name in itertools.chain([f"{self.path}.unreadable"], (f"{self.path}.unreadable-{n}" for n in itertools.count(1)))
                         if not os.path.lexists(name))
            os.rename(self.path, aside)
            _log.warning("%s is not readable as a log and was moved to %s", self.path, aside)
            return {}


def _forget_in_child():
    """What another thread was about to write, the parent writes."""
    global _stores_lock
    _stores_lock = threading.Lock()
    for store in list(_stores.values()):
        store._mutex, store._busy, store._waiting = threading.RLock(), False, []


@atexit.register
def _flush_all():
    for store in list(_stores.values()):
        store.flush()


os.register_at_fork(after_in_child=_forget_in_child)
