"""Programs that the recorder cannot enter are in the log all the same, from their parent: end, processor time, memory."""
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from vl import PROGRAMS, SHIM, Case, clean_environment, needs, run

PROMISES = "4 5"

SOURCES = PROGRAMS / "strangers"
NOBODY = 65534


def build(out, *argv):
    out.parent.mkdir(parents=True, exist_ok=True)
    env = clean_environment(GOCACHE=out.parent / "cache", GO111MODULE="off", CGO_ENABLED="0", GOFLAGS=None)
    done = subprocess.run([*map(str, argv), "-o", str(out), str(SOURCES / ("eater.go" if argv[0] == "go" else "eater.c"))],
                          env=env, capture_output=True, text=True)
    if done.returncode:
        raise unittest.SkipTest(f"{' '.join(argv)} builds no program: {done.stderr.strip().splitlines()[-1]}")


class Strangers(Case):
    """Each is called manim and renders a scene, so that a log tells of it as of any other renderer."""

    def judge(self, work, instrumented=False, by=None, shim=SHIM):
        line = "manim/manim render outputs/2015/film/a.py Scene outputs/2015/film/made"
        (work / "outputs/2015/film").mkdir(parents=True)
        if by is not None:
            for path in [work, *work.rglob("*")]:
                os.chown(path, by, by)
            os.chown(work / "manim/manim", 0, 0)
            os.chmod(work / "manim/manim", 0o4755)
        done = run(["sh", "-c", f"{line}; echo $?"], work, shim=False, env=clean_environment(LD_PRELOAD=shim), user=by)
        self.assertEqual((done.stdout, done.stderr), (b"5\n", b""))
        rows = self.io(work / "spool")["processes"]
        row = next(row for row in rows if row["argv"] == line.split())
        self.assertEqual(len(rows), 2)
        self.assertEqual(row["ppid"], next(row["pid"] for row in rows if row["argv"][0] == "sh"))
        self.assertEqual((row["exit_status"], row["signal"], row["instrumented"]), (5, None, instrumented))
        self.assertNotIn(None, [row["user_seconds"], row["system_seconds"], row["max_rss_kb"]], rows)
        self.assertGreater(row["user_seconds"] + row["system_seconds"], 0.04)
        self.assertTrue(40 << 10 < row["max_rss_kb"] < 60 << 10, row)
        self.assertLess(row["start"], row["end"])
        if not instrumented:
            self.assertIn(row["written_bytes"], (12345, None))
        self.judge_log(work)

    def judge_log(self, work):
        self.good("fold", "spool", cwd=work)
        log = self.check_schema(work / "outputs/2015/film/.pipeline/logs/logs.json")
        attempt, = log["retry_attempts"]["rendering"]
        self.assertEqual((attempt["status"], attempt["scene"], attempt["exit_status"]), ("failed", "Scene", 5))
        operation, = log["performance"]["operations"]
        self.assertNotIn(None, [operation["memory_peak_mb"], log["performance"]["cpu_percent_avg"]], log["performance"])
        self.assertGreater(operation["memory_peak_mb"], 40)
        self.assertFalse(operation["success"])
        self.assertGreater(log["performance"]["cpu_percent_avg"], 1)
        self.assertEqual(log["vlagg"]["processes"], 2)  # the shell names the film, too

    def test_dynamic(self):
        """For comparison: one that it enters."""
        build(self.folder / "manim/manim", "gcc", "-O1")
        self.judge(self.folder, instrumented=True)

    @needs("gcc")
    def test_static(self):
        build(self.folder / "manim/manim", "gcc", "-O1", "-static")
        self.judge(self.folder)

    @needs("gcc")
    def test_32_bit(self):
        build(self.folder / "manim/manim", "gcc", "-O1", "-m32")
        self.judge(self.folder)

    @needs("gcc")
    def test_one_that_a_signal_ends(self):
        (self.folder / "ends.c").write_text("#include <signal.h>\nint main(void) { return raise(SIGUSR1); }\n")
        subprocess.run(["gcc", "-static", "-o", "ends", "ends.c"], cwd=self.folder, check=True)
        run(["sh", "-c", "./ends; true"], self.folder)
        row = next(row for row in self.io(self.folder / "spool")["processes"] if row["argv"] == ["./ends"])
        self.assertEqual((row["exit_status"], row["signal"], row["instrumented"]), (None, 10, False))

    @needs("musl-gcc")
    def test_musl(self):
        build(self.folder / "manim/manim", "musl-gcc", "-O1")
        self.judge(self.folder)

    @needs("go")
    def test_go(self):
        build(self.folder / "manim/manim", "go", "build")
        self.judge(self.folder)

    @unittest.skipIf(os.geteuid() != 0, "setuid for somebody else: needs root")
    def test_setuid(self):
        """Owned by root, run by nobody: the loader's secure mode."""
        build(self.folder / "manim/manim", "gcc", "-O1")
        ballast = b"x" * (90 << 20)  # the peak of whoever began it all must not pass for the child's
        self.addCleanup(lambda: ballast)
        with tempfile.TemporaryDirectory() as outside:
            os.chmod(outside, 0o755)
            work = Path(outside) / "work"
            shutil.copytree(self.folder, work)
            shim = Path(shutil.copy(SHIM, outside))
            self.judge(work, by=NOBODY, shim=shim)


if __name__ == "__main__":
    unittest.main()
