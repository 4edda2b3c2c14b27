"""No secret reaches the disk: keys in words and lines are masked, and of claude neither prompts nor answers are kept."""
import socket
import threading
import unittest

from vl import PYTHON, Case, clean_environment, run

PROMISES = "8"

KEYS = ["sk-ant-api03-" + "A1b2C3d4" * 5, "ghp_" + "x9Y8z7W6" * 5]
CLAUDE = """#!/bin/sh
cat >/dev/null
echo "The answer is a quiet marmalade"
echo "a quiet complaint of marmalade" >&2
exit 3
"""


class Secrets(Case):
    def everything_recorded(self):
        text = b"".join(path.read_bytes() for path in (self.folder / "spool").rglob("*") if path.is_file())
        self.assertIn(b"marker-of-this-test", text)
        return text

    def test_keys_in_words_and_lines(self):
        script = ("import sys\nprint('marker-of-this-test', file=sys.stderr)\n"
                  "print('the key was', sys.argv[1], 'Authorization: Bearer', sys.argv[2], file=sys.stderr)\n"
                  "raise ValueError('refused: api_key=' + sys.argv[2])")
        (self.folder / "script.py").write_text(script)
        run(["sh", "-c", f"{PYTHON} script.py $A $B; {PYTHON} script.py --password=$B --token $A"], self.folder,
            env=clean_environment(A=KEYS[0], B=KEYS[1]))
        text = self.everything_recorded()
        for key in KEYS:
            self.assertNotIn(key.encode(), text)

    def test_what_is_said_to_claude_and_what_it_says(self):
        (self.folder / "claude").write_text(CLAUDE)
        (self.folder / "claude").chmod(0o755)
        run(["sh", "-c", "echo 'a prompt with marmalade' | claude -p 'words of marmalade' --model sonnet; echo marker-of-this-test >&2"],
            self.folder, env=clean_environment(PATH=f"{self.folder}:/usr/bin:/bin"))
        self.fold("spool", cwd=self.folder)
        lines = self.cat(self.folder / "spool")
        argv = [word for event in lines for word in event.get("argv") or []]
        self.assertIn("--model", argv)
        claude = {event["pid"] for event in lines if event["kind"] == "process_start" and "--model" in (event.get("argv") or [])}
        self.assertTrue(claude)
        said = [event for event in lines if event["pid"] in claude]
        self.assertNotIn("marmalade", str(said))


    def test_a_key_in_what_a_server_answers(self):
        """An error's message is kept, and may repeat what was sent."""
        body = '{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key: %s"}}' % KEYS[0]
        def serve(server):
            with server.accept()[0] as connection:
                connection.recv(9999)
                connection.sendall(answer)
                connection.recv(1)

        answer = f"HTTP/1.1 401 No\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\nretry-after: {KEYS[1]}\r\n\r\n{body}".encode()
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            code = ("import os, socket; os.write(2, b'marker-of-this-test\\n')\n"
                    f"s = socket.create_connection(('127.0.0.1', {port})); s.sendall(b'POST /v1/messages HTTP/1.1\\r\\nhost: x\\r\\n"
                    "x-api-key: ' + os.environ['A'].encode() + b'\\r\\ncontent-length: 2\\r\\n\\r\\n{}')\n"
                    f"got = b''\nwhile len(got) < {len(answer)}: got += s.recv(999)")
            threading.Thread(target=serve, args=(server,), daemon=True).start()
            done = run([PYTHON, "-S", "-c", code], self.folder, env=clean_environment(A=KEYS[0], VLSHIM_HOSTS="127.0.0.1"))
            self.assertEqual(done.returncode, 0, done.stderr)
        (error,) = (event for event in self.cat(self.folder / "spool") if event["kind"] == "api_error")
        self.assertRegex(error["message"], r"^invalid x-api-key: \*+$")
        text = self.everything_recorded()
        for key in KEYS:
            self.assertNotIn(key.encode(), text)


if __name__ == "__main__":
    unittest.main()
