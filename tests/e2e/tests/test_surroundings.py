"""Whatever surrounds a program, it runs as without the recorder: a spool that cannot be had, is full, read-only, slow or taken
away, limits of every kind, another root, another user, closed descriptors, a clock that jumps. What is not kept is counted."""
import contextlib
import errno
import json
import os
import re
import resource
import shutil
import subprocess
import unittest

from alike import Alike
from vl import BUILD, PYTHON, SHIM, VLAGG, clean_environment, needs, program, run

PROMISES = "1 3"

NOBODY = 65534
WRITES = 30_000
as_root = unittest.skipUnless(os.geteuid() == 0, "needs root")

# many events, files of every kind, a child, threads: enough for several claims
WORK = f"""
import os, subprocess, sys, threading
null = os.open('/dev/null', os.O_WRONLY)
def writes(n):
    for _ in range(n): os.write(null, b'x')
def tried(what, *words):
    try: return what(*words)
    except (OSError, RuntimeError, MemoryError) as error: return type(error).__name__, getattr(error, 'errno', None)
def in_thread():
    t = threading.Thread(target=writes, args=(1000,)); t.start(); t.join()
def work():
    writes({WRITES})
    print(tried(lambda: open('made', 'w').write('text')), tried(lambda: open('made').read()))
    print(tried(lambda: subprocess.run(['/bin/cat', 'made'], capture_output=True).stdout), tried(in_thread))
    print(tried(lambda: os.fork() or os._exit(3)) and tried(os.wait) is not None, tried(os.rename, 'made', 'moved'))
    print('done', flush=True)
"""
PLAIN = WORK + "work()"


def become_nobody():
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


class Surroundings(Alike):
    def works(self, script=PLAIN, status=0, says="done\n", **options):
        outcome = self.alike([PYTHON, "-S", "-c", script], env={"VLSHIM_VIDEO": "v"}, **options)
        self.assertEqual(outcome[0], status, outcome)
        self.assertIn(says, outcome[1])
        return outcome

    def again(self):
        """Room for another pair of runs in the same test."""
        for name in "native", "recorded", "spool":
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def dropped(self, spool=None):
        self.fold(spool or self.folder / "spool", "--out", self.folder / "logs")
        logs = list((self.folder / "logs").rglob("logs.json"))
        return json.loads(logs[0].read_text())["vlagg"]["dropped_by_reason"] if logs else {}


