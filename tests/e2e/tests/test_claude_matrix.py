"""Each call that a client makes is in the log with the tokens, model, status, times and cost that the server itself noted."""
import datetime
import importlib.util
import json
import unittest
from fractions import Fraction

import claude_clients
from standin import Standin
from vl import BUILD, Case, needs, vlagg

LACKING = [name for name in ("h2", "brotli", "zstandard") if not importlib.util.find_spec(name)]
PRICES = {"claude-opus-4-5-20251101": ("5", "25", "6.25", "10", "0.50"), "claude-sonnet-4-5-20250929": ("3", "15", "3.75", "6", "0.30"),
          "claude-haiku-4-5-20251001": ("1", "5", "1.25", "2", "0.10")}
COUNT = 20


def cost(model, usage):
    """USD, exactly: tokens by the price of a million, web searches at 10 a thousand."""
    made = usage["cache_creation"]
    tokens = (usage["input_tokens"], usage["output_tokens"], made["ephemeral_5m_input_tokens"],
              made["ephemeral_1h_input_tokens"], usage["cache_read_input_tokens"])
    whole = sum(n * Fraction(price) for n, price in zip(tokens, PRICES[model])) / 1000000
    return whole + Fraction(usage["server_tool_use"]["web_search_requests"], 100)


@needs("openssl")
@unittest.skipIf(LACKING, f"python3-{', python3-'.join(LACKING)}: not installed")
class Matrix(Case):
    def fold_one(self, spool, name):
        done = vlagg("fold", spool, "--out", self.folder / name, "--utc")
        self.assertEqual(done.returncode, 0, done.stderr)
        [path] = (self.folder / name).rglob("logs.json")
        return json.loads(path.read_text())

    def hold_row(self, row, noted, requests):
        usage = noted["usage"]
        ours = {key: row.get(key) for key in (
            "prompt_tokens", "completion_tokens", "cache_creation_tokens", "cache_read_tokens", "model_used", "model_requested", "http_status",
            "message_id", "success", "streaming", "source", "usage", "stop_reason")}
        self.assertEqual(ours, {
            "prompt_tokens": usage["input_tokens"], "completion_tokens": usage["output_tokens"],
            "cache_creation_tokens": usage["cache_creation_input_tokens"], "cache_read_tokens": usage["cache_read_input_tokens"],
            "model_used": noted["model"], "model_requested": noted["requested"], "http_status": 200, "message_id": noted["message_id"],
            "success": True, "streaming": noted["streaming"], "source": "tls", "usage": "complete", "stop_reason": "end_turn"})
        self.assertAlmostEqual(row["estimated_cost_usd"], float(cost(noted["model"], usage)), delta=1e-8)
        first = row["time_to_first_token_seconds"]
        self.assertEqual(noted["streaming"], first is not None)
        if first is not None:
            self.assertTrue(0 < first <= row["response_time_seconds"], row)
        begin = datetime.datetime.fromisoformat(row["timestamp"]).timestamp()
        self.assertLessEqual(begin, noted["begin"] + 0.01)
        self.assertGreaterEqual(begin + row["response_time_seconds"], noted["end"] - 0.01)
        if noted["request_id"] in requests:
            self.assertLessEqual(row["response_time_seconds"], requests[noted["request_id"]] + 0.01)

    def hold_secrets(self, name, spool):
        """Key and prompt are marked; of curl they stand in its argv, whose words are kept."""
        for path in spool.rglob("*"):
            if path.is_file() and name != "curl":
                self.assertNotIn(b"CANARY", path.read_bytes())

    def hold_cell(self, name, http, encoding, stream):
        cell = f"{name}-{http}-{encoding}-{stream}"
        before, spool = len(self.standin.log), self.folder / f"spool-{cell}"
        rows, done = claude_clients.call(name, self.standin, self.folder, encoding, stream, http, COUNT, VLSHIM_SPOOL=spool,
                                         VLSHIM_HOSTS="localhost", VLSHIM_VIDEO="one")
        self.hold_secrets(name, spool)
        noted = {row["request_id"]: row for row in self.standin.log[before:]}
        self.assertEqual((done.returncode, len(noted)), (0, COUNT), done.stderr)
        requests = {f"req_{row['id'][4:]}": row["end"] - row["begin"] for row in rows if row.get("id")}
        calls = self.fold_one(spool, f"out-{cell}")["claude_api_usage"]
        self.assertEqual(sorted(row["request_id"] for row in calls), sorted(noted))
        for row in calls:
            self.hold_row(row, noted[row["request_id"]], requests)

    def hold_client(self, name):
        if why := claude_clients.missing(name):
            self.skipTest(why)
        self.standin = Standin(self.folder)
        self.addCleanup(self.standin.close)
        versions, encodings = claude_clients.ABLE[name]
        for http in versions:
            for encoding in encodings:
                for stream in ("plain", "stream"):
                    with self.subTest(http=http, encoding=encoding, stream=stream):
                        self.hold_cell(name, http, encoding, stream)


