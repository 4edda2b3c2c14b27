"""Logs of the legacy logger, in each of its layouts and places, are merged and nothing of them is lost; not a digit."""
import json
import unittest

from leaves import exact, lost
from vl import PYTHON, Case, run, vlagg

PROMISES = "9"

# As LEGACY_LOGGING has it, with all that a script may add.
ENHANCED = r"""{
  "video_id": "one", "created_at": "2025-06-30T15:30:00",
  "stages": {
    "cleaning": {"status": "completed", "method": "hybrid", "start_time": "2025-06-30T15:30:01", "end_time": "2025-06-30T15:31:45", "success": true,
      "performance": {"duration_seconds": 104.2, "memory_peak_mb": 512.3, "cpu_percent_avg": 45.2},
      "result_data": {"scenes_processed": 8, "dependencies_found": 23, "validation_errors": [], "retry_attempts": 1}},
    "conversion": {"status": "failed", "success": false, "error": {"category": "odd", "message": "x"}}, "upload": {}},
  "errors": {"cleaning_syntax_error": {"category": "syntax_error", "message": "SyntaxError: invalid syntax at line 42", "fixable": true,
      "auto_recoverable": false, "suggested_fix": "Check syntax and fix parsing errors", "occurrence_count": 1,
      "first_seen": "2025-06-30T15:30:15", "last_seen": "2025-06-30T15:30:15"}},
  "retry_attempts": {"cleaning": [
      {"attempt_number": 1, "method": "programmatic", "status": "failed", "duration_seconds": 0.3, "error_message": "Complex syntax requires Claude",
       "memory_peak_mb": 128.4, "timestamp": "2025-06-30T15:30:01"},
      {"attempt_number": 2, "method": "claude_fallback", "status": "success", "duration_seconds": 67.8, "timestamp": "2025-06-30T15:30:32"},
      {"attempt_number": 2, "method": "claude_fallback", "status": "success", "duration_seconds": 67.8, "timestamp": "2025-06-30T15:30:32"}], "none": []},
  "claude_api_usage": [
      {"call_id": "abc12345", "timestamp": "2025-06-30T15:30:32", "model_used": "claude-3-sonnet", "prompt_tokens": 1250, "completion_tokens": 890,
       "total_tokens": 2140, "estimated_cost_usd": 0.006, "response_time_seconds": 12.4, "success": true}],
  "validation_history": [
      {"timestamp": "2025-06-30T15:30:45", "type": "syntax_validation", "success": false, "errors": ["SyntaxError: invalid syntax at line 42"],
       "fixes_applied": [], "auto_recovery_attempted": false},
      {"timestamp": "2025-06-30T15:31:00", "type": "syntax_validation", "success": true, "errors": [], "fixes_applied": ["claude_syntax_fix"],
       "auto_recovery_attempted": true}],
  "someone's": {"keys": [{"a": {"b": [[], {}, null, false, ""]}}]}
}"""

# The completion took the place of the whole section: no start, no method; measures that were never taken.
REPLACED = r"""{
  "stages": {"cleaning": {"status": "completed", "end_time": "2025-06-30T15:31:45", "success": true, "result_data": null,
                          "performance": {"cpu_percent_avg": null, "memory_peak_mb": null}},
             "rendering": {"status": "completed", "timestamp": "2025-06-30T16:31:45", "by": "hand"}},
  "video_id": "one", "claude_api_usage": [], "errors": {}, "retry_attempts": {}, "validation_history": [], "created_at": "2025-06-30T15:30:00.5",
  "performance_metrics": {"total": 1.25}
}"""

# Before there were sections: a key for a stage.
FLAT = r"""{
  "timestamp": "2024-01-02T03:04:05", "year": 2015, "video": "one",
  "matching": {"status": "success", "files": ["a.py", "b.py"], "confidence": 0.85},
  "cleaning": {"status": "completed", "scenes": ["A", "B"], "errors": ["SyntaxError: x", "SyntaxError: x"], "timestamp": "2024-01-02T03:04:05"},
  "conversion": {"status": "failed", "attempts": 3, "error": "No module named 'manimlib'"},
  "rendering": [{"scene": "A", "ok": true}, {"scene": "B", "ok": false}]
}"""

