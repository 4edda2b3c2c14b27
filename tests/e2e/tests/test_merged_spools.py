"""Spools of one host and boot are merged by copying their folders into one, in any way: no file takes another's place, and the whole
tells what they told separately."""
import json
import os
import re
import shutil
import tempfile
import unittest
from pathlib import Path

from vl import PYTHON, Case, clean_environment, logs_below, run

PROMISES = "9"

WORK = """
import os, subprocess, sys
name, rounds = sys.argv[1], int(sys.argv[2])
os.makedirs(f'outputs/2015/{name}', exist_ok=True)
print('Processing:', name)
for i in range(rounds):
    open(f'outputs/2015/{name}/{i}', 'w').write('x' * i)
    subprocess.run(['sh', '-c', f'echo {name} {i} >&2; exit {i % 3}'])
"""


class Merged(Case):
    def record(self, number, spool, name, prepare=None):
        """Each in a folder of its own, so that paths tell them apart."""
        folder = self.folder / f"work{number}"
        folder.mkdir(exist_ok=True)
        env = clean_environment(VLSHIM_SPOOL=spool)
        done = run([PYTHON, "-S", "-c", WORK, name, str(number + 2)], folder, env=env, preexec_fn=prepare)
        self.assertEqual(done.returncode, 0, done.stderr)

    def spools(self):
        elsewhere = tempfile.mkdtemp(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
        self.addCleanup(shutil.rmtree, elsewhere)
        spools = [self.folder / "a", self.folder / "b", Path(elsewhere) / "spool", self.folder / "deep" / "spool"]
        (self.folder / "deep").mkdir()
        for number, spool in enumerate(spools):
            self.record(number, spool, f"film{number % 3}")
        return spools

    def names(self, spool):
        return {str(path.relative_to(spool)) for path in spool.rglob("*") if path.is_file() and path.name not in (".gitignore", "CACHEDIR.TAG", "profile.json")}

    def copied(self, spools, target):
        for spool in spools:
            shutil.copytree(spool, target, dirs_exist_ok=True)
        return target

    def lines(self, *spools):
        return sorted(self.good("cat", *spools).splitlines())

    def check(self, spools, whole):
        self.assertEqual(len(self.names(whole)), sum(len(self.names(spool)) for spool in spools))
        self.assertEqual(self.lines(whole), self.lines(*spools))
        self.assertEqual(json.loads(self.good("io", whole, "--json")), json.loads(self.good("io", *spools, "--json")))
        logs = []
        for i, given in enumerate(([whole], spools, spools[::-1])):
            self.fold(given[0], *given[1:], "--out", self.folder / f"out{i}")
            logs.append({path.relative_to(self.folder / f"out{i}"): text for path, text in logs_below(self.folder / f"out{i}").items()})
        self.assertEqual(logs[1], logs[0])
        self.assertEqual(logs[2], logs[0])
        self.assertGreater(len(logs[0]), 2)
        return logs[0]

    def test_copied_into_a_new_one(self):
        spools = self.spools()
        self.check(spools, self.copied(spools, self.folder / "whole"))

    def test_copied_into_one_of_them(self):
        spools = self.spools()
        before = self.copied(spools[:1], self.folder / "before")
        self.copied(spools[1:], spools[0])
        self.check([before, *spools[1:]], spools[0])

    def test_a_copy_that_is_recorded_into(self):
        """What was copied and what came later, in either, have names of their own."""
        self.record(0, self.folder / "a", "film0")
        copy = self.copied([self.folder / "a"], self.folder / "copy")
        os.chmod(copy, 0o700)
        self.record(1, copy, "film0")
        first, second = self.names(self.folder / "a"), self.names(copy)
        self.assertLess(first, second)
        self.record(2, self.folder / "a", "film0")
        self.assertEqual(self.names(self.folder / "a"), first)

    def test_packed_ones(self):
        spools = self.spools()
        for spool in spools[:2]:
            self.good("pack", spool)
        self.check(spools, self.copied(spools, self.folder / "whole"))

    def test_what_was_dropped_is_added(self):
        spools = [self.folder / "a", self.folder / "b"]
        for spool in spools:
            env = clean_environment(VLSHIM_SPOOL=spool, VLSHIM_MAX_MB="1", VLSHIM_VIDEO="v")
            run([PYTHON, "-S", "-c", "import os\nfor i in range(150000): os.stat('/'); os.close(os.open('/', 0))"], self.folder, env=env)
        logs = self.check_drops(spools), self.check_drops([self.copied(spools, self.folder / "whole")])
        self.assertEqual(*logs)

    def check_drops(self, spools):
        out = self.folder / f"drops{len(spools)}"
        self.fold(*spools, "--out", out)
        text = next(iter(logs_below(out).values()))
        dropped = json.loads(text)["vlagg"]["dropped_by_reason"]
        self.assertGreater(sum(dropped.values()), 0)
        return dropped

    def test_names_of_before(self):
        """Files named by host and boot alone are read as ever, beside those of today."""
        self.record(0, self.folder / "a", "film0")
        self.record(1, self.folder / "b", "film1")
        told = self.lines(self.folder / "a", self.folder / "b")
        for path in (self.folder / "a").rglob("*.vls"):
            path.rename(path.with_name(re.sub(r"-[0-9a-f]{16}\.vls$", ".vls", path.name)))
        self.assertEqual(len([n for n in self.names(self.folder / "a") if re.search(r"-[0-9a-f]{16}\.vls$", n)]), 2)
        self.assertEqual(self.lines(self.copied([self.folder / "b", self.folder / "a"], self.folder / "whole")), told)
        self.record(2, self.folder / "a", "film2")
        self.assertGreater(len(self.lines(self.folder / "a")), 10)

    def test_a_process_with_a_file_of_its_own(self):
        import resource
        spools = [self.folder / "a", self.folder / "b"]
        for number, spool in enumerate(spools):
            self.record(number, spool, "film0", lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (24 << 10, 24 << 10)))
        names = [re.sub(r"[0-9a-f]{16}", "X", name) for spool in spools for name in self.names(spool)]
        self.assertTrue(any(re.search(r"-X-X-[0-9a-f]{8}\.vls$", name) for name in names), names)
        whole = self.copied(spools, self.folder / "whole")
        self.assertEqual(len(self.names(whole)), len(names))
        self.assertEqual(self.lines(whole), self.lines(*spools))


if __name__ == "__main__":
    unittest.main()
