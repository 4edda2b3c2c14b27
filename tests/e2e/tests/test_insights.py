"""vlagg insights: logs whose truth is known are told as they are; and the golden answer."""
import json
import os
import unittest

from synthetic_logs import Log
from vl import DEMO_COMMAND, ROOT, Case, copy_demo, run, vlagg

GOLDEN = ROOT / "tests" / "golden"
QUESTIONS = {"recurring_errors", "fixes", "in_vain", "slowest_operations", "repeated_calls", "early_signs"}


def attempt(scene, number, method, status, seconds, error=None, cost=None):
    row = {"scene": scene, "attempt_number": number, "method": method, "status": status, "duration_seconds": seconds,
           "error_category": "syntax_error" if error else None, "error_message": error}
    if cost is not None:
        row["claude_usage"] = {"calls": 1, "calls_without_cost": 0, "estimated_cost_usd": cost}
    return row


def video(name, status, rows, errors=(), calls=(), checks=(), operations=()):
    return {"video_id": name, "stages": {"cleaning": {"status": "completed", "success": True}, "rendering": {"status": status, "success": status == "completed"}},
            "errors": {f"rendering_{i}": {"category": "syntax_error", "message": message, "occurrence_count": count, "stage": stage, "suggested_fix": "Close it",
                                          "variants": [{"fingerprint": f"{hash_of(message):016x}", "message": message, "occurrence_count": count, "suggested_fix": "Close it"}]}
                       for i, (message, count, stage) in enumerate(errors)},
            "retry_attempts": {"rendering": rows}, "claude_api_usage": list(calls), "validation_history": list(checks),
            "performance": {"operations": list(operations)}}


def hash_of(text):
    return sum(ord(c) * 31**i for i, c in enumerate(text)) % 2**64


OPEN, NAME = "SyntaxError: '(' was never closed", "NameError: name 'x' is not defined"
KNOWN = [
    video("good-1", "completed", [attempt("A", 1, "scene_l", "failed", 2, OPEN), attempt("A", 2, "claude_fix", "success", 3, cost=.5), attempt("B", 1, "scene_l", "success", 5)],
          [(OPEN, 1, "rendering")], operations=[{"name": "manim render", "stage": "rendering", "count": 3, "total_seconds": 10, "max_seconds": 5}]),
    video("good-2", "completed", [attempt("A", 1, "scene_l", "success", 1)],
          operations=[{"name": "manim render", "stage": "rendering", "count": 1, "total_seconds": 1, "max_seconds": 1}, {"name": "latex", "stage": None, "count": 1, "total_seconds": 30, "max_seconds": 30}]),
    video("bad-1", "failed", [attempt("A", 1, "scene_l", "failed", 1, OPEN), attempt("A", 2, "claude_fix", "failed", 4, OPEN, cost=.25), attempt("A", 3, "claude_fix", "failed", 4, OPEN, cost=.25)],
          [(OPEN, 3, "rendering"), (NAME, 1, "cleaning")], checks=[{"type": "syntax", "success": False}],
          calls=[{"call_id": "01", "error_type": "overloaded_error", "model_used": "claude-x", "success": False, "estimated_cost_usd": 0, "stage": "cleaning", "rate_limited": False},
                 {"call_id": "02", "retry_of": "01", "success": True, "wait_seconds": 1.5, "estimated_cost_usd": .1}]),
    video("bad-2", "timeout", [attempt("A", 1, "scene_l", "timeout", 10, "killed")], [(NAME, 1, "cleaning")], checks=[{"type": "syntax", "success": False}]),
]