class Spools(Surroundings):
    @contextlib.contextmanager
    def mounted(self, options):
        folder = self.folder / "mounted"
        folder.mkdir(exist_ok=True)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", folder], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        try:
            yield folder
        finally:
            subprocess.run(["umount", "-l", folder], check=True)

    def test_one_that_cannot_be_made(self):
        for spool in "/nowhere/at/all", "/proc/spool", "/dev/null", "/dev/null/spool", "/etc/passwd", self.folder / ("x" * 300), "":
            with self.subTest(spool=spool):
                self.works(spool=spool)
                self.again()

    @as_root
    def test_on_a_full_file_system(self):
        for size in "4k", "16k", "64k", "120k":
            with self.subTest(size=size), self.mounted(f"size={size},mode=700") as folder:
                self.works(spool=folder / "spool")
                files = list((folder / "spool").rglob("*.vls"))
                if files and files[0].stat().st_size:
                    self.assertGreater(self.dropped(folder / "spool").get("NO_SPACE", 0), 0)
                self.again()

    @as_root
    def test_without_inodes(self):
        with self.mounted("nr_inodes=2,mode=700") as folder:
            self.works(spool=folder / "spool")

    @as_root
    def test_on_a_file_system_that_is_read_only(self):
        with self.mounted("size=1m,mode=700") as folder:
            run(["true"], self.folder, env=clean_environment(VLSHIM_SPOOL=folder / "spool"))
            subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
            self.works(spool=folder / "spool")

    @as_root
    def test_in_a_folder_that_is_not_ours_to_write(self):
        locked = self.folder / "locked"
        locked.mkdir(mode=0o555)
        os.chmod(self.folder, 0o777)
        self.works(spool=locked / "spool", script=WORK + "os.setgroups([]); os.setgid(65534); os.setuid(65534); work()")

    @contextlib.contextmanager
    def in_user_space(self, *options):
        """A folder through a FUSE that passes on what is asked of it; bindfs."""
        below, folder = self.folder / "below", self.folder / "passed-on"
        below.mkdir(exist_ok=True)
        folder.mkdir(exist_ok=True)
        done = subprocess.run(["bindfs", *options, below, folder], capture_output=True, text=True)
        if done.returncode:
            self.skipTest(f"no FUSE can be mounted here: {done.stderr.strip()}")
        try:
            yield folder
        finally:
            subprocess.run(["umount", "-l", folder], check=True)

    def doctor_of(self, folder):
        done = subprocess.run([VLAGG, "doctor"], cwd=folder, env=clean_environment(VLSHIM_SPOOL=folder / "new"), capture_output=True, text=True)
        left = sorted(path.name for path in folder.iterdir())
        self.assertEqual(left, sorted({"spool"} & set(left)), "the doctor tidies up")
        return next(line for line in done.stdout.splitlines() if line[8:13] == "spool")

    @as_root
    @needs("bindfs")
    def test_on_a_file_system_in_user_space(self):
        """It is told of mappings by pages: nothing is out of place, nothing is lost, no damage is told."""
        with self.in_user_space() as folder:
            self.works(spool=folder / "spool")
            self.fold(folder / "spool", "--strict", "--out", self.folder / "logs")
            self.assertGreaterEqual(sum(event["kind"] == "file_write" for event in self.cat(folder / "spool")), WRITES)
            self.assertRegex(self.doctor_of(folder), "^yes ")
        self.fold(self.folder / "below" / "spool", "--strict", "--out", self.folder / "logs")

    def is_told_lost(self, spool, debug):
        """Who folds is told what is not there, and how much; so is who asked for messages."""
        done = subprocess.run([VLAGG, "fold", spool, "--strict"], capture_output=True, text=True, env=clean_environment())
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("refused to map", done.stderr)
        lost = int(re.search(r"(\d+) events in all were not kept", done.stderr).group(1))
        self.assertIn("refused to map", debug.read_text())
        return lost

    @as_root
    @needs("bindfs")
    def test_without_shared_mappings(self):
        """Nothing can be recorded, and that is said: by the fold, by --strict, by VLSHIM_DEBUG, and by the doctor before."""
        debug = self.folder / "debug"
        with self.in_user_space("-o", "direct_io") as folder:
            self.assertRegex(self.doctor_of(folder), "^no .*cannot be mapped")
            run([PYTHON, "-S", "-c", PLAIN], self.folder, env=clean_environment(VLSHIM_SPOOL=folder / "spool", VLSHIM_DEBUG=debug))
            self.assertGreater(self.is_told_lost(folder / "spool", debug), WRITES)
            shutil.rmtree(folder / "spool")
            self.works(spool=folder / "spool")
            script = f"{WORK}import signal; writes(9); os.kill(os.getpid(), signal.SIGKILL)"
            run([PYTHON, "-S", "-c", script], self.folder, env=clean_environment(VLSHIM_SPOOL=folder / "killed", VLSHIM_DEBUG=debug))
            self.assertGreater(self.is_told_lost(folder / "killed", debug), 0)
            shutil.rmtree(folder / "killed")

    def test_where_no_page_can_be_mapped(self):
        native = self.outcome([PYTHON, "-S", "-c", PLAIN], False, "", str, {})
        for error in errno.ENODEV, errno.EINVAL, errno.EACCES:
            with self.subTest(error=errno.errorcode[error]):
                debug, spool = self.folder / f"debug{error}", self.folder / f"spool{error}"
                env = {"FAILING": f"mmap:{error}", "LD_PRELOAD": BUILD / "failing" / "libvlshim.so", "VLSHIM_SPOOL": spool, "VLSHIM_DEBUG": debug}
                self.assertEqual(self.outcome([PYTHON, "-S", "-c", PLAIN], False, "", str, env), native)
                self.assertGreater(self.is_told_lost(spool, debug), WRITES)
                self.assertLess(sum(path.stat().st_size for path in spool.rglob("*.vls")), 1 << 20)  # no room is taken in vain

    def test_a_slow_one(self):
        """Each call of the recorder's takes three milliseconds."""
        failing = BUILD / "failing" / "libvlshim.so"
        native = self.outcome([PYTHON, "-S", "-c", PLAIN], False, "", str, {})
        env = {"FAILING": "slow:3000", "LD_PRELOAD": failing, "VLSHIM_SPOOL": self.folder / "spool"}
        slow = self.outcome([PYTHON, "-S", "-c", PLAIN], False, "", str, env)
        self.assertEqual(slow, native)

    @contextlib.contextmanager
    def with_quota(self):
        """A folder that may hold 100 KiB, on a file system that counts; None: this machine has no such thing."""
        image, folder = self.folder / "image", self.folder / "counted"
        folder.mkdir()
        image.write_bytes(b"")
        os.truncate(image, 128 << 20)
        steps = ["mkfs.btrfs", "-q", "-M", image], ["mount", "-o", "loop", image, folder], ["btrfs", "quota", "enable", folder], \
            ["btrfs", "subvolume", "create", folder / "part"], ["btrfs", "qgroup", "limit", "100K", folder / "part"]
        try:
            made = shutil.which("mkfs.btrfs") and all(subprocess.run(step, capture_output=True).returncode == 0 for step in steps)
            yield folder / "part" if made else None
        finally:
            subprocess.run(["umount", "-l", folder], capture_output=True)

    @as_root
    def test_where_a_quota_is_reached(self):
        """On a file system that copies on write: there even the page that counts what is not kept may not be written."""
        with self.with_quota() as folder:
            if folder:
                self.works(spool=folder / "spool")
                self.assertGreater(sum(event["kind"] == "file_write" for event in self.cat(folder / "spool")), 500)
                self.fold(folder / "spool", "--strict", "--out", self.folder / "logs")

    def test_where_the_kernel_says_so(self):
        native = self.outcome([PYTHON, "-S", "-c", PLAIN], False, "", str, {})
        env = {"FAILING": f"writev:{errno.EDQUOT}", "LD_PRELOAD": BUILD / "failing" / "libvlshim.so", "VLSHIM_SPOOL": self.folder / "spool"}
        self.assertEqual(self.outcome([PYTHON, "-S", "-c", PLAIN], False, "", str, env), native)

    def test_what_comes_after_a_removal_is_recorded_anew(self):
        spool = self.folder / "spool"
        script = f"{WORK}import shutil; writes(5000); shutil.rmtree({str(spool)!r}, True); in_thread(); print('done')"
        self.works(script)
        self.assertGreaterEqual(sum(event["kind"] == "file_write" for event in self.cat(spool)), 1000)

    def test_one_that_is_taken_away_over_and_over(self):
        spool = self.folder / "spool"
        for how in "shutil.rmtree(s, True)", "[os.truncate(os.path.join(d, f), 0) for d, _, n in os.walk(s) for f in n]", \
                   "os.path.isdir(s) and os.rename(s, s + str(i))", "os.path.isdir(s) and os.chmod(s, 0)":
            with self.subTest(how=how):
                script = WORK + f"import shutil; s = {str(spool)!r}\nfor i in range(8):\n writes(4000)\n {how}\n in_thread()\nwork()"
                self.works(script)
                if spool.exists():
                    spool.chmod(0o700)
                self.again()


