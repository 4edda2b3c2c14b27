"""Each function of the pipeline's table, in every CPython, shows its fields in logs.json: what it was given, returned and raised."""
import shutil
import unittest
from pathlib import Path

from test_spans import VERSIONS
from vl import PROGRAMS, SCRATCH, Case, clean_environment, run, vlagg

PARTS = PROGRAMS / "table"
SYNTAX, IMPORT = "SyntaxError: invalid syntax", "No module named 'manimlib'"
ATTRIBUTE = "AttributeError: 'Ring' object has no attribute 'scale_about'"
CREATION, NEVER_CLOSED = "NameError: name 'ShowCreation' is not defined", "SyntaxError: '(' was never closed (Scene, line 3)"


class Table:
    """One class for each version, below; one run of the stand-ins for all of its tests."""

    @classmethod
    def setUpClass(cls):
        if not Path(cls.python).exists():
            raise unittest.SkipTest(f"CPython {cls.version}: not installed (scripts/setup-pythons)")
        cls.work = SCRATCH / "table" / cls.version
        shutil.rmtree(cls.work, ignore_errors=True)
        shutil.copytree(PARTS, cls.work, ignore=shutil.ignore_patterns("__pycache__"))
        env = clean_environment(PYTHONDONTWRITEBYTECODE="1", HOME=cls.work, VLSHIM_SPOOL=cls.work / "spool")
        cls.done = run([cls.python, "run.py"], cls.work, env=env)
        cls.folded = vlagg("fold", "spool", cwd=cls.work)

    def log(self, video, folder="outputs/2015"):
        self.assertEqual((self.done.returncode, self.done.stderr), (0, b""))
        self.assertEqual(self.folded.returncode, 0, self.folded.stderr.decode())
        return self.check_schema(self.work / folder / video / ".pipeline/logs/logs.json")

    def has(self, row, **expected):
        self.assertEqual({name: row.get(name) for name in expected}, expected)

    def errors(self, log):
        return {name: (entry["category"], entry["message"], entry["occurrence_count"]) for name, entry in log["errors"].items()}

    def checks(self, log):
        names = "type", "success", "errors", "fixes_applied", "auto_recovery_attempted", "scene"
        return [tuple(row[name] for name in names) for row in log["validation_history"]]

    def test_run_stage_of_all_videos(self):
        self.has(self.log("matched", "data/captions/2015")["stages"]["matching"], status="completed", success=True)
        failed = self.log("unmatched", "data/captions/2016")
        self.has(failed["stages"]["matching"], status="failed", success=False)
        self.assertEqual(failed["stages"]["matching"]["error"]["message"], "ValueError: nothing to match")
        self.assertIn("in run_matching_stage", failed["stages"]["matching"]["error"]["stack_trace"])
        self.assertEqual(self.errors(failed), {"matching_runtime_error": ("runtime_error", "ValueError: nothing to match", 1)})
        for stage, video in ("cleaning", "cleaned"), ("conversion", "converted"), ("rendering", "rendered"):
            self.assertEqual(list(self.log(video)["stages"]), [stage])

    def test_clean_single_video(self):
        stage = self.log("cleaned")["stages"]["cleaning"]
        self.has(stage, status="completed", success=True, method="hybrid")
        self.has(stage["config"], video_id="dQw4w9WgXcQ", caption_dir="cleaned", year=2015, mode="hybrid")
        self.assertEqual(stage["result_data"], {
            "status": "completed", "method": "claude_fallback", "scenes_processed": 3, "dependencies_found": ["numpy", "scipy"],
            "files_inlined": 4, "validation_errors": ["'(' was never closed"], "retry_attempts": 1, "error": None})

    def test_clean_video_files_and_run_claude_cleaning(self):
        first, second = self.log("cleaned")["retry_attempts"]["cleaning"]
        self.has(first, attempt_number=1, method="programmatic", status="failed", error_message="Complex syntax requires Claude")
        self.assertEqual(first["result_data"], {"success": False, "error": "Complex syntax requires Claude", "fallback_needed": True,
                                                "scenes_processed": 2, "dependencies_found": ["numpy", "scipy"]})
        self.has(second, attempt_number=2, method="claude_fallback", status="success", error_category=None)
        self.assertEqual(second["result_data"], {"status": "completed", "error": None, "attempts": 2})

    def test_fallback_to_claude(self):
        first, second = self.log("fallen")["retry_attempts"]["cleaning"]
        self.has(first, method="programmatic", status="failed")
        self.has(second, method="claude_fallback", status="failed", error_category="claude_api_error",
                 error_message="Claude did not make any changes")
        self.assertEqual(second["result_data"], {"status": "failed", "method": "fallback", "error": "Claude did not make any changes"})
        self.has(self.log("fallen")["stages"]["cleaning"], status="failed", success=False, method="claude")

    def test_validate_output_syntax(self):
        self.assertEqual(self.checks(self.log("cleaned")), [("syntax_validation", False, [NEVER_CLOSED], [], False, None),
                                                            ("syntax_validation", True, [], ["claude_fallback"], False, None)])

    def test_convert_video_systematic(self):
        stage = self.log("converted")["stages"]["conversion"]
        self.has(stage, status="completed", success=True, method="systematic")
        self.has(stage["config"], video_dir="outputs/2015/converted", year=2015)
        self.has(stage["result_data"], status="completed", snippets_total=1, snippets_converted=1)

    def test_what_a_function_caught_and_returned_as_text_has_its_traceback(self):
        stage = self.log("broken")["stages"]["conversion"]
        self.has(stage, status="failed", success=False)
        self.has(stage["error"], category="runtime_error", message="KeyError: 'scene'", occurrence_count=1)
        self.assertRegex(stage["error"]["stack_trace"], r"in _convert_video_systematic\n.*in parse_snippets\n")

    def test_validators_and_what_they_mended(self):
        log = self.log("converted")
        self.assertEqual(self.checks(log), [
            ("syntax_validation", False, [SYNTAX], [], False, "Ring"),
            ("syntax_validation", True, [], ["doubled sign removed", "import added"], True, "Ring"),
            ("import_validation", False, [IMPORT], [], False, "Ring"), ("render_validation", False, [ATTRIBUTE], [], False, "Ring")])
        self.assertEqual(self.errors(log), {"conversion_syntax_error": ("syntax_error", SYNTAX, 1),
                                            "conversion_import_error": ("import_error", IMPORT, 1),
                                            "conversion_runtime_error": ("runtime_error", ATTRIBUTE, 1)})
        fixes = [(row["fix"], row["error_category"], row["tried"], row["worked"]) for row in log["summary"]["recovery"]["fixes"]]
        self.assertEqual(fixes, [("doubled sign removed", "syntax_error", 1, 1), ("import added", "syntax_error", 1, 1)])

    def test_render_video(self):
        stage = self.log("rendered")["stages"]["rendering"]
        self.has(stage, status="completed", success=True)
        self.has(stage["config"], year=2015, video_id="rendered")
        self.has(stage["result_data"], status="completed", scenes_rendered=["Ring"])

    def test_render_video_from_snippets(self):
        stage = self.log("snippets")["stages"]["rendering"]
        self.has(stage, status="failed", success=False)
        self.has(stage["error"], category="runtime_error", message="RuntimeError: no snippets")
        for text in "FileNotFoundError: [Errno 2] No such file: 'validated_snippets'", "in render_video_from_snippets":
            self.assertIn(text, stage["error"]["stack_trace"])

    def test_render_single_scene_and_fix_render_error(self):
        log = self.log("rendered")
        first, second = log["retry_attempts"]["rendering"]
        self.has(first, attempt_number=1, method="scene_l", scene="Ring", status="failed", exit_status=1,
                 error_category="import_error", error_message=CREATION)
        self.assertEqual(first["result_data"], {"status": "failed", "error": CREATION, "duration": 0.5, "file_size": None, "exit_code": 1})
        self.has(second, attempt_number=2, method="claude_fix", scene="Ring", status="success", exit_status=0, fix_number=2)
        self.assertEqual(second["result_data"], {"status": "success", "error": None, "duration": 2.5, "file_size": 123456, "exit_code": 0})
        self.assertEqual(second["fix_data"], {"success": True, "error": None, "changes_made": ["ShowCreation is Create"]})
        operations = {row["name"]: (row["kind"], row["count"]) for row in log["performance"]["operations"]}
        self.assertEqual(operations["render scene"], ("span", 2))

    def test_what_their_own_logger_is_told(self):
        log = self.log("said")
        self.has(log["stages"]["rendering"], status="completed", success=True, method="scene_low")
        self.has(log["stages"]["rendering"]["result_data"], scenes_rendered=1)
        first, second = log["retry_attempts"]["rendering"]
        self.has(first, attempt_number=1, method="scene_low", status="failed", duration_seconds=0.01, error_category="runtime_error",
                 error_message="TypeError: no film")
        self.has(second, attempt_number=2, method="claude_fix", status="success", duration_seconds=0.01)
        self.assertEqual(self.checks(log), [("render_validation", True, [], ["claude_fix"], False, None)])
        call, refused = log["claude_api_usage"]
        self.has(call, model_used="claude-sonnet-4-5", prompt_tokens=1250, completion_tokens=890, total_tokens=2140, success=True,
                 response_time_seconds=0.01, source="annotation", usage="complete", estimated_cost_usd=0.0171)
        self.has(refused, prompt_tokens=None, total_tokens=None, success=False, error_message="slow down", rate_limited=True,
                 source="annotation", usage="none", estimated_cost_usd=None)
        self.assertEqual(self.errors(log)["rendering_claude_api_error"][0], "claude_api_error")

    def test_no_secret_is_kept(self):
        kept = [path for path in self.work.rglob("*") if path.suffix in (".vls", ".json") and b"not to be kept" in path.read_bytes()]
        self.assertEqual(kept, [])


for version, python in VERSIONS.items():
    name = f"Table{version.replace('.', '_')}"
    globals()[name] = type(name, (Table, Case), {"version": version, "python": python})

if __name__ == "__main__":
    unittest.main()
