"""Crashes: the program ends as it would have, whatever its handlers do, and the log tells where it was."""
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import time
import unittest
from pathlib import Path

from vl import (DEMO_COMMAND, PROGRAMS, PYTHON, SHIM, Case, clean_environment, copy_demo, logs_below, needs, program, run,
                without_pids)

PROMISES = "1 3"

SOURCE = PROGRAMS / "crashes.c"
FRAME = re.compile(r"^#\d+ 0x[0-9a-f]{16} (?:(\S+) )?\((.*?)\)(?: at (.*):(\d+))?$", re.MULTILINE)
# what a crash may take in all: the helper's two seconds, and something for a busy machine
LIMIT_SECONDS = 2.5
SLACK_SECONDS = 1.0


def with_core():
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def line_of(text):
    return next(n for n, line in enumerate(SOURCE.read_text().splitlines(), 1) if text in line)


class Crash(Case):
    def setUp(self):
        super().setUp()
        self.spool = self.folder / "spool"
        self.work = self.folder / "work"
        self.work.mkdir()

    def environment(self, **more):
        return clean_environment(VLSHIM_SPOOL=self.spool, VLSHIM_VIDEO="film", **more)

    def status(self, argv, shim=SHIM, **options):
        """(signal, core dumped, exit status), outputs, seconds."""
        env = self.environment(LD_PRELOAD=shim) if shim else clean_environment()
        start = time.monotonic()
        child = subprocess.Popen([str(w) for w in argv], cwd=self.work, env=env, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, preexec_fn=with_core, **options)
        out, err = child.stdout.read(), child.stderr.read()
        _, status = os.waitpid(child.pid, 0)
        child.returncode = 0
        child.stdout.close()
        child.stderr.close()
        ended = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        return ((ended, os.WCOREDUMP(status), None if ended else os.WEXITSTATUS(status)),
                self.without_addresses(out), self.without_addresses(err), time.monotonic() - start)

    def without_addresses(self, text):
        return re.sub("0x[0-9a-f]{16}", "ADDRESS", without_pids(text))

    def crash(self, *argv, **options):
        """The same as natively; returns the only error of its log."""
        native, recorded = self.status(argv, shim=None), self.status(argv, **options)
        self.assertEqual(recorded[:3], native[:3])
        return self.only_error()

    def only_error(self):
        self.fold(self.spool)
        log = self.check_schema(self.spool / "film" / ".pipeline" / "logs" / "logs.json")
        self.assertEqual(len(log["errors"]), 1, log["errors"])
        return next(iter(log["errors"].values()))

    def frames(self, error):
        """(function, module's file, source file's name, line) of each native frame."""
        return [(m[1], Path(m[2]).name, Path(m[3] or "").name, int(m[4] or 0)) for m in FRAME.finditer(error["stack_trace"])]

    def events(self, kind):
        return [e for e in self.cat(self.spool) if e["kind"] == kind]

    def alone(self, name, helper=None):
        """A copy of the recorder in a folder of its own, with that text as its helper."""
        folder = self.folder / name
        folder.mkdir()
        shutil.copy(SHIM, folder)
        if helper:
            path = folder / "vlshim-unwind"
            path.write_text(helper)
            path.chmod(0o755)
        return folder / Path(SHIM).name