class Limits(Surroundings):
    def limited(self, which, values, script=PLAIN, says="", user=None):
        for value in values:
            with self.subTest(limit=which, value=value):
                def confine():
                    if user:
                        become_nobody()
                    resource.setrlimit(getattr(resource, f"RLIMIT_{which}"), (value, value))
                outcome = self.alike([PYTHON, "-S", "-c", script], preexec_fn=confine, prepare=lambda folder: folder.chmod(0o777))
                self.assertIn(says, outcome[1])
                self.again()

    def test_of_file_sizes(self):
        self.limited("FSIZE", [0, 1, 4096, 8192, 100_000])

    def test_of_descriptors(self):
        self.limited("NOFILE", [4, 5, 6, 7, 8])

    def test_of_memory(self):
        self.limited("AS", [60 << 20, 90 << 20, 200 << 20], says="done")
        self.limited("DATA", [8 << 20, 30 << 20])
        self.limited("STACK", [256 << 10], says="done")
        self.limited("MEMLOCK", [0], says="done")

    @as_root
    def test_of_processes(self):
        self.folder.chmod(0o777)
        self.limited("NPROC", [0, 1], user=NOBODY)

    def test_of_core_dumps(self):
        self.limited("CORE", [0, 4096], script=WORK + "work(); os.abort()", says="done")

    def test_of_time(self):
        self.limited("CPU", [1], script=WORK + "work()\nwhile True: pass", says="done")


