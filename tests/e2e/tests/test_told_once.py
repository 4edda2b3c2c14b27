"""What a script logs by itself and the recorder sees too is one entry in the folded log: the script's, with what was seen of it."""
import json
import shutil
import unittest

from leaves import exact, lost
from standin import Standin
from vl import MODULE, PROGRAMS, PYTHON, Case, clean_environment, run

PROMISES = "9"

MANIM = """#!/usr/bin/python3
import os, sys
kept = bytearray(40 << 20)
if not os.path.exists("fixed"):
    sys.exit("NameError: name 'ShowCreation' is not defined")
os.makedirs("outputs/2015/one/videos", exist_ok=True)
open("outputs/2015/one/videos/S.mp4", "w").close()
"""
CLAUDE = """#!/usr/bin/python3
import sys, time
sys.stdin.read()
time.sleep(0.3)
open("fixed", "w").close()
"""


class ToldOnce(Case):
    def setUp(self):
        super().setUp()
        for name, text in ("manim", MANIM), ("claude", CLAUDE):
            path = self.folder / "bin" / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
            path.chmod(0o755)
        (self.folder / "code.py").write_text("x = 1")
        self.log_file = self.folder / "outputs/2015/one/.pipeline/logs/logs.json"

    def record(self, *words, **settings):
        env = clean_environment(PYTHONPATH=f"{MODULE}:{PROGRAMS}/logging", PYTHONDONTWRITEBYTECODE=1, TMPDIR=self.folder / "bin",
                                PATH=f"{self.folder}/bin:/usr/bin:/bin", VLSHIM_SPOOL=self.folder / "spool", **settings)
        done = run([PYTHON, PROGRAMS / "logging/render.py", *words], self.folder, env=env)
        self.assertEqual((done.returncode, done.stderr.decode()), (0, ""))
        before = exact(self.log_file.read_text())
        self.fold(self.folder / "spool")
        first = self.log_file.read_bytes()
        self.fold(self.folder / "spool")
        self.assertEqual(self.log_file.read_bytes(), first)
        self.assertEqual(lost(before, exact(first)), [])
        return self.check_schema(self.log_file)

    def hold_attempts(self, log):
        rows = log["retry_attempts"]["rendering"]
        self.assertEqual([(row["attempt_number"], row["status"], "by" in row) for row in rows], [(1, "failed", False), (2, "success", False)])
        for row in rows:
            seen = row["recorded"]
            self.assertEqual((seen["by"], seen["status"], seen["said_at"]), ("vlagg", row["status"], row["timestamp"]))
            self.assertGreater(seen["memory_peak_mb"], 40)
        self.assertEqual(rows[0]["recorded"]["error_category"], "import_error")
        self.assertEqual(list(log["retry_attempts"]), ["rendering"])

    def test_attempts_calls_checks_and_errors(self):
        with_api = Standin(self.folder, tls=False)
        self.addCleanup(with_api.close)
        log = self.record("enhanced_logging_system", with_api.url, VLSHIM_HOSTS="localhost,127.0.0.1")
        self.hold_attempts(log)
        calls = log["claude_api_usage"]
        self.assertEqual([(call["call_id"], call.get("by")) for call in calls], [("00000002", None), ("00000001", None), ("00000003", None)])
        of_program, of_api = calls[0]["recorded"], calls[1]["recorded"]
        self.assertEqual((of_program["source"], of_api["source"]), ("process", "plain"))
        self.assertEqual((of_api["prompt_tokens"], of_api["completion_tokens"]), (calls[1]["prompt_tokens"], calls[1]["completion_tokens"]))
        self.assertEqual(of_api["http_status"], 200)
        self.assertNotIn("recorded", calls[2])
        self.assertEqual(calls[2]["estimated_cost_usd"], 0.0045)
        summary = log["summary"]
        self.assertEqual(summary["total_claude_calls"], 3)
        self.assertAlmostEqual(summary["estimated_total_cost"], of_api["estimated_cost_usd"] + 0.0045, places=9)
        self.assertEqual(len(log["validation_history"]), 2 + sum("by" in check for check in log["validation_history"]))
        self.assertEqual([check["type"] for check in log["validation_history"] if check.get("source") == "annotation"], [])
        self.assertEqual(list(log["stages"]), ["rendering"])
        stage = log["stages"]["rendering"]
        self.assertEqual((stage["method"], stage["success"], stage["error"]["message"]), ("scene_low", False, "RuntimeError: no output of S"))
        self.assertEqual((stage["recorded"]["by"], stage["recorded"]["error"]["message"]), ("vlagg", "RuntimeError: no output of S"))
        said = [key for key, error in log["errors"].items() if error["message"] == "RuntimeError: no output of S"]
        self.assertEqual(said, ["rendering_runtime_error"])
        self.assertEqual(log["errors"]["rendering_runtime_error"]["recorded"]["by"], "vlagg")
        self.assertEqual(log["errors"]["rendering_import_error"]["by"], "vlagg")
        self.assertEqual(log["errors"]["rendering_import_error"]["occurrence_count"], 1)

    def test_a_script_that_has_the_legacy_logger(self):
        log = self.record("legacy_logger")
        self.hold_attempts(log)
        self.assertEqual(list(log["stages"]), ["rendering"])
        self.assertEqual(log["stages"]["rendering"]["recorded"]["method"], "scene_low")
        self.assertEqual([check["type"] for check in log["validation_history"] if check.get("source") == "annotation"], [])
        self.assertEqual([call["by"] for call in log["claude_api_usage"]], ["vlagg"])

    def test_what_the_scripts_own_log_lost_is_told_by_ours(self):
        self.record("enhanced_logging_system")
        whole = json.loads(self.log_file.read_text())
        shutil.rmtree(self.log_file.parent)
        self.fold(self.folder / "spool")
        log = self.check_schema(self.log_file)
        self.assertEqual([row["by"] for row in log["retry_attempts"]["rendering"]], ["vlagg"] * 2)
        self.assertEqual([call["source"] for call in log["claude_api_usage"]], ["process", "annotation"])
        told = log["claude_api_usage"][1]
        self.assertEqual((told["prompt_tokens"], told["completion_tokens"], told["estimated_cost_usd"], told["usage"]), (1000, 100, 0.0045, "complete"))
        self.assertEqual(sorted(v["success"] for v in log["validation_history"] if v.get("source") == "annotation"), [False, True])
        self.assertEqual(log["summary"], whole["summary"])

    def test_the_kind_that_a_script_gives_its_error_counts_where_no_pattern_knows_it(self):
        script = """
from enhanced_logging_system import *
logger = EnhancedVideoLogger("outputs/2015/one", "one")
for n, kind in enumerate((ErrorCategory.DEPENDENCY_ERROR, "of my own", ErrorCategory.SYNTAX_ERROR)):
    text = ("too odd", "odder still", "MemoryError: all of it")[n]
    logger.log_retry_attempt(StageType.RENDERING, RetryAttempt(n + 1, "m", "failed", 0.01, kind, text))
"""
        env = clean_environment(PYTHONPATH=MODULE, PYTHONDONTWRITEBYTECODE=1, VLSHIM_SPOOL=self.folder / "spool")
        done = run([PYTHON, "-c", script], self.folder, env=env)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.fold(self.folder / "spool")
        errors = json.loads(self.log_file.read_text())["errors"]
        self.assertEqual({e["message"]: e["category"] for e in errors.values()},
                         {"too odd": "dependency_error", "odder still": "unknown_error", "MemoryError: all of it": "resource_error"})

    def test_who_reads_a_log_sees_each_thing_once(self):
        self.record("enhanced_logging_system")
        shown = json.loads(self.good("summary", self.log_file, "--json"))
        of_spool = json.loads(self.good("summary", self.folder / "spool", "--json"))
        for answer in shown, of_spool:
            answer["videos"][0]["errors"].sort(key=lambda error: error["key"])
        self.assertEqual(shown["videos"][0], of_spool["videos"][0])


if __name__ == "__main__":
    unittest.main()
