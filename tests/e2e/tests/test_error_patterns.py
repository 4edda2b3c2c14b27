"""Each row of data/error-patterns.tsv is what a program that fails so is told as; what only looks like an error is none."""
import http.server
import json
import shutil
import socket
import struct
import sys
import threading
import unittest

import vl
from error_cases import CALLS, CASES, FOREIGN, LATEX, LOOKALIKES, MANIM, MESSAGE, NODE, PIP

HOW = {"python": ("py", "#!/usr/bin/env python3\n{}\n"), "bash": ("sh", "#!/bin/bash\n{}\n"),
       "text": ("py", "#!/usr/bin/env python3\nimport sys\nsys.stderr.write({!r} + '\\n')\nsys.exit(1)\n"),
       "ffmpeg": ("sh", "#!/bin/bash\nffmpeg -nostdin -y {}\n"), "node": ("js", "#!/usr/bin/env node\n{}\n"),
       "gcc": ("sh", "#!/bin/bash\ncat >case.c <<'END'\n{}\nEND\nLC_ALL=C.UTF-8 gcc -o case case.c\n"),
       **{kind: ("sh", "#!/bin/bash\nPATH=%s:$PATH\nexport LC_ALL=C.UTF-8\ncd $(mktemp -d)\n{}\n" % (vl.BUILD / folder / "bin"))
          for kind, folder in (("manim", "manim"), ("pip", "venv"))},
       "latex": ("sh", "#!/bin/bash\ncat >case.tex <<'END'\n{}\nEND\nlatex -interaction=nonstopmode -halt-on-error case.tex\n")}
RULES = {"high_memory_mb": 60, "rules": [
    {"id": "case", "on": "process", "program": "case_*", "argv": "(?<case>\\d+)", "means": "operation", "stage": "rendering",
     "scene": "{case}", "method": "case", "name": "case"}]}
RUNNER = """
import json, os, subprocess, sys
os.makedirs("outputs/2026/cases", exist_ok=True)
open("outputs/2026/cases/log.txt", "w").close()
for number, path, limit in json.load(open("cases.json")):
    try:
        subprocess.run([path, str(number)], capture_output=True, timeout=limit)
    except subprocess.TimeoutExpired:
        pass
"""


ASK = """
import os, subprocess, sys, urllib.request
for word in sys.argv[2:]:
    body = b'{"model": "claude-sonnet-4-5", "max_tokens": 9, "stream": %s, "messages": []}' % (b"true" if word == "stream_error" else b"false")
    request = urllib.request.Request("http://127.0.0.1:%s/v1/messages?do=%s" % (sys.argv[1], word), body, {"content-type": "application/json"})
    try:
        urllib.request.urlopen(request, timeout=60).read()
    except OSError:
        pass
"""
CLAUDE = """#!/usr/bin/python3
import socket, sys
sys.stdin.read()
with socket.socket() as closed:
    closed.bind(("127.0.0.1", 0))
    with socket.socket() as one:
        sys.exit(one.connect_ex(closed.getsockname()) and 1)
"""


class Api(http.server.BaseHTTPRequestHandler):
    """Answers on loopback, each in the way that the request's address asks for."""

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        word = self.path.split("=")[1]
        if word == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        elif word == "stream_error":
            begun = {"type": "message_start", "message": {**MESSAGE, "stop_reason": None}}
            error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
            self.answer("text/event-stream", "".join(f"event: {e['type']}\ndata: {json.dumps(e)}\n\n" for e in (begun, error)))
        else:
            self.answer("application/json", json.dumps({**MESSAGE, "stop_reason": word}))

    def answer(self, kind, text):
        self.send_response(200)
        for name, value in ("content-type", kind), ("content-length", len(text)), ("connection", "close"):
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(text.encode())

    def finish(self):
        if not self.connection._closed:
            super().finish()

    def log_message(self, *words):
        pass