class TheSameEnd(Crash):
    def test_every_way_ends_the_same(self):
        ways = run([program("crashes")], self.work, shim=False).stdout.decode().split()
        self.assertGreater(len(ways), 25)
        for way in ways:
            if way == "wait":
                continue
            with self.subTest(way=way):
                shutil.rmtree(self.spool, ignore_errors=True)
                native, recorded = (self.status([program("crashes"), way], shim=shim) for shim in (None, SHIM))
                self.assertEqual(recorded[:3], native[:3])
                self.assertLess(recorded[3], native[3] + LIMIT_SECONDS + SLACK_SECONDS)

    def test_dispositions_are_answered_the_same(self):
        def ignored_and_blocked():
            signal.signal(signal.SIGFPE, signal.SIG_IGN)
            signal.signal(signal.SIGABRT, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGSEGV, signal.SIGILL])

        for before in None, ignored_and_blocked:
            native, recorded = (run([program("dispositions")], self.work, shim=shim, env=self.environment(), preexec_fn=before)
                                for shim in (False, True))
            self.assertGreater(len(native.stdout.splitlines()), 500)
            self.assertEqual(recorded.stdout.decode(), native.stdout.decode())
            self.assertEqual(recorded.returncode, native.returncode)

    def test_a_signal_from_outside(self):
        for number in signal.SIGSEGV, signal.SIGABRT:
            shutil.rmtree(self.spool, ignore_errors=True)
            child = subprocess.Popen([program("crashes"), "wait"], cwd=self.work, env=self.environment(LD_PRELOAD=SHIM),
                                     stdout=subprocess.PIPE)
            self.assertEqual(child.stdout.readline(), b"ready\n")
            child.send_signal(number)
            self.assertEqual(child.wait(timeout=10), -number)
            child.stdout.close()
            crash = self.events("process_crash")[0]
            self.assertEqual((crash["signal"], crash["sender"], crash["address"]), (number, os.getpid(), 0))
            self.assertIn("wait_for_signal", [f[0] for f in self.frames(self.only_error())])

    def test_a_helper_that_hangs_is_given_up(self):
        pid_file = self.folder / "pid"
        shim = self.alone("hangs", f"#!/bin/sh\necho $$ >{pid_file}\nexec sleep 60\n")
        for way, limit in (("null", 1), ("handler_exit", 1), ("threads_many", 1)):
            with self.subTest(way=way):
                shutil.rmtree(self.spool, ignore_errors=True)
                native, recorded = (self.status([program("crashes"), way], shim=one) for one in (None, shim))
                self.assertEqual(recorded[:3], native[:3])
                self.assertGreater(recorded[3], 1.9)
                self.assertLess(recorded[3], limit * LIMIT_SECONDS + SLACK_SECONDS)
                self.assertFalse(Path(f"/proc/{pid_file.read_text().strip()}").exists(), "the helper is still there")
                self.assertEqual([e["how"] for e in self.events("process_stack")], [2])

    def test_a_helper_that_fails_or_is_not_there(self):
        for name, helper in (("fails", "#!/bin/sh\nkill -SEGV $$\n"), ("empty", "x"), ("none", None)):
            with self.subTest(helper=name):
                shutil.rmtree(self.spool, ignore_errors=True)
                native, recorded = (self.status([program("crashes"), "null"], shim=one)
                                    for one in (None, self.alone(name, helper)))
                self.assertEqual(recorded[:3], native[:3])
                self.assertEqual([e["how"] for e in self.events("process_stack")], [2])
                self.assertEqual(self.frames(self.only_error())[0][0], "innermost")

    def test_a_program_that_lives_on_faults_is_left_to_it(self):
        status = self.status([program("crashes"), "live_on_faults"])
        self.assertEqual(status[:2], ((0, False, 0), "1000 faults\n"))
        self.assertEqual(len(self.events("process_crash")), 3)
        self.fold(self.spool)
        log = self.check_schema(self.spool / "film" / ".pipeline" / "logs" / "logs.json")
        self.assertEqual(log["errors"], {})

    def test_a_program_that_filters_its_system_calls_is_left_alone(self):
        status = self.status([program("crashes"), "sandboxed"])
        self.assertEqual(status[0][0], signal.SIGSEGV)
        self.assertEqual(self.events("process_crash"), [])

    def test_the_end_is_known_though_nobody_waited(self):
        self.status([program("crashes"), "divide"])
        rows = self.io(self.spool)["processes"]
        self.assertEqual([(row["exit_status"], row["signal"]) for row in rows], [(None, signal.SIGFPE)])


