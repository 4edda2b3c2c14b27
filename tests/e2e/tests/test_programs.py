"""Real programs end with the same status and output as without: profilers, tracers and a debugger of Python, large packages,
all with every function a span; a browser in its sandbox, an overflow of Rust's, a container."""
import json
import os
import re
import shutil
import socket
import subprocess
import unittest
from pathlib import Path

import dap
from pythons import VERSIONS, libraries
from vl import PROGRAMS, BUILD, PATIENCE, SHIM, Case, clean_environment, needs

PROMISES = "1"

HERE = PROGRAMS / "real"
INSTALLED = BUILD / "programs"
EVERY = {"spans": [{"id": "all", "function": ["*:*", "*:*.*", "*:*.<locals>.*"]}]}
OWN = {"spans": [{"id": "own", "function": ["*:solve", "*:step"], "arguments": ["number", "folder"], "result": ["."]}]}
MODES = {"default": None, "every": EVERY, "own": OWN}


class ProgramCase(Case):
    """A command in a folder of its own, alone and recorded in each mode: the same status and output."""

    modes = MODES
    environment = {}
    owner = None  # another user, whom the folder then belongs to, and who runs the command

    def outcome(self, argv, mode, hide, steps):
        folder, spool = self.folder / (mode or "native"), self.folder / f"spool of {mode}"
        for old in folder, spool:
            shutil.rmtree(old, ignore_errors=True)
        shutil.copytree(HERE, folder)
        if self.owner:
            os.chown(folder, self.owner, self.owner)
        env = clean_environment(HOME=folder, TMPDIR=folder, COLUMNS=100, TERM="dumb", PYTHONHASHSEED=0, PYTHONDONTWRITEBYTECODE=1,
                                **self.environment)
        if mode:
            env.update(LD_PRELOAD=str(SHIM), VLSHIM_SPOOL=str(spool))
            if self.modes[mode]:
                rules = self.folder / f"{mode}.json"
                rules.write_text(json.dumps(self.modes[mode]))
                env["VLSHIM_SPANS"] = str(rules)
        return [self.step(words, folder, env, hide) for words in (argv, *steps)]

    def step(self, words, folder, env, hide):
        who = {"user": self.owner, "group": self.owner, "extra_groups": []} if self.owner else {}
        done = subprocess.run([str(word) for word in words], cwd=folder, env=env, capture_output=True, stdin=subprocess.DEVNULL, timeout=5 * PATIENCE, **who)
        return done.returncode, *(hide(self.plain(text, folder)) for text in (done.stdout, done.stderr))

    def plain(self, data, folder):
        text = data.decode(errors="replace").replace(str(folder), "HERE")
        return re.sub("0x[0-9a-f]+", "0x", text)

    def alike(self, argv, *steps, hide=lambda text: text):
        """What came out of the command and of those that follow it in the same folder."""
        native = self.outcome(argv, None, hide, steps)
        for mode in self.modes:
            with self.subTest(mode=mode):
                self.assertEqual(self.outcome(argv, mode, hide, steps), native)
                self.assertTrue(list((self.folder / f"spool of {mode}").rglob("*.vls")))
        return native

    def calls(self, mode="own"):
        """The functions whose calls were told, and how often."""
        names, counted = {}, {}
        for event in self.cat(self.folder / f"spool of {mode}"):
            if event["kind"] == "span_define":
                names[event["pid"], event["name"]] = event["function"].rpartition(":")[2]
            elif event["kind"] == "span_begin":
                name = names[event["pid"], event["name"]]
                counted[name] = counted.get(name, 0) + 1
        return counted


# 3.9 of scripts/setup-pythons has no sqlite3, which coverage needs; two versions at work are enough, as functions are watched in two ways
NOT_IN = {"3.9": ["coverage", "coverage_in_python", "coverage_by_monitoring", "packages_at_work"], "3.11": ["coverage_by_monitoring"],
          "3.12": ["packages_at_work"]}


