"""What a claude program is asked on standard input is counted and hashed by who asks, however the program was started and wired."""
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
