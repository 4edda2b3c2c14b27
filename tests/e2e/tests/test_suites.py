"""CPython's own tests, as Debian ships them, pass and fail the same with and without the recorder."""
import collections
import concurrent.futures
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from vl import PYTHON, SHIM, Case, clean_environment

PROMISES = "1"

# suite: patterns of its tests, () for all. The quick ones run always, the next with scripts/check --all, the rest with
# `make check-suites`; all of them on loopback alone.
WHOLE = ()
QUICK = dict.fromkeys(["test_os", "test_posix", "test_select", "test_fcntl", "test_mmap", "test_pty", "test_tempfile", "test_threading"], WHOLE)
MORE = {**QUICK, **dict.fromkeys(["test_io", "test_signal", "test_subprocess", "test_audit", "test_inspect", "test_sys", "test_socket", "test_ssl",
                                "test_exceptions", "test_gc", "test_raise"], WHOLE),
        "test_asyncio": ["*.test_subprocess.*", "*.test_unix_events.*"],
        **{f"test_multiprocessing_{how}": ["*.WithProcessesTestProcess.*"]
           for how in ("fork", "spawn", "forkserver")}}
EVERY = dict.fromkeys([*MORE, "test_pathlib", "test_shutil"], WHOLE)
CHOSEN = EVERY if os.environ.get("ALL_SUITES") else MORE if os.environ.get("VL_ALL") == "1" else QUICK
NAMES = os.environ.get("SUITES", "").split() or CHOSEN
PATIENCE = 1800 if os.environ.get("ALL_SUITES") else 400  # seconds for a suite; the longest takes two minutes by itself
REPEATS = 3  # of a test that differs, with and without

Outcome = collections.namedtuple("Outcome", "good failed ran skipped")


def installed():
    return subprocess.run([PYTHON, "-c", "import test.test_os"], capture_output=True).returncode == 0


@unittest.skipUnless(installed(), "libpython3.11-testsuite: not installed")
class Suites(Case):
    number = 0

    def outcome(self, name, recorded, only):
        Suites.number += 1
        # as short as a user's own, and of one length with and without: the suites bind sockets below it, of 107 bytes at most
        work = tempfile.mkdtemp(prefix="vl-")
        self.addCleanup(shutil.rmtree, work, ignore_errors=True)
        env = clean_environment(TMPDIR=work, HOME=work, PYTHONDONTWRITEBYTECODE="1")
        if recorded:
            env.update(LD_PRELOAD=str(SHIM), VLSHIM_SPOOL=str(self.folder / "spool"))
        words = [word for test in only for word in ("-m", test)]
        # a socket to the machine's host is not loopback
        done = subprocess.run([PYTHON, "-m", "test", "-v", "--timeout", str(PATIENCE), "-i", "*VSOCK*", *words, name], cwd=work, env=env,
                              capture_output=True, text=True, errors="replace", timeout=PATIENCE + 60, stdin=subprocess.DEVNULL)
        text = done.stdout + done.stderr
        (self.folder / f"{self.number}-{'recorded' if recorded else 'native'}.txt").write_text(text)
        number = lambda pattern: sum(map(int, re.findall(pattern, text, re.MULTILINE)))
        return Outcome(done.returncode == 0, frozenset(re.findall(r"^(?:FAIL|ERROR): \w+ \(([\w.]+)\)", text, re.MULTILINE)),
                       number(r"^Ran (\d+) tests? in"), number(r"skipped=(\d+)"))

    def both(self, name, only):
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            return list(pool.map(lambda recorded: self.outcome(name, recorded, only), (False, True)))

    def failures(self, name, recorded, test):
        """Of REPEATS runs of one test alone, how many failed."""
        return sum(bool(self.outcome(name, recorded, [test, f"{test}.*"]).failed) for _ in range(REPEATS))

    def compare(self, name):
        native, recorded = self.both(name, NAMES[name] if name in CHOSEN and NAMES is CHOSEN else WHOLE)
        self.assertGreater(native.ran, 3, "nothing ran")
        self.assertEqual((recorded.ran, recorded.skipped), (native.ran, native.skipped))
        for test in sorted(native.failed ^ recorded.failed):  # it may be one that fails now and then
            counts = self.failures(name, False, test), self.failures(name, True, test)
            self.assertFalse(0 in counts and REPEATS in counts, f"{test} failed {counts} times of {REPEATS} without and with the recorder")
        if native.failed == recorded.failed:
            self.assertEqual(recorded.good, native.good)


for one in NAMES:
    setattr(Suites, f"test_of_cpython_{one}", lambda self, one=one: self.compare(one))


if __name__ == "__main__":
    unittest.main()
