"""Ten thousand marked words of prompts and keys, in the arguments of commands in some twenty-five ways, through generators whose output
leads into the claude program, through closed descriptors: no byte of them, nor a name, is in the spool or in what is made of it, at
kill -9 either; what a parent reads of its children is there as printed."""
import json
import os
import random
import re
import shutil
import signal
import string
import subprocess
import time
import unittest

from vl import PROGRAMS, PYTHON, SHIM, Case, clean_environment, program, run, vlagg

PROMISES = "8"

SCRIPTS = PROGRAMS / "canaries"
WINDOW = 10
STUBS = {
    "claude": "#!/bin/sh\n[ -t 0 ] || cat >/dev/null\necho done\n",
    "curl": "#!/bin/sh\n", "tool": "#!/bin/sh\n", "docker": "#!/bin/sh\n", "ssh": "#!/bin/sh\ncat >/dev/null\n",
    "npx": "#!/bin/sh\nshift 2\nexec claude \"$@\"\n", "sudo": "#!/bin/sh\nshift 3\nexec \"$@\"\n", "node": "#!/bin/sh\n",
}
MARK = b"marker-of-this-test"


class Words(Case):
    def setUp(self):
        super().setUp()
        self.chance, self.all = random.Random(23), set()
        for name, text in STUBS.items():
            (self.folder / "bin").mkdir(exist_ok=True)
            (self.folder / "bin" / name).write_text(text)
            (self.folder / "bin" / name).chmod(0o755)
        (self.folder / "outputs/2015/one").mkdir(parents=True)
        (self.folder / "outputs/2015/one/scene.py").write_text("x = 1\n")
        self.spool = self.folder / "spool"
        self.env = clean_environment(PATH=f"{self.folder}/bin:/usr/bin:/bin", HOME=self.folder)

    def words(self, count):
        made = ["".join(self.chance.choices(string.ascii_lowercase + string.digits, k=14)) for _ in range(count)]
        self.all.update(made)
        return " ".join(made)

    def windows(self):
        return {word[i:i + WINDOW].encode() for word in self.all for i in range(len(word) - WINDOW + 1)}

    def left_in(self, paths, given=()):
        """Marked words of which ten bytes are in the name or the bytes of a file, but for those given to the test's own files."""
        windows, found = self.windows(), set()
        for path in paths:
            data = str(path.relative_to(self.folder)).encode() + b"\n" + (path.read_bytes() if path.is_file() else b"")
            for run_ in re.findall(rb"[a-z0-9]{%d,}" % WINDOW, data):
                found |= {(path.name, run_[i:i + WINDOW]) for i in range(len(run_) - WINDOW + 1) if run_[i:i + WINDOW] in windows}
        return found

    def below(self, *names):
        return [path for name in names for path in sorted((self.folder / name).rglob("*"))]

    def check_nothing_is_left(self, videos=()):
        self.assertEqual(self.left_in(self.below("spool", "outputs")), set())
        names = {path.name for path in self.spool.iterdir() if path.is_dir()}
        self.assertLessEqual(names, {"_run", "one"})
        made = self.folder / "made"
        made.mkdir()
        self.good("fold", self.spool, "--partial", made / "partial", cwd=self.folder)
        self.fold(self.spool, cwd=self.folder)
        (made / "cat").write_bytes(self.good("cat", "--all", self.spool))
        (made / "io").write_bytes(self.good("io", self.spool, "--json"))
        for form in "chrome", "ndjson", "sqlite", "csv":
            self.good("export", self.spool, "--format", form, "-o", made / form)
        self.good("report", self.spool, "-o", made / "report.html")
        self.assertEqual(self.left_in(self.below("spool", "outputs", "made")), set())
        self.assertLessEqual({path.name for path in (self.folder / "outputs/2015").iterdir()}, {"one"})
        self.good("pack", self.spool)
        (made / "cat").write_bytes(self.good("cat", "--all", self.spool))
        self.assertEqual(self.left_in(self.below("spool", "outputs", "made")), set())
        return (made / "cat").read_text(errors="replace")

    # ---- in the arguments of commands ----

    def ways(self):
        text = (SCRIPTS / "words.py").read_text()
        return re.findall(r'^    "([^"]+)": lambda', text, re.MULTILINE)

    def jobs(self, count, each):
        ways = self.ways()
        self.assertGreaterEqual(len(ways), 20)
        few = {"prompt that is a path", "url", "json", "header", "option", "variable", "path with a key"}
        for i in range(count):
            yield ways[i % len(ways)], self.words(4 if ways[i % len(ways)] in few else each)

    def test_each_way_in_arguments(self):
        self.look_at(list(self.jobs(len(self.ways()), 12)))

    def test_ten_thousand_words_in_arguments(self):
        self.look_at(list(self.jobs(len(self.ways()) * 4, 135)))
        self.assertGreater(len(self.all), 10000)

    def look_at(self, jobs):
        (self.folder / "jobs").write_text(json.dumps(jobs))
        done = run([PYTHON, SCRIPTS / "words.py", "jobs"], self.folder, env=self.env)
        self.assertEqual(done.returncode, 0, done.stderr)
        (self.folder / "jobs").unlink()
        text = self.check_nothing_is_left()
        self.assertIn("--append-system-prompt", text)
        self.assertIn("claude --model opus -p", text)  # options stay in a shell's text

    def test_words_in_arguments_of_what_is_killed(self):
        """At random moments, all at once."""
        for turn in range(8):
            (self.folder / "jobs").write_text(json.dumps(list(self.jobs(len(self.ways()), 40))))
            victim = subprocess.Popen([PYTHON, SCRIPTS / "words.py", "jobs"], cwd=self.folder, env={**self.env, "LD_PRELOAD": str(SHIM)},
                                      start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(self.chance.uniform(0.05, 0.5))
            os.killpg(victim.pid, signal.SIGKILL)
            victim.wait()
        (self.folder / "jobs").unlink()
        self.check_nothing_is_left()

    # ---- through what leads into the claude program ----

    SHELL = {
        "pipe": "{gen} | claude -p", "both outputs": "{gen} err 2>&1 | claude -p --model opus", "later": "{gen} | (sleep 0.05; exec claude -p)",
        "through cat": "{gen} | cat | claude -p", "stages": "{gen} | tr a-z A-Z | tr A-Z a-z | timeout 9 claude -p",
        "tee": "{gen} | tee >(claude -p >/dev/null) >/dev/null", "to a substitution": "{gen} > >(claude -p >/dev/null)",
        "from a substitution": "claude -p < <({gen})", "group": "{{ {gen}; {gen}; }} | claude -p", "xargs": "{gen} | xargs -n 9 claude -p",
        "fifo": "mkfifo q; {gen} >q & claude -p <q; wait; rm q", "fifo, claude first": "mkfifo q; claude -p <q & {gen} >q; wait; rm q",
        "wrapped": "{gen} | env MODE=1 sudo -n -u me claude -p", "in part": "{gen} | (head -c 20 >/dev/null; claude -p)",
        "by lines": "{gen} | sh -c 'while read -r x; do printf %s \"$x\" | claude -p; done'",
    }
    CHAINS = ["generator first", "claude first", "both outputs", "socket", "fifo"]
    ENDS = ["0", "3", "SIGTERM", "SIGKILL", "raise"]

    def generator(self, how):
        (self.folder / "words").write_text(self.words(30))
        return f"{PYTHON} -S {SCRIPTS}/generator.py words {how}"

    def commands(self):
        """A command for each way in which a generator's output leads into the program."""
        ends = iter(self.ENDS * 99)
        each = [(way, how) for way in [*self.SHELL, *self.CHAINS] for how in (self.ENDS if way == "both outputs" else [next(ends)])]
        for way, how in each:
            if way in self.SHELL:
                gen = self.generator("0" if way == "group" else how)
                (self.folder / "run.sh").write_text(self.SHELL[way].format(gen=gen) + "\n")  # a script: no word of it is an argument
                yield way, ["bash", "run.sh"]
            if way in self.CHAINS:
                yield way, [PYTHON, "-S", SCRIPTS / "chain.py", way, self.generator(how)]

    def test_what_leads_into_the_program(self):
        every = set()
        for lines in "auto", "all":
            for way, command in self.commands():
                with self.subTest(way=way):
                    done = run(command, self.folder, env={**self.env, "VLSHIM_SPOOL": str(self.spool), "VLSHIM_LINES": lines},
                               stdin=subprocess.DEVNULL)
                    (self.folder / "named").unlink(missing_ok=True)
                    (self.folder / "words").unlink()
                    self.assertEqual(self.left_in(self.below("spool")), set(), done.stderr)
                    every |= self.all
                    self.all.clear()
        self.all = every
        self.check_nothing_is_left()

    def test_what_leads_into_the_program_when_all_is_killed(self):
        for turn in range(2):
            for way in [*self.SHELL, *self.CHAINS]:
                gen = self.generator("never")
                (self.folder / "run.sh").write_text(self.SHELL.get(way, "").format(gen=gen) + "\n")
                command = ["bash", "run.sh"] if way in self.SHELL else [PYTHON, "-S", SCRIPTS / "chain.py", way, gen]
                victim = subprocess.Popen([*map(str, command)], cwd=self.folder, start_new_session=True, stdin=subprocess.DEVNULL,
                                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                          env={**self.env, "LD_PRELOAD": str(SHIM), "VLSHIM_SPOOL": str(self.spool)})
                time.sleep(self.chance.uniform(0.03, 0.25))
                os.killpg(victim.pid, signal.SIGKILL)
                victim.wait()
                for name in "q", "named":
                    (self.folder / name).unlink(missing_ok=True)
        (self.folder / "words").unlink()
        self.check_nothing_is_left()

    # ---- what is kept as printed ----

    def kept(self, command, text, **options):
        shutil.rmtree(self.spool, ignore_errors=True)
        run(command, self.folder, env={**self.env, "VLSHIM_SPOOL": str(self.spool)}, **options)
        raw = b"".join(path.read_bytes() for path in self.below("spool") if path.is_file())
        lines = [event["text"] for event in self.cat(self.spool) if event["kind"] in ("text_print", "exception_raise")]
        self.assertIn(text, "".join(lines))
        return raw

    def test_what_a_parent_reads_is_kept(self):
        """Captured by programs, by shells, through stages whose end is no claude program; sealed in the spool until it is read."""
        say = f"{PYTHON} -S -c \"import sys; print('frame lost', file=sys.stderr); sys.exit(3)\""
        ways = {
            "captured": [PYTHON, "-S", "-c", f"import subprocess; subprocess.run({say!r}, shell=True, capture_output=True)"],
            "by a grandparent": [PYTHON, "-S", "-c", "import subprocess; subprocess.run(['bash', 'sub.sh'], capture_output=True)"],
            "by a shell": ["bash", "one.sh"], "stages": ["bash", "two.sh"], "a substitution": ["bash", "three.sh"],
            "popen": ["perl", "-e", f"my $x = `{say} 2>&1`"], "to a static program": ["bash", "four.sh"],
        }
        (self.folder / "sub.sh").write_text(f"x=$({say} 2>&1); {say} 2>&1 | cat\n")
        (self.folder / "one.sh").write_text(f"x=$({say} 2>&1)\n")
        (self.folder / "two.sh").write_text(f"{say} 2>&1 | cat | tr a-z A-Z >/dev/null\n")
        (self.folder / "three.sh").write_text(f"while read -r x; do :; done < <({say} 2>&1)\n")
        (self.folder / "static.c").write_text("#include <unistd.h>\nint main(void) { char b[99]; while (read(0, b, 99) > 0) {} }\n")
        subprocess.run(["gcc", "-static", "-o", "reader", "static.c"], cwd=self.folder, check=True)
        (self.folder / "four.sh").write_text(f"{say} 2>&1 | ./reader\n")
        for way, command in ways.items():
            with self.subTest(way=way):
                raw = self.kept(command, "frame lost")
                self.assertNotIn(b"frame lost\n", raw)  # not before its reader told

    def test_what_was_captured_is_kept_when_all_is_killed(self):
        """By a program whose own output nobody has read yet."""
        child = "import sys; print('frame lost', file=sys.stderr); sys.exit(3)"
        parent = f"import subprocess, sys, time; subprocess.run([sys.executable, '-S', '-c', {child!r}], stderr=subprocess.PIPE); " \
                 "open('read', 'w'); time.sleep(60)"
        code = f"import subprocess, sys, time; p = subprocess.Popen([sys.executable, '-S', '-c', {parent!r}], stdout=-1, stderr=-1); time.sleep(60)"
        victim = subprocess.Popen([PYTHON, "-S", "-c", code], cwd=self.folder, start_new_session=True,
                                  env={**self.env, "LD_PRELOAD": str(SHIM), "VLSHIM_SPOOL": str(self.spool)})
        for _ in range(600):
            if (self.folder / "read").exists():
                break
            time.sleep(0.05)
        os.killpg(victim.pid, signal.SIGKILL)
        victim.wait()
        lines = [event["text"] for event in self.cat(self.spool) if event["kind"] == "text_print"]
        self.assertIn("frame lost", "".join(lines))

    def test_what_comes_from_outside_is_open(self):
        """A pipe, a file, a terminal that the first program was given."""
        script = "import sys; print('frame lost', file=sys.stderr); sys.exit(3)"
        self.assertIn(b"frame lost", self.kept([PYTHON, "-S", "-c", script], "frame lost"))

    def test_a_printed_environment_opens_nothing(self):
        """The secret that keys are made from is masked like any key."""
        self.kept([PYTHON, "-S", "-c", "import os, sys; print(sorted(os.environ.items()), file=sys.stderr)"], "VLSHIM_STATE")
        raw = b"".join(path.read_bytes() for path in self.below("spool") if path.is_file())
        self.assertEqual(re.findall(rb"vlk_[0-9a-f]{8}", raw), [])

    # ---- closed descriptors ----

    def test_what_gets_a_closed_number_is_no_output(self):
        closed = program("closed")
        for number in "12":
            for way in "file", "creat", "stream", "call", "temp", "dup", "shm", "sockets", "pipe":
                for began in True, False:
                    with self.subTest(number=number, way=way, closed="when it began" if began else "by itself"):
                        env = {**self.env, "VLSHIM_LINES": "all", "WORDS": self.words(20)}
                        shell = f"{closed} {way} {number} {number}>&-" if began else f"{closed} {way} {number} close >out 2>err"
                        (self.folder / "run.sh").write_text(shell + "\n")
                        done = run(["bash", "run.sh"], self.folder, env=env, stdin=subprocess.DEVNULL)
                        self.assertEqual(done.returncode, 1, done.stderr)
                        (self.folder / "data").unlink(missing_ok=True)
        printed = [event["text"] for event in self.cat(self.spool) if event["kind"] == "text_print"]
        self.assertEqual("".join(printed).split("\n"), ["printed again"] * 18 + [""])  # dup2 put there what was there before
        self.check_nothing_is_left()


if __name__ == "__main__":
    unittest.main()
