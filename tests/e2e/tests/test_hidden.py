"""A program whose loader cannot find the recorder's file is begun without it, and without a word of the loader's: below another root, in a
mount namespace, where the file was removed or replaced or may not be read. Its parent tells of it, as of any program that is not entered.
Where the file is to be seen the program is entered."""
import os
import shutil
import subprocess
import unittest

from vl import PYTHON, SHIM, Case, clean_environment, needs, run

PROMISES = "4"

as_root = unittest.skipUnless(os.geteuid() == 0, "needs root")
NOBODY = 65534


class Hidden(Case):
    def setUp(self):
        super().setUp()
        # in a folder of its own, which others do not see
        self.own = self.folder / "own"
        self.own.mkdir()
        self.shim = self.own / "libvlshim.so"
        for path in SHIM, SHIM.parent / "libvldeep.so":
            shutil.copy(path, self.own)
        self.root = self.folder / "root"

    def make_root(self):
        for name in "dev", "proc", "tmp", "etc":
            (self.root / name).mkdir(parents=True)
        for name in "bin", "lib", "lib64":
            (self.root / name).symlink_to(f"usr/{name}")
        (self.root / "usr").mkdir()
        subprocess.run(["mount", "--bind", "/usr", self.root / "usr"], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", self.root / "usr"])
        return self.root

    def same(self, argv, status=0, **options):
        """Natively and recorded the same; the rows of the recording by their last program's first word."""
        env = clean_environment(VLSHIM_SPOOL=self.folder / "spool", LC_ALL="C")
        native = run(argv, self.folder, shim=False, env=env, **options)
        recorded = run(argv, self.folder, shim=False, env={**env, "LD_PRELOAD": str(self.shim)}, **options)
        seen = [(d.returncode, d.stdout, d.stderr) for d in (native, recorded)]
        self.assertEqual(seen[1], seen[0])
        self.assertEqual(seen[0][0], status, seen)
        self.assertNotIn(b"cannot be preloaded", seen[1][2])
        return self.io(self.folder / "spool")["processes"]

    def entered(self, rows, program):
        """Whether each process that ended as that program was seen from inside."""
        return [row["instrumented"] for row in rows if row["argv"][0].endswith(program)]

    def ends(self, rows):
        self.assertEqual([r for r in rows if r["exit_status"] is None and r["signal"] is None], [], rows)

    # ---- another root ----

    @as_root
    @needs("chroot", "mount")
    def test_chroot(self):
        root = self.make_root()
        rows = self.same(["sh", "-c", f"chroot {root} /bin/sh -c 'echo in; /bin/echo again; exit 7'; echo $?; echo out"])
        self.ends(rows)
        self.assertEqual([(r["exit_status"], r["instrumented"]) for r in rows if r["argv"][0] == "/bin/sh"], [(7, False)])

    @as_root
    @needs("unshare", "mount")
    def test_unshare_root(self):
        root = self.make_root()
        rows = self.same(["unshare", "-m", f"--root={root}", "/bin/sh", "-c", "echo in; exit 7"], status=7)
        self.assertEqual(self.entered(rows, "sh"), [False])

    @as_root
    @needs("mount")
    def test_a_root_that_has_our_file_too(self):
        root = self.make_root()
        inside = root / str(self.own)[1:]
        inside.mkdir(parents=True)
        for path in self.own.iterdir():
            shutil.copy(path, inside)
        spool = root / str(self.folder / "spool")[1:]
        rows = self.same(["sh", "-c", f"chroot {root} /bin/sh -c 'echo in; exit 7'"], status=7)
        self.assertEqual(self.entered(rows, "chroot"), [])
        inner = self.io(spool)["processes"]
        self.assertEqual(self.entered(inner, "/bin/sh"), [True])

    @as_root
    @needs("mount")
    def test_each_way_to_begin_below_another_root(self):
        root = self.make_root()
        for way in ("os.system('/bin/echo hi')", "os.popen('/bin/echo hi').close()", "subprocess.run(['/bin/echo', 'hi'])", "os.posix_spawn('/bin/echo', ['echo', 'hi'], os.environ); os.wait()",
                    "subprocess.run(['/bin/echo', 'hi'], close_fds=False)", "os.fork() or os.execv('/bin/echo', ['echo', 'hi']); os.wait()",
                    "os.fork() or os.execve('/bin/echo', ['echo', 'hi'], {}); os.wait()", "os.execlp('echo', 'echo', 'hi')"):
            with self.subTest(way):
                shutil.rmtree(self.folder / "spool", ignore_errors=True)
                script = f"import os, subprocess, sys\nos.chroot({str(root)!r}); os.chdir('/')\n{way}\n"
                rows = self.same([PYTHON, "-S", "-c", script])
                self.assertNotIn(True, self.entered(rows, "echo"))

    # ---- other mounts ----

    def bwrap(self, *options):
        return ["bwrap", "--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64", *options]

    @needs("bwrap")
    def test_bwrap_without_our_file(self):
        for options in [("--unshare-all",), ("--unshare-all", "--proc", "/proc", "--dev", "/dev"), ("--unshare-pid", "--as-pid-1"), ()]:
            with self.subTest(options=options):
                shutil.rmtree(self.folder / "spool", ignore_errors=True)
                rows = self.same([*self.bwrap(*options), "/bin/sh", "-c", "echo in; /bin/echo again; echo err >&2; exit 7"], status=7)
                self.assertNotIn(True, self.entered(rows, "/bin/sh"))
                self.assertIn(True, self.entered(rows, "bwrap"))

    @needs("bwrap")
    def test_bwrap_with_our_file(self):
        for options in [("--unshare-all",), ("--unshare-all", "--proc", "/proc", "--dev", "/dev", "--hostname", "box"), ()]:
            with self.subTest(options=options):
                shutil.rmtree(self.folder / "spool", ignore_errors=True)
                (self.folder / "spool").mkdir(mode=0o700)
                bound = ["--ro-bind", self.own, self.own, "--bind", self.folder / "spool", self.folder / "spool"]
                rows = self.same([*self.bwrap(*bound, *options), "/bin/sh", "-c", "echo in; /bin/echo again; exit 7"], status=7)
                self.ends(rows)
                self.assertEqual((self.entered(rows, "/bin/sh"), self.entered(rows, "/bin/echo")), ([True], [True]))

    @as_root
    @needs("unshare", "mount")
    def test_a_mount_over_our_folder(self):
        rows = self.same(["unshare", "-m", "sh", "-c", f"mount -t tmpfs none {self.own}; /bin/echo in; sh -c 'exit 7'"], status=7)
        self.ends(rows)
        self.assertEqual((self.entered(rows, "/bin/echo"), self.entered(rows, "mount")), ([False], [True]))

    # ---- the file itself ----

    def test_it_is_removed_or_replaced(self):
        changes = {"removed": f"rm {self.shim}", "empty": f": > {self.shim}.new; mv {self.shim}.new {self.shim}", "text": f"echo text that is no library, and longer than its head would be > {self.shim}.new; mv {self.shim}.new {self.shim}",
                   "a folder": f"rm {self.shim}; mkdir {self.shim}", "a loop": f"rm {self.shim}; ln -s {self.shim} {self.shim}", "short": f"head -c 40 {SHIM} > {self.shim}.new; mv {self.shim}.new {self.shim}"}
        for name, change in changes.items():
            with self.subTest(name):
                shutil.rmtree(self.own)
                self.own.mkdir()
                for path in SHIM, SHIM.parent / "libvldeep.so":
                    shutil.copy(path, self.own)
                shutil.rmtree(self.folder / "spool", ignore_errors=True)
                env = clean_environment(VLSHIM_SPOOL=self.folder / "spool", LD_PRELOAD=self.shim, LC_ALL="C")
                done = run(["sh", "-c", f"{change}; /bin/echo in; sh -c 'exit 7'"], self.folder, shim=False, env=env)
                self.assertEqual((done.returncode, done.stdout, done.stderr), (7, b"in\n", b""))
                rows = self.io(self.folder / "spool")["processes"]
                self.ends(rows)
                self.assertEqual(self.entered(rows, "/bin/echo"), [False])

    def test_a_newer_one_in_its_place(self):
        env = clean_environment(VLSHIM_SPOOL=self.folder / "spool", LD_PRELOAD=self.shim)
        done = run(["sh", "-c", f"cp {SHIM} {self.shim}.new; mv {self.shim}.new {self.shim}; /bin/echo in; exit 7"], self.folder, shim=False, env=env)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (7, b"in\n", b""))
        self.assertEqual(self.entered(self.io(self.folder / "spool")["processes"], "/bin/echo"), [True])

    @as_root
    def test_another_user_may_not_read_it(self):
        self.own.chmod(0o700)
        script = (f"import os, subprocess\nos.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})\nsubprocess.run(['/bin/echo', 'in'])\n"
                  "os.system('echo shell')\nos.execv('/bin/sh', ['sh', '-c', 'echo last; exit 7'])")
        rows = self.same([PYTHON, "-S", "-c", script], status=7)
        self.assertNotIn(True, self.entered(rows, "echo"))

    def test_other_preloads_stay(self):
        other = self.folder / "other.so"
        subprocess.run(["gcc", "-shared", "-fPIC", "-x", "c", "-o", other, "-"], input=b"int nothing;", check=True)
        env = clean_environment(VLSHIM_SPOOL=self.folder / "spool", LD_PRELOAD=f"{other}:{self.shim}")
        done = run(["sh", "-c", f"rm {self.shim}; env | grep LD_PRELOAD; exec /bin/sh -c 'echo $LD_PRELOAD'"], self.folder, shim=False, env=env)
        self.assertEqual((done.stdout.decode().split(), done.stderr), ([f"LD_PRELOAD={other}", str(other)], b""))


if __name__ == "__main__":
    unittest.main()