class Others(Surroundings):
    @as_root
    def test_below_another_root(self):
        for how in "os.chroot('.')", "os.chroot('.'); os.chdir('/')", "os.chroot('/')":
            with self.subTest(how=how):
                self.works(WORK + f"threading.Thread; import encodings.idna; {how}; work()")
                self.again()

    @as_root
    def test_a_crash_below_another_root(self):
        """Where the helper that reads crashed stacks would be, something else may be: nothing is started there."""
        inside = self.folder / "root"
        planted = inside / str(SHIM.parent.resolve()).lstrip("/") / "vlshim-unwind"
        planted.parent.mkdir(parents=True)
        subprocess.run(["gcc", "-static", "-x", "c", "-o", planted, "-"], check=True, text=True,
                       input='#include <fcntl.h>\nint main(void) { return open("/was-run", O_CREAT | O_WRONLY, 0600); }\n')
        for how in "os.chroot(sys.argv[1]); os.chdir('/')", "os.chdir(sys.argv[1]); os.chroot('.')":
            done = run([PYTHON, "-S", "-c", f"import os, sys; {how}; os.abort()", inside], self.folder, env=clean_environment(VLSHIM_SPOOL=self.folder / "spool"))
            self.assertEqual(done.returncode, -6)
            self.assertFalse((inside / "was-run").exists())
        self.assertTrue(any(event["kind"] == "process_crash" for event in self.cat(self.folder / "spool")))

    @as_root
    def test_as_another_user(self):
        """What the first user's spool does not take from the second is counted there, where it is mapped."""
        self.folder.chmod(0o777)
        ways = "os.setuid(65534)", "os.setresuid(65534, 65534, 0)", "os.seteuid(65534)", "os.setgroups([]); os.setgid(65534); os.setuid(65534)"
        for way in ways:
            with self.subTest(way=way):
                self.works(WORK + f"{way}; work()", prepare=lambda folder: folder.chmod(0o777))
                self.assertGreater(sum(self.dropped().values()), 1000)
                self.again()

    @as_root
    @needs("su")
    def test_two_users_in_one_folder(self):
        """The second finds a spool that is not theirs, and goes on without."""
        self.folder.chmod(0o777)
        self.works()
        spool = self.folder / "spool"
        before = sorted((p, p.stat().st_size) for p in spool.rglob("*"))
        mode = spool.stat().st_mode
        shutil.rmtree(self.folder / "native")
        shutil.rmtree(self.folder / "recorded")
        outcome = self.alike(["su", "-s", "/bin/sh", "nobody", "-c", "echo x >made; cat made; (exit 3); echo $?; exit 4"],
                             prepare=lambda folder: folder.chmod(0o777))
        self.assertEqual((outcome[0], outcome[1]), (4, "x\n3\n"))
        self.assertEqual(spool.stat().st_mode, mode)
        grown = [p for p, size in before if p.stat().st_size < size or p.stat().st_uid != 0]
        self.assertEqual(grown, [])

    def test_standard_descriptors_that_are_closed(self):
        script = WORK + "print(sorted(int(n) for n in os.listdir('/proc/self/fd')) if 1 else 0, file=open('said', 'w')); work()"
        for closed in (0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2):
            with self.subTest(closed=closed):
                self.alike([PYTHON, "-S", "-c", script], preexec_fn=lambda: [os.close(fd) for fd in closed])
                self.again()

    def test_closing_all_that_there_is(self):
        for how in "os.closerange(0, 1 << 20)", "[c(fd) for fd in range(2000)]", "l.close_range(0, 0xffffffff, 0)", "l.syscall(436, 0, 0xffffffff, 0)":
            with self.subTest(how=how):
                script = WORK + ("import ctypes; l = ctypes.CDLL(None)\n"
                                 "def c(fd):\n try: os.close(fd)\n except OSError: pass\n"
                                 f"writes(5000); {how}; null = os.open('/dev/null', 1); writes(20000); a = os.open('said', os.O_CREAT | os.O_WRONLY)\n"
                                 "os.write(a, str((a, os.dup(a), os.listdir('/proc/self/fd'))).encode()); os._exit(7)")
                self.assertEqual(self.alike([PYTHON, "-S", "-c", script])[0], 7)
                self.again()

    @as_root
    @needs("unshare")
    def test_a_monotonic_clock_that_jumps(self):
        inner = "unshare -T --monotonic 1000000 --boottime 1000000 sh -c 'cut -c1-3 /proc/uptime >/dev/null; cat made'"
        self.assertEqual(self.alike(["sh", "-c", f"echo x >made; {inner}; cat made"])[1], "x\nx\n")
        times = [event["t"] for event in self.cat(self.folder / "spool")]
        self.assertLess(max(times)[:13], min(times)[:11] + "99")
        self.assertIn(min(times)[:10], (max(times)[:10],), "some events are days apart")


if __name__ == "__main__":
    unittest.main()
