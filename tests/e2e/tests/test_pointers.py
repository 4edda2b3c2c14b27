"""Pointers that are none, and memory that is taken away: what the kernel answers, the recorder lets it answer, and it reads
what was written only where that is still there. The table is pointers.def; every hooked function is in it."""
import functools
import json
import os
import re
import shutil
import socket
import subprocess
import unittest

from vl import SCRATCH, SHIM, Case, clean_environment, needs, program, run

PROMISES = "3"

MODES = {
    "plain": "as programs mostly are",
    "blocked": "in a thread that blocks all signals",
    "handled": "with a handler of the program's own, which is called where it is natively",
    "denied": "where a filter keeps the kernel from copying",
    "blocked_and_denied": "both",
    "privileges_given_up": "after prctl(PR_SET_NO_NEW_PRIVS), from where on a crash is none of ours",
    "confined": "under a filter of the program's own, where no system call of ours is made either",
}

# (lines, modes, why they may differ)
EXCEPTIONS = [
    (r"dlvsym version read only", ".*", "an empty version: the loader compares it with NULL in any preloaded library that has none"),
]


def line_key(line):
    """An address that is none at all is one fault or another, by the register that it lies in."""
    return line.replace("signal 7", "signal 11") if " no address: " in line else line


@functools.lru_cache
def answers(mode, shim):
    folder = SCRATCH / "pointers" / f"{mode}-{'recorded' if shim else 'native'}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    env = clean_environment(**({"LD_PRELOAD": SHIM, "VLSHIM_SPOOL": folder / "spool"} if shim else {}))
    done = subprocess.run([program("pointers"), mode], cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
    if done.returncode == 0:
        shutil.rmtree(folder, ignore_errors=True)
    return done.returncode, done.stdout.splitlines(), done.stderr


def may_differ(line, mode):
    return any(re.match(f"{lines}: ", line) and re.fullmatch(modes, mode) for lines, modes, _ in EXCEPTIONS)


class Pointers(Case):
    @needs("nm")
    def test_every_hook_is_in_the_table(self):
        text = subprocess.run(["nm", "-D", "--defined-only", SHIM], capture_output=True, text=True, check=True).stdout
        exported = {line.split()[-1].partition("@")[0] for line in text.splitlines() if line.split()[-2] != "A"}
        listed = subprocess.run([program("pointers"), "list"], capture_output=True, text=True, check=True).stdout.split()
        self.assertEqual({name for name in exported if not name.startswith("vlshim_")}, set(listed))

    def test_what_was_unmapped_stays_so(self):
        """Where the recorder put memory of its own, a stale pointer would be good again."""
        for shim in False, True:
            done = run([program("pointers"), "holes"], self.folder, shim=shim, stdin=-3, env=clean_environment(VLSHIM_SPOOL=self.folder / "spool"))
            self.assertEqual(done.stdout.replace(b"a line\n", b""), b"done\n", shim)


def add_mode(mode):
    def test(self):
        (status, native, _), (own_status, recorded, errors) = answers(mode, False), answers(mode, True)
        self.assertEqual((status, own_status), (0, 0), errors)
        self.assertGreater(len(native), 6000)
        self.assertEqual([line.partition(": ")[0] for line in native], [line.partition(": ")[0] for line in recorded])
        differ = [f"{a}, recorded {b.rpartition(': ')[2]}" for a, b in zip(native, recorded)
                  if line_key(a) != line_key(b) and not may_differ(a, mode)]
        self.assertEqual(differ, [], f"{len(differ)} of {len(native)} calls")
    test.__doc__ = MODES[mode]
    setattr(Pointers, f"test_{mode}", test)


for each in MODES:
    add_mode(each)


# ---- memory that is gone when a call returns ----

ROUNDS = int(os.environ.get("LATE_ROUNDS", "1000"))
TO_OUTPUT = "write by_number writev writev_there fwrite fputs printf dprintf".split()
TO_STREAMS = "write writev writev_there send sendto sendmsg sendmsg_there sendmmsg".split()
SHAPES = [(call, to, "unmap") for call in TO_OUTPUT for to in "12"]
SHAPES += [("puts", "1", "unmap"), ("line_buffered", "1", "unmap"), ("write", "socket", "unmap"), ("writev_there", "2", "blocked")]
SHAPES += [(call, to, how) for how in ("close", "truncate", "from_outside", "blocked")
           for call, to in (("write", "1"), ("write", "2"), ("fputs", "2"), ("printf", "1"))]
SHAPES += [(call, "claude", "unmap") for call in ("write", "writev", "writev_there")]
SHAPES += [(call, "claude_socket", how) for call in ("write", "send", "sendto", "sendmsg", "sendmsg_there") for how in ("unmap", "blocked")]
SHAPES += [(call, "http", how) for call in TO_STREAMS for how in ("unmap", "blocked")]


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Late(Case):
    def late(self, call, to, how, rounds, shim=True, spool=None):
        if not (self.folder / "claude").exists():
            shutil.copy(program("late"), self.folder / "claude")
        env = clean_environment(VLSHIM_SPOOL=spool or self.folder / "spool", VLSHIM_VIDEO="v", VLSHIM_HOSTS="localhost", PORT=free_port())
        return run([program("late"), call, to, how, rounds], self.folder, shim=shim, env=env, stdin=-3)

    def test_whoever_takes_it_away(self):
        for shape in SHAPES:
            with self.subTest(" ".join(shape)):
                self.assertEqual(self.late(*shape, 20, shim=False).returncode, 0)
                done = self.late(*shape, ROUNDS)
                self.assertEqual(done.returncode, 0, done.stderr)

    def kept_and_lost(self, call, how, rounds):
        spool = self.folder / f"spool-{call}-{how}"
        self.assertEqual(self.late(call, "2", how, rounds, spool=spool).returncode, 0)
        kept = [e for e in self.cat(spool) if e["kind"] == "text_print"]
        self.fold(spool, "--out", self.folder / "logs")
        log = json.loads(next((self.folder / "logs").rglob("logs.json")).read_text())
        return len(kept), log["vlagg"]["dropped_by_reason"].get("MEMORY_GONE", 0)

    def test_what_is_lost_is_counted(self):
        """200 pieces of 4 KiB are fewer than a process may keep: each is kept, or counted as gone."""
        for call in "write", "fputs":
            for how in "unmap", "blocked":
                with self.subTest(call=call, how=how):
                    kept, lost = self.kept_and_lost(call, how, 200)
                    self.assertEqual(kept + lost, 200)

    def test_what_is_lost_in_formats(self):
        """What printf prints is formatted before it is gone: nothing of it is lost."""
        for call in "printf", "dprintf":
            with self.subTest(call=call):
                self.assertEqual(self.kept_and_lost(call, "unmap", 200), (200, 0))

    def test_what_is_still_there_is_kept(self):
        """Nobody takes it away: nothing is lost, to the last byte, however long it is."""
        spool, text = self.folder / "spool", "".join(f"line {i} of many\n" for i in range(20000))
        script = ("import os, threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\n"
                  "os.write(2, ''.join(f'line {i} of many\\n' for i in range(20000)).encode())\nos._exit(0)\n")
        done = run(["/usr/bin/python3", "-c", script], self.folder, env=clean_environment(VLSHIM_SPOOL=spool))
        self.assertEqual((done.returncode, done.stderr.decode()), (0, text))
        kept = "".join(e["text"] for e in self.cat(spool) if e["kind"] == "text_print" and e["stream"] in (2, "stderr"))
        self.assertEqual(kept, text)


if __name__ == "__main__":
    unittest.main()
