"""Calls that fail: each is in the log once, with what the API said, what it cost, and which call repeats it."""
import json
import unittest

import claude_clients
from claude_clients import VENV
from standin import Standin
from test_claude_matrix import cost
from vl import Case, needs, run, vlagg

KILLED = """
import anthropic, os, sys
client = anthropic.Anthropic(base_url=sys.argv[1], timeout=60, max_retries=0)
with client.messages.stream(model="claude-opus-4-5", max_tokens=64, metadata={"user_id": "case=silence"},
                            messages=[{"role": "user", "content": "CANARY prompt"}]) as stream:
    for event in stream:
        if event.type == "text":
            os.kill(os.getpid(), 9)
"""
IMPATIENT = """
import httpx, ssl, sys
body = {"model": "claude-opus-4-5", "max_tokens": 64, "stream": STREAM, "metadata": {"user_id": "case=silence"},
        "messages": [{"role": "user", "content": "CANARY prompt"}]}
with httpx.Client(verify=ssl.create_default_context(), timeout=2, http2=HTTP2) as client:
    try:
        client.post(sys.argv[1] + "/v1/messages", json=body)
    except httpx.ReadTimeout:
        pass
    else:
        sys.exit("it came")
"""


@needs("openssl")
@unittest.skipUnless(VENV.exists(), f"build/venv {claude_clients.SETUP}")
class Failures(Case):
    def setUp(self):
        super().setUp()
        self.standin = Standin(self.folder, silence=20)
        self.addCleanup(self.standin.close)
        self.settings = {"VLSHIM_SPOOL": self.folder / "spool", "VLSHIM_HOSTS": "localhost", "VLSHIM_VIDEO": "one"}

    def log(self):
        done = vlagg("fold", self.folder / "spool", "--out", self.folder / "out", "--utc")
        self.assertEqual(done.returncode, 0, done.stderr)
        [path] = (self.folder / "out").rglob("logs.json")
        self.assertNotIn(b"CANARY", path.read_bytes())
        return json.loads(path.read_text())["claude_api_usage"]

    def calls(self, words, stream="plain", name="py-sdk"):
        """What the log says of one question, held against the server's own notes: each request is there once."""
        if why := claude_clients.missing(name):
            self.skipTest(why)
        claude_clients.call(name, self.standin, self.folder, "identity", stream, "1", 1, words, **self.settings)
        rows = self.log()
        self.assertEqual([(row["request_id"], row["http_status"]) for row in rows],
                         [(noted["request_id"], noted["status"]) for noted in self.standin.log])
        return rows

    def hold_refused(self, row, status, kind):
        found = (row["http_status"], row["error_type"], row["success"], row["estimated_cost_usd"], row["prompt_tokens"], row["usage"])
        self.assertEqual(found, (status, kind, False, 0, None, "none"), row)

    def hold_success(self, row):
        noted = self.standin.log[-1]
        self.assertEqual((row["success"], row["completion_tokens"], row["usage"]), (True, noted["usage"]["output_tokens"], "complete"))
        self.assertAlmostEqual(row["estimated_cost_usd"], float(cost(noted["model"], noted["usage"])), delta=1e-8)

    def hold_chain(self, rows):
        self.assertIsNone(rows[0]["retry_of"])
        for before, row in zip(rows, rows[1:]):
            self.assertEqual((row["retry_of"], row["retried_by"]), (before["call_id"], "client"))
            self.assertGreater(row["wait_seconds"], 0)

    def test_a_rate_limit_is_waited_for_and_asked_again(self):
        for name in ("py-sdk", "node-sdk"):
            with self.subTest(name=name):
                rows = self.calls(f"case=429 key={name} fails=1", name=name)[-2:]
                self.hold_refused(rows[0], 429, "rate_limit_error")
                self.assertEqual((rows[0]["rate_limited"], rows[0]["rate_limit"]), (True, "requests"))
                self.hold_chain(rows)
                self.assertGreaterEqual(rows[1]["wait_seconds"], 0.9)
                self.hold_success(rows[1])

    def test_a_spending_cap_is_named_and_not_repeated(self):
        row, = self.calls("case=429_cap")
        self.hold_refused(row, 429, "rate_limit_error")
        self.assertEqual((row["rate_limited"], row["rate_limit"]), (True, "spend"))

    def test_overload_and_errors_of_the_server_are_chains_that_end_well(self):
        for status, kind, fails in (529, "overloaded_error", 1), (500, "api_error", 2):
            with self.subTest(status=status):
                rows = self.calls(f"case={status} key={status} fails={fails}")[-fails - 1:]
                for row in rows[:-1]:
                    self.hold_refused(row, status, kind)
                self.hold_chain(rows)
                self.hold_success(rows[-1])

    def test_what_is_wrong_with_the_request_is_said_once(self):
        for status, kind in (400, "invalid_request_error"), (401, "authentication_error"):
            with self.subTest(status=status):
                row = self.calls(f"case={status}")[-1]
                self.hold_refused(row, status, kind)
                self.assertIn("as the test asked", row["error_message"])
                self.assertIsNone(row["retry_of"])

    def hold_partial(self, row, reason, kind=None):
        noted = self.standin.log[-1]
        self.assertEqual((row["http_status"], row["success"], row["usage"], row["error_type"], row["message_id"]),
                         (200, False, "partial", kind, noted["message_id"]))
        self.assertEqual((row["prompt_tokens"], row["cache_read_tokens"]),
                         (noted["usage"]["input_tokens"], noted["usage"]["cache_read_input_tokens"]))
        self.assertIn(reason, row["usage_reason"])

    def test_an_error_inside_a_stream_that_began_well(self):
        for name in ("py-sdk", "node-sdk"):
            with self.subTest(name=name):
                row = self.calls("case=error_event", "stream", name)[-1]
                self.hold_partial(row, "the stream ended with an error", "overloaded_error")
                self.assertEqual((row["error_message"], row["rate_limited"]), ("Overloaded", True))

    def test_a_connection_that_is_reset_in_the_middle(self):
        for name in ("py-sdk", "node-sdk"):
            with self.subTest(name=name):
                self.hold_partial(self.calls("case=reset", "stream", name)[-1], "the connection ended before the answer did")

    def hold_ended(self, code, reason, streaming=True, status=0):
        """By a shell, which tells how its child ended."""
        done = run(["sh", "-c", '"$0" "$@"; exit $?', VENV, "-c", code, self.standin.url], self.folder, env=claude_clients.environment(self.standin, **self.settings))
        self.assertEqual(done.returncode, status, done.stderr)
        row = self.log()[-1]
        self.assertEqual((row["http_status"], row["success"], row["prompt_tokens"] is not None), (200, False, streaming), row)
        self.assertEqual(row["usage"], "partial" if streaming else "none")
        self.assertIn(reason, row["usage_reason"])

    def test_a_process_that_is_killed_while_it_waits(self):
        self.hold_ended(KILLED, "killed", status=137)

    def test_a_client_that_waits_no_longer(self):
        for http2 in "False", "True":
            for stream in "True", "False":
                with self.subTest(http2=http2, stream=stream):
                    code = IMPATIENT.replace("STREAM", stream).replace("HTTP2", http2)
                    self.hold_ended(code.replace("http2=False", "") if http2 == "False" else code,
                                    "the connection ended before the answer did", stream == "True")


if __name__ == "__main__":
    unittest.main()
