"""The demo pipeline lives three times: as it is, printing and logging nothing, and without the functions' word. What happened is
told the same each time, but for what docs/DEMO.md lists."""
import json
import shutil
import unittest

from vl import DEMO_COMMAND, ROOT, SCRATCH, Case, copy_demo, needs, run, vlagg

VIDEOS = "euler-poem", "inventing-math", "moser-circles", "music-and-measure"
LOGS = {}

# What processes, files and lines cannot see, as docs/DEMO.md lists it: checks that pass or fail inside the pipeline's own process
# and leave no file behind, and why the programmatic cleaning was not enough.
UNSEEN_CHECKS = {"inventing-math": [("syntax_validation", "RoomsInRooms", False)]}
UNSEEN_ERRORS = {"inventing-math": {"conversion_syntax_error": 1}, "music-and-measure": {"cleaning_unknown_error": 1}}


def live(name, *options, **environment):
    """Runs the pipeline and folds; {video: log}."""
    folder = SCRATCH / "lives" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    done = run([*DEMO_COMMAND, *options], folder, env={**copy_demo(folder), **environment})
    fold = vlagg("fold", "spool", cwd=folder)
    if done.returncode or fold.returncode:
        raise AssertionError((done.stderr + fold.stderr).decode())
    return done, {video: json.loads((folder / "outputs/2015" / video / ".pipeline/logs/logs.json").read_text()) for video in VIDEOS}


def told(log):
    """What happened, without figures and words."""
    return {
        "stages": {name: stage["status"] for name, stage in log["stages"].items()},
        "attempts": [(stage, row["scene"], row["attempt_number"], row["method"], row["status"], row["error_category"])
                     for stage in sorted(log["retry_attempts"])
                     for row in sorted(log["retry_attempts"][stage], key=lambda row: (row["scene"] or "", row["attempt_number"]))],
        "errors": {key: entry["occurrence_count"] for key, entry in log["errors"].items()},
        "checks": sorted((row["type"], row["scene"] or "", row["success"]) for row in log["validation_history"]),
        "calls": sorted((call["stage"], call["scene"] or "") for call in log["claude_api_usage"]),
        "processes": log["vlagg"]["processes"]}


@unittest.skipUnless((ROOT / "data" / "spans.json").exists(), "the recorder has no table of functions")
@needs("ffmpeg", "python3")
class Lives(Case):
    @classmethod
    def setUpClass(cls):
        if not LOGS:
            LOGS["loud"] = live("loud")
            LOGS["quiet"] = live("quiet", "--quiet")
            LOGS["outside"] = live("outside", VLSHIM_SPANS="")

    def pair(self, video, other):
        return told(LOGS["loud"][1][video]), told(LOGS[other][1][video])

    def test_the_quiet_life_prints_nothing(self):
        self.assertEqual((LOGS["quiet"][0].stdout, LOGS["quiet"][0].stderr), (b"", b""))

    def test_functions_alone_tell_the_same(self):
        for video in VIDEOS:
            with self.subTest(video):
                loud, quiet = self.pair(video, "quiet")
                self.assertEqual(quiet, loud)

    def test_processes_files_and_lines_tell_the_same_but_for_what_they_cannot_see(self):
        for video in VIDEOS:
            with self.subTest(video):
                loud, outside = self.pair(video, "outside")
                for check in [("syntax_validation", "", True), *UNSEEN_CHECKS.get(video, [])]:
                    loud["checks"].remove(check)
                for key, count in UNSEEN_ERRORS.get(video, {}).items():
                    loud["errors"][key] -= count
                loud["errors"] = {key: count for key, count in loud["errors"].items() if count}
                loud["attempts"] = [row[:5] + (None,) if row[5] == "unknown_error" else row for row in loud["attempts"]]
                self.assertEqual(outside, loud)

    def test_only_functions_know_what_a_stage_returned(self):
        loud, outside = (LOGS[name][1]["music-and-measure"]["stages"]["cleaning"] for name in ("quiet", "outside"))
        self.assertEqual((loud["method"], loud["result_data"]["method"]), ("hybrid", "claude_fallback"))
        self.assertEqual(loud["result_data"]["scenes_processed"], 2)
        self.assertNotIn("scenes_processed", outside["result_data"])


if __name__ == "__main__":
    unittest.main()
