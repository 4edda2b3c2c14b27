"""bash, zsh and fish themselves, on a terminal, complete vlagg's commands, options and values as its help has them."""
import os
import pty
import re
import select
import signal
import subprocess
import time
import unittest

from vl import ROOT, VLAGG, Case, needs

# how each shell begins, takes the completion, and what it then says of a line
SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], "bind 'set enable-bracketed-paste off'; . {file}", "vlagg() {{ printf '<<%s>>\\n' \"$*\"; }}"),
    "zsh": (["zsh", "-f", "-i"], "unsetopt zle_bracketed_paste 2>/dev/null; fpath=({folder} $fpath); autoload -Uz compinit; compinit -u -D", "vlagg() {{ printf '<<%s>>\\n' \"$*\" }}"),
    "fish": (["fish", "--no-config", "-i"], "source {file}", "function vlagg; printf '<<%s>>\\n' \"$argv\"; end"),
}

LINES = [("exp", "export"), ("export --format sq", "export --format sqlite"), ("fold --out res", "fold --out results"),
         ("fold --rules my-r", "fold --rules my-rules.json"), ("help su", "help summary"), ("merge --cl", "merge --claude-home"),
         ("pack --u", "pack --undo"), ("summary my-sp", "summary my-spool"), ("prices ch", "prices check")]


class Terminal:
    """A shell on a terminal of its own."""

    def __init__(self, argv, folder):
        self.seen = ""
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.chdir(folder)
            os.execvpe(argv[0], argv, {"PATH": os.environ["PATH"], "HOME": str(folder), "TERM": "dumb", "LC_ALL": "C.UTF-8"})

    def type(self, text):
        os.write(self.fd, text.encode())

    def wait_for(self, pattern, seconds=60):
        end = time.monotonic() + seconds
        while not (found := re.search(pattern, self.seen)):
            if time.monotonic() > end or not select.select([self.fd], [], [], max(0, end - time.monotonic()))[0]:
                raise AssertionError(f"no {pattern!r} in {self.seen!r}")
            self.seen += os.read(self.fd, 4096).decode(errors="replace")
        self.seen = self.seen[found.end():]
        return found

    def settle(self):
        """Until nothing has come for a while: what was typed has been taken."""
        while select.select([self.fd], [], [], .5)[0]:
            self.seen += os.read(self.fd, 4096).decode(errors="replace")

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.close(self.fd)
        os.waitpid(self.pid, 0)


class Completion(Case):
    def try_lines(self, shell):
        argv, take, function = SHELLS[shell]
        done = subprocess.run([ROOT / "scripts" / "gen-completion", VLAGG, shell], capture_output=True, text=True, check=True, cwd=ROOT)
        (self.folder / "completion").mkdir()
        file = self.folder / "completion" / "_vlagg"
        file.write_text(done.stdout)
        home = self.folder / "home"
        for name in ("results", "my-spool"):
            (home / name).mkdir(parents=True)
        (home / "my-rules.json").write_text("{}")
        terminal = Terminal(argv, home)
        self.addCleanup(terminal.close)
        terminal.type(take.format(file=file, folder=file.parent) + "\n" + function.format() + "\necho be''gun\n")
        terminal.wait_for(r"begun\r?\n")
        for typed, wanted in LINES:
            terminal.settle()
            terminal.type(f"vlagg {typed}\t")
            terminal.settle()
            terminal.type("\n")
            said = terminal.wait_for(r"<<([^%\n]*)>>").group(1)
            self.assertEqual(said.strip().rstrip("/"), wanted, shell)  # zsh takes a folder's slash away at the line's end

    @needs("bash")
    def test_bash(self):
        self.try_lines("bash")

    @needs("zsh")
    def test_zsh(self):
        self.try_lines("zsh")

    @needs("fish")
    def test_fish(self):
        self.try_lines("fish")


if __name__ == "__main__":
    unittest.main()
