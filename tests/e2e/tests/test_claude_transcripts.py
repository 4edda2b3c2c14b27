"""What the claude program's transcripts say reaches the right video's log, once, and adds up as ccusage does."""
import json
import shutil
import unittest

import claude_clients
from ccusage import Ccusage
from standin import Standin
from vl import PYTHON, ROOT, clean_environment, needs, run, vlagg

CLAUDE = r'''#!/usr/bin/env python3
"""Like the claude program: takes a prompt on stdin, and writes a transcript of what it asked and got."""
import json, os, sys, time, datetime, pathlib
prompt = sys.stdin.read()
plan = json.loads(os.environ["PLAN"])[prompt.split()[0]]
folder = pathlib.Path(os.environ["CLAUDE_CONFIG_DIR"], "projects", "".join(c if c.isalnum() else "-" for c in os.getcwd()))
folder.mkdir(parents=True, exist_ok=True)

def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"

def put(row, name=None):
    if isinstance(row, dict):
        row = {"sessionId": plan["session"], "cwd": os.getcwd(), "timestamp": now(), **row}
    path = folder / (name or plan["session"] + ".jsonl")
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a") as out:
        out.write((row if isinstance(row, str) else json.dumps(row, separators=(",", ":"))) + "\n")

time.sleep(plan.get("before", 0))
put({"type": "user", "message": {"role": "user", "content": prompt}})
for row in plan["rows"]:
    time.sleep(0.01)
    put(row.get("raw") or {k: v for k, v in row.items() if k != "file"}, row.get("file"))
time.sleep(plan.get("during", 0))
if plan.get("hang"):
    time.sleep(60)
put({"type": "assistant", "requestId": "req_last_" + plan["session"], "message": {"id": "msg_last_" + plan["session"],
     "model": "claude-haiku-4-5-20251001", "stop_reason": "end_turn", "usage": {"input_tokens": 11, "output_tokens": 2}}})
print("done")
'''

def answer(message, request, model="claude-opus-4-5-20251101", tokens=(10, 5, 100, 1000), **more):
    usage = dict(zip(("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"), tokens))
    return {"type": "assistant", "requestId": request, "isSidechain": False, **more,
            "message": {"id": message, "model": model, "usage": usage, "content": [{"type": "text", "text": "CANARY answer"}]}}