def rows():
    """The table: {pattern: (category, fixable, auto_recoverable, fix)}."""
    word = {"yes": True, "no": False, "null": None}
    lines = (vl.ROOT / "data" / "error-patterns.tsv").read_text().splitlines()
    cells = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {p: (f"{category}_error", word[fixable], word[auto], fix) for p, category, fixable, auto, fix in cells}


class ErrorPatterns(vl.Case):
    def run_cases(self, programs):
        """Runs programs (kind, text), each as one try, and returns the log."""
        listed = []
        for number, (kind, text) in enumerate(programs):
            suffix, frame = HOW[kind]
            path = self.folder / f"case_{number}.{suffix}"
            path.write_text(frame.format(text))
            path.chmod(0o755)
            listed.append([number, str(path), 3 if "time.sleep(60)" in text else 60])
        (self.folder / "cases.json").write_text(json.dumps(listed))
        (self.folder / "rules.json").write_text(json.dumps(RULES))
        (self.folder / "run.py").write_text(RUNNER)
        environment = vl.clean_environment(LC_ALL="C.UTF-8", PYTHONDONTWRITEBYTECODE="1", TMPDIR=self.folder)
        done = vl.run([sys.executable, "run.py"], self.folder, env=environment, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.fold("spool", "--rules", "rules.json", cwd=self.folder)
        return self.check_schema(self.folder / "outputs/2026/cases/.pipeline/logs/logs.json")

    def tell(self, log):
        """What the log says of each try: {number: (category, variant)}."""
        return {int(scene): (entry["category"], variant) for entry in log["errors"].values()
                for variant in entry["variants"] for scene in variant["scenes"]}

    def check_foreign(self, programs):
        seen = self.tell(self.run_cases([(kind, text) for kind, text, *_ in programs.values()]))
        for number, (name, (_, _, category, message, trace)) in enumerate(programs.items()):
            with self.subTest(name):
                self.assertIn(number, seen)
                found, variant = seen[number]
                self.assertEqual(found, category, variant)
                self.assertIn(message, variant["message"])
                self.assertNotRegex(variant["message"], "[\u2500-\u257f\x1b]")
                self.assertIn(trace, variant["stack_trace"] or "")

    def test_other_languages_and_forms(self):
        self.check_foreign(FOREIGN)

    @vl.needs("node")
    def test_node(self):
        self.check_foreign(NODE)

    def check_rows(self, kind, programs):
        """Each program is told by the row that it is a case of."""
        table = rows()
        seen = self.tell(self.run_cases([(kind, text) for text in programs.values()]))
        told = {pattern: (seen[i][0], seen[i][1]["rule"]) if i in seen else None for i, pattern in enumerate(programs)}
        self.assertEqual(told, {pattern: (table[pattern][0], pattern) for pattern in programs})
        for i, pattern in enumerate(programs):
            if "\\1" not in table[pattern][3]:
                self.assertEqual(seen[i][1]["suggested_fix"], table[pattern][3], pattern)

    @vl.needs("latex")
    def test_a_real_latex(self):
        self.check_rows("latex", LATEX)

    @unittest.skipUnless((vl.BUILD / "manim" / "bin" / "manim").exists(), "manim: not installed (scripts/setup-manim)")
    def test_a_real_manim(self):
        self.check_rows("manim", MANIM)

    @unittest.skipUnless((vl.BUILD / "venv" / "bin" / "pip").exists(), "pip in build/venv: not installed (scripts/setup-clients)")
    def test_a_real_pip(self):
        self.check_rows("pip", PIP)

    def serve(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server.server_address[1]

    def errors_of(self, command):
        """{pattern: its entry} of a run for one video, whose calls to loopback are read."""
        env = vl.clean_environment(VLSHIM_HOSTS="127.0.0.1", VLSHIM_VIDEO="cases", PATH=f"{self.folder}:/usr/bin:/bin")
        done = vl.run(command, self.folder, env=env)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.fold("spool", "--out", "out", cwd=self.folder)
        shutil.rmtree(self.folder / "spool")
        log = self.check_schema(self.folder / "out/cases/.pipeline/logs/logs.json")
        return {variant["rule"]: entry for entry in log["errors"].values() for variant in entry["variants"]}

    def check_flags(self, entries):
        table = rows()
        for pattern, entry in entries.items():
            self.assertEqual((entry["category"], entry["fixable"], entry["auto_recoverable"]), table[pattern][:3], pattern)

    def test_calls_that_fail_in_the_way_of_each_evidence_row(self):
        self.assertEqual(set(CALLS), {pattern for pattern, case in CASES.items() if case[0] == "call"})
        port = self.serve()
        for pattern, word in CALLS.items():
            entries = self.errors_of([sys.executable, "-c", ASK, port, word])
            self.assertEqual(list(entries), [pattern])
            self.check_flags(entries)

    def test_a_claude_program_whose_host_refuses(self):
        (self.folder / "claude").write_text(CLAUDE)
        (self.folder / "claude").chmod(0o755)
        text = "import subprocess\nsubprocess.run(['claude', '--model', 'sonnet'], input=b'x', capture_output=True)\n"
        entries = self.errors_of([sys.executable, "-c", text])
        self.assertEqual(set(entries), {"@api_host:refused|reset"})
        self.check_flags(entries)

    @vl.needs("ffmpeg")
    def test_every_row_is_told_with_its_category_flags_and_fix(self):
        table = rows()
        self.assertEqual(set(table), set(CASES), "each row has a program in error_cases.py")
        real = {pattern: case for pattern, case in CASES.items() if case[0] != "call"}
        log = self.run_cases(list(real.values()))
        attempts = {int(row["scene"]): row for row in log["retry_attempts"]["rendering"]}
        seen = self.tell(log)
        wrong = []
        for number, pattern in enumerate(real):
            category, variant = seen.get(number, (None, {}))
            expected = table[pattern]
            fix = variant.get("suggested_fix") or ""
            if (variant.get("rule"), category, attempts[number]["error_category"]) != (pattern, expected[0], expected[0]) or \
                    not ("\\1" in expected[3] or fix == expected[3]):
                wrong.append(f"{pattern}: {variant.get('rule')} {category} {variant.get('message')!r} {fix!r}")
        self.assertEqual(wrong, [])
        flags = {p: (e["fixable"], e["auto_recoverable"]) for e in log["errors"].values() for p in [e["rule"]]}
        self.assertEqual(flags, {pattern: table[pattern][1:3] for pattern in flags})

    def test_what_only_looks_like_an_error_is_none(self):
        self.assertGreaterEqual(len(LOOKALIKES), 40)
        well = "import sys\nfor line in {!r}:\n    print(line, file=sys.stderr)\nsys.exit({})".format
        log = self.run_cases([("python", well(LOOKALIKES, 0))] + [("python", well([line], 3)) for line in LOOKALIKES])
        taken = {variant["message"] for entry in log["errors"].values() if entry["category"] != "unknown_error"
                 for variant in entry["variants"]}
        self.assertEqual(taken, set())
        self.assertEqual(log["retry_attempts"]["rendering"][0]["status"], "success")

    def test_a_pipeline_that_says_them_itself_has_no_errors(self):
        (self.folder / "lines.json").write_text(json.dumps(LOOKALIKES))
        text = ("import json, os, sys\nos.makedirs('outputs/2026/cases')\nopen('outputs/2026/cases/x', 'w').close()\n"
                "for line in json.load(open('lines.json')):\n    print(line)\n    print(line, file=sys.stderr)\n")
        done = vl.run([sys.executable, "-c", text], self.folder)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.fold("spool", cwd=self.folder)
        log = self.check_schema(self.folder / "outputs/2026/cases/.pipeline/logs/logs.json")
        self.assertEqual({key: entry["message"] for key, entry in log["errors"].items()}, {})


if __name__ == "__main__":
    unittest.main()
