"""vlagg watch: in a terminal that tmux holds, through a whole run of the demo; and as lines."""
import os
import re
import shutil
import signal
import subprocess
import time
import unittest

from vl import DEMO_COMMAND, ROOT, SHIM, VLAGG, Case, clean_environment, copy_demo, needs, vlagg

GOLDEN = ROOT / "tests" / "golden"


def normal(screen):
    """Without what differs between runs: counts of events, times, and the folder."""
    text = "\n".join(line.rstrip() for line in screen.splitlines()).rstrip() + "\n"
    text = re.sub(r"^\S+(   \d)", r"SPOOL\1", text)
    text = re.sub(r"\d+(?= events)", "N", text)
    text = re.sub(r"(?<=after )[\d.]+(?= seconds)", "N", text)
    text = re.sub(r" {2,}[\dm.]+s$", " TIME", text, flags=re.MULTILINE)
    return re.sub(r" +TIME", " TIME", text)


@needs("tmux")
class Terminal(Case):
    def setUp(self):
        super().setUp()
        self.socket = f"vl-{os.getpid()}-{self.id().rsplit('.', 1)[-1][:20]}"
        self.spool = self.folder / "spool"
        self.addCleanup(subprocess.run, ["tmux", "-L", self.socket, "kill-server"], stderr=subprocess.DEVNULL)

    def tmux(self, *arguments):
        done = subprocess.run(["tmux", "-L", self.socket, "-f", "/dev/null", *map(str, arguments)], env=clean_environment(TERM="xterm-256color", LANG="C.UTF-8"),
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def begin(self, columns=100, lines=24):
        self.tmux("new-session", "-d", "-x", columns, "-y", lines, "env PS1='$ ' bash --norc -i")
        self.type(f"{VLAGG} watch -n 0.2 {self.spool}")
        self.wait("alternate_on", "1")

    def type(self, text):
        self.tmux("send-keys", text, "Enter")

    def state(self, name):
        return self.tmux("display-message", "-p", f"#{{{name}}}").strip()

    def screen(self):
        return self.tmux("capture-pane", "-p")

    def until(self, true, what):
        for _ in range(600):
            if true():
                return
            time.sleep(.1)
        self.fail(f"{what}: {self.screen()}")

    def wait(self, name, value):
        self.until(lambda: self.state(name) == value, f"{name} is not {value}")

    def start_demo(self):
        work = self.folder / "work"
        env = {**copy_demo(work), "VLSHIM_SPOOL": str(self.spool), "LD_PRELOAD": str(SHIM)}
        demo = subprocess.Popen(DEMO_COMMAND, cwd=work, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(demo.wait)
        return demo

    def check_golden(self, name, screen):
        path = GOLDEN / name
        if os.environ.get("UPDATE_GOLDEN"):
            path.write_text(normal(screen))
        self.assertEqual(normal(screen), path.read_text())

    def test_a_whole_run(self):
        self.begin()
        self.until(lambda: "nothing is recorded yet" in self.screen(), "an empty screen")
        self.check_golden("watch-begin.txt", self.screen())
        demo, seen = self.start_demo(), set()
        while demo.poll() is None:
            screen = self.screen()
            seen |= set(re.findall(r"^\S+ +running +(\w+)", screen, re.MULTILINE))
            self.assertLessEqual(max(map(len, screen.splitlines())), 100)
            time.sleep(.1)
        self.assertIn("rendering", seen)
        self.until(lambda: ", 0 living" in self.screen() and "running" not in self.screen(), "it does not end")
        self.check_golden("watch-end.txt", self.screen())
        self.tmux("resize-window", "-x", 60, "-y", 7)
        self.until(lambda: "videos more" in self.screen(), "the smaller screen")
        self.check_golden("watch-small.txt", self.screen())
        self.tmux("send-keys", "q")
        self.wait("alternate_on", "0")
        self.check_given_back()
        self.assertIn("moser-circles: completed", self.screen())

    def check_given_back(self):
        """The shell's own screen, cursor and echo."""
        self.wait("cursor_flag", "1")
        self.type("echo gi'v'en; stty -a | grep -o '[-]*echo ' ")
        self.until(lambda: re.search(r"^given\necho *$", self.screen(), re.MULTILINE), "no echo")

    def watcher(self):
        return int(subprocess.run(["pgrep", "-f", f"watch -n 0.2 {self.spool}"], capture_output=True, text=True).stdout.split()[-1])

    def test_the_terminal_is_given_back_on_signals(self):
        shutil.rmtree(self.spool, ignore_errors=True)
        self.begin()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number.name):
                os.kill(self.watcher(), number)
                self.wait("alternate_on", "0")
                self.check_given_back()
                self.type(f"clear; {VLAGG} watch -n 0.2 {self.spool}; echo ended $?")
                self.wait("alternate_on", "1")
        self.tmux("send-keys", "C-c")
        self.until(lambda: "ended 130" in self.screen() or self.state("alternate_on") == "0", "^C")

    def test_stopped_and_going_on(self):
        self.begin()
        self.tmux("send-keys", "C-z")
        self.wait("alternate_on", "0")
        self.check_given_back()
        self.type("fg")
        self.wait("alternate_on", "1")
        self.until(lambda: "nothing is recorded yet" in self.screen(), "it is not drawn again")
        self.tmux("send-keys", "q")
        self.wait("alternate_on", "0")


class Lines(Case):
    def test_lines_follow_a_run_and_end_with_it(self):
        work, spool = self.folder / "work", self.folder / "spool"
        env = {**copy_demo(work), "VLSHIM_SPOOL": str(spool), "LD_PRELOAD": str(SHIM)}
        watch = subprocess.Popen([VLAGG, "watch", "-n", "0.2", spool], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        subprocess.run(DEMO_COMMAND, cwd=work, env=env, capture_output=True)
        out, err = watch.communicate(timeout=120)
        self.assertEqual((watch.returncode, err), (0, ""))
        last = {line.split(":")[0]: line for line in out.splitlines()}
        self.assertGreater(len(out.splitlines()), len(last))
        self.assertNotIn("\033", out)
        # read bit by bit or at once: the same
        self.assertEqual(sorted(last.values()), sorted(self.good("watch", spool).decode().splitlines()))

    def test_bad_input_is_named(self):
        (self.folder / "file").write_text("")
        self.assertEqual(vlagg("watch").returncode, 2)
        self.assertEqual(vlagg("watch", "-n", "0", self.folder).returncode, 2)
        done = vlagg("watch", self.folder)
        self.assertEqual(done.returncode, 3)
        self.assertIn("not a spool", done.stderr.decode())


if __name__ == "__main__":
    unittest.main()
