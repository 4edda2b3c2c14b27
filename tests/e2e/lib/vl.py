"""What the end-to-end tests share: running programs under the recorder, folding, reading what came out."""
import atexit
import functools
import json
import os
import re
import shutil
import stat
import subprocess
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PROGRAMS = ROOT / "tests" / "e2e" / "programs"  # what tests run: C files, and folders of other programs
BUILD = ROOT / os.environ.get("BUILD", "build")
SHIM = Path(os.environ.get("SHIM", BUILD / "libvlshim.so"))
VLAGG = Path(os.environ.get("VLAGG", BUILD / "vlagg"))
MODULE = Path(os.environ.get("PYTHON_MODULE", ROOT / "python"))  # enhanced_logging_system is in there
SCRATCH = Path(os.environ.get("SCRATCH", BUILD / "e2e-work"))
PYTHON = "/usr/bin/python3"
PATIENCE = int(os.environ.get("PATIENCE", "120"))  # seconds for a program that takes one


def needs(*tools):
    """Skips a test, with the reason, where a program is missing."""
    missing = [tool for tool in tools if not shutil.which(tool)]
    return unittest.skipIf(missing, f"{', '.join(missing)}: not installed")


def program(name):
    """A program of tests/e2e/programs/*.c, built when it is not there."""
    path = BUILD / "e2e" / name
    source = PROGRAMS / f"{name}.c"
    sources = [source, *source.parent.glob(f"{name}.def")]
    if not path.exists() or any(path.stat().st_mtime < file.stat().st_mtime for file in sources):
        path.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([os.environ.get("CC", "gcc"), "-std=gnu11", "-O1", "-g", "-o", path, source, "-pthread"], check=True)
    return path


def clean_environment(**more):
    """The caller's, without what would change the recorder's behaviour; None removes a name."""
    kept = {k: v for k, v in os.environ.items() if k != "LD_PRELOAD" and not k.startswith("VLSHIM_")}
    kept.update(more)
    return {k: str(v) for k, v in kept.items() if v is not None}


def run(argv, cwd, shim=True, env=None, timeout=PATIENCE, **options):
    """One program, natively or under the recorder; bytes of both outputs, and the status as the kernel gave it."""
    chosen = dict(clean_environment() if env is None else env)
    if shim:
        chosen["LD_PRELOAD"] = str(SHIM)
    return subprocess.run([str(word) for word in argv], cwd=cwd, env=chosen, capture_output=True, timeout=timeout, **options)


def without_pids(text):
    """What a shell says of a child that died of a signal names its pid."""
    return re.sub(r"(line \d+: +)\d+ ", r"\1PID ", text.decode())


def vlagg(*arguments, cwd=None, timeout=300):
    return subprocess.run([str(VLAGG), *map(str, arguments)], cwd=cwd, env=clean_environment(), capture_output=True,
                          timeout=timeout)


def once_each(pairs):
    """An object whose keys all differ: a field may not stand in another's place."""
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        raise ValueError(f"a key twice in {keys}")
    return dict(pairs)


class Case(unittest.TestCase):
    """A test with a folder of its own below the build folder, kept when it fails."""

    maxDiff = 4000

    def setUp(self):
        self.folder = SCRATCH / self.id().replace("/", "_")[-150:]
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.addCleanup(self.tidy)

    def tidy(self):
        outcome = getattr(self, "_outcome", None)
        result = getattr(outcome, "result", None)
        bad = result and any(test is self for test, _ in result.failures + result.errors)
        if not bad:
            shutil.rmtree(self.folder, ignore_errors=True)

    def good(self, *arguments, **options):
        """Standard output of a vlagg command that has to succeed."""
        done = vlagg(*arguments, **options)
        self.assertEqual(done.returncode, 0, f"vlagg {' '.join(map(str, arguments))}: {done.stderr.decode()}")
        return done.stdout

    def fold(self, spool, *arguments, cwd=None):
        return self.good("fold", spool, *arguments, cwd=cwd)

    def cat(self, spool, *arguments):
        lines = self.good("cat", spool, *arguments).decode("utf-8", "surrogateescape").splitlines()
        return [json.loads(line, object_pairs_hook=once_each) for line in lines]

    def io(self, spool):
        return json.loads(self.good("io", spool, "--json"))

    def check_schema(self, path):
        try:
            import jsonschema
        except ImportError:
            self.skipTest("python3-jsonschema: not installed")
        schema = json.loads((ROOT / "docs" / "logs.schema.json").read_text())
        log = json.loads(Path(path).read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        problems = [f"{'/'.join(map(str, e.absolute_path))}: {e.message}"
                    for e in jsonschema.Draft202012Validator(schema).iter_errors(log)]
        self.assertEqual(problems, [], path)
        return log


def logs_below(*folders):
    """All logs.json below some folders: {path: bytes}."""
    return {path: path.read_bytes() for folder in folders for path in sorted(Path(folder).rglob(".pipeline/logs/logs.json"))}


def modes_below(folder):
    """Permission bits of a folder and all in it."""
    rows = [(str(p.relative_to(folder)), stat.S_IMODE(p.lstat().st_mode), p.is_dir()) for p in Path(folder).rglob("*")]
    return [(".", stat.S_IMODE(Path(folder).stat().st_mode), True)] + sorted(rows)


def copy_demo(target):
    """The demo pipeline in a folder of its own, and the environment to run it with."""
    shutil.copytree(ROOT / "scripts" / "demo.d", target)
    (target / "tmp").mkdir()
    return clean_environment(PATH=f"{target}/bin:/usr/local/bin:/usr/bin:/bin", TMPDIR=target / "tmp", PYTHONDONTWRITEBYTECODE="1")


@functools.cache
def recorded_demo():
    """A folder with the demo pipeline, its spool and its logs, made once for all tests; they only read it."""
    folder = SCRATCH / "recorded-demo"
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    env = copy_demo(folder)
    done = run(DEMO_COMMAND, folder, env={**env, "VLSHIM_SPOOL": str(folder / "spool")})
    assert done.returncode == 0, done.stderr.decode()
    done = vlagg("fold", folder / "spool")
    assert done.returncode == 0, done.stderr.decode()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


DEMO_COMMAND = ["python3", "build_dataset_pipeline.py", "--year", "2015", "--parallel-render", "2", "--render-timeout", "8"]
