"""The claude program itself, from npm: the same with the recorder as without; its usage is its transcript's, of its video and try."""
import collections
import datetime
import json
import shutil
import time
import unittest

import claude_clients
from ccusage import Ccusage
from loopback import alone
from standin import Standin
from vl import PYTHON, run

PROMISES = "1"


@unittest.skipIf(claude_clients.missing("claude"), claude_clients.missing("claude"))
class Program(Ccusage):
    def begin(self, **options):
        """A stand-in for the API, and the program's environment: of its own, with nothing inherited."""
        self.standin = Standin(self.folder, tls=False, **options)
        self.addCleanup(self.standin.close)
        (self.folder / "bin").mkdir(exist_ok=True)
        (self.folder / "bin" / "claude").symlink_to(claude_clients.CLAUDE.resolve())
        shutil.copy(claude_clients.CLIENTS / "build_dataset_pipeline.py", self.folder)
        self.spool = self.folder / "spool"

    def environment(self, home):
        home.mkdir(exist_ok=True)
        return {"PATH": f"{self.folder}/bin:/usr/bin:/bin", "HOME": str(home), "ANTHROPIC_API_KEY": "sk-ant-api03-dummy-of-a-test",
                "ANTHROPIC_BASE_URL": self.standin.url.replace("localhost", "127.0.0.1"), "VLSHIM_SPOOL": str(self.spool),
                "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "DISABLE_AUTOUPDATER": "1"}

    def ask(self, prompt, shim, *words):
        """One run: what can be seen of it from outside, and how its transcript goes; its own bookkeeping differs from run to run."""
        home, before = self.folder / ("with" if shim else "without"), len(self.standin.log)
        done = run(["claude", "--model", "sonnet", *words], self.folder, shim=shim, env=self.environment(home), input=prompt)
        requests = [(row["status"], row["requested"], row["streaming"], row["encoding"], row["retry_count"]) for row in self.standin.log[before:]]
        talk = [json.loads(line) for path in home.rglob("projects/**/*.jsonl") for line in path.read_text().splitlines()]
        rows = collections.Counter(row["type"] for row in talk if row.get("type") in ("user", "assistant", "system"))
        return done.returncode, done.stdout, done.stderr, requests, rows

    @alone
    def test_it_is_the_same_as_without(self):
        self.begin()
        self.assertEqual(self.ask(b"fix the scene", True), self.ask(b"fix the scene", False))

    @alone
    def test_its_failures_are_the_same_as_without(self):
        self.begin(case="400")
        seen = self.ask(b"fix the scene", True)
        self.assertEqual(seen, self.ask(b"fix the scene", False))
        self.assertNotEqual(seen[0], 0)

    def pipeline(self, *words):
        """The pipeline under the recorder, and the log of each video."""
        self.home = self.folder / "home"
        done = run([PYTHON, "build_dataset_pipeline.py", *words], self.folder, env=self.environment(self.home))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.fold(self.spool, "--out", self.folder / "out", "--claude-home", self.home / ".claude")
        return {path.parent.parent.parent.name: self.check_schema(path) for path in sorted((self.folder / "out").rglob("logs.json"))}

    def session_of(self, prompt):
        """From the program's own file: the session that was asked so."""
        for path in self.home.rglob("projects/**/*.jsonl"):
            if json.dumps(prompt) in path.read_text():
                return path.stem
        self.fail(f"no transcript has {prompt}")

    def hold_times(self, row, noted):
        """From its connection: TLS or not, when it was asked and when the answer ended."""
        begin = datetime.datetime.fromisoformat(row["timestamp"]).timestamp()
        self.assertEqual(row["time_source"], "connection")
        self.assertLessEqual(begin, noted["begin"] + 0.01)
        self.assertGreaterEqual(begin, noted["begin"] - 1)
        self.assertGreaterEqual(begin + row["response_time_seconds"], noted["end"] - 0.05)
        self.assertGreater(row["sent_bytes"], 1000)
        self.assertGreater(row["received_bytes"], 1000)

    def hold_row(self, row, noted):
        usage = noted["usage"]
        self.assertEqual((row["prompt_tokens"], row["completion_tokens"], row["cache_creation_tokens"], row["cache_read_tokens"]),
                         (usage["input_tokens"], usage["output_tokens"], usage["cache_creation_input_tokens"], usage["cache_read_input_tokens"]))
        self.assertEqual((row["model_used"], row["message_id"], row["source"], row["usage"]), (noted["model"], noted["message_id"], "transcript", "complete"))

    @alone
    def test_four_at_once_in_one_folder_each_find_their_video(self):
        self.begin()
        prompts = {f"v{i}": f"please fix scene number {i} of this" for i in range(4)}  # of one length: the hash decides
        logs = self.pipeline(*(f"{video}:100:{prompt}" for video, prompt in prompts.items()))
        for video, prompt in prompts.items():
            session = self.session_of(prompt)
            noted = {row["message_id"]: row for row in self.standin.log if session in (row["user_id"] or "")}
            rows = logs[video]["claude_api_usage"]
            self.assertEqual(sorted(row["message_id"] for row in rows), sorted(noted))
            tries = {row["attempt_id"]: row for group in logs[video]["retry_attempts"].values() for row in group}
            for row in rows:
                self.hold_row(row, noted[row["message_id"]])
                self.hold_times(row, noted[row["message_id"]])
                self.assertEqual(row["stdin_bytes"], len(prompt))
                self.assertEqual(row["stdout_bytes"], len((self.folder / f"{video}.answer").read_bytes()))
                self.assertEqual((row["session_id"], row["stage"], row["model_requested"]), (session, "cleaning", "sonnet"))
                self.assertIn(row["call_id"], tries[row["attempt_id"]]["claude_call_ids"])
        self.hold_against_ccusage(logs, self.home / ".claude")

    @alone
    def test_what_it_repeats_by_itself_is_told(self):
        self.begin(case="529", fails=2)
        log = self.pipeline("v:100:please fix the scene")["v"]
        refused = [row for row in log["claude_api_usage"] if row["success"] is False]
        self.assertEqual([row["status"] for row in self.standin.log[:3]], [529, 529, 200])
        for row in refused:
            self.assertEqual((row["http_status"], row["source"], row["rate_limited"], row["error_type"], row["retryable"]),
                             (529, "transcript", True, "overloaded_error", True))
        self.assertEqual([row["request_id"] for row in refused], [row["request_id"] for row in self.standin.log[:2]])
        answered = [row for row in log["claude_api_usage"] if row["success"]]
        self.assertEqual([row["message_id"] for row in answered], [row["message_id"] for row in self.standin.log if row["status"] == 200])

    @alone
    def test_a_spending_cap_is_told_as_such(self):
        self.begin(case="429_cap")
        log = self.pipeline("v:100:please fix the scene")["v"]
        self.assertEqual([(row["http_status"], row["rate_limit"], row["retryable"], row["error_type"], row["request_id"], row["source"])
                          for row in log["claude_api_usage"]], [(429, "spend", False, "rate_limit_error", "req_000001", "transcript")])
        self.assertEqual([(row["limit"], row["recovered"], row["retryable"]) for row in log["performance"]["throttling"]], [("spend", False, False)])
        self.assertIn("Spending cap: do not retry", {row["suggested_fix"] for row in log["errors"].values()})

    @alone
    def test_killed_at_its_limit_it_has_no_usage_and_says_why(self):
        self.begin(case="silence", silence=60)
        begin = time.time()
        log = self.pipeline("v:8:please fix the scene")["v"]
        self.assertGreater(time.time() - begin, 7)
        row = log["claude_api_usage"][-1]
        self.assertEqual((row["usage"], row["prompt_tokens"], row["estimated_cost_usd"], row["success"], row["model_requested"]),
                         ("none", None, None, False, "sonnet"))
        self.assertIn("killed", row["usage_reason"])
        self.assertEqual(row["stdin_bytes"], len("please fix the scene"))
        self.assertEqual(log["summary"]["calls_without_cost"], 1)


if __name__ == "__main__":
    unittest.main()
