"""What a claude program is asked is counted and hashed by who asks, what it answers is counted by who reads, however it was started and wired."""
import json
import unittest

from vl import PYTHON, Case, needs, run

PROMPT = "please fix the scene  of euler\n" * 40
BEGIN = """
import os, socket, subprocess, sys
prompt = open("prompt", "rb").read()
"""
WAYS = {
    "pipe": "p = subprocess.Popen(['./claude', '-p'], stdin=subprocess.PIPE); p.communicate(prompt)",
    "spawn": """
r, w = os.pipe(); os.set_inheritable(w, False)
child = os.posix_spawn('./claude', ['claude', '-p'], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, r, 0), (os.POSIX_SPAWN_CLOSE, r)])
os.close(r); os.write(w, prompt[:100]); os.write(w, prompt[100:]); os.close(w); os.waitpid(child, 0)""",
    "spawn by name": """
r, w = os.pipe(); os.environ['PATH'] = '.:' + os.environ['PATH']
child = os.posix_spawnp('claude', ['claude', '-p'], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, r, 0), (os.POSIX_SPAWN_CLOSE, r)])
os.close(r); os.write(w, prompt); os.close(w); os.waitpid(child, 0)""",
    "sockets": """
ours, theirs = socket.socketpair()
p = subprocess.Popen(['./claude', '-p'], stdin=theirs); theirs.close(); ours.sendall(prompt); ours.close(); p.wait()""",
    "sockets, written": """
ours, theirs = socket.socketpair()
p = subprocess.Popen(['./claude', '-p'], stdin=theirs); theirs.close(); os.write(ours.fileno(), prompt); ours.close(); p.wait()""",
    "sockets, spawn": """
ours, theirs = socket.socketpair()
child = os.posix_spawn('./claude', ['claude', '-p'], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, theirs.fileno(), 0)])
theirs.close(); ours.sendmsg([prompt[:7], prompt[7:]]); ours.close(); os.waitpid(child, 0)""",
}
NODE = """
const { spawn } = require("child_process"), prompt = require("fs").readFileSync("prompt");
const child = spawn("./claude", ["-p"], { stdio: ["pipe", "inherit", "inherit"] });
child.stdin.end(prompt);
"""


ANSWER = 100000
READERS = {  # each reads all that the program prints on standard output, and nothing else
    "captured": "assert len(subprocess.run(['./claude'], capture_output=True).stdout) == %d",
    "stderr too": "assert len(subprocess.run(['./claude'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout) == %d",
    "line by line": "p = subprocess.Popen(['./claude'], stdout=subprocess.PIPE); assert sum(map(len, p.stdout)) == %d; p.wait()",
    "spawn": """
r, w = os.pipe()
child = os.posix_spawn('./claude', ['claude'], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, w, 1), (os.POSIX_SPAWN_CLOSE, w)])
os.close(w); assert len(open(r, 'rb').read()) == %d; os.waitpid(child, 0)""",
    "sockets": """
ours, theirs = socket.socketpair()
p = subprocess.Popen(['./claude'], stdout=theirs); theirs.close(); n = 0
while part := ours.recv(5000): n += len(part)
assert n == %d; p.wait()""",
    "without waiting": """
r, w = os.pipe(); os.set_blocking(r, False)
p = subprocess.Popen(['./claude'], stdout=w); os.close(w); n = tries = 0
while True:
    try: part = os.read(r, 1000)
    except BlockingIOError: tries += 1; continue
    if not part: break
    n += len(part)
    try: os.read(r, 0); os.read(r, 1 << 20 if n == %d else 0)
    except BlockingIOError: pass
assert tries > 0; p.wait()""",
    "below a shell": "assert len(subprocess.run('./claude', shell=True, capture_output=True).stdout) == %d",
}


class Answers(Case):
    def setUp(self):
        super().setUp()
        (self.folder / "prompt").write_text("")
        (self.folder / "claude").write_text(f"#!/bin/sh\nhead -c {ANSWER} /dev/zero | tr '\\0' '\\n'\n")
        (self.folder / "claude").chmod(0o755)

    def read(self, argv, name):
        spool = self.folder / f"spool {name}"
        done = run(argv, self.folder, env={"PATH": "/usr/bin:/bin", "VLSHIM_SPOOL": str(spool), "VLSHIM_VIDEO": "one"})
        self.assertEqual(done.returncode, 0, done.stderr)
        events = self.cat(spool)
        told = [event for event in events if event["kind"] == "answer_read"]
        self.assertEqual(sum(event["bytes"] for event in told), ANSWER)
        (child,) = {event["child"] for event in told}
        self.assertIn(child, [event["pid"] for event in events if event["kind"] == "process_start" and {"./claude", "claude"} & set(event["argv"])])
        self.assertNotIn(child, {event["pid"] for event in told})
        self.assertEqual([event for event in events if event["kind"] == "prompt_seen"], [])

    def test_by_python(self):
        for name, code in READERS.items():
            with self.subTest(way=name):
                self.read([PYTHON, "-c", BEGIN + code % ANSWER], name)

    def test_by_a_shell(self):
        self.read(["/bin/bash", "-c", 'test "$(./claude | wc -c)" = %d' % ANSWER], "wc")

    @needs("node")
    def test_by_node(self):
        self.read(["node", "-e", f"""let n = 0; const child = require("child_process").spawn("./claude", [], {{ stdio: ["ignore", "pipe", "inherit"] }});
child.stdout.on("data", part => n += part.length).on("end", () => process.exit(n == {ANSWER} ? 0 : 1));"""], "node")

    def test_a_program_of_another_name_answers_nothing(self):
        (self.folder / "claude").rename(self.folder / "other")
        done = run([PYTHON, "-c", "import subprocess; subprocess.run(['./other'], capture_output=True)"], self.folder,
                   env={"PATH": "/usr/bin:/bin", "VLSHIM_SPOOL": str(self.folder / "spool")})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("answer_read", {event["kind"] for event in self.cat(self.folder / "spool")})


class Prompts(Case):
    def setUp(self):
        super().setUp()
        (self.folder / "prompt").write_text(PROMPT)
        (self.folder / "claude").write_text("#!/bin/sh\ncat >asked\n")
        (self.folder / "claude").chmod(0o755)

    def seen(self, argv, name):
        """The last word of who asked: what the program got, without and with white space, and the hash."""
        spool = self.folder / f"spool {name}"
        done = run(argv, self.folder, env={"PATH": "/usr/bin:/bin", "VLSHIM_SPOOL": str(spool), "VLSHIM_VIDEO": "one"})
        self.assertEqual((done.returncode, (self.folder / "asked").read_text()), (0, PROMPT), done.stderr)
        events = [event for event in self.cat(spool) if event["kind"] == "prompt_seen"]
        self.assertNotEqual(events, [], f"{name}: nothing is told of the prompt")
        programs = [event["pid"] for event in self.cat(spool) if event["kind"] == "process_start" and "claude" in json.dumps(event)]
        self.assertIn(events[-1]["child"], programs)
        self.assertEqual((events[-1]["written"], events[-1]["bytes"]), (len(PROMPT), len("".join(PROMPT.split()))), name)
        self.assertNotEqual(events[-1]["hash"], 0)

    def test_by_python(self):
        for name, code in WAYS.items():
            with self.subTest(way=name):
                self.seen([PYTHON, "-c", BEGIN + code], name)

    @needs("node")
    def test_by_node(self):
        self.seen(["node", "-e", NODE], "node")


if __name__ == "__main__":
    unittest.main()