class TheStack(Crash):
    DEEP = ["innermost", "middle", "outermost", "fault"]

    def assert_deep(self, frames):
        self.assertEqual([f[0] for f in frames[:4]], self.DEEP)
        lines = [line_of(f"int {name}(") for name in self.DEEP[:3]] + [line_of("void fault(")]
        self.assertEqual([f[1:] for f in frames[:4]], [("crashes", "crashes.c", line) for line in lines])

    def test_three_calls_deep(self):
        error = self.crash(program("crashes"), "null")
        self.assertEqual((error["category"], error["fixable"]), ("runtime_error", False))
        self.assertIn("signal 11", error["message"])
        self.assertTrue(error["stack_trace"].startswith("Signal 11 (SIGSEGV), address 0x0\n"), error["stack_trace"])
        frames = self.frames(error)
        self.assert_deep(frames)
        self.assertIn("main", [f[0] for f in frames])
        crash, stack = self.events("process_crash")[0], self.events("process_stack")[0]
        self.assertEqual((crash["signal"], crash["code"], crash["address"], crash["handled"]), (11, 1, 0, 0))
        self.assertEqual((stack["how"], stack["cut"]), (1, 0))
        self.assertEqual(int(stack["frames"].split()[0], 16), crash["ip"])

    def test_an_abort_in_a_thread(self):
        error = self.crash(program("crashes"), "thread_abort")
        self.assertIn("Signal 6 (SIGABRT)", error["stack_trace"])
        names = [f[0] for f in self.frames(error)]
        self.assertEqual(names[names.index("give_up") + 1], "abort_in_thread")
        self.assertIn("abort", names[:names.index("give_up")])
        crash = self.events("process_crash")[0]
        self.assertNotEqual(crash["tid"], crash["pid"])

    def test_a_handler_that_exits_42(self):
        error = self.crash(program("crashes"), "handler_exit")
        self.assertIn("exit status 42", error["message"])
        self.assertEqual(error["category"], "runtime_error")
        self.assert_deep(self.frames(error))
        self.assertEqual([e["signal"] for e in self.events("crash_exit")], [11])

    def test_a_small_stack(self):
        self.assert_deep(self.frames(self.crash(program("crashes"), "thread_small")))

    def test_closed_descriptors(self):
        self.assert_deep(self.frames(self.crash(program("crashes"), "close_all")))

    def test_a_signal_stack_sees_an_overflow(self):
        error = self.crash(program("crashes"), "overflow_seen")
        self.assertEqual({f[0] for f in self.frames(error)}, {"overflow"})
        self.assertIn("more frames were not recorded", error["stack_trace"])

    def test_a_handler_that_faults_shows_both(self):
        names = [f[0] for f in self.frames(self.crash(program("crashes"), "handler_again"))]
        self.assertEqual(names[:4], self.DEEP)
        self.assertNotIn("crash_handler", names)

    def test_a_call_of_nothing(self):
        names = [f[0] for f in self.frames(self.crash(program("crashes"), "call_nowhere"))]
        self.assertEqual(names[:2], [None, "call_nowhere"])

    def test_a_child_is_told_of_by_its_shell(self):
        error = self.crash("sh", "-c", f'"{program("crashes")}" null; exit $?')
        self.assert_deep(self.frames(error))

    @needs("gcc")
    def test_frame_pointers_are_enough_without_the_helper(self):
        built = self.folder / "crashes"
        subprocess.run(["gcc", "-std=gnu11", "-O1", "-g", "-fno-omit-frame-pointer", "-o", built, SOURCE, "-pthread"], check=True)
        frames = self.frames(self.crash(built, "null", shim=self.alone("none")))
        self.assertEqual([f[0] for f in frames[:5]], [*self.DEEP, "main"])

    def test_a_file_that_changed_gives_no_names(self):
        built = self.folder / "crashes"
        shutil.copy(program("crashes"), built)
        self.status([built, "null"])
        built.unlink()
        shutil.copy("/bin/true", built)
        error = self.only_error()
        self.assertRegex(error["stack_trace"], rf"\n#0 0x[0-9a-f]+ \({re.escape(str(built))}\+0x[0-9a-f]+\)\n")
        first = self.logs()
        built.unlink()
        self.fold(self.spool)
        self.assertEqual(self.logs(), first)

    def logs(self):
        return (self.spool / "film" / ".pipeline" / "logs" / "logs.json").read_bytes()

    def test_nothing_of_the_stack_reaches_the_disk(self):
        secret = "correct-horse-battery-staple"
        self.status(["env", "-i", f"LD_PRELOAD={SHIM}", f"VLSHIM_SPOOL={self.spool}", "VLSHIM_VIDEO=film", f"PASSWORD={secret}",
                     program("crashes"), "null"])
        self.assertEqual(len(self.events("process_stack")), 1)
        for path in self.spool.rglob("*"):
            if path.is_file():
                self.assertNotIn(secret.encode(), path.read_bytes(), path)


