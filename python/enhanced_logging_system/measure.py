"""What this process and all below it use, from /proc and getrusage(2)."""
import os
import resource
import time
from typing import NamedTuple, Optional

MIB = 1024 * 1024
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_HAS_LISTS = os.path.exists("/proc/thread-self/children")  # not every kernel has them


class Sample(NamedTuple):
    at: float  # of time.monotonic()
    memory: Optional[float]  # resident bytes
    cpu: float  # seconds, of children that are gone too
    read: Optional[int]  # bytes from and to disk
    written: Optional[int]


def _read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def _children_by_parent():
    children = {}
    for name in os.listdir("/proc"):
        fields = _read(f"/proc/{name}/stat").rpartition(b")")[2].split() if name.isdigit() else []
        if len(fields) > 1:
            children.setdefault(int(fields[1]), []).append(int(name))
    return children


def _children(pid, known):
    """Processes that one has started and not yet waited for."""
    if known is not None:
        return known.get(pid, [])
    try:
        tasks = os.listdir(f"/proc/{pid}/task")
    except OSError:  # it has ended
        return []
    return [int(child) for task in tasks for child in _read(f"/proc/{pid}/task/{task}/children").split()]


def _descendants():
    known = None if _HAS_LISTS else _children_by_parent()
    found, look = [], [os.getpid()]
    while look:
        below = [pid for pid in _children(look.pop(), known) if pid not in found]
        found += below
        look += below
    return found


def _memory(pid):
    fields = _read(f"/proc/{pid}/statm").split()
    return int(fields[1]) * _PAGE if len(fields) > 1 else None


def _cpu(pid):
    """Seconds of a process and of those that it has waited for."""
    fields = _read(f"/proc/{pid}/stat").rpartition(b")")[2].split()
    return sum(map(int, fields[11:15])) / _TICKS if len(fields) > 14 else 0


def _io(pid):
    """Bytes that a process, and those that it has waited for, had read from and written to disk."""
    values = dict(line.split(b": ") for line in _read(f"/proc/{pid}/io").splitlines() if b": " in line)
    try:
        return int(values[b"read_bytes"]), int(values[b"write_bytes"])
    except (KeyError, ValueError):
        return None


def _sum(values):
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def sample():
    everyone = ["self"] + _descendants()
    own = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(usage.ru_utime + usage.ru_stime for usage in own) + sum(map(_cpu, everyone[1:]))
    moved = [pair for pair in map(_io, everyone) if pair]
    return Sample(time.monotonic(), _sum(map(_memory, everyone)), cpu, _sum(r for r, _ in moved), _sum(w for _, w in moved))


def largest_so_far():
    """Bytes that this process, and the largest one that it waited for, have had at once at any time of their lives."""
    return tuple(resource.getrusage(who).ru_maxrss * 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
