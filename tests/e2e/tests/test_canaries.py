"""Ten thousand marked secrets pass through calls and a claude program: none is in the spool, the logs or the recorder's own messages."""
import json
import random
import string
import unittest

import claude_clients
from standin import Standin
from vl import PYTHON, Case, needs, run, vlagg

PROMISES = "8"

WINDOW = 10  # bytes: of a secret not even so much
CELLS = [(http, encoding, stream) for http in "12" for encoding in ("identity", "gzip", "deflate", "br", "zstd") for stream in (False, True)]
CALLS = 5  # a cell
CLAUDE = """#!/usr/bin/python3
import json, os, sys
said = json.loads(os.environ["SAID"])
sys.stdin.read()
print(" ".join(said["out"]))
sys.stdout.flush()
print(" ".join(said["err"]), file=sys.stderr)
if said["how"] == "abort":
    os.abort()
if said["how"] == "raise":
    raise RuntimeError(" ".join(said["why"]))
"""


class Secrets:
    """Words by chance; `all` are those that were given out, by kind."""

    def __init__(self):
        self.chance, self.all = random.Random(17), {}

    def some(self, kind, count):
        made = ["".join(self.chance.choices(string.ascii_lowercase + string.digits, k=16)) for _ in range(count)]
        self.all.setdefault(kind, []).extend(made)
        return made

    def key(self):
        return "sk-ant-api03-" + "".join(self.some("key", 3))

    def count(self):
        return sum(map(len, self.all.values()))

    def found(self, data, kinds=None):
        """Kinds of which some ten bytes are in the data."""
        windows = {}
        for kind, words in self.all.items():
            for word in words if kinds is None or kind in kinds else ():
                for i in range(len(word) - WINDOW + 1):
                    windows[word[i:i + WINDOW].encode()] = kind
        return {windows[data[i:i + WINDOW]] for i in range(len(data)) if data[i:i + WINDOW] in windows}


