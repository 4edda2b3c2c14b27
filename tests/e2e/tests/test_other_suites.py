"""The own tests of GLib (C, as Debian installs them) and of Go's os, os/exec and os/signal (as Go ships them) pass and fail
the same with and without the recorder."""
import os
import re
import subprocess
import unittest
from pathlib import Path

from vl import SHIM, Case, clean_environment, needs

PROMISES = "1"

GLIB = Path("/usr/libexec/installed-tests/glib")
# processes, descriptors, files, pipes, signals, threads; some fail for root or without a desktop, then with the recorder too
GLIB_QUICK = ["spawn-test", "spawn-singlethread", "spawn-multithreaded", "spawn-path-search", "unix", "unix-streams", "unix-fd", "thread",
              "thread-pool", "io-channel", "g-file", "mappedfile", "fileutils", "file"]
GLIB_MORE = [*GLIB_QUICK, "gsubprocess", "mainloop", "io-channel-basic"]
ALL = os.environ.get("ALL_SUITES")
GO = ["os/exec", "os/signal", "os"] if ALL else ["os/exec"]


class OtherSuites(Case):
    def outcome(self, argv, cwd, recorded, pattern):
        work = self.folder / ("recorded" if recorded else "native")
        work.mkdir(exist_ok=True)
        env = clean_environment(TMPDIR=work, HOME=work)
        if recorded:
            env.update(LD_PRELOAD=str(SHIM), VLSHIM_SPOOL=str(self.folder / "spool"))
        done = subprocess.run([str(word) for word in argv], cwd=cwd, env=env, capture_output=True, text=True, errors="replace", timeout=400,
                              stdin=subprocess.DEVNULL)
        (work / "output.txt").write_text(done.stdout + done.stderr)
        return done.returncode, sorted(re.findall(pattern, done.stdout, re.MULTILINE))

    def compare(self, argv, cwd, pattern):
        for attempt in range(3):  # a test that fails now and then by itself, in both or none at last
            native, recorded = (self.outcome(argv, cwd, kind, pattern) for kind in (False, True))
            if recorded == native:
                break
        self.assertEqual(recorded, native)
        return len(native[1])

    @unittest.skipUnless(GLIB.is_dir(), "libglib2.0-tests: not installed")
    def test_glib(self):
        for name in GLIB_MORE if ALL else GLIB_QUICK:
            with self.subTest(program=name):
                self.assertGreater(self.compare([GLIB / name, "--tap"], GLIB, r"^((?:not )?ok) \d+ (\S+)"), 0)

    @needs("go")
    def test_go(self):
        root = Path(subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip())
        env = {**clean_environment(), "CGO_ENABLED": "1", "GOFLAGS": "-mod=mod", "GOPROXY": "off"}
        for name in GO:
            with self.subTest(package=name):
                program = self.folder / f"{name.replace('/', '-')}.test"
                subprocess.run(["go", "test", "-p", "2", "-c", "-o", program, name], env=env, check=True, capture_output=True)
                self.assertIn(b"libc.so", program.read_bytes(), "not a program of libc's: nothing would be recorded")
                self.assertGreater(self.compare([program, "-test.short", "-test.v"], root / "src" / name, r"^ *--- (PASS|FAIL|SKIP): (\S+)"), 10)


if __name__ == "__main__":
    unittest.main()
