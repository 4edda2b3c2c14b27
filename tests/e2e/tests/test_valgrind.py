"""Under valgrind a program has the same errors with the recorder as without: none of ours."""
import re
import unittest

import claude_clients
from standin import Standin
from vl import PYTHON, Case, clean_environment, needs, program, run

PROMISES = "1 2"

COMMANDS = {
    "ls": ["ls", "-lR", "/etc/apt"],
    "shell": ["sh", "-c", "echo a | cat >x; sort x x >y; (exit 3); cp y z; rm x y; ls | wc -l"],
    "python": [PYTHON, "-S", "-c", "import os, threading\nos.system('true')\nopen('y', 'w').write('z' * 9999)\n"
               "t = [threading.Thread(target=lambda n=n: open(f'f{n}', 'w').write('x')) for n in range(4)]\n[u.start() for u in t]; [u.join() for u in t]"],
    "threads": [lambda: program("starts"), "3"],
    "tls": [],  # a call to a listed host, set by the test
}


@needs("valgrind")
class Valgrind(Case):
    more = {}

    def errors(self, name, recorded):
        """(status, output, error contexts of every process)."""
        folder = self.folder / ("recorded" if recorded else "native")
        folder.mkdir()
        words = [word() if callable(word) else word for word in COMMANDS[name]]
        env = clean_environment(PYTHONMALLOC="malloc", VLSHIM_SPOOL=self.folder / "spool", TMPDIR=folder, **self.more)
        done = run(["valgrind", "--trace-children=yes", "--log-file=../log-%p", *words], folder, shim=recorded, env=env, timeout=300)
        logs = sorted(self.folder.glob("log-*"), key=lambda path: int(path.name[4:]))
        text = "".join(path.read_text(errors="replace") for path in logs)
        for path in logs:
            path.unlink()
        # the recorder's short-lived helpers have a summary too, so those without an error are not counted
        self.assertIn("ERROR SUMMARY: ", text)
        return done.returncode, done.stdout, sorted(re.findall(r"ERROR SUMMARY: ([1-9]\d* errors from \d+ contexts)", text)), text

    def compare(self, name):
        *native, _ = self.errors(name, recorded=False)
        *recorded, text = self.errors(name, recorded=True)
        self.assertEqual(recorded, native, text[-3000:])
        self.assertNotRegex(text, r"(at|by) 0x[0-9A-F]+: .*libvl(shim|deep)\.so")
        self.assertNotEqual(self.io(self.folder / "spool")["processes"], [])


    @needs("openssl", "curl")
    def test_tls(self):
        standin = Standin(self.folder)
        self.addCleanup(standin.close)
        self.more = {"VLSHIM_HOSTS": "localhost"}
        COMMANDS["tls"] = claude_clients.curl(standin, "gzip", "stream", "1", 2, "")
        self.compare("tls")
        self.assertEqual([row["status"] for row in standin.log], [200] * 4)
        self.assertEqual(len([e for e in self.cat(self.folder / "spool") if e["kind"] == "api_end"]), 2)


for command in COMMANDS.keys() - {"tls"}:
    setattr(Valgrind, f"test_{command}", lambda self, command=command: self.compare(command))


if __name__ == "__main__":
    unittest.main()