def promise(name):
    def test(self):
        self.hold_client(name)
    return test


for client in claude_clients.ABLE:
    setattr(Matrix, f"test_{client.replace('-', '_')}_is_logged_as_the_server_notes_it", promise(client))

@needs("openssl")
class Limits(Case):
    """When the API holds a program up, by the SDK that repeats by itself."""

    def log(self, words):
        if why := claude_clients.missing("py-sdk"):
            self.skipTest(why)
        standin = Standin(self.folder)
        self.addCleanup(standin.close)
        claude_clients.call("py-sdk", standin, self.folder, count=1, words=words, VLSHIM_SPOOL=self.folder / "spool", VLSHIM_HOSTS="localhost",
                            VLSHIM_VIDEO="one")
        self.assertEqual(vlagg("fold", self.folder / "spool", "--out", self.folder / "out").returncode, 0)
        log = self.check_schema(self.folder / "out" / "one" / ".pipeline/logs/logs.json")
        self.fixes = {row["suggested_fix"] for row in log["errors"].values()}
        return log["claude_api_usage"], log["performance"].get("throttling", [])

    def test_a_limit_is_named_with_the_time_that_it_cost(self):
        calls, jams = self.log("case=429 key=a fails=1")
        self.assertEqual([(row["http_status"], row["rate_limited"], row["retry_of"]) for row in calls],
                         [(429, True, None), (200, False, calls[0]["call_id"])])
        self.assertEqual((calls[0]["rate_limit"], calls[0]["retryable"], calls[0]["retry_after_seconds"]), ("requests", True, 1))
        self.assertEqual(calls[1]["retried_by"], "client")
        jam, = jams
        self.assertEqual((jam["limit"], jam["refused_calls"], jam["recovered"], jam["retryable"], jam["claude_call_ids"]),
                         ("requests", 1, True, True, [calls[0]["call_id"]]))
        self.assertGreaterEqual(jam["seconds_lost"], 1)
        self.assertAlmostEqual(jam["seconds_lost"], calls[0]["response_time_seconds"] + calls[1]["wait_seconds"], places=5)

    def test_a_spending_cap_says_that_waiting_does_not_help(self):
        calls, jams = self.log("case=429_cap")
        self.assertEqual([(row["http_status"], row["rate_limit"], row["retryable"], row["estimated_cost_usd"]) for row in calls],
                         [(429, "spend", False, 0)])
        self.assertEqual([(jam["limit"], jam["recovered"], jam["retryable"]) for jam in jams], [("spend", False, False)])
        self.assertIn("Spending cap: do not retry", self.fixes)

    def test_an_overload_is_an_incident_without_a_limits_name(self):
        calls, jams = self.log("case=529 key=b fails=2")
        self.assertEqual([row["http_status"] for row in calls], [529, 529, 200])
        self.assertEqual([(jam["limit"], jam["http_status"], jam["refused_calls"], jam["recovered"]) for jam in jams], [(None, 529, 2, True)])

    def test_a_wrong_request_is_no_incident(self):
        calls, jams = self.log("case=400")
        self.assertEqual(([row["retryable"] for row in calls], jams), ([False], []))


@needs("openssl")
class Ways(Case):
    """What of the traffic is looked at."""

    def calls(self, **settings):
        standin = Standin(self.folder)
        self.addCleanup(standin.close)
        _, done = claude_clients.call("py-urllib", standin, self.folder, count=2, VLSHIM_SPOOL=self.folder / "spool", **settings)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = vlagg("cat", self.folder / "spool").stdout.splitlines()
        return [json.loads(line) for line in lines if b'"kind":"api_' in (line if isinstance(line, bytes) else line.encode())]

    def test_a_host_that_is_not_listed_is_not_read(self):
        self.assertEqual(self.calls(), [])

    def test_capture_none_reads_nothing(self):
        self.assertEqual(self.calls(VLSHIM_HOSTS="localhost", VLSHIM_CAPTURE="none"), [])

    def test_a_listed_host_is_read(self):
        kinds = [event["kind"] for event in self.calls(VLSHIM_HOSTS="example.org,local*")]
        self.assertEqual(kinds, ["api_request", "api_response", "api_usage", "api_end"] * 2)


if __name__ == "__main__":
    unittest.main()
