"""vlagg summary: from a spool and from its logs the same, on 80 columns, colours where they belong."""
import json
import os
import pty
import re
import shutil
import subprocess
import unittest

from synthetic_logs import write_logs
from vl import VLAGG, Case, clean_environment, logs_below, recorded_demo, vlagg


class Summary(Case):
    def setUp(self):
        super().setUp()
        self.spool, self.logs = recorded_demo() / "spool", recorded_demo() / "outputs"

    def summary(self, *arguments):
        return self.good("summary", *arguments).decode()

    def test_json_has_each_logs_summary_and_the_sums(self):
        logs = [json.loads(text) for text in logs_below(self.logs).values()]
        told = json.loads(self.summary("--json", self.logs))
        self.assertEqual([row["video_id"] for row in told["videos"]], sorted(log["video_id"] for log in logs))
        for row, log in zip(told["videos"], sorted(logs, key=lambda log: log["video_id"])):
            for key in ("total_stages", "successful_stages", "total_errors", "total_claude_calls", "estimated_total_cost",
                        "calls_without_cost", "processing_duration", "error_categories", "retry_summary"):
                self.assertEqual(row[key], log["summary"][key], key)
            self.assertEqual(row["total_attempts"], sum(map(len, log["retry_attempts"].values())))
            self.assertEqual([e["message"] for e in row["errors"]], [e["message"] for e in log["errors"].values()])
        self.assertEqual(sum(e["occurrence_count"] for e in told["errors"]), told["totals"]["error_occurrences"])
        never = next(e for e in told["errors"] if e["message"] == "SyntaxError: '{' was never closed")
        self.assertEqual((never["category"], never["stages"], never["videos"]), ("syntax_error", ["rendering"], ["inventing-math"]))
        self.assertEqual(told["totals"]["statuses"], {"completed": 2, "failed": 1, "timeout": 1})
        totals = told["totals"]
        self.assertEqual(totals["videos"], len(logs))
        self.assertEqual(totals["total_errors"], sum(log["summary"]["total_errors"] for log in logs))
        self.assertAlmostEqual(totals["processing_duration"], sum(log["summary"]["processing_duration"] for log in logs), places=5)

    def test_a_spool_and_its_logs_say_the_same(self):
        self.assertEqual(self.summary(self.spool), self.summary(self.logs))
        before = logs_below(self.logs)
        shutil.rmtree(self.folder / "moved", ignore_errors=True)
        shutil.copytree(self.spool, self.folder / "moved")
        self.summary(self.folder / "moved")
        self.assertEqual(logs_below(self.logs), before)
        self.assertEqual(logs_below(self.folder / "moved"), {})

    def test_the_table_fits_80_columns_and_names_errors_with_their_fix(self):
        text = self.summary(self.logs)
        self.assertLessEqual(max(map(len, text.splitlines())), 80)
        self.assertIn("     1x NameError: name 'ShowCreation' is not defined\n        import_error in rendering of moser-circles\n        fix: Use Create\n", text)
        head, rows = text.splitlines()[0], text.splitlines()[2:6]
        for word, column in ("stages", 2), ("attempts", 3), ("errors", 4), ("calls", 5), ("time", 7):
            end = head.index(word) + len(word)
            self.assertEqual({row.split()[column][-1] for row in rows}, {row[end - 1] for row in rows}, word)
        self.assertNotIn("\033", text)

    def test_the_same_error_of_many_videos_is_told_once(self):
        documents = write_logs(self.folder, 30, 8)
        counts = {}
        for document in documents:
            for error in document["errors"].values():
                counts[error["message"]] = counts.get(error["message"], 0) + error["occurrence_count"]
        shown = re.findall(r"^ +(\d+)x (.*)$", self.summary(self.folder), re.MULTILINE)
        self.assertEqual({message: int(count) for count, message in shown}, counts)
        self.assertEqual([int(count) for count, _ in shown], sorted(counts.values(), reverse=True))

    def test_colours_on_a_terminal_only(self):
        def on_a_terminal(**more):
            main, other = pty.openpty()
            subprocess.run([VLAGG, "summary", self.logs], stdout=other, env=clean_environment(TERM="xterm", **more), check=True)
            os.close(other)
            text = b""
            try:
                while piece := os.read(main, 65536):
                    text += piece
            except OSError:
                pass
            os.close(main)
            return text

        self.assertIn(b"\033[31m", on_a_terminal())
        self.assertNotIn(b"\033", on_a_terminal(NO_COLOR="1"))

    def test_a_log_of_the_legacy_logger_is_told_from_its_sections(self):
        path = self.folder / "old.json"
        path.write_text(json.dumps({
            "video_id": "old\nname" + "x" * 60, "stages": {"cleaning": {"status": "failed", "success": False, "performance": {"duration_seconds": 61.5}}},
            "errors": {"cleaning_syntax_error": {"category": "syntax_error", "message": "a\x1b[2J\nb", "occurrence_count": 2}},
            "retry_attempts": {"cleaning": [{}, {}]}, "claude_api_usage": [{"estimated_cost_usd": 0.006}, {"estimated_cost_usd": None}]}))
        row = json.loads(self.summary("--json", path))["videos"][0]
        self.assertEqual((row["status"], row["total_stages"], row["total_attempts"], row["error_occurrences"]), ("failed", 1, 2, 2))
        self.assertEqual((row["estimated_total_cost"], row["calls_without_cost"], row["processing_duration"]), (.006, 1, 61.5))
        text = self.summary(path)
        self.assertNotIn("\033", text)
        self.assertLessEqual(max(map(len, text.splitlines())), 80)
        self.assertIn("1m01s", text)

    def test_bad_input_is_named(self):
        (self.folder / "bad.json").write_text("{\n 1")
        for argument, said in [("missing", "No such file"), ("bad.json", "bad.json:2:"), (".", "neither recordings nor")]:
            done = vlagg("summary", argument, cwd=self.folder)
            self.assertEqual(done.returncode, 3)
            self.assertIn(said, done.stderr.decode())
        self.assertEqual(vlagg("summary").returncode, 2)


if __name__ == "__main__":
    unittest.main()