class Transcripts(Ccusage):
    def record(self, plans, *videos):
        (self.folder / "bin").mkdir()
        (self.folder / "bin" / "claude").write_text(CLAUDE)
        (self.folder / "bin" / "claude").chmod(0o755)
        shutil.copy(claude_clients.CLIENTS / "build_dataset_pipeline.py", self.folder)
        self.home, self.spool = self.folder / "home", self.folder / "spool"
        env = clean_environment(PATH=f"{self.folder}/bin:/usr/local/bin:/usr/bin:/bin", CLAUDE_CONFIG_DIR=self.home,
                                PLAN=json.dumps(plans), VLSHIM_SPOOL=self.spool)
        words = [f"{video}:{1.5 if video == 'slow' else 60}:{'<' if video.startswith('file') else ''}{video} fix the scene" for video in videos]
        done = run([PYTHON, "build_dataset_pipeline.py", *words], self.folder, env=env)
        self.assertEqual(done.returncode, 0, done.stderr)

    def logs(self, *arguments, out="out", home=True):
        more = ["--claude-home", self.home] if home else []
        done = vlagg("fold", self.spool, "--out", self.folder / out, *more, *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.said = done.stderr.decode()
        return {path.parent.parent.parent.name: self.check_schema(path)
                for path in sorted((self.folder / out).rglob("logs.json"))}

    def record_everything(self):
        retry = {"type": "system", "subtype": "api_error", "retryAttempt": 1, "retryInMs": 530, "maxRetries": 10,
                 "error": {"status": 529, "error": {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}}}
        one = [answer("msg_1", "req_1", tokens=(10, 1, 100, 1000)), answer("msg_1", "req_1", tokens=(10, 7, 100, 1000)),
               answer("msg_1", "req_1", tokens=(10, 5, 100, 1000)), retry, {**retry, "retryAttempt": 2},
               answer("msg_2", "req_2", tokens=(3, 9, 0, 1100)), {"raw": '{"type":"assistant","message":{"usa'},
               answer("msg_3", "req_3", "<synthetic>", (0, 0, 0, 0)),
               answer("msg_4", "req_4", "claude-haiku-4-5-20251001", (20, 30, 0, 0), isSidechain=True, file="one/subagents/agent-1.jsonl"),
               answer("msg_4", "req_5", "claude-haiku-4-5-20251001", (20, 31, 0, 0), isSidechain=False),
               {"raw": "not json at all"}]
        two = [answer("msg_5", "req_6", tokens=(1, 2, 3, 4)), answer("msg_5", "req_7", tokens=(5, 6, 7, 8))]
        self.record({"v1": {"session": "one", "rows": one}, "v2": {"session": "two", "rows": two, "before": 1.5, "during": 1}}, "v1", "v2")

    def test_totals_are_those_of_ccusage(self):
        self.record_everything()
        self.hold_against_ccusage(self.logs(), self.home)

    def test_each_message_is_one_entry_of_its_video_and_attempt(self):
        self.record_everything()
        logs = self.logs()
        rows = logs["v1"]["claude_api_usage"]
        self.assertEqual([row["message_id"] for row in rows if row["success"]], ["msg_1", "msg_2", "msg_4", "msg_last_one"])
        self.assertEqual([row["message_id"] for row in logs["v2"]["claude_api_usage"]], ["msg_5", "msg_5", "msg_last_two"])
        failed = [row for row in rows if row["success"] is False]
        self.assertEqual([(row["http_status"], row["error_type"], row["estimated_cost_usd"]) for row in failed],
                         [(529, "overloaded_error", 0.0)] * 2)
        self.assertEqual(failed[1]["retry_of"], failed[0]["call_id"])
        self.assertEqual(failed[1]["wait_seconds"], 0.53)
        for log in logs.values():
            tries = {row["attempt_id"]: row for group in log["retry_attempts"].values() for row in group}
            for row in log["claude_api_usage"]:
                self.assertEqual(row["source"], "transcript")
                self.assertIn(row["call_id"], tries[row["attempt_id"]]["claude_call_ids"])
            self.assertEqual(log["summary"]["total_claude_calls"], len(log["claude_api_usage"]))

    def test_four_runs_at_once_find_their_own(self):
        plans = {f"v{i}": {"session": f"s{i}", "rows": [answer(f"msg_{i}", f"req_{i}", tokens=(i, i, 0, 0))], "during": 1.2} for i in range(4)}
        self.record(plans, *plans)
        logs = self.logs()
        for i in range(4):
            self.assertEqual([row["message_id"] for row in logs[f"v{i}"]["claude_api_usage"]], [f"msg_{i}", f"msg_last_s{i}"])
        self.hold_against_ccusage(logs, self.home)
        self.assertEqual(self.said, "")

    def test_of_two_lives_that_hold_each_other_the_hash_of_the_prompt_decides(self):
        plans = {"v0": {"session": "s0", "rows": [], "before": 1, "during": 1}, "v1": {"session": "s1", "rows": [], "before": 0.6, "during": 0.7}}
        self.record(plans, "v0", "v1")
        logs = self.logs()
        for i in range(2):
            self.assertEqual([row["message_id"] for row in logs[f"v{i}"]["claude_api_usage"]], [f"msg_last_s{i}"])
        self.assertEqual(self.said, "")

    def test_what_may_be_of_two_runs_is_in_no_video_but_counted(self):
        plans = {"file0": {"session": "s0", "rows": [], "before": 1, "during": 1}, "file1": {"session": "s1", "rows": [], "before": 0.6, "during": 0.7}}
        self.record(plans, "file0", "file1")
        logs = self.logs()
        rows = [row for log in logs.values() for row in log["claude_api_usage"]]
        if self.said:  # else the machine was too slow for the two to overlap wholly
            self.assertEqual({(row["source"], row["usage_reason"]) for row in rows}, {("process", "ambiguous")})
            self.assertEqual(logs["file0"]["vlagg"]["claude_usage_ambiguous"]["prompt_tokens"], 22)
            self.assertIn("ambiguous", self.said)

    def test_a_run_killed_at_its_limit_has_no_usage_and_says_why(self):
        self.record({"slow": {"session": "s", "rows": [], "hang": True}}, "slow")
        row = self.logs()["slow"]["claude_api_usage"][0]
        self.assertEqual((row["usage"], row["prompt_tokens"], row["estimated_cost_usd"], row["success"]), ("none", None, None, False))
        self.assertIn("killed", row["usage_reason"])

    def test_later_folds_read_the_copy_and_no_text_is_in_it(self):
        self.record_everything()
        first = self.logs()
        copies = list((self.spool / "_run").glob("*.usage.jsonl"))
        self.assertEqual(len(copies), 1)
        self.assertEqual(copies[0].stat().st_mode & 0o777, 0o600)
        self.assertNotIn(b"CANARY", copies[0].read_bytes())
        self.assertNotIn(b"fix the scene", copies[0].read_bytes())
        shutil.rmtree(self.home)
        self.assertEqual(first, self.logs(out="again", home=False))
        self.assertEqual((self.folder / "out/v1/.pipeline/logs/logs.json").read_bytes(),
                         (self.folder / "again/v1/.pipeline/logs/logs.json").read_bytes())
        of_spool, of_logs = self.good("summary", self.spool, "--json"), self.good("summary", self.folder / "out", "--json")
        self.assertEqual(json.loads(of_spool), json.loads(of_logs))
        self.assertGreater(json.loads(of_spool)["totals"]["estimated_total_cost"], 0)

    def test_prices_of_the_users_own_count_and_unknown_models_are_named(self):
        rows = [answer("msg_1", "req_1", "claude-next-9", (1000, 100, 0, 0)), answer("msg_2", "req_2", tokens=(7, 0, 0, 0))]
        self.record({"v1": {"session": "one", "rows": rows}}, "v1")
        log = self.logs()["v1"]
        unpriced = [row["model_used"] for row in log["claude_api_usage"] if row["estimated_cost_usd"] is None]
        self.assertEqual(unpriced, ["claude-next-9"])
        self.assertEqual(log["summary"]["calls_without_cost"], 1)
        self.assertIn("claude-next-9", log["vlagg"]["warnings"][0])
        table = self.folder / "mine.tsv"
        table.write_text("claude-next-9\t0.000001\t3\nclaude-opus-4-5 (since 2026-01-01)\t0.5\n")
        log = self.logs("--prices", table, out="priced")["v1"]
        cost = {row["model_used"]: row["estimated_cost_usd"] for row in log["claude_api_usage"]}
        self.assertEqual((cost["claude-next-9"], cost["claude-opus-4-5-20251101"]), (0.000300001, 0.0000035))
        self.assertEqual(log["summary"]["calls_without_cost"], 0)
        self.assertNotIn("warnings", log["vlagg"])

    def test_the_table_is_shown_and_a_wrong_one_is_told(self):
        self.assertEqual(self.good("prices", "show"), (ROOT / "data" / "prices.tsv").read_bytes())
        table = self.folder / "mine.tsv"
        table.write_bytes(self.good("prices", "show"))
        self.assertIn(b"no error", self.good("prices", "check", table))
        table.write_text("claude-x\t1\nclaude-y\t1,5\n")
        for command in (("prices", "check", table), ("fold", self.folder, "--prices", table)):
            done = vlagg(*command)
            self.assertEqual(done.returncode, 3)
        self.assertIn(b"mine.tsv:2:11: ", vlagg("prices", "check", table).stderr)


class Both(Ccusage):
    """Of programs whose calls pass by and that write transcripts of them, too."""

    @needs("openssl")
    def test_what_passed_by_and_what_the_transcript_says_counts_once(self):
        standin = Standin(self.folder)
        self.addCleanup(standin.close)
        (self.folder / "bin").mkdir()
        shutil.copy(claude_clients.CLIENTS / "claude.py", self.folder / "bin" / "claude")
        (self.folder / "bin" / "claude").chmod(0o755)
        shutil.copy(claude_clients.CLIENTS / "build_dataset_pipeline.py", self.folder)
        home, spool = self.folder / "home", self.folder / "spool"
        env = claude_clients.environment(standin, PATH=f"{self.folder}/bin:/usr/bin:/bin", CLAUDE_CONFIG_DIR=home, API=standin.url,
                                         VLSHIM_SPOOL=spool, VLSHIM_HOSTS="localhost")
        done = run([PYTHON, "build_dataset_pipeline.py", "v0:60:one prompt", "v1:60:two words"], self.folder, env=env)
        self.assertEqual((done.returncode, len(standin.log)), (0, 6), done.stderr)
        self.fold(spool, "--out", self.folder / "out", "--claude-home", home)
        logs = {path.parent.parent.parent.name: self.check_schema(path) for path in (self.folder / "out").rglob("logs.json")}
        rows = [row for log in logs.values() for row in log["claude_api_usage"]]
        self.assertEqual(sorted(row["message_id"] for row in rows), sorted(row["message_id"] for row in standin.log))
        self.assertEqual([(len(log["claude_api_usage"]), len({row["session_id"] for row in log["claude_api_usage"]})) for log in logs.values()],
                         [(3, 1)] * 2)
        self.assertEqual({row["source"] for row in rows}, {"tls"})
        self.assertEqual(sum(log["summary"]["total_claude_calls"] for log in logs.values()), 6)
        self.hold_against_ccusage(logs, home)


if __name__ == "__main__":
    unittest.main()