class Insights(Case):
    def insights(self, *paths):
        return json.loads(self.good("insights", *paths, "--json"))

    def write(self, logs, folder="logs"):
        for log in logs:
            path = self.folder / folder / log["video_id"] / ".pipeline" / "logs" / "logs.json"
            path.parent.mkdir(parents=True)
            path.write_text(json.dumps(log))
        return self.folder / folder

    def test_known_logs_are_told_as_they_are(self):
        told = self.insights(self.write(KNOWN))
        self.assertEqual(set(told), {"videos", *QUESTIONS})
        self.assertEqual([(row["message"], row["occurrences"], sorted(row["videos"])) for row in told["recurring_errors"]],
                         [(OPEN, 4, ["bad-1", "good-1"]), (NAME, 2, ["bad-1", "bad-2"])])
        self.assertEqual([(row["method"], row["message"], row["tried"], row["worked"], row["seconds"], row["cost_usd"]) for row in told["fixes"]],
                         [("claude_fix", OPEN, 3, 1, 11, 1)])
        vain = told["in_vain"]
        self.assertEqual([(row["video"], row["scene"], row["attempts"], row["seconds"], row["cost_usd"], row["last_error"]) for row in vain["scenes"]],
                         [("bad-2", "A", 1, 10, 0, "killed"), ("bad-1", "A", 3, 9, .5, OPEN)])
        self.assertEqual(vain["totals"], {"seconds": 19, "cost_usd": .5, "share_of_seconds": round(19 / 30, 4), "share_of_cost": .5})
        self.assertEqual([(row["name"], row["count"], row["seconds"], row["max_seconds"], row["slowest_video"]) for row in told["slowest_operations"]],
                         [("latex", 1, 30, 30, "good-2"), ("manim render", 4, 11, 5, "good-1")])
        self.assertEqual([(row["why"], row["model"], row["repetitions"], row["worked"], row["wait_seconds"]) for row in told["repeated_calls"]],
                         [("overloaded_error", "claude-x", 1, 1, 1.5)])
        signs = {(row["sign"], row["stage"], row["what"]): (row["failure_rate"], row["failure_rate_without"]) for row in told["early_signs"]}
        self.assertEqual(signs, {("error in another stage", "cleaning", "syntax_error"): (1, 0), ("validation failed", None, "syntax"): (1, 0),
                                 ("first attempt failed", "rendering", "scene_l"): (.6667, 0)})

    def test_evidence_leads_to_the_entries(self):
        told = self.insights(self.write(KNOWN))
        logs = {log["video_id"]: log for log in KNOWN}
        rows = [row for name in QUESTIONS for row in (told[name]["scenes"] if name == "in_vain" else told[name])]
        for row in rows:
            self.assertTrue(row["evidence"])
            for one in row["evidence"]:
                value = logs[one["video"]]
                for key in one["entry"].replace("[", ".").replace("]", "").split("."):
                    value = value[int(key)] if isinstance(value, list) else value[key]
                self.assertIsInstance(value, dict, one)

    def test_golden(self):
        logs = self.write([Log(number, 24).document() for number in range(12)])
        for name, arguments in [("insights.txt", ()), ("insights.json", ("--json",))]:
            text = self.good("insights", logs, *arguments).decode()
            if os.environ.get("UPDATE_GOLDEN"):
                (GOLDEN / name).write_text(text)
            self.assertEqual(text, (GOLDEN / name).read_text())
        lines = (GOLDEN / "insights.txt").read_text().splitlines()
        self.assertLessEqual(max(map(len, lines)), 80)

    def test_a_spool_and_its_logs_say_the_same(self):
        work = self.folder / "work"
        env = copy_demo(work)
        run(DEMO_COMMAND, work, env={**env, "VLSHIM_SPOOL": str(work / "spool")})
        self.good("fold", work / "spool")
        self.assertEqual(self.insights(work / "spool"), self.insights(work / "outputs"))
        text = self.good("insights", work / "spool").decode()
        self.assertLessEqual(max(map(len, text.splitlines())), 80)
        self.assertIn("claude_fix", text)

    def test_bad_input_is_named(self):
        self.assertEqual(vlagg("insights").returncode, 2)
        done = vlagg("insights", self.folder)
        self.assertEqual(done.returncode, 3)
        self.assertIn("neither", done.stderr.decode())
        empty = self.write([{"video_id": "nothing"}], "empty")
        self.assertIn("none", self.good("insights", empty).decode())


if __name__ == "__main__":
    unittest.main()
