"""vlrun: the command's own output and exit status, the settings that its options stand for, and the logs with --fold."""
import shutil
import subprocess
import unittest

from vl import BUILD, ROOT, Case, clean_environment, logs_below

VLRUN = ROOT / "scripts" / "vlrun"


class Vlrun(Case):
    def run_it(self, *words, cwd=None, vlrun=None, **env):
        return subprocess.run([str(word) for word in (vlrun or self.vlrun, *words)], cwd=cwd or self.folder, env=clean_environment(**env),
                              capture_output=True, text=True, timeout=60)

    def setUp(self):
        """As it is installed, so that other build folders are tried too."""
        super().setUp()
        for name in ("bin", "lib"):
            (self.folder / "prefix" / name).mkdir(parents=True)
        self.vlrun = self.folder / "prefix" / "bin" / "vlrun"
        shutil.copy(VLRUN, self.vlrun)
        shutil.copy(BUILD / "vlagg", self.folder / "prefix" / "bin")
        shutil.copy(BUILD / "libvlshim.so", self.folder / "prefix" / "lib")

    def test_output_and_status_are_the_commands(self):
        done = self.run_it("--", "sh", "-c", "echo out; echo err >&2; exit 7")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (7, "out\n", "err\n"))
        names = [row["argv"][0] for row in self.io(self.folder / "spool")["processes"]]
        self.assertEqual(names, ["sh"])
        self.assertEqual(self.run_it("missing-command").returncode, 127)
        self.assertLess(self.run_it("sh", "-c", "kill -9 $$").returncode, 0)

    def test_a_spool_and_a_video_of_ones_choice(self):
        self.run_it("-o", "my records", "--video=film", "--skip", "cat", "sh", "-c", "cat /dev/null; head -c 1 /dev/zero")
        rows = self.io(self.folder / "my records")["processes"]
        self.assertEqual({row["argv"][0]: row["instrumented"] for row in rows}, {"sh": True, "cat": False, "head": True})
        self.assertTrue((self.folder / "my records" / "film").is_dir())

    def test_fold_writes_the_logs_and_keeps_output_and_status(self):
        done = self.run_it("--fold", "--video", "film", "sh", "-c", "echo out; exit 3")
        self.assertEqual((done.returncode, done.stdout), (3, "out\n"))
        logs = logs_below(self.folder)
        self.assertEqual([path.parent.parent.parent.name for path in logs], ["film"])
        self.assertIn(str(next(iter(logs))), done.stderr)

    def test_other_preloads_stay(self):
        done = self.run_it("sh", "-c", "echo $LD_PRELOAD", LD_PRELOAD="libm.so.6")
        self.assertEqual(done.stdout.strip(), f"{self.folder}/prefix/lib/libvlshim.so:libm.so.6")

    def test_wrong_options_are_named_and_nothing_runs(self):
        for words, said in [([], "name the command"), (["--nonsense", "true"], "'--nonsense'"), (["--max-mb", "x", "true"], "--max-mb"),
                            (["--lines", "some", "true"], "none, auto or all"), (["--full=x", "true"], "stop or rotate"), (["-o"], "-o needs")]:
            done = self.run_it(*words)
            self.assertEqual(done.returncode, 2, words)
            self.assertIn(said, done.stderr)
        self.assertEqual(self.run_it("--help").returncode, 0)
        self.assertFalse((self.folder / "spool").exists())


if __name__ == "__main__":
    unittest.main()
