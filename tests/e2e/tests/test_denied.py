"""A program that runs as a user, or in a place, that cannot write to the spool records nothing; whoever began it says so: an event with the
user, and a count of such programs in the fold. Where nobody could say it, VLSHIM_DEBUG and vlagg doctor do."""
import errno
import json
import os
import shutil
import tempfile
import unittest
from pathlib import Path

from vl import PYTHON, SHIM, VLAGG, Case, clean_environment, logs_below, needs, run

PROMISES = "3"

NOBODY = 65534
as_root = unittest.skipUnless(os.geteuid() == 0, "needs root")
LEAVE = f"import os, subprocess, sys\nos.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})\n"


class Denied(Case):
    def setUp(self):
        super().setUp()
        self.folder = Path(tempfile.mkdtemp())  # where others can get at the library
        self.addCleanup(shutil.rmtree, self.folder)
        self.folder.chmod(0o755)
        for path in SHIM, SHIM.parent / "libvldeep.so":
            shutil.copy(path, self.folder)
        self.shim = self.folder / "libvlshim.so"

    def denials(self, argv, status=0, **more):
        """The same natively and recorded; how many programs the fold counts, and why as the events have it."""
        shutil.rmtree(self.folder / "spool", ignore_errors=True)
        shutil.rmtree(self.folder / "logs", ignore_errors=True)
        env = clean_environment(VLSHIM_SPOOL=self.folder / "spool", VLSHIM_VIDEO="v", LC_ALL="C", **more)
        outcomes = [(d.returncode, d.stdout, d.stderr) for preload in ({}, {"LD_PRELOAD": str(self.shim)})
                    for d in [run(argv, self.folder, shim=False, env={**env, **preload})]]
        self.assertEqual(outcomes[1], outcomes[0])
        self.assertEqual(outcomes[0][0], status, outcomes)
        told = [e for e in self.cat(self.folder / "spool") if e["kind"] == "spool_deny"]
        self.fold(self.folder / "spool", "--out", self.folder / "logs")
        log = json.loads(next(iter(logs_below(self.folder / "logs").values())))["vlagg"]
        count = log["dropped_by_reason"].get("OUT_OF_REACH", 0)
        self.assertGreaterEqual(count, len(told))
        self.assertGreaterEqual(log["dropped_events"], count)
        self.assertLessEqual({e["uid"] for e in told}, {NOBODY, os.geteuid()})
        return count, {e["error"] for e in told}

    @as_root
    def test_each_way_to_begin_one(self):
        ways = {"os.execv('/bin/sh', ['sh', '-c', 'exit 0'])": 1, "os.execve('/bin/sh', ['sh', '-c', 'exit 0'], {})": 1,
                "for i in range(3): subprocess.run(['/bin/echo', 'hi'])": 3, "subprocess.run(['/bin/echo', 'hi'], close_fds=False)": 1,
                "os.posix_spawn('/bin/echo', ['echo', 'hi'], os.environ); os.wait()": 1, "os.system('echo hi')": 1, "os.popen('echo hi').close()": 1,
                "os.fork() or os.execlp('echo', 'echo', 'hi'); os.wait()": 1, "subprocess.run(['/bin/sh', '-c', '/bin/echo a; /bin/echo b'])": 1}
        for way, count in ways.items():
            with self.subTest(way):
                self.assertEqual(self.denials([PYTHON, "-S", "-c", LEAVE + way]), (count, set() if "fork" in way else {errno.EACCES}))

    @as_root
    @needs("setpriv", "runuser")
    def test_programs_that_change_the_user(self):
        for argv in (["setpriv", f"--reuid={NOBODY}", "--clear-groups"], ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]):
            with self.subTest(argv):
                count, why = self.denials(["sh", "-c", f"{' '.join(argv)} sh -c 'echo in; exit 7'"], status=7)
                self.assertEqual((count, why <= {errno.EPERM, errno.EACCES}), (1, True))
        self.assertEqual(self.denials(["runuser", "-u", "nobody", "--", "sh", "-c", "echo in; exit 7"], status=7)[0], 1)

    @as_root
    def test_a_child_that_has_recorded_nothing_yet(self):
        """Its first event is refused already: what is shared with its parent counts."""
        script = f"import os\npid = os.fork()\nif pid == 0:\n os.setuid({NOBODY}); os.execv('/bin/sh', ['sh', '-c', 'exit 7'])\nos.wait()"
        self.assertEqual(self.denials([PYTHON, "-S", "-c", script])[0], 1)

    @needs("bwrap")
    def test_a_place_where_it_cannot_be_written(self):
        hidden = ["bwrap", "--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64",
                  "--dir", self.folder, "--ro-bind", self.shim, self.shim, "--remount-ro", "/"]
        for name, argv in {"read-only": ["bwrap", "--ro-bind", "/", "/"], "hidden": hidden}.items():
            with self.subTest(name):
                count, why = self.denials([*argv, "sh", "-c", "echo in; exit 7"], status=7)
                self.assertEqual((count, why <= {errno.ENOENT, errno.EACCES, errno.EROFS}), (1, True), why)

    @needs("unshare")
    def test_where_it_can_be_written(self):
        for argv in (["sh", "-c", "sh -c 'exit 3'; exit 3"], ["unshare", "-Ur", "sh", "-c", "sh -c 'exit 3'; exit 3"],
                     ["sh", "-c", "rm -rf spool; sh -c 'exit 3'; sh -c 'exit 3'; exit 3"], ["sh", "-c", "/nonexistent; sh -c 'exit 3'"]):
            with self.subTest(argv):
                self.assertEqual(self.denials(argv, status=3), (0, set()))

    @as_root
    def test_the_first_program_has_no_access(self):
        spool = self.folder / "spool"
        spool.mkdir(mode=0o700)
        messages = self.folder / "messages"
        messages.mkdir()
        os.chown(messages, NOBODY, NOBODY)
        env = clean_environment(VLSHIM_SPOOL=spool, LD_PRELOAD=self.shim, VLSHIM_DEBUG=messages / "debug")
        done = run(["sh", "-c", "echo in; exit 7"], self.folder, shim=False, env=env, user=NOBODY)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (7, b"in\n", b""))
        self.assertIn(f"the spool is no folder of ours, or others may write to it: {spool}", (messages / "debug").read_text())
        shutil.copy(VLAGG, self.folder / "vlagg")
        done = run([self.folder / "vlagg", "doctor"], self.folder, shim=False, env=clean_environment(VLSHIM_SPOOL=spool), user=NOBODY)
        self.assertRegex(done.stdout.decode(), rf"(?m)^no +spool +{spool}\b.*(not yours|cannot be written)")


if __name__ == "__main__":
    unittest.main()
