"""With no variable but LD_PRELOAD any command behaves as ever, leaves spool/, and folds to the same bytes each time."""
import unittest
from pathlib import Path

from vl import SHIM, Case, clean_environment, logs_below, modes_below, needs, run, without_pids

PROMISES = "1 4"

PYTHON_SCRIPT = r"""
import os, subprocess, sys, tempfile, threading
os.makedirs("outputs/2015/one/videos")
with open("outputs/2015/one/monolith_manimgl.py", "w") as out:
    out.write("print(1)\n" * 100)
with tempfile.NamedTemporaryFile() as temp:
    temp.write(b"x" * 70000)
subprocess.run(["sh", "-c", "echo child; echo oops >&2; exit 3"])
subprocess.run("echo by a shell | tr a-z A-Z", shell=True)
worker = threading.Thread(target=lambda: os.system("echo in a thread"))
worker.start(); worker.join()
print(open("outputs/2015/one/monolith_manimgl.py").read().count("print"))
print(os.environ.get("HOME"), sorted(os.listdir("/proc/self/fd")))
sys.exit(5)
"""

MAKEFILE = """
all: a.o b.o
\t@echo linked
\t@cat a.o b.o | wc -c
%.o: %.c
\t@gcc -c -o $@ $<
broken: missing.c
"""

GIT_SCRIPT = """
git init -q -b main . && git config user.email a@example.org && git config user.name A
echo one >file && git add file && GIT_AUTHOR_DATE=2020-01-01T00:00:00Z GIT_COMMITTER_DATE=2020-01-01T00:00:00Z git commit -qm one
git log --stat && git status --porcelain && git cat-file -p HEAD && git gc -q && git fsck && git show no-such-thing
"""

NODE_SCRIPT = """
const fs = require('fs'), { execFileSync } = require('child_process');
fs.writeFileSync('made.txt', 'x'.repeat(100000));
fs.renameSync('made.txt', 'renamed.txt');
console.log(fs.readFileSync('renamed.txt').length, execFileSync('echo', ['child']).toString());
fs.unlinkSync('renamed.txt');
setTimeout(() => { console.error('late'); process.exit(4); }, 20);
"""

FFMPEG = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc=size=160x120:rate=10:duration=1",
          "-threads", "1", "-flags", "+bitexact", "-fflags", "+bitexact", "-c:v", "libx264"]


