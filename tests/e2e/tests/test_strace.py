"""What the recorder reports of processes, files and bytes is what the kernel saw: real commands, once under strace and
once under the recorder, compared."""
import collections
import os
import re
import shutil
import subprocess
import unittest

import commands
from recorded import read_spool
from strace_log import CALLS, read_log
from vl import Case, clean_environment, needs, run

PROMISES = "4 5 6"

# What libc reads for itself, inside, and what has no bytes of its own.
LIBC_OWN = re.compile(r"/etc/(passwd|group|nsswitch\.conf|localtime|resolv\.conf|hosts|host\.conf|gai\.conf|services|ld\.so\..*|locale\.alias)$"
                      r"|/usr/share/(zoneinfo|locale)/.*|.*/gconv-modules(\.cache)?$|/usr/lib/locale/.*")
NO_FILE = re.compile(r"/(dev|proc|sys)/(?!shm/)|/memfd:|(?!/)")

# What is another name in each run.
RANDOM = [(re.compile(pattern), name) for pattern, name in [
    (r"/cc\w{6}(\.\w+)?$", r"/cc?\1"), (r"/tmp_(\w+?)_\w{6}$", r"/tmp_\1_?"), (r"/(refs|packs)_\w{6}$", r"/\1_?"),
    (r"/t[a-z0-9_]{8}(/tmp[a-z0-9_]{8})?$", "/t?"), (r"/(in\.txt\.o|sed|sort|sh-thd\.|perl|XX)[\w.]{6,9}$", r"/\1?"),
    (r"/\.([\w.-]+)\.\w{6}$", r"/.\1.?"), (r"/\.tmp-\d+-pack", r"/.tmp-?-pack"),
    (r"/#\d+$", "")]]  # a file without a name goes by its folder's


def normal(path):
    path = os.path.realpath(path)
    for pattern, name in RANDOM:
        path = pattern.sub(name, path)
    return path


def files_of(process):
    """Bytes by file and direction, of regular files that are the program's business."""
    found = collections.Counter()
    for (path, what), count in process.io.items():
        if count and not NO_FILE.match(path) and not LIBC_OWN.match(os.path.realpath(path)):
            found[normal(path), what] += count
    return found


def tree(processes, pid=None, with_bytes=False):
    """Programs, end and children, the same however the pids came out."""
    children = sorted((tree(processes, p.pid, with_bytes) for p in processes.values() if p.parent == pid), key=repr)
    if pid is None:
        return children
    process = processes[pid]
    moved = sorted(files_of(process).items()) if with_bytes else []
    return [[os.path.basename(name) for name in process.programs], process.end, moved, children]


def lines(branch, depth=0):
    """A tree as text, for people who read a difference."""
    for programs, end, moved, children in branch:
        yield "  " * depth + f"{' > '.join(programs) or '(fork)'}: {end} {moved or ''}"
        yield from lines(children, depth + 1)


class Strace(Case):
    maxDiff = 6000

    def fresh(self, prepare):
        work = self.folder / "work"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        prepare(work)
        commands.age(work)
        return work

    def environment(self, **more):
        return clean_environment(PATH="/usr/local/bin:/usr/bin:/bin", LC_ALL="C.UTF-8", TMPDIR=None, PYTHONDONTWRITEBYTECODE="1",
                                 OMP_NUM_THREADS="1", **more)

    def under_strace(self, prepare, command):
        work, log = self.fresh(prepare), self.folder / "strace.log"
        traced = ["strace", "-f", "-y", "-s", "0", "--seccomp-bpf", "-e", "trace=" + ",".join(CALLS), "-o", log]
        done = run([*traced, "sh", "-c", command], work, shim=False, env=self.environment())
        return done, read_log(log)

    def under_the_shim(self, prepare, command):
        work, spool = self.fresh(prepare), self.folder / "spool"
        done = run(["sh", "-c", command], work, env=self.environment(VLSHIM_SPOOL=spool))
        return done, read_spool(self.cat(spool), self.io(spool)["processes"])

    def judge(self, name):
        _, prepare, command = commands.COMMANDS[name]
        done, kernel = self.under_strace(prepare, command)
        again, seen = self.under_the_shim(prepare, command)
        self.assertEqual((again.returncode, again.stdout), (done.returncode, done.stdout))
        self.assertEqual("\n".join(lines(tree(seen))), "\n".join(lines(tree(kernel))), "programs and how they ended")
        totals = [sum((files_of(p) for p in side.values()), collections.Counter()) for side in (seen, kernel)]
        wrong = {key: (totals[0][key], totals[1][key]) for key in totals[0] | totals[1] if totals[0][key] != totals[1][key]}
        self.assertEqual(wrong, {}, "bytes by file: recorded, and seen by strace")
        self.assertEqual("\n".join(lines(tree(seen, with_bytes=True))), "\n".join(lines(tree(kernel, with_bytes=True))), "bytes by process")

    def test_enough_commands(self):
        self.assertGreaterEqual(len(commands.COMMANDS), 25)


def add(name, tools):
    @needs("strace", *tools)
    def test(self):
        self.judge(name)

    setattr(Strace, "test_" + re.sub(r"\W+", "_", name), test)


for command_name, (command_tools, _, _) in commands.COMMANDS.items():
    add(command_name, command_tools)


if __name__ == "__main__":
    unittest.main()
