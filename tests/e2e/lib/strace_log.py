"""Reading what strace wrote: strace -f -y -s 0 -o LOG, with the calls of CALLS traced."""
import collections
import re

READS = {"read", "readv", "pread64", "preadv", "preadv2"}
WRITES = {"write", "writev", "pwrite64", "pwritev", "pwritev2"}
COPIES = {"sendfile": ("to", "from"), "copy_file_range": ("from", "to"), "splice": ("from", "to")}
STARTS = {"clone", "clone3", "fork", "vfork"}
OTHERS = {"execve", "execveat", "mmap", "openat", "open", "creat", "close", "dup2", "dup3", "io_uring_enter"}
CALLS = sorted(READS | WRITES | STARTS | OTHERS | set(COPIES))

UNKNOWN = float("-inf")  # the result of a call that its process did not live to see

LINE = re.compile(r"^(\d+) +(.*)$")
CALL = re.compile(r"^(\w+)\((.*)\)\s+= (-?\d+|0x[0-9a-f]+|\?)")
FD = re.compile(r"(?<![\w<])(\d+|AT_FDCWD)<((?:[^<>\\]|\\.)*)>(?:\(deleted\))?")


class Process:
    def __init__(self, pid):
        self.pid, self.parent, self.programs, self.end = pid, None, [], None
        self.io = collections.Counter()  # (path, "read" or "written") -> bytes

    def __repr__(self):
        return f"{self.pid} {self.programs} {self.end}"


def whole_lines(path):
    """(pid, text) of every call, those that others interrupted put together again at their end."""
    begun = {}
    with open(path, errors="surrogateescape") as log:
        for line in log:
            pid, text = LINE.match(line.rstrip("\n")).groups()
            if text.endswith("<unfinished ...>"):
                begun[pid] = text[: -len("<unfinished ...>")]
                continue
            if text.startswith("<... "):
                text = begun.pop(pid, "") + text[text.index(">") + 1:]
            elif text.startswith("+++ killed") and begun.get(pid, "").startswith("execve"):
                yield int(pid), begun.pop(pid).rstrip(" ,") + ") = ?"
            yield int(pid), text


def unescape(path):
    return re.sub(r"\\([0-7]{1,3})", lambda m: chr(int(m[1], 8)), path).encode("latin-1").decode("utf-8", "replace")


def leaders(calls):
    """Thread -> process, and process -> parent."""
    process_of, parent_of = {}, {}
    for pid, text in calls:
        call = CALL.match(text)
        if not call or call[1] not in STARTS or not call[3].isdigit() or int(call[3]) == 0:
            continue
        child, own = int(call[3]), process_of.get(pid, pid)
        if "CLONE_THREAD" in call[2]:
            process_of[child] = own
        else:
            parent_of[child] = own
    return process_of, parent_of


class Reader:
    def __init__(self):
        self.processes, self.pending = {}, collections.defaultdict(collections.Counter)

    def move(self, process, fd, what, count):
        number, path = fd
        self.pending[process.pid, number][unescape(path), what] += count

    def settle(self, process, number, counts=True):
        moved = self.pending.pop((process.pid, number), None)
        if moved and counts:
            process.io.update(moved)

    def call(self, process, name, words, result):
        fds = FD.findall(words)
        if name in ("execve", "execveat"):
            if result in (0, UNKNOWN):  # killed in it, past the point of no return: its parent went on
                process.programs.append(re.search(r'"((?:[^"\\]|\\.)*)"', words)[1])
        elif name == "mmap":
            if "PROT_EXEC" in words and fds:
                self.settle(process, fds[0][0], counts=False)  # the loader's look at a library
        elif name in ("openat", "open", "creat", "dup2", "dup3"):
            self.settle(process, str(result))
        elif name == "close":
            self.settle(process, fds[0][0] if fds else "")
        elif result > 0 and name in READS | WRITES and fds:
            self.move(process, fds[0], "read" if name in READS else "written", result)
        elif result > 0 and name in COPIES and len(fds) == 2:
            for fd, role in zip(fds, COPIES[name]):
                self.move(process, fd, "read" if role == "from" else "written", result)


def read_log(path):
    """Processes by pid, the first one first."""
    calls = list(whole_lines(path))
    process_of, parent_of = leaders(calls)
    reader = Reader()
    for pid, text in calls:
        own = process_of.get(pid, pid)
        process = reader.processes.setdefault(own, Process(own))
        process.parent = parent_of.get(own)
        ended = re.match(r"^\+\+\+ (exited with (\d+)|killed by (\w+).*) \+\+\+$", text)
        if ended and pid == own:
            process.end = int(ended[2]) if ended[2] else ended[3]
        call = CALL.match(text)
        if call:
            reader.call(process, call[1], call[2], int(call[3], 0) if call[3] != "?" else UNKNOWN)
    for pid, number in list(reader.pending):
        reader.settle(reader.processes[pid], number)
    return reader.processes
