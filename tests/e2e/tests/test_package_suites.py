"""The tests of attrs, click and jinja2, as their makers ship them, pass and fail as without, with every function a span."""
import json
import re
import shutil
import subprocess
import unittest

from pythons import VERSIONS, libraries
from test_programs import EVERY, HERE, INSTALLED
from vl import PATIENCE, SHIM, Case, clean_environment

PROMISES = "1"


class Suites:
    """Packages' own tests with every function a span."""

    def outcomes(self, name, shim, *words):
        folder = self.folder / ("recorded" if shim else "native") / name
        shutil.copytree(INSTALLED / "suites" / name, folder)
        (self.folder / "every.json").write_text(json.dumps(EVERY))
        env = clean_environment(PYTHONPATH=f"{INSTALLED / self.version}:{HERE}", LD_LIBRARY_PATH=libraries(self.python), HOME=self.folder,
                                TMPDIR=folder, PYTHONHASHSEED=0, PYTHONDONTWRITEBYTECODE=1)
        if shim:
            env.update(LD_PRELOAD=str(SHIM), VLSHIM_SPOOL=str(self.folder / "spool"), VLSHIM_SPANS=str(self.folder / "every.json"))
        done = subprocess.run([self.python, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", "-p", "few_examples", *words, "tests"],
                              cwd=folder, env=env, capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL, timeout=10 * PATIENCE)
        rows = re.findall(r"(?m)^(?:(?:PASSED|SKIPPED|XFAIL|XPASS) .*|(?:FAILED|ERROR) \S*)", done.stdout)
        self.tail = done.stdout[-2000:] + done.stderr[-2000:]
        return done.returncode, sorted(rows)

    def suite(self, name, least):
        if not (INSTALLED / "suites" / ".done").exists() or not (INSTALLED / self.version / ".done").exists():
            self.skipTest("packages' own tests: not installed (scripts/setup-programs)")
        native = self.outcomes(name, False)
        self.assertGreater(len(native[1]), least, self.tail)
        self.assertEqual(self.outcomes(name, True), native, self.tail)

    def test_of_attrs(self):
        self.suite("attrs", 1000)

    def test_of_click(self):
        self.suite("click", 1500)

    def test_of_jinja2(self):
        self.suite("jinja2", 800)


for version in "3.11", "3.13":  # the two ways of looking at functions
    name = f"Suites{version.replace('.', '_')}"
    globals()[name] = type(name, (Suites, Case), {"version": version, "python": str(VERSIONS.get(version))})

if __name__ == "__main__":
    unittest.main()
