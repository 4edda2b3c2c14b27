"""What programs keep until the interpreter clears itself: each way of keeping a caught exception (tests/e2e/programs/keepers), and other
users of the interpreter's slots, end with the same status and output in every CPython, whatever functions are spans."""
import json
import re
import unittest
from pathlib import Path

from pythons import VERSIONS, libraries
from vl import PROGRAMS, SHIM, Case, clean_environment, program, run

PROMISES = "1"

KEEPERS = PROGRAMS / "keepers"
SINCE = {"exception_group": (3, 11), "monitoring": (3, 12)}
WITHOUT = {"3.9": {"c_libraries"}}  # that of scripts/setup-pythons has no sqlite3
DIES_CHECKED = {("3.9", "fork_callback")}  # a child's end frees what the raw heap holds, and the checked one notices
EMBEDDED = ["logging_handler", "context_var", "codec_error_handler", "module_globals", "audit_hook", "generator"]
ALL = {"spans": [{"id": "all", "function": ["*:*", "*:*.*", "*:*.<locals>.*"]}]}


def keepers_of(version):
    number = tuple(map(int, version.split(".")))
    names = {path.stem for path in KEEPERS.glob("*.py")} - WITHOUT.get(version, set())
    return sorted(name for name in names if SINCE.get(name, (3,)) <= number)


class Keepers:
    """One class for each version, below, with a test for each script."""

    def setUp(self):
        super().setUp()
        if not Path(self.python).exists():
            self.skipTest(f"CPython {self.version}: not installed (scripts/setup-pythons)")
        (self.folder / "spans.json").write_text(json.dumps(ALL))

    def outcome(self, name, words, shim, **settings):
        env = clean_environment(PYTHONDONTWRITEBYTECODE=1, HOME=self.folder, LD_LIBRARY_PATH=libraries(self.python), **settings)
        done = run([self.python, KEEPERS / f"{name}.py", *words], self.folder, shim=shim, env=env)
        return (done.returncode, *(re.sub("0x[0-9a-f]+", "0x", text.decode()) for text in (done.stdout, done.stderr)))

    def keep(self, name, *words):
        """As it is, with every function a span, and that on a heap that is checked."""
        every, checked = {"VLSHIM_SPANS": self.folder / "spans.json"}, {"PYTHONMALLOC": "debug"}
        modes = [("default", {}, {}), ("every function", {}, every), ("checked heap", checked, every)]
        for mode, given, settings in modes[:2] if (self.version, name) in DIES_CHECKED else modes:
            with self.subTest(mode=mode):
                spool = self.folder / f"spool of {mode}"
                native = self.outcome(name, words, False, **given)
                self.assertEqual(self.outcome(name, words, True, VLSHIM_SPOOL=spool, **given, **settings), native)
                self.assertTrue(list(spool.rglob("*.vls")))

    def embedded(self, *words):
        """Interpreters that a program of C begins and ends three times, each with another one beside it."""
        name = f"libpython{self.version}.so.1.0"
        libraries = [*Path(self.python).parent.glob(name), *Path("/usr/lib").glob(f"*/{name}")]
        if not libraries:
            self.skipTest(f"{name}: not installed")
        library = libraries[0]
        scripts = [KEEPERS / f"{name}.py" for name in EMBEDDED]
        said, spool = [], self.folder / "spool"
        for preload in [library], [SHIM, library]:  # the recorder looks for an interpreter when the program begins
            env = clean_environment(PYTHONDONTWRITEBYTECODE=1, HOME=self.folder, VLSHIM_SPOOL=spool, VLSHIM_SPANS=self.folder / "spans.json",
                                    PYTHONHOME="/usr" if library.is_relative_to("/usr/lib") else library.parent, LD_PRELOAD=":".join(map(str, preload)))
            said.append(run([program("embeds"), library, 3, *words, *scripts], self.folder, shim=False, env=env))
        native, recorded = ((done.returncode, done.stdout.decode(), done.stderr.decode()) for done in said)
        self.assertEqual(recorded, native)
        self.assertEqual((native[0], native[1].count("ends with 0")), (0, 3), native)
        self.assertTrue([event for event in self.cat(spool) if event["kind"] == "span_begin"])

    def test_embedded_interpreters(self):
        self.embedded()

    def test_embedded_interpreters_of_several_threads(self):
        self.embedded("thread")


for version, python in VERSIONS.items():
    tests = {f"test_{name}": lambda self, name=name: self.keep(name) for name in keepers_of(version)}
    name = f"Keepers{version.replace('.', '_')}"
    globals()[name] = type(name, (Keepers, Case), {"version": version, "python": python, **tests})

if __name__ == "__main__":
    unittest.main()
