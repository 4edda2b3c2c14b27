"""The demo pipeline gives the same results with the recorder, and its logs tell what truly happened to each video."""
import json
import os
import shutil
import unittest

from vl import DEMO_COMMAND, SCRATCH, Case, copy_demo, logs_below, needs, run, vlagg

FACTS = {}


def run_demo():
    """Runs the pipeline natively and recorded, once for all tests here, and folds."""
    base = SCRATCH / "demo"
    shutil.rmtree(base, ignore_errors=True)
    for name in "native", "recorded":
        environment = {**copy_demo(base / name), "CLAUDE_CONFIG_DIR": str(base / name / "claude")}
        FACTS[name] = run(DEMO_COMMAND, base / name, shim=name == "recorded", env=environment)
    FACTS["folder"] = base / "recorded"
    FACTS["fold"] = vlagg("fold", "spool", "--claude-home", "claude", cwd=base / "recorded")


@needs("ffmpeg", "python3")
class Demo(Case):
    @classmethod
    def setUpClass(cls):
        if not FACTS:
            run_demo()
        cls.work = FACTS["folder"]

    def log(self, video):
        path = self.work / "outputs" / "2015" / video / ".pipeline" / "logs" / "logs.json"
        self.assertTrue(path.exists(), f"no log of {video}; fold said: {FACTS['fold'].stderr.decode()}")
        return self.check_schema(path)

    def result(self, video):
        return json.loads((self.work / "outputs" / "2015" / video / "render_results.json").read_text())

    def statistics(self, video):
        folder = self.work / "outputs" / "2015" / video / "media" / "render_stats"
        return [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]

    def attempts(self, log, stage, scene=None):
        rows = log["retry_attempts"].get(stage, [])
        return [(row["method"], row["status"]) for row in rows if scene is None or row.get("scene") == scene]

    def statuses(self, log):
        return {stage: entry["status"] for stage, entry in log["stages"].items()}

    def test_the_pipeline_gives_the_same_results_as_without(self):
        native, recorded = FACTS["native"], FACTS["recorded"]
        self.assertEqual(recorded.returncode, 0, recorded.stderr.decode())
        self.assertEqual(native.returncode, 0)
        self.assertEqual(recorded.stdout, native.stdout)
        times = len("2026-01-01 00:00:00,000 ")
        self.assertEqual([line[times:] for line in recorded.stderr.splitlines()],
                         [line[times:] for line in native.stderr.splitlines()])

    def test_the_fold_says_nothing_on_stderr_and_a_line_a_video(self):
        self.assertEqual(FACTS["fold"].returncode, 0)
        self.assertEqual(FACTS["fold"].stderr, b"")
        for video in "euler-poem", "inventing-math", "moser-circles", "music-and-measure":
            self.assertEqual(sum(video in line for line in FACTS["fold"].stdout.decode().splitlines()), 1, video)

    def test_there_is_one_log_a_video_and_no_other(self):
        videos = sorted(path.parents[2].name for path in logs_below(self.work))
        self.assertEqual(videos, ["euler-poem", "inventing-math", "moser-circles", "music-and-measure"])

    def test_nothing_was_dropped_or_damaged(self):
        for path in logs_below(self.work):
            log = json.loads(path.read_text())
            self.assertEqual(log["vlagg"]["dropped_events"], 0)
            self.assertEqual(log["vlagg"].get("damage", []), [])

    def test_clean_video(self):
        log = self.log("euler-poem")
        self.assertEqual(log["video_id"], "euler-poem")
        self.assertEqual(set(self.statuses(log)) - {"matching"}, {"cleaning", "conversion", "rendering"})
        self.assertEqual(set(self.statuses(log).values()), {"completed"})
        self.assertTrue(all(entry["success"] is True for entry in log["stages"].values()))
        self.assertEqual(log["errors"], {})
        self.assertIn(log["stages"]["cleaning"]["method"], ("programmatic", "hybrid"))  # the mode, where functions are told
        self.assertEqual([status for _, status in self.attempts(log, "rendering")], ["success"] * 2)
        self.assertEqual(log["claude_api_usage"], [])
        self.assertEqual(log["performance"]["temp_files_created"], log["performance"]["temp_files_cleaned"])
        self.assertGreaterEqual(log["performance"]["temp_files_created"], 2)

    def test_each_call_of_claude_cost_what_its_transcript_says(self):
        rows = [json.loads(line) for path in self.work.glob("claude/projects/*/*.jsonl") for line in path.read_text().splitlines()]
        told = sorted(tuple(row["message"]["usage"][key] for key in ("input_tokens", "output_tokens"))
                      for row in rows if row["type"] == "assistant")
        calls = [call for path in logs_below(self.work) for call in json.loads(path.read_text())["claude_api_usage"]]
        self.assertEqual(len(told), 5)
        self.assertEqual(sorted((call["prompt_tokens"], call["completion_tokens"]) for call in calls), told)
        for call in calls:
            self.assertEqual(call["model_used"], "claude-sonnet-5-5")
            self.assertAlmostEqual(call["estimated_cost_usd"], (call["prompt_tokens"] * 2 + call["completion_tokens"] * 10) / 1e6, 9)

    def test_fixed_video(self):
        log = self.log("moser-circles")
        self.assertEqual(set(self.statuses(log).values()), {"completed"})
        rows = [row for row in log["retry_attempts"]["rendering"] if row.get("scene") == "PointsAndChords"]
        self.assertEqual([row["attempt_number"] for row in rows], list(range(1, len(rows) + 1)))
        methods = [(row["method"], row["status"]) for row in rows]
        self.assertEqual(methods[0][1], "failed")
        self.assertIn(("claude_fix", "success"), methods)
        self.assertEqual(methods[-1][1], "success")
        self.assertEqual(rows[0]["error_category"], "import_error")
        self.assertIn("ShowCreation", rows[0]["error_message"])
        self.assertEqual(sorted(rows, key=lambda row: row["timestamp"]), rows)
        errors = list(log["errors"].values())
        self.assertEqual(len(errors), 1, errors)
        self.assertEqual(errors[0]["category"], "import_error")
        self.assertEqual(errors[0]["suggested_fix"], "Use Create")
        self.assertEqual(errors[0]["message"], "NameError: name 'ShowCreation' is not defined")
        self.assertIn("Traceback (most recent call last)", errors[0]["stack_trace"])
        self.assertIn("PointsAndChords.py", errors[0]["stack_trace"])
        self.assertTrue(errors[0]["fixable"] and errors[0]["auto_recoverable"])
        self.assertEqual(log["summary"]["total_errors"], 1)
        self.assertEqual(log["summary"]["error_categories"], {"import_error": 1})
        self.assertEqual(log["stages"]["rendering"]["status"], "completed")

    def test_video_with_a_syntax_error_that_stays(self):
        log = self.log("inventing-math")
        statuses = self.statuses(log)
        self.assertEqual(statuses["cleaning"], "completed")
        self.assertEqual(statuses["rendering"], "failed")
        self.assertIs(log["stages"]["rendering"]["success"], False)
        methods = self.attempts(log, "rendering", "RoomsInRooms")
        self.assertEqual(methods[0][1], "failed")
        self.assertEqual(methods[-1][1], "failed")
        self.assertEqual(sum(method == "claude_fix" for method, _ in methods), 2, methods)
        self.assertEqual(sum(method == "claude_fix" for method, _ in self.attempts(log, "conversion")), 1)
        self.assertEqual(statuses["conversion"], "failed")
        self.assertEqual([status for _, status in self.attempts(log, "rendering", "ConvergentSum")], ["success"])
        found = [entry for entry in log["errors"].values() if entry["category"] == "syntax_error"]
        self.assertEqual(found, list(log["errors"].values()))
        self.assertEqual({entry["suggested_fix"] for entry in found}, {"Restore the truncated constant"})
        rendering = [entry for entry in found if entry["message"] == "SyntaxError: '{' was never closed"]
        self.assertEqual([entry["occurrence_count"] for entry in rendering], [3], log["errors"])

    def test_video_with_a_scene_that_ran_out_of_time(self):
        log = self.log("music-and-measure")
        self.assertEqual(self.attempts(log, "cleaning")[-1], ("claude_fallback", "success"))
        self.assertEqual(self.attempts(log, "cleaning")[0][0], "programmatic")
        self.assertEqual(log["stages"]["cleaning"]["status"], "completed")
        self.assertIn(log["stages"]["rendering"]["status"], ("timeout", "failed"))
        self.assertIs(log["stages"]["rendering"]["success"], False)
        rows = [row for row in log["retry_attempts"]["rendering"] if row.get("scene") == "CoverRationals"]
        self.assertEqual([row["status"] for row in rows], ["timeout"])
        self.assertGreaterEqual(rows[0]["duration_seconds"], 7.9)
        self.assertEqual(rows[0]["error_category"], "timeout_error")
        self.assertEqual([status for _, status in self.attempts(log, "rendering", "HarmonyRatio")], ["success"])
        found = [entry for entry in log["errors"].values() if entry["category"] == "timeout_error"]
        self.assertEqual(len(found), 1, log["errors"])
        self.assertEqual(found[0]["suggested_fix"], "Raise the time limit or split the scene")

    def test_the_leaked_temp_file_is_listed(self):
        left = [str(path) for path in (self.work / "tmp").iterdir()]
        self.assertEqual(len(left), 1)
        log = self.log("music-and-measure")
        self.assertEqual(log["performance"]["temp_files_created"] - log["performance"]["temp_files_cleaned"], 1)
        self.assertIn(left[0], json.dumps(log))

    def test_a_stage_knows_its_scenes(self):
        for video in "euler-poem", "inventing-math", "moser-circles", "music-and-measure":
            text = json.dumps(self.log(video)["stages"]["rendering"]["result_data"])
            for scene in self.result(video)["scenes"]:
                self.assertIn(scene["scene"], text, video)

    def test_a_renderer_is_counted_once(self):
        for video in "euler-poem", "inventing-math", "moser-circles", "music-and-measure":
            log = self.log(video)
            renders = sum(row["attempts"] for row in self.result(video)["scenes"])
            counts = {row["name"]: row["count"] for row in log["performance"]["operations"]}
            self.assertEqual(counts["manim render"], renders, video)

    def test_memory_is_that_of_the_renderers(self):
        own = {row["pid"]: row for row in self.io(self.work / "spool")["processes"]}
        top = [row for row in own.values() if "build_dataset_pipeline.py" in row["argv"]]
        self.assertEqual(len(top), 1)
        for video in "euler-poem", "inventing-math", "moser-circles", "music-and-measure":
            log = self.log(video)
            measured = max(row["peak_kb"] for row in self.statistics(video))
            for row in self.statistics(video):
                self.assertAlmostEqual(own[row["pid"]]["max_rss_kb"], row["peak_kb"], delta=0.1 * row["peak_kb"])
            peak = log["stages"]["rendering"]["performance"]["memory_peak_mb"]
            others = max(r["max_rss_kb"] or 0 for r in own.values() if any(video in word for word in r["argv"]))
            self.assertGreaterEqual(peak * 1024, measured * 0.95)
            self.assertLessEqual(peak * 1024, others * 1.05 + 1024)
            self.assertGreater(peak * 1024, 1.5 * (top[0]["max_rss_kb"] or 0))

    def test_cpu_is_that_of_the_renderers(self):
        own = {row["pid"]: row for row in self.io(self.work / "spool")["processes"]}
        for video in "euler-poem", "moser-circles":
            stage = self.log(video)["stages"]["rendering"]
            for row in self.statistics(video):
                seen = own[row["pid"]]["user_seconds"] + own[row["pid"]]["system_seconds"]
                both = row["cpu_seconds"] + row["encoder_cpu_seconds"]
                self.assertLess(min(abs(seen - row["cpu_seconds"]), abs(seen - both)), 0.1 + 0.1 * both)
            used = stage["performance"]["cpu_percent_avg"] / 100 * stage["performance"]["duration_seconds"]
            measured = sum(row["cpu_seconds"] + row["encoder_cpu_seconds"] for row in self.statistics(video))
            others = sum((row["user_seconds"] or 0) + (row["system_seconds"] or 0) for row in own.values())
            self.assertGreaterEqual(used, 0.8 * measured - 0.1)
            self.assertLessEqual(used, 1.1 * others + 0.1)

    def test_durations_lie_between_what_renderer_and_pipeline_measured(self):
        """Whatever else the machine does: a renderer's own time is within the attempt's, and that within its caller's."""
        for video in "euler-poem", "moser-circles", "music-and-measure":
            rows = [row for row in self.log(video)["retry_attempts"]["rendering"]]
            own = {row["scene"]: row["seconds"] for row in self.statistics(video)}
            for scene in self.result(video)["scenes"]:
                last = [row for row in rows if row.get("scene") == scene["scene"]][-1]
                self.assertLessEqual(own.get(scene["scene"], 0), last["duration_seconds"] + 0.01, scene["scene"])
                self.assertLessEqual(last["duration_seconds"], scene["elapsed"] + 0.01, scene["scene"])
                self.assertGreater(scene["elapsed"], 0.1)

    def test_a_second_fold_gives_the_same_bytes(self):
        first = logs_below(self.work)
        for zone, jobs in ("UTC", 1), ("Asia/Tokyo", 2), ("America/New_York", 5):
            os.environ["TZ"] = zone
            self.addCleanup(os.environ.pop, "TZ", None)
            self.fold("spool", "--jobs", jobs, cwd=self.work)
            self.assertEqual(logs_below(self.work), first, (zone, jobs))

    def test_no_prompt_reaches_the_spool(self):
        for path in (self.work / "spool").rglob("*.vls"):
            data = path.read_bytes()
            for text in b"does not render", b"Repair it", b"Reviewed: the scene class", b"Replaced ShowCreation by Create":
                self.assertNotIn(text, data, path)


if __name__ == "__main__":
    unittest.main()
