"""vlagg meets what is no spool, or a damaged one: a clear sentence or a damage count, never a crash, and the rest is folded."""
import json
import os
import random
import shutil
import signal
import subprocess
import unittest

import vl
from vl import PYTHON, Case, logs_below, run, vlagg

COMMANDS = ["fold"], ["cat"], ["io", "--json"]
ROUNDS = int(os.environ.get("DAMAGE_ROUNDS", "40"))

WORK = """
import os, subprocess
for video in ("one", "two", "three"):
    os.makedirs(f"outputs/2015/{video}/videos")
    for name in ("monolith_manimgl.py", "monolith_manimce.py"):
        with open(f"outputs/2015/{video}/{name}", "w") as out:
            out.write("x = 1\\n" * 500)
    for i in range(20):
        subprocess.run(["true", f"outputs/2015/{video}/videos/{i}"])
"""


class BadInput(Case):
    def ask(self, command, *arguments, status):
        done = vlagg(command[0], *arguments, *command[1:], cwd=self.folder)
        self.assertEqual(done.returncode, status, (command, arguments, done.stderr))
        return done

    def sentence(self, done, *words):
        """One sentence on stderr that names what is wrong."""
        lines = done.stderr.decode().splitlines()
        self.assertEqual(len(lines), 1, lines)
        self.assertGreater(len(lines[0].split()), 3, lines)
        for word in words:
            self.assertIn(word, lines[0])

    def make_spool(self):
        run([PYTHON, "-c", WORK], self.folder)
        return self.folder / "spool"

    def test_missing_folder(self):
        for command in COMMANDS:
            self.sentence(self.ask(command, "nowhere", status=3), "nowhere")

    def test_empty_folder(self):
        (self.folder / "empty").mkdir()
        for command in COMMANDS:
            done = vlagg(command[0], "empty", *command[1:], cwd=self.folder)
            self.assertIn(done.returncode, (0, 3))
            self.sentence(done, "empty")

    def test_a_file_that_is_no_spool(self):
        (self.folder / "file").write_text("hello\n" * 2000)
        for command in COMMANDS:
            self.sentence(self.ask(command, "file", status=3), "file")

    def test_a_folder_of_other_files(self):
        (self.folder / "other" / "video").mkdir(parents=True)
        (self.folder / "other" / "video" / "notes.txt").write_text("hello")
        (self.folder / "other" / "video" / "host-0123456789abcdef.vls").write_text("hello " * 3000)
        (self.folder / "other" / "video" / "empty-0123456789abcdef.vls").write_text("")
        for command in COMMANDS:
            done = vlagg(command[0], "other", *command[1:], cwd=self.folder)
            self.assertIn(done.returncode, (0, 3), done.stderr)
            self.assertTrue(done.stderr)
        self.assertEqual(vlagg("fold", "other", "--strict", cwd=self.folder).returncode in (1, 3), True)

    def test_unreadable_spool(self):
        spool = self.make_spool()
        os.chmod(spool, 0)
        self.addCleanup(os.chmod, spool, 0o700)
        nobody = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
        for command in COMMANDS:
            done = subprocess.run([vl.VLAGG, command[0], spool, *command[1:]], capture_output=True, **nobody)
            self.assertEqual(done.returncode, 3, (command, done.stderr))
            self.sentence(done, "spool")

    def test_output_that_cannot_be_written(self):
        spool = self.make_spool()
        (self.folder / "taken").write_text("a file")
        self.sentence(self.ask(["fold"], spool, "--out", "taken/below", status=3), "taken/below")

    def test_wrong_usage(self):
        self.make_spool()
        for words in (["fold"], ["nonsense"], ["fold", "spool", "--nonsense"], ["fold", "spool", "--out"], ["cat"], ["io"], []):
            done = vlagg(*words, cwd=self.folder)
            self.assertEqual(done.returncode, 2, words)
            self.assertTrue(done.stderr, words)
            self.assertEqual(done.stdout, b"", words)

    def test_help_and_version(self):
        for words in ["--version"], ["help"], ["help", "fold"], ["--help"], ["help", "cat"]:
            done = vlagg(*words, cwd=self.folder)
            self.assertEqual((done.returncode, done.stderr), (0, b""), words)
            self.assertTrue(done.stdout)
        self.assertEqual(vlagg("help", "nonsense").returncode, 2)

    def test_a_closed_output(self):
        spool = self.make_spool()
        listing = subprocess.Popen([vl.VLAGG, "cat", spool], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        listing.stdout.readline()
        listing.stdout.close()
        said = listing.stderr.read()
        listing.stderr.close()
        self.assertIn(listing.wait(), (0, -signal.SIGPIPE), said)
        self.assertEqual(said, b"")

    def test_a_full_disk(self):
        spool = self.make_spool()
        with open("/dev/full", "wb") as full:
            done = subprocess.run([vl.VLAGG, "cat", spool], stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.sentence(done, "No space left")

    def damage(self, spool, rng):
        """Harms one file of the spool at a random place; says which and how."""
        files = sorted(p for p in spool.rglob("*.vls"))
        victim = rng.choice(files)
        size = victim.stat().st_size
        how = rng.choice(["cut", "random", "zero", "flip", "insert"])
        at = rng.randrange(size)
        with open(victim, "r+b") as out:
            if how == "cut":
                out.truncate(at)
            elif how == "insert":
                out.seek(at)
                rest = out.read()
                out.seek(at)
                out.write(rng.randbytes(rng.randrange(1, 300)) + rest)
            else:
                length = min(size - at, rng.choice([1, 8, 64, 4096, 20000]))
                out.seek(at)
                old = out.read(length)
                out.seek(at)
                out.write({"random": rng.randbytes(length), "zero": bytes(length), "flip": bytes(b ^ 0xff for b in old)}[how])
        return f"{how} at {at} of {victim.relative_to(spool)} ({size} bytes)", victim.parent.name

    def test_damage_anywhere(self):
        spool = self.make_spool()
        self.fold(spool, "--out", "whole", cwd=self.folder)
        whole = {p.parents[2].name: json.loads(data) for p, data in logs_below(self.folder / "whole").items()}
        self.assertEqual(set(whole), {"one", "two", "three"})
        rng = random.Random(1637)
        reported = 0
        for number in range(ROUNDS):
            shutil.rmtree(self.folder / "harmed", ignore_errors=True)
            shutil.rmtree(self.folder / "out", ignore_errors=True)
            shutil.copytree(spool, self.folder / "harmed")
            what, where = self.damage(self.folder / "harmed", rng)
            with self.subTest(damage=what):
                for command in COMMANDS:
                    more = ["--out", "out"] if command[0] == "fold" else []
                    done = vlagg(command[0], "harmed", *more, *command[1:], cwd=self.folder)
                    self.assertEqual(done.returncode, 0, (command, done.stderr))
                    if command[0] == "cat":
                        for line in done.stdout.splitlines():
                            json.loads(line)
                    elif command[0] == "io":
                        json.loads(done.stdout)
                for path, data in logs_below(self.folder / "out").items():
                    self.check_schema(path)
                    if where not in ("_run", path.parents[2].name):
                        video = path.parents[2].name
                        self.assertEqual(sorted(json.loads(data)["stages"]), sorted(whole[video]["stages"]))
                strict = vlagg("fold", "harmed", "--strict", "--out", "out2", cwd=self.folder)
                said = bool(vlagg("fold", "harmed", "--out", "out", cwd=self.folder).stderr)
                self.assertEqual(strict.returncode, int(said), strict.stderr)
                reported += said
        self.assertGreater(reported, ROUNDS // 4, "damage is hardly ever reported")

    def test_every_cut_of_a_small_spool(self):
        run(["true"], self.folder)
        spool = self.folder / "spool"
        files = sorted(spool.rglob("*.vls"))
        whole = files[0].read_bytes()
        used = len(whole.rstrip(b"\0"))
        for cut in list(range(0, min(used, 400), 7)) + list(range(400, used, 61)):
            files[0].write_bytes(whole[:cut])
            done = vlagg("cat", "spool", cwd=self.folder)
            self.assertIn(done.returncode, (0, 3), (cut, done.stderr))

    def test_a_spool_of_other_hosts_is_folded_with_ours(self):
        spool = self.make_spool()
        (self.folder / "second").mkdir()
        done = vlagg("fold", spool, spool, "--out", "both", cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