class InAPipeline(Crash):
    def test_a_renderer_that_crashes(self):
        env = copy_demo(self.folder / "demo")
        env.update(VLSHIM_SPOOL=str(self.spool))
        renderer = self.folder / "demo" / "bin" / "manim"
        renderer.write_text(f'#!/bin/sh\nexec "{program("crashes")}" null\n')
        run(DEMO_COMMAND, self.folder / "demo", env=env)
        self.fold(self.spool)
        logs = [json.loads(text) for text in logs_below(self.folder / "demo").values()]
        self.assertEqual(len(logs), 4)
        stacks = 0
        for log in logs:
            for key, error in log["errors"].items():
                if error["stack_trace"] and "Native frames" in error["stack_trace"]:
                    self.assertEqual((error["category"], error["stage"]), ("runtime_error", "rendering"), key)
                    self.assertEqual([f[0] for f in self.frames(error)[:3]], ["innermost", "middle", "outermost"])
                    stacks += 1
        self.assertGreater(stacks, 0)


SCRIPT = '''import ctypes
def inner(address):
    return ctypes.string_at(address)
def outer(address):
    return [inner(a)
            for a in [address]]
if __name__ == "__main__":
    outer(0)
'''


class Python(Crash):
    def interpreters(self):
        """Debian's, and those that are found in version folders: (version, path)."""
        found = [PYTHON, *map(str, Path("~/.pyenv/versions").expanduser().glob("3.*/bin/python3"))]
        for path in found:
            told = subprocess.run([path, "-c", "import sys; print(*sys.version_info[:2])"], capture_output=True, text=True)
            if told.returncode == 0 and (3, 9) <= tuple(map(int, told.stdout.split())) <= (3, 13):
                yield path

    def test_a_crash_in_an_extension(self):
        script = self.folder / "script.py"
        script.write_text(SCRIPT)
        for python in self.interpreters():
            with self.subTest(python=python):
                shutil.rmtree(self.spool, ignore_errors=True)
                error = self.crash(python, script)
                lines = [line.strip() for line in error["stack_trace"].splitlines()]
                begin = lines.index("Python frames, innermost first:")
                python_frames = [line for line in lines[begin + 1:] if str(script) in line and "comp>" not in line]
                self.assertEqual(python_frames, [f'File "{script}", line {n}, in {name}'
                                                 for n, name in ((3, "inner"), (5, "outer"), (8, "<module>"))])
                self.assertTrue(any(module.startswith("_ctypes") for _, module, _, _ in self.frames(error)), error["stack_trace"])

    def test_its_own_fault_handler_is_kept(self):
        script = self.folder / "script.py"
        script.write_text(SCRIPT)
        error = self.crash(PYTHON, "-X", "faulthandler", script)
        self.assertIn(f'File "{script}", line 3, in inner', error["stack_trace"])


if __name__ == "__main__":
    unittest.main()
