"""CPython's own tests, as Debian ships them, pass and fail the same with and without the recorder."""
import os
import re
import subprocess
import unittest

from vl import PYTHON, SHIM, Case, clean_environment

PROMISES = "1"

# the quick ones run always, the next with scripts/check --all, the rest with `make check-suites`
QUICK = ["test_os", "test_posix", "test_select", "test_fcntl", "test_mmap", "test_pty", "test_tempfile", "test_threading"]
MORE = [*QUICK, "test_io", "test_signal", "test_subprocess", "test_audit", "test_inspect", "test_sys"]
ALL = [*MORE, "test_socket", "test_ssl", "test_asyncio", "test_multiprocessing_fork", "test_multiprocessing_spawn",
       "test_multiprocessing_forkserver", "test_pathlib", "test_shutil"]
CHOSEN = ALL if os.environ.get("ALL_SUITES") else MORE if os.environ.get("VL_ALL") == "1" else QUICK
NAMES = os.environ.get("SUITES", "").split() or CHOSEN


def installed():
    return subprocess.run([PYTHON, "-c", "import test.test_os"], capture_output=True).returncode == 0


@unittest.skipUnless(installed(), "libpython3.11-testsuite: not installed")
class Suites(Case):
    def failures(self, name, recorded, only=()):
        """(status, names of the tests that failed, how many ran)."""
        work = self.folder / f"{name}-{'recorded' if recorded else 'native'}-{len(only)}"
        work.mkdir(exist_ok=True)
        env = clean_environment(TMPDIR=work, HOME=work, PYTHONDONTWRITEBYTECODE="1")
        if recorded:
            env.update(LD_PRELOAD=str(SHIM), VLSHIM_SPOOL=str(self.folder / "spool"))
        words = [word for test in only for word in ("-m", test)]
        done = subprocess.run([PYTHON, "-m", "test", "-v", "--timeout", "120", *words, name], cwd=work, env=env, capture_output=True,
                              text=True, errors="replace", timeout=600, stdin=subprocess.DEVNULL)
        (work / "output.txt").write_text(done.stdout + done.stderr)
        failed = set(re.findall(r"^(?:FAIL|ERROR): (\w+) \([\w.]+\)", done.stdout + done.stderr, re.MULTILINE))
        ran = sum(map(int, re.findall(r"^Ran (\d+) tests? in", done.stdout + done.stderr, re.MULTILINE)))
        skipped = sum(map(int, re.findall(r"skipped=(\d+)", done.stdout + done.stderr)))
        return done.returncode, failed, ran, skipped

    def compare(self, name):
        native, recorded = self.failures(name, False), self.failures(name, True)
        self.assertGreater(native[2], 3, "nothing ran")
        if recorded != native and recorded[1] ^ native[1]:  # what differs once more, in both
            only = sorted(recorded[1] ^ native[1])
            native, recorded = self.failures(name, False, only), self.failures(name, True, only)
        self.assertEqual(recorded, native)


for one in NAMES:
    setattr(Suites, f"test_of_cpython_{one}", lambda self, one=one: self.compare(one))


if __name__ == "__main__":
    unittest.main()