LAYOUTS = {"enhanced": ENHANCED, "replaced": REPLACED, "flat": FLAT}

NUMBERS = r"""{"numbers": [1e400, -1e400, 0.30000000000000004, 0.1000, 12345678901234567890, 123456789012345678901234567890, -0, -0.0, 1E5, 1e-7,
 9007199254740993, 9223372036854775807, 9223372036854775808, 3.141592653589793238462643383279, 0, -5, 100],
 "texts": ["\udc80 half", "\ud83d\ude00", "\u0000", "é \u00e9 \/ \" \\ \n", "\ue000raw:x", "\u007f"],
 "claude_api_usage": [{"estimated_cost_usd": 0.00600, "total_tokens": 99999999999999999999}], "stages": {"x\udc80": {"n": 2.50}}}"""

WORK = """
import os
os.makedirs("outputs/2015/one/validated_snippets", exist_ok=True)
for name in ("monolith_manimgl.py", "validated_snippets/S.py", "monolith_manimce.py"):
    open(f"outputs/2015/one/{name}", "w").write("x = 1")
"""


class Layouts(Case):
    def setUp(self):
        super().setUp()
        self.work(WORK)
        self.video = self.folder / "outputs" / "2015" / "one"
        self.new = self.video / ".pipeline" / "logs" / "logs.json"
        self.beside = self.video / "logs.json"
        self.new.parent.mkdir(parents=True)

    def work(self, script):
        run([PYTHON, "-c", script], self.folder)

    def fold_here(self):
        """Folds, and again, which changes nothing."""
        self.good("fold", "spool", cwd=self.folder)
        first = self.new.read_bytes()
        self.good("fold", "spool", cwd=self.folder)
        self.assertEqual(self.new.read_bytes(), first)
        self.assertEqual([p.name for p in self.new.parent.iterdir()], ["logs.json"])
        return exact(first)

    def has_ours(self, log):
        ours = [entry for entry in log["stages"].values() if entry.get("by") == "vlagg"]
        self.assertEqual(len(ours), 2, list(log["stages"]))
        self.assertEqual(log["vlagg"]["version"], exact(self.new.read_text())["vlagg"]["version"])

    def places(self):
        for name, text in LAYOUTS.items():
            for where, path in ("there", self.new), ("beside", self.beside):
                for old in self.new, self.beside:
                    old.unlink(missing_ok=True)
                path.write_text(text)
                yield f"{name} {where}", path, text

    def test_each_layout_in_each_place(self):
        for name, path, text in self.places():
            with self.subTest(name):
                log = self.fold_here()
                self.assertEqual(lost(exact(text), log), [])
                self.has_ours(log)
                if not name.startswith("replaced"):  # its null where the schema has an object is theirs, and stays
                    self.check_schema(self.new)
                if path == self.beside:
                    self.assertEqual(path.read_text(), text)

    def test_both_places_at_once(self):
        for name, text in LAYOUTS.items():
            for other, second in LAYOUTS.items():
                with self.subTest(there=name, beside=other):
                    self.new.write_text(text)
                    self.beside.write_text(second)
                    log = self.fold_here()
                    self.assertEqual(lost(exact(text), log), [])
                    self.assertEqual(self.beside.read_text(), second)
                    if name == other:
                        self.assertEqual(len(log.get("claude_api_usage")), len(exact(text).get("claude_api_usage", [])))
                        self.assertEqual([key for key in log if key.endswith("_legacy")], [])
                        continue
                    clashes = {path for path, _, _ in lost(exact(second), log)}
                    moved = {p for path in clashes for p in (path[:1], path[:2])}
                    chosen = {p for p in moved if self.moved(log, p)}
                    self.assertEqual(lost(exact(second), log, chosen), [])

    @staticmethod
    def moved(log, path):
        for step in path[:-1]:
            log = log.get(step, {}) if isinstance(log, dict) else {}
        return isinstance(log, dict) and f"{path[-1]}_legacy" in log

    def test_numbers_and_texts_that_a_parser_would_change(self):
        for path in self.new, self.beside:
            with self.subTest(path=path.parent.name):
                self.new.unlink(missing_ok=True)
                path.write_text(NUMBERS)
                self.assertEqual(lost(exact(NUMBERS), self.fold_here()), [])
                self.good("summary", self.new)
                self.good("report", self.new, "-o", self.folder / "report.html")
                self.beside.unlink(missing_ok=True)

    def test_numbers_that_json_has_not_become_text_and_the_log_is_merged(self):
        for path in self.new, self.beside:
            self.new.unlink(missing_ok=True)
            path.write_text('{"stages": {"cleaning": {"performance": {"note": NaN}}}, "most": [Infinity, -Infinity]}')
            log = self.fold_here()
            self.assertEqual((log["stages"]["cleaning"]["performance"]["note"], log["most"]), ("NaN", ["Infinity", "-Infinity"]))
            self.beside.unlink(missing_ok=True)

    def test_a_later_run_adds_and_loses_nothing(self):
        self.new.write_text(ENHANCED)
        self.beside.write_text(FLAT)
        before = self.fold_here()
        self.work(WORK + "import subprocess, sys\nos.makedirs('outputs/2015/one/videos')\nopen('outputs/2015/one/videos/A.mp4', 'w').close()")
        after = self.fold_here()
        self.assertEqual(lost(exact(ENHANCED), after), [])
        self.assertEqual(lost(exact(FLAT), after), [])
        self.assertGreater(int(after["vlagg"]["processes"]), int(before["vlagg"]["processes"]))

    def test_what_a_script_adds_between_two_folds_stays(self):
        self.new.write_text(ENHANCED)
        self.fold_here()
        log = json.loads(self.new.read_text())
        log["claude_api_usage"].append({"call_id": "abcdef0123", "estimated_cost_usd": 0.5})
        log["stages"]["conversion_vlagg"]["note"] = "ours is replaced"
        log["stages"]["upload"] = {"status": "done"}
        self.new.write_text(json.dumps(log))
        again = self.fold_here()
        self.assertIn({"call_id": "abcdef0123", "estimated_cost_usd": "0.5"}, again["claude_api_usage"])
        self.assertEqual(again["stages"]["upload"], {"status": "done"})
        self.assertNotIn("note", again["stages"]["conversion_vlagg"])

    def test_names_and_times_of_others_are_kept(self):
        self.new.write_text('{"video_id": "dQw4w9WgXcQ", "created_at": "2020-01-02T03:04:05.5", "vlagg": {"mine": 1}, "summary": {"a": 1}}')
        log = self.fold_here()
        self.assertEqual((log["video_id"], log["video_id_legacy"]), ("one", "dQw4w9WgXcQ"))
        self.assertEqual(log["created_at"], "2020-01-02T03:04:05.5")
        self.assertEqual((log["vlagg_legacy"], log["summary_legacy"]), ({"mine": "1"}, {"a": "1"}))
        self.new.write_text('{"created_at": "yesterday"}')
        log = self.fold_here()
        self.assertEqual(log["created_at_legacy"], "yesterday")
        self.assertEqual(log["created_at"], log["vlagg"]["first_event"])

    def test_a_log_beside_that_is_none_is_named_and_left_alone(self):
        for content in b'{"video_id": "one", "stages": {"cle', b"", b"\xff\xfe", b"[1, 2]", b'{"a": "\xff"}', b'{"a": 1}x', b'{"a": 01}':
            with self.subTest(content=content):
                self.beside.write_bytes(content)
                done = vlagg("fold", "spool", cwd=self.folder)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn(str(self.beside.relative_to(self.folder)), done.stderr.decode())
                self.assertEqual(self.beside.read_bytes(), content)
                self.check_schema(self.new)

    def test_a_key_that_stands_twice_is_kept_aside_with_its_file(self):
        text = '{"stages": {"cleaning": {"n": 1}}, "stages": {"cleaning": {"n": 2}}}'
        self.new.write_text(text)
        done = vlagg("fold", "spool", cwd=self.folder)
        self.assertIn("logs.json.unreadable", done.stderr.decode())
        self.assertEqual((self.new.parent / "logs.json.unreadable").read_text(), text)
        self.assertEqual(exact(self.new.read_text())["stages"]["cleaning"], {"n": "2"})


if __name__ == "__main__":
    unittest.main()