class AnyCommand(Case):
    def both(self, argv, prepare=None):
        """The same command without and with the recorder, in equal folders; compares, folds twice."""
        answers, files = [], []
        for name in "work", "work":
            folder = self.folder / name
            if folder.exists():
                folder.rename(self.folder / "native")
            folder.mkdir()
            if prepare:
                prepare(folder)
            answers.append(run(argv, folder, shim=len(answers) == 1, env=clean_environment(TMPDIR="/tmp")))
            files.append(sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if "spool" not in p.relative_to(folder).parts[:1]))
        native, shimmed = answers
        self.assertEqual(shimmed.returncode, native.returncode)
        self.assertEqual(shimmed.stdout, native.stdout)
        self.assertEqual(without_pids(shimmed.stderr), without_pids(native.stderr))
        self.assertEqual(files[1], files[0])
        self.check_spool(self.folder / "work")
        return native

    def check_spool(self, work):
        spool = work / "spool"
        self.assertTrue(spool.is_dir(), "no spool/ was made")
        self.assertEqual((spool / ".gitignore").read_text().strip(), "*")
        self.assertTrue((spool / "CACHEDIR.TAG").read_bytes().startswith(b"Signature: 8a477f597d28d172789f06886806bc55"))
        for name, mode, is_folder in modes_below(spool):
            self.assertEqual(oct(mode), oct(0o700 if is_folder else 0o600), name)
        events = self.cat(spool)
        self.assertIn("process_start", {event["kind"] for event in events})
        self.assertEqual({event["kind"] for event in events if set(event) < {"t", "video", "host", "pid", "tid", "kind"}}, set())
        self.assertTrue(self.io(spool)["processes"][0]["instrumented"])
        self.fold(spool)
        first = logs_below(work)
        for path in first:
            self.check_schema(path)
        self.fold(spool)
        self.assertEqual(logs_below(work), first, "the second fold differs")
        self.fold(spool, "--out", self.folder / "elsewhere", "--jobs", "1")
        self.fold(spool, "--out", self.folder / "elsewhere too", "--jobs", "2")
        self.assertEqual(sorted(logs_below(self.folder / "elsewhere").values()),
                         sorted(logs_below(self.folder / "elsewhere too").values()))

    def test_python(self):
        done = self.both(["/usr/bin/python3", "-c", PYTHON_SCRIPT])
        self.assertEqual(done.returncode, 5)
        self.assertEqual(len(logs_below(self.folder / "work" / "outputs")), 1)

    def test_python_traceback(self):
        done = self.both(["/usr/bin/python3", "-c", "import json; json.loads('{')"])
        self.assertEqual(done.returncode, 1)

    def test_bash(self):
        self.both(["bash", "-c", "for i in 1 2 3; do (echo $i | cat); done; ls -d . missing; : >made; trap 'echo bye' EXIT; "
                                 "exec 9>&1; echo nine >&9; kill -0 $$; wait; (exit 9); exit $?"])

    def test_bash_killed_by_a_signal(self):
        done = self.both(["bash", "-c", "sh -c 'kill -SEGV $$'; echo $?; kill -TERM $$"])
        self.assertEqual(done.returncode, -15)

    @needs("make", "gcc")
    def test_make(self):
        def prepare(folder):
            (folder / "Makefile").write_text(MAKEFILE)
            (folder / "a.c").write_text("int a(void) { return 1; }\n")
            (folder / "b.c").write_text("int b(void) { return 2; }\n")

        self.both(["make", "-j2", "all"], prepare)
        self.assertGreater(len(self.io(self.folder / "work" / "spool")["processes"]), 4)

    @needs("make")
    def test_make_that_fails(self):
        self.both(["make", "broken"], lambda folder: (folder / "Makefile").write_text(MAKEFILE))

    @needs("git")
    def test_git(self):
        self.both(["sh", "-c", GIT_SCRIPT])

    @needs("node")
    def test_node(self):
        self.assertEqual(self.both(["node", "-e", NODE_SCRIPT]).returncode, 4)

    @needs("ffmpeg")
    def test_ffmpeg(self):
        done = self.both(FFMPEG + ["-f", "mp4", "-movflags", "frag_keyframe+empty_moov", "-"])
        self.assertGreater(len(done.stdout), 1000)

    @needs("ffmpeg")
    def test_ffmpeg_that_fails(self):
        self.assertNotEqual(self.both(["ffmpeg", "-hide_banner", "-i", "missing.mp4", "out.mp4"]).returncode, 0)

    def test_the_spool_is_where_the_first_program_started(self):
        (self.folder / "deeper").mkdir()
        run(["sh", "-c", "cd deeper && ls && cd / && ls >/dev/null"], self.folder)
        self.assertEqual([p.relative_to(self.folder) for p in self.folder.rglob("spool")], [Path("spool")])
        self.assertGreaterEqual(len(self.io(self.folder / "spool")["processes"]), 3)

    def test_a_given_spool_folder(self):
        run(["sh", "-c", "ls; ls"], self.folder, env=clean_environment(VLSHIM_SPOOL=self.folder / "given" ))
        self.assertTrue((self.folder / "given").is_dir())
        self.assertFalse((self.folder / "spool").exists())

    def test_off(self):
        run(["sh", "-c", "ls; ls"], self.folder, env=clean_environment(VLSHIM_OFF="1"))
        self.assertFalse((self.folder / "spool").exists())

    def test_a_program_found_by_name(self):
        """LD_PRELOAD without a slash is found through the loader's path, and children still find it."""
        env = clean_environment(LD_LIBRARY_PATH=SHIM.parent, LD_PRELOAD=SHIM.name)
        run(["sh", "-c", "cd / && ls >/dev/null; ls >/dev/null"], self.folder, shim=False, env=env)
        rows = self.io(self.folder / "spool")["processes"]
        self.assertEqual([row["instrumented"] for row in rows], [True] * len(rows))
        self.assertGreaterEqual(len(rows), 3)

    @needs("git")
    def test_git_status_does_not_see_the_spool(self):
        run(["git", "init", "-q", "."], self.folder)
        self.assertTrue((self.folder / "spool").exists())
        self.assertEqual(run(["git", "status", "--porcelain"], self.folder).stdout, b"")

    def test_an_unwritable_folder_changes_nothing(self):
        done = run(["sh", "-c", "echo out; echo err >&2; exit 3"], "/proc")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (3, b"out\n", b"err\n"))


if __name__ == "__main__":
    unittest.main()
