"""A program that ends itself by a signal, with no parent in the recording to be told of it: which signal it was is known, and where
that cannot be told beforehand it stays unknown."""
import os
import platform
import signal
import subprocess
import unittest

from vl import PYTHON, SHIM, Case, clean_environment, needs

PROMISES = "5"

BEGIN = "import ctypes, os, signal, sys, threading, time\nlibc = ctypes.CDLL(None)\nme = os.getpid()\n"
KILL, TKILL, TGKILL = (129, 130, 131) if platform.machine() == "aarch64" else (62, 200, 234)
WAYS = {
    "kill": "os.kill(me, {n})",
    "raise": "signal.raise_signal({n})",
    "pthread_kill": "signal.pthread_kill(threading.get_ident(), {n})",
    "pthread_kill_from_another": "threading.Thread(target=signal.pthread_kill, args=(threading.get_ident(), {n})).start(); time.sleep(9)",
    "killpg": "os.setpgid(0, 0); os.killpg(me, {n})",
    "kill_of_the_group": "os.setpgid(0, 0); os.kill(0, {n})",
    "tgkill": "libc.tgkill(me, me, {n})",
    "sigqueue": "libc.sigqueue(me, {n}, None)",
    "tgkill_by_number": f"libc.syscall({TGKILL}, me, me, {{n}})",
    "tkill_by_number": f"libc.syscall({TKILL}, me, {{n}})",
    "kill_by_number": f"libc.syscall({KILL}, me, {{n}})",
    "after_a_handler": "signal.signal({n}, lambda *_: (signal.signal({n}, signal.SIG_DFL), os.kill(me, {n})))\nos.kill(me, {n}); time.sleep(9)",
    "after_handled_ones": "signal.signal({n}, lambda *_: None)\nfor _ in range(3): signal.pthread_kill(threading.get_ident(), {n})\n"
                          "signal.signal({n}, signal.SIG_DFL); signal.pthread_kill(threading.get_ident(), {n})",
    "beside_a_busy_thread": "def busy():\n  while True: os.stat('/'); os.close(os.open('/dev/null', 0))\n"
                            "threading.Thread(target=busy, daemon=True).start(); time.sleep(0.05); os.kill(me, {n})",
}
OTHERS = [signal.SIGKILL, signal.SIGUSR1, signal.SIGRTMIN + 3]

# what ends otherwise: by a kill from outside that nobody records
OTHERWISE = {
    "handled": "signal.signal(15, lambda *_: None); os.kill(me, 15)",
    "ignored": "signal.signal(15, signal.SIG_IGN); signal.raise_signal(15)",
    "blocked": "signal.pthread_sigmask(signal.SIG_BLOCK, [15]); signal.raise_signal(15)",
    "harmless": "os.kill(me, signal.SIGCHLD); signal.raise_signal(signal.SIGWINCH); signal.pthread_kill(threading.get_ident(), signal.SIGURG)",
    "only_asked": f"os.kill(me, 0); signal.pthread_kill(threading.get_ident(), 0); libc.syscall({KILL}, me, 0)",
}


class OwnSignals(Case):
    def record(self, script, wait=True):
        """The only process of a recording: how it ended as the kernel has it, and its row."""
        spool = self.folder / f"spool{len(list(self.folder.iterdir()))}"
        env = clean_environment(LD_PRELOAD=SHIM, VLSHIM_SPOOL=spool)
        process = subprocess.Popen([PYTHON, "-c", BEGIN + script], cwd=self.folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        if not wait:
            self.assertEqual(process.stdout.readline(), b"there\n")
            process.kill()
        process.communicate(timeout=60)
        row, = self.io(spool)["processes"]
        return process.returncode, row, spool

    def test_each_way(self):
        for i, (way, text) in enumerate(WAYS.items()):
            for number in signal.SIGTERM, OTHERS[i % len(OTHERS)]:
                if number == signal.SIGKILL and "signal.signal" in text:
                    continue  # nobody handles it
                with self.subTest(way=way, signal=number):
                    status, row, _ = self.record(text.format(n=int(number)))
                    self.assertEqual(status, -number)
                    self.assertEqual((row["signal"], row["exit_status"]), (number, None))
                    self.assertIsNotNone(row["end"])

    def test_crashes_of_ones_own(self):
        for number in signal.SIGABRT, signal.SIGSEGV, signal.SIGFPE:
            for way in "os.abort()", f"os.kill(me, {int(number)})", f"signal.pthread_kill(threading.get_ident(), {int(number)})":
                with self.subTest(way=way, signal=number):
                    status, row, _ = self.record(way)
                    self.assertEqual((row["signal"], row["exit_status"]), (-status, None))

    def test_in_every_view(self):
        _, row, spool = self.record("os.kill(me, 15)")
        kill, = [e for e in self.cat(spool) if e["kind"] == "process_kill"]
        self.assertEqual((kill["pid"], kill["target"], kill["signal"], kill["fatal"]), (row["pid"], row["pid"], 15, 1))
        table = self.good("io", spool).decode()
        self.assertRegex(table, rf"(?m)^ +{row['pid']} sig 15 ")
        self.good("export", spool, "--format", "csv", "-o", self.folder / "tables")
        self.assertRegex((self.folder / "tables" / "processes.csv").read_text(), r",15,")

    def test_what_did_not_end_it(self):
        for name, text in OTHERWISE.items():
            with self.subTest(name):
                status, row, _ = self.record(f"{text}\nprint('there', flush=True)\ntime.sleep(60)", wait=False)
                self.assertEqual(status, -9)
                self.assertEqual((row["signal"], row["exit_status"], row["end"]), (None, None, None))

    @needs("unshare")
    @unittest.skipUnless(os.geteuid() == 0, "needs root")
    def test_the_first_of_a_namespace_is_spared(self):
        script = "import os, signal\nos.kill(1, 9); os.kill(1, 15); signal.raise_signal(15)\nos._exit(0 if os.getpid() == 1 else 1)"
        env = clean_environment(LD_PRELOAD=SHIM, VLSHIM_SPOOL=self.folder / "spool1")
        done = subprocess.run(["unshare", "-pf", PYTHON, "-c", script], cwd=self.folder, env=env, capture_output=True)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        rows = self.io(self.folder / "spool1")["processes"]
        self.assertEqual([(r["exit_status"], r["signal"]) for r in rows], [(0, None)] * 2)
        self.assertEqual({e["fatal"] for e in self.cat(self.folder / "spool1") if e["kind"] == "process_kill"}, {0})


if __name__ == "__main__":
    unittest.main()