class Canaries(Case):
    def setUp(self):
        super().setUp()
        self.secrets, self.spool, self.debug = Secrets(), self.folder / "spool", self.folder / "debug.txt"

    def environment(self, **more):
        return claude_clients.environment(self.standin, VLSHIM_SPOOL=self.spool, VLSHIM_HOSTS="localhost", VLSHIM_VIDEO="film",
                                          VLSHIM_DEBUG=self.debug, **more)

    def jobs(self, cells, calls, **more):
        for http, encoding, stream in cells:
            for _ in range(calls):
                yield json.dumps({"url": self.standin.url, "http": http, "encoding": encoding, "stream": stream, "key": self.secrets.key(),
                                  "cookie": self.secrets.some("cookie", 1)[0], "words": self.secrets.some("prompt", 42), **more}) + "\n"

    def call(self, cells=CELLS, calls=CALLS, status=0, more=None, **settings):
        """Calls over real TLS, whose requests and answers are full of secrets."""
        for why in (claude_clients.missing("py-httpx"),):
            if why:
                self.skipTest(why)
        self.standin = Standin(self.folder, text=lambda: " ".join(self.secrets.some("answer", 44)),
                               cookie=lambda: f"session={self.secrets.some('cookie', 1)[0]}")
        self.addCleanup(self.standin.close)
        done = run([claude_clients.VENV, claude_clients.CLIENTS / "canaries.py"], self.folder, env=self.environment(**settings),
                   input="".join(self.jobs(cells, calls, **more or {})).encode())
        self.assertEqual(done.returncode, status, done.stderr)

    def claude(self, how):
        """A claude program with secrets in its words, input, output and last words."""
        (self.folder / "claude").write_text(CLAUDE)
        (self.folder / "claude").chmod(0o755)
        said = {"out": self.secrets.some("out", 120), "err": self.secrets.some("err", 120), "why": self.secrets.some("why", 40), "how": how}
        words = ["-p", *self.secrets.some("argv", 40), "--model", "sonnet", "--append-system-prompt", " ".join(self.secrets.some("argv", 10)),
                 f"--settings={self.secrets.some('argv', 1)[0]}", "--key", self.secrets.key()]
        # What is captured is under seal besides; what goes where its parent's output goes is not.
        script = ("import json, subprocess, sys\nwords, text = json.load(sys.stdin)\n"
                  f"result = subprocess.run(['./claude', *words], input=text.encode(), capture_output={how == 'abort'})\n"
                  "print('marker-of-this-test', file=sys.stderr)\n")
        done = run([PYTHON, "-c", script], self.folder, env=self.environment(SAID=json.dumps(said)),
                   input=json.dumps([words, " ".join(self.secrets.some("stdin", 160))]).encode())
        self.assertEqual(done.returncode, 0, done.stderr)

    def everything(self):
        """All bytes that are left: of the spool, of what is made of it, of the recorder's messages."""
        parts = [path.read_bytes() for path in sorted(self.spool.rglob("*")) if path.is_file()]
        self.assertIn(b"marker-of-this-test", b"".join(parts))
        self.fold(self.spool, "--out", self.folder / "out")
        parts += [path.read_bytes() for path in (self.folder / "out").rglob("logs.json")]
        parts += [vlagg("cat", "--all", self.spool).stdout, vlagg("summary", self.spool).stdout]
        parts += [self.debug.read_bytes()] if self.debug.exists() else []
        return b"\n".join(parts)

    @needs("openssl")
    def test_ten_thousand_secrets_leave_no_trace(self):
        self.call()
        for how in ("return", "raise", "abort"):
            self.claude(how)
        self.assertGreater(self.secrets.count(), 10000)
        self.assertEqual(len(self.log_of("film")["claude_api_usage"]), len(CELLS) * CALLS + 3)
        self.assertEqual(self.secrets.found(self.everything()), set())

    def log_of(self, video):
        self.fold(self.spool, "--out", self.folder / "out")
        return json.loads((self.folder / "out" / video / ".pipeline/logs/logs.json").read_text())

    @needs("openssl")
    def test_a_crash_within_an_answer_leaves_none(self):
        for cell in CELLS[:4]:
            self.call([cell], 1, status=-6, more={"abort": True})
        (self.folder / "spool" / "marker").write_text("marker-of-this-test")
        self.assertEqual(self.secrets.found(self.everything()), set())

    @needs("openssl")
    def test_content_keeps_prompts_and_answers_for_cat_alone(self):
        self.call(CELLS, 1, VLSHIM_CAPTURE="content")
        self.assertEqual(self.secrets.found(self.everything()), {"prompt", "answer"})
        self.assertEqual({path.stat().st_mode & 0o777 for path in self.spool.rglob("*.vls")}, {0o600})
        self.assertEqual(self.secrets.found(json.dumps(self.log_of("film")).encode() + vlagg("summary", self.spool).stdout), set())
        bodies = {}
        for event in self.cat(self.spool):
            if event["kind"] == "api_content":
                body = bodies.setdefault((event["connection"], event["stream"], event["direction"]), [])
                self.assertEqual(event["offset"], len("".join(body).encode()))
                body.append(event["text"])
        asked = "".join("".join(body) for (_, _, way), body in bodies.items() if way == 0)
        told = "".join("".join(body) for (_, _, way), body in bodies.items() if way == 1)
        self.assertEqual(len(bodies), 2 * len(CELLS))
        self.assertEqual([word for word in self.secrets.all["prompt"] if word not in asked], [])
        self.assertEqual([word for word in self.secrets.all["answer"] if word not in told], [])

    @needs("openssl")
    def test_none_keeps_no_call_at_all(self):
        self.call(CELLS[:4], 1, VLSHIM_CAPTURE="none")
        self.assertEqual([event for event in self.cat(self.spool) if event["kind"].startswith(("api_", "prompt_"))], [])
        self.assertEqual(self.secrets.found(self.everything()), set())


if __name__ == "__main__":
    unittest.main()
