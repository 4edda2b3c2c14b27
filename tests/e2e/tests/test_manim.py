"""Manim itself, driven as the pipeline drives it: the same films as without, and logs that say what failed and what it took."""
import json
import os
import re
import shutil
import unittest

from vl import BUILD, PROGRAMS, SCRATCH, Case, clean_environment, needs, run, vlagg

PROMISES = "1 5"

MANIM = BUILD / "manim" / "bin"
PARTS = PROGRAMS / "manim"
VIDEO = "outputs/2015/euler-poem"
# scene: what it comes to when it is rendered
ENDS = {"Formula": ("success", None, None, None),
        "Misspelt": ("failed", "import_error", "NameError: name 'ShowCreation' is not defined", "Use Create"),
        "Typo": ("failed", "runtime_error", "! Undefined control sequence.", "Missing TeX package, or a typo")}
FOLDER = SCRATCH / "manim"


class Run:
    """One run of the pipeline in a folder of its own: what it measured itself, and what it left."""

    def __init__(self, folder, shim):
        self.move(folder)
        shutil.copytree(PARTS, folder, ignore=shutil.ignore_patterns("scenes", "__pycache__"))
        for name in "snippets", "validated_snippets", "videos", "../../../tmp":
            (self.video / name).mkdir(parents=True)
        for scene in ENDS:
            shutil.copy(PARTS / "scenes" / f"{scene}.py", self.video / ("snippets" if scene == "Misspelt" else "validated_snippets"))
        env = clean_environment(PATH=f"{MANIM}:{os.environ['PATH']}", TMPDIR=folder / "tmp", HOME=folder, PYTHONDONTWRITEBYTECODE="1",
                                COLUMNS=None)
        self.done = run(["python3", "render_videos.py"], folder, shim=shim, env=env, timeout=300)
        self.measured = [json.loads(line) for line in self.done.stdout.splitlines()]

    def move(self, folder):
        """It lies there now."""
        if hasattr(self, "folder"):
            self.folder.rename(folder)
        self.folder, self.video = folder, folder / VIDEO

    def said(self):
        """What renderers printed, but for times of day, speeds and names of temporary folders."""
        texts = [(row["scene"], row["status"], row["stdout"], row["stderr"]) for row in self.measured]
        return [[re.sub(r"\[\d\d/.*?\]|\d+%[^\r\n]*|tmp\w{8}", "", str(text)) for text in row] for row in texts]

    def films(self):
        return {path.name: path.read_bytes() for path in (self.video / "videos").iterdir()}


