"""Programs that call the Claude API get the same answers, and the same failures, with the recorder as without."""
import importlib.util
import unittest

import claude_clients
from standin import Standin
from vl import Case, needs

LACKING = [name for name in ("h2", "brotli", "zstandard") if not importlib.util.find_spec(name)]


@needs("openssl")
@unittest.skipIf(LACKING, f"python3-{', python3-'.join(LACKING)}: not installed")
class Clients(Case):
    def setUp(self):
        super().setUp()
        self.standin = Standin(self.folder)
        self.addCleanup(self.standin.close)

    def call(self, *arguments, **options):
        """What the client said, and what the server noted of it."""
        before = len(self.standin.log)
        rows, done = claude_clients.call(*arguments[:1], self.standin, self.folder, *arguments[1:], VLSHIM_SPOOL=self.folder / "spool",
                                         VLSHIM_HOSTS="localhost", **options)
        return rows, done, self.standin.log[before:]

    def hold(self, name, encoding, stream, http, count=3):
        rows, done, log = self.call(name, encoding, stream, http, count)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([(row["encoding"], row["http"], row["streaming"], row["status"]) for row in log],
                         [(encoding, int(http), stream == "stream", 200)] * count)
        if name != "curl":
            self.assertEqual([(row.get("id"), row.get("output")) for row in rows],
                             [(row["message_id"], row["usage"]["output_tokens"]) for row in log], rows)
            for row, ours in zip(rows, log):
                self.assertLessEqual(row["begin"] - 0.001, ours["begin"])
                self.assertLessEqual(ours["begin"], row["end"] + 0.001)

    def hold_client(self, name):
        if why := claude_clients.missing(name):
            self.skipTest(why)
        versions, encodings = claude_clients.ABLE[name]
        for http in versions:
            for encoding in encodings:
                for stream in ("plain", "stream"):
                    with self.subTest(http=http, encoding=encoding, stream=stream):
                        self.hold(name, encoding, stream, http)

    def failing(self, name, words, stream="plain", count=1):
        if why := claude_clients.missing(name):
            self.skipTest(why)
        return self.call(name, "identity", stream, "1", count, words)

    def test_an_answer_529_is_asked_again_by_the_sdk_itself(self):
        for name in ("py-sdk", "node-sdk"):
            rows, _, log = self.failing(name, f"case=529 key={name} fails=1")
            self.assertEqual([row["status"] for row in log], [529, 200])
            self.assertEqual([row["retry_count"] for row in log], ["0", "1"])
            self.assertEqual(rows[0]["id"], log[1]["message_id"])

    def test_a_spending_cap_and_wrong_requests_are_not_asked_again(self):
        for case, error in ("429_cap", "EnforcedSpendLimitReachedError"), ("400", "BadRequestError"), ("401", "AuthenticationError"):
            rows, _, log = self.failing("py-sdk", f"case={case}")
            self.assertEqual(([row["status"] for row in log], rows[0]["error"]), ([int(case[:3])], error))

    def test_a_stream_that_breaks_is_an_error_of_the_program(self):
        for case in "error_event", "reset":
            rows, _, log = self.failing("py-sdk", f"case={case}", "stream")
            self.assertEqual([row["status"] for row in log], [200])
            self.assertIn("error", rows[0], case)


def promise(name):
    def test(self):
        self.hold_client(name)
    return test


for client in claude_clients.ABLE:
    setattr(Clients, f"test_{client.replace('-', '_')}_understands_every_answer", promise(client))

if __name__ == "__main__":
    unittest.main()
