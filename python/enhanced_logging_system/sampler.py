"""One thread takes samples for as long as anything is being measured; none otherwise."""
import os
import sys
import threading
from collections import deque

from .measure import sample

INTERVAL = 0.1
KEPT = 36000  # an hour

_lock = threading.Lock()
_lately = deque(maxlen=KEPT)
_watchers = []
_thread = None
_wake = threading.Event()


def _take():
    """With the lock held."""
    taken = sample()
    _lately.append(taken)
    for see in _watchers:
        see(taken)
    return taken


def _run(wake):
    while not wake.wait(INTERVAL):
        if _lock.acquire(timeout=INTERVAL):
            try:
                if not wake.is_set():
                    _take()
            finally:
                _lock.release()


def _start():
    global _thread, _wake
    _wake = threading.Event()
    thread = threading.Thread(target=_run, args=(_wake,), name="enhanced_logging_system", daemon=True)
    try:
        thread.start()
    except RuntimeError:  # no thread can be had: begin and end are measured
        return
    _thread = thread


def _start_if_wanted():
    if _watchers and not _thread:
        _start()


def _stop():
    """The thread, told to end: whoever asked joins it without the lock."""
    global _thread
    thread, _thread = _thread, None
    _wake.set()
    return thread


def begin(see):
    """`see` is given a sample now, and more of them until the matching end()."""
    with _lock:
        _watchers.append(see)
        _start_if_wanted()
        _take()


def end(see):
    with _lock:
        _take()
        _watchers[:] = [other for other in _watchers if other != see]
        _start_if_wanted()
        thread = None if _watchers else _stop()
    if thread:
        thread.join()


def between(start, stop):
    """The samples from one moment of time.monotonic() to another."""
    return [one for one in list(_lately) if start <= one.at <= stop]


def _before_fork():
    with _lock:
        thread = _stop()
    if thread:
        thread.join()
    _lock.acquire()


def _after_fork_in_parent():
    try:
        # where it would be the only other thread, CPython 3.12 would warn of it still: begin() and end() start it anew
        if sys.version_info < (3, 12) or threading.active_count() > 1:
            _start_if_wanted()
    finally:
        _lock.release()


def _after_fork_in_child():
    global _lock
    _lock = threading.Lock()
    _watchers.clear()
    _lately.clear()


# A fork copies no thread, and CPython warns of it where there are several: the thread ends before and begins again.
os.register_at_fork(before=_before_fork, after_in_parent=_after_fork_in_parent, after_in_child=_after_fork_in_child)