@unittest.skipUnless((MANIM / "manim").exists(), "manim: not installed (scripts/setup-manim)")
@needs("latex", "dvisvgm")
class Manim(Case):
    @classmethod
    def setUpClass(cls):
        shutil.rmtree(FOLDER, ignore_errors=True)
        FOLDER.mkdir(parents=True)
        cls.taped = Run(FOLDER / "run", True)
        cls.folded = vlagg("fold", "spool", cwd=cls.taped.folder)
        cls.taped.move(FOLDER / "taped")
        cls.native = Run(FOLDER / "run", False)  # in the same place: Rich wraps paths

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(FOLDER)

    def log(self):
        self.assertEqual((self.folded.returncode, self.folded.stderr), (0, b""))
        return self.check_schema(self.taped.video / ".pipeline/logs/logs.json")

    def measured(self, stage):
        """What the parent measured of the renderers of a stage, by scene."""
        rows = self.taped.measured
        return {row["scene"]: row for row in (rows[:1] if stage == "conversion" else rows[1:])}

    def test_it_is_the_same_as_without(self):
        self.assertEqual((self.native.done.returncode, self.native.done.stderr), (0, b""))
        self.assertEqual((self.taped.done.returncode, self.taped.done.stderr), (0, b""))
        self.assertEqual(self.taped.said(), self.native.said())
        self.assertEqual(self.taped.films(), self.native.films())
        self.assertEqual(list(self.native.films()), ["Formula.mp4"])

    def test_stages_and_scenes_end_as_they_did(self):
        stages = self.log()["stages"]
        self.assertEqual({name: (stage["status"], stage["method"]) for name, stage in stages.items()},
                         {"conversion": ("failed", "systematic"), "rendering": ("failed", "scene_l")})
        self.assertEqual(stages["conversion"]["result_data"]["snippets_converted"], 0)
        rows = {row["scene"]: (row["status"], row["exit_status"], row["output"]) for row in stages["rendering"]["result_data"]["scenes"]}
        film = str(FOLDER / "run" / VIDEO / "videos" / "Formula.mp4")
        self.assertEqual(rows, {"Formula": ("success", 0, film), "Misspelt": ("failed", 1, None), "Typo": ("failed", 1, None)})
        checks = [(row["type"], row["scene"], row["success"], row["errors"]) for row in self.log()["validation_history"]]
        self.assertIn(("render_validation", "Misspelt", False, [ENDS["Misspelt"][2]]), checks)

    def test_failures_have_their_kind_and_words(self):
        log = self.log()
        for stage, rows in log["retry_attempts"].items():
            ends = {row["scene"]: (row["status"], row["error_category"], row["error_message"]) for row in rows}
            self.assertEqual(ends, {scene: ENDS[scene][:3] for scene in self.measured(stage)})
        told = {(entry["stage"], scene): (entry["category"], variant["message"], variant["suggested_fix"], entry["occurrence_count"])
                for entry in log["errors"].values() for variant in entry["variants"] for scene in variant["scenes"]}
        self.assertEqual(told, {(stage, scene): (*ENDS[scene][1:], 1)
                                for stage, scene in (("conversion", "Misspelt"), ("rendering", "Misspelt"), ("rendering", "Typo"))})

    def test_stack_traces_come_without_the_box_around_them(self):
        for entry in self.log()["errors"].values():
            (scene,), trace = entry["variants"][0]["scenes"], entry["stack_trace"]
            self.assertRegex(re.sub(r"\s", "", trace), rf"/{scene}(_test)?\.py:\d+inconstruct")  # Rich broke the line anywhere
            self.assertNotRegex(trace, r"(?m)^[─-╿]|│$|\x1b")

    def test_memory_and_time_are_what_the_parent_measured(self):
        """The kernel's counters of memory are exact to some pages a processor: VmHWM and rusage differ by so much."""
        for stage, rows in self.log()["retry_attempts"].items():
            for row in rows:
                truth = self.measured(stage)[row["scene"]]
                with self.subTest(stage=stage, scene=row["scene"]):
                    self.assertAlmostEqual(row["memory_peak_mb"], truth["peak_kb"] / 1024, delta=1)
                    self.assertAlmostEqual(row["cpu_percent"] * row["duration_seconds"] / 100, truth["cpu_seconds"], delta=0.05)
        stages = self.log()["stages"]
        for stage in stages:
            peak = max(row["peak_kb"] for row in self.measured(stage).values())
            self.assertAlmostEqual(stages[stage]["performance"]["memory_peak_mb"], peak / 1024, delta=1)

    def test_what_manim_starts_is_told_apart(self):
        operations = {(row["stage"], row["name"]): row for row in self.log()["performance"]["operations"]}
        counts = {key: (row["count"], row["success"]) for key, row in operations.items() if row["kind"] == "process"}
        self.assertEqual(counts, {("conversion", "manim check"): (1, False), ("rendering", "manim render"): (3, False),
                                  ("rendering", "latex"): (2, False), ("rendering", "dvisvgm"): (1, True)})
        for key in ("rendering", "latex"), ("rendering", "dvisvgm"):
            self.assertGreater(operations[key]["memory_peak_mb"], 1)
            self.assertGreater(operations[key]["total_seconds"], 0)
        self.assertLess(operations["rendering", "latex"]["total_seconds"], operations["rendering", "manim render"]["total_seconds"])

    def test_bytes_and_temporary_files(self):
        performance = self.log()["performance"]
        film = len(self.taped.films()["Formula.mp4"])
        self.assertGreaterEqual(performance["disk_io_write_mb"] * 1e6, film)
        self.assertEqual((performance["temp_files_left"], performance["temp_files_created"]), ([], performance["temp_files_cleaned"]))

    def test_no_second_video_is_made_up(self):
        """TeX looks for its input below its output folder first: outputs/2015/euler-poem/media/Tex/outputs/2015/..., which is not there."""
        folders = [path.name for path in (self.taped.folder / "spool").iterdir() if path.is_dir()]
        self.assertEqual(sorted(folders), ["_run", "euler-poem"])
        self.assertEqual(self.folded.stdout.decode().count("logs.json"), 1)


if __name__ == "__main__":
    unittest.main()
