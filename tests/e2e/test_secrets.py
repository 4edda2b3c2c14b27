"""No secret reaches the disk: keys in words and lines are masked, and of claude neither prompts nor answers are kept."""
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


if __name__ == "__main__":
    unittest.main()
