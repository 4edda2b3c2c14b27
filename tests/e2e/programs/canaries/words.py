"""Runs commands with marked words in them, in the ways in which pipelines call the claude program and pass keys on.

words.py FILE: a JSON list of [way, words]; each is run once. The paths that a command holds lead into the video's folder."""
import json
import os
import subprocess
import sys

SCENE = os.path.abspath("outputs/2015/one/scene.py")


def system(command):
    os.system(command)


def run(*argv, stdin=""):
    subprocess.run(argv, input=stdin.encode(), capture_output=True)


WAYS = {
    # the program itself
    "prompt": lambda w: run("claude", "-p", w),
    "prompt with a path inside": lambda w: run("claude", "--print", f"{w} look at {SCENE} {w}", "--model", "opus"),
    "prompt that begins with a path": lambda w: run("claude", "--model", "opus", "-p", f"{SCENE}: {w}"),
    "options that take text": lambda w: run("claude", "--append-system-prompt", w, f"--settings={w}", f"--mcp={SCENE}/{w}", "-p", w),
    "text that looks like an option": lambda w: run("claude", f"- {w}", f"-p{w}", f"--a {w}", f"--x={w}"),
    "prompt that is a path": lambda w: [run("claude", "-p", f"{os.path.dirname(os.path.dirname(SCENE))}/{k}/scene.py") for k in w.split()],
    "words that look like the program": lambda w: run("claude", "-p", w.replace(" ", "/") + "/claude", w),
    # behind others
    "env": lambda w: run("env", "MODE=fast", "claude", "-p", w),
    "timeout": lambda w: run("timeout", "-k", "5", "300", "claude", "-p", w),
    "xargs": lambda w: run("xargs", "-n", "1", "claude", "-p", w, stdin=w),
    "npx": lambda w: run("npx", "-y", "@anthropic-ai/claude-code", "-p", f"{SCENE} {w}"),
    "node": lambda w: run("node", "--no-warnings", "lib/claude-code/cli.js", "-p", w, *w.split()),
    "sudo": lambda w: run("sudo", "-n", "-u", "me", "claude", "-p", w),
    "ssh": lambda w: (run("ssh", "host", "claude", "-p", w), run("ssh", "host", f"cd /; claude -p '{w}'")),
    "docker": lambda w: run("docker", "run", "-e", f"API_KEY={w}", "-v", f"{os.path.dirname(SCENE)}:/data", "image", "claude", "-p", w),
    # in a shell's text, in code
    "bash -c": lambda w: run("bash", "-c", f"true; claude --model opus -p 'see {SCENE}: {w}'"),
    "bash -lc": lambda w: run("bash", "-lc", f'cd outputs && echo "{w}" | claude -p --output-format json'),
    "here document": lambda w: run("sh", "-c", f"P='{w}'; claude -p <<END\n{w}\n{SCENE}\nEND\n"),
    "nested shells": lambda w: run("bash", "-c", f"sh -c \"bash -c 'claude -p {w}'\""),
    "system": lambda w: system(f"claude -p '{w}' >/dev/null"),
    "code": lambda w: run(sys.executable, "-S", "-c", f"import subprocess; subprocess.run(['claude', '-p', '{w} {SCENE}'])"),
    # keys
    "url": lambda w: [run("curl", f"https://me:{k}@localhost/outputs/2015/one/a?key={k}&token={k}") for k in w.split()],
    "json": lambda w: [run("tool", json.dumps({"api_key": k, "file": SCENE, "auth": {"password": k}})) for k in w.split()],
    "header": lambda w: [run("curl", "-H", f"x-api-key: {k}", "--header", f"Cookie: a={k}", "-u", f"me:{k}", "-d", w) for k in w.split()],
    "option": lambda w: [run("tool", "--api-key", k, f"--auth-token={k}", "--dbPassword", k) for k in w.split()],
    "variable": lambda w: [(run("env", f"ANTHROPIC_API_KEY={k}", "true"), run("make", "-s", f"TOKEN={k}", f"KEY={k}")) for k in w.split()],
    "path with a key": lambda w: [run("tool", f"key={k}&file={SCENE}", f"secret={k}/outputs/2015/one/x") for k in w.split()],
}

if __name__ == "__main__":
    for way, words in json.load(open(sys.argv[1])):
        WAYS[way](words)
    print("marker-of-this-test", file=sys.stderr)