class Tools:
    """Profilers and debuggers; one class for each version of CPython, below."""

    def setUp(self):
        super().setUp()
        if not (INSTALLED / self.version / ".done").exists():
            self.skipTest(f"programs for CPython {self.version}: not installed (scripts/setup-programs)")
        self.environment = {"PYTHONPATH": INSTALLED / self.version, "LD_LIBRARY_PATH": libraries(self.python)}

    def tool(self, *words, steps=(), hide=lambda text: text, status=3, says="", options=(), modes=tuple(MODES)):
        """The tool on solve.py, and what is then asked of it."""
        self.modes = {mode: MODES[mode] for mode in modes}
        native = self.alike([self.python, *options, "-m", *words, "solve.py"], *([self.python, "-m", *step] for step in steps), hide=hide)
        self.assertEqual([row[0] for row in native], [status] + [0] * len(steps), native)
        self.assertIn(says, "".join(out + err for _, out, err in native))
        if "own" in modes:
            self.assertEqual(self.calls(), {"solve": 1, "step": 5000})

    def memray(self, *words, **options):
        self.tool("memray", "run", *words, "-f", "-o", "out.bin", says="Successfully generated profile results", **options)

    def test_memray(self):
        self.memray()

    def test_memray_of_native_frames(self):
        self.memray("--native", modes=["own"])

    def test_memray_of_each_object(self):
        self.memray("--trace-python-allocators", modes=["every"])

    def test_what_memray_found(self):
        # not how much: a function that is asked for its name makes the name
        hide = lambda text: re.sub(r"(?s).*(Total allocations:).*(Total memory allocated:).*", r"\1 \2", text)
        self.memray(steps=[["memray", "stats", "out.bin"]], hide=hide, modes=["default"])

    def scalene(self, *words, **options):
        # whether it ran for long enough to be worth a profile is a matter of the machine
        hide = lambda text: re.sub(r"(?m)^(Scalene: |By default, |To track |  To view |\s*$).*\n?", "", text)
        self.tool("scalene", "run", *words, hide=hide, **options)

    def test_scalene(self):
        self.scalene("--cpu-only")

    def test_scalene_of_memory(self):
        self.scalene(modes=["every"])

    def test_viztracer(self):
        hide = lambda text: re.sub(r"\x1b\[\d+m|\s+", " ", text)
        self.tool("viztracer", "-o", "out.json", hide=hide, says="Total Entries")

    def test_coverage(self):
        self.tool("coverage", "run", "--branch", steps=[["coverage", "report", "-m"]], says="solve.py")

    def test_coverage_in_python(self):
        self.environment["COVERAGE_CORE"] = "pytrace"
        self.tool("coverage", "run", steps=[["coverage", "report", "-m"]], says="solve.py", modes=["every"])

    def test_coverage_by_monitoring(self):
        self.environment["COVERAGE_CORE"] = "sysmon"
        self.tool("coverage", "run", steps=[["coverage", "report", "-m"]], says="solve.py")

    def test_cprofile(self):
        hide = lambda text: re.sub(r"(?m)[\d.]+ seconds|^( *[\d/]+)( +[\d.]+){4}", r"\1", text)
        self.tool("cProfile", "-s", "name", hide=hide, says="function calls", status=0)

    def step(self, words, folder, env, hide):
        """debugpy has a user, who stops it once."""
        if "debugpy" not in map(str, words):
            return super().step(words, folder, env, hide)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        program = subprocess.Popen([str(word).replace("PORT", str(port)) for word in words], cwd=folder, env=env, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            seen = dap.session(port, folder / "solve.py", 9, "number", 5 * PATIENCE)
            out, err = program.communicate(timeout=5 * PATIENCE)
        finally:
            program.kill()
        return program.returncode, hide(self.plain(out, folder)) + str(seen), hide(self.plain(err, folder))

    def test_debugpy(self):
        hide = lambda text: re.sub(r"\d+\.\d+s - .*\n", "", text)
        self.tool("debugpy", "--listen", "127.0.0.1:PORT", "--wait-for-client", hide=hide, says="(['step', 'solve', '<module>'], '0')")

    def test_large_packages_to_the_end(self):
        self.modes = {"every": EVERY, "own": OWN}
        for package in "openai", "anthropic", "numpy", "pandas":
            with self.subTest(package=package):
                script = ("import {0}, pathlib\n\n\ndef solve(folder):\n    return len(folder.parts)\n\n\n"
                          "print({0}.__name__, solve(pathlib.Path('tasks/t1')))\n").format(package)
                native = self.alike([self.python, "-c", f"import pathlib; pathlib.Path('use.py').write_text({script!r})"], [self.python, "use.py"])
                self.assertEqual(native[1], (0, f"{package} 2\n", ""))
                self.assertEqual(self.calls(), {"solve": 1})

    def test_packages_at_work(self):
        self.modes = {"every": EVERY, "own": OWN}
        native = self.alike([self.python, "work.py"])
        self.assertEqual(native[0][0], 0, native)
        self.assertGreaterEqual(self.calls()["solve"], 1)


for version, python in VERSIONS.items():
    left_out = [f"test_{name}" for name in NOT_IN.get(version, ())]
    given = {"version": version, "python": str(python), **dict.fromkeys(left_out)}
    name = f"Tools{version.replace('.', '_')}"
    globals()[name] = type(name, (Tools, ProgramCase), given)


class Others(ProgramCase):
    """Programs of other languages, with the settings as they are."""

    modes = {"default": None}

    @needs("rustc")
    def test_an_overflow_of_rust(self):
        program = BUILD / "e2e" / "overflows"
        source = HERE / "overflows.rs"
        if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
            subprocess.run(["rustc", "-O", "-o", program, source], check=True, capture_output=True)
        for words in [], ["thread"]:
            with self.subTest(words=words):
                hide = lambda text: re.sub(r"\(\d+\) has", "(PID) has", text)
                ((status, out, err),) = self.alike([program, *words], hide=hide)
                self.assertEqual((status, out), (-6, "begins\n"))
                self.assertIn("has overflowed its stack", err)

    @needs("chromium")
    def test_a_browser_in_its_sandbox(self):
        if os.getuid() != 0:
            self.skipTest("becoming another user needs root")
        self.folder.chmod(0o777)
        self.owner = 65534
        if subprocess.run(["unshare", "-Ur", "true"], capture_output=True, user=self.owner).returncode != 0:
            self.skipTest("no namespaces for users here")
        if subprocess.run(["test", "-r", str(SHIM), "-a", "-x", str(self.folder)], user=self.owner).returncode != 0:
            self.skipTest(f"{SHIM}: not for others to read")
        page = "data:text/html,<p>hello</p><script>document.body.append(1+1)</script>"
        flags = ["--headless=new", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage", "--disable-background-networking",
                 "--disable-component-update", "--disable-sync", "--disable-extensions", "--user-data-dir=profile"]
        # the path of a socket in TMPDIR may not be long; without a message bus it says so as often as it has time for
        hide = lambda text: "".join(sorted(set(re.findall(r"(?m)(?:FATAL|ERROR):(?!dbus)\S+|Received signal.*|^<.*", text))))
        native = self.alike(["env", "TMPDIR=/tmp", "chromium", *flags, "--dump-dom", page], hide=hide)
        self.assertIn("hello</p>", native[0][1])
        self.assertEqual(native[0][0], 0)
        rows = self.io(self.folder / "spool of default")["processes"]
        self.assertGreater(sum(bool(row["instrumented"]) for row in rows), 4)

    @needs("bwrap")
    def test_a_container(self):
        self.modes = MODES
        argv = ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "/usr/bin/python3", "solve.py"]
        native = self.alike(argv)
        self.assertEqual(native[0][:2], (3, "42413078\n"), native)


if __name__ == "__main__":
    unittest.main()
