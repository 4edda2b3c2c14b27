"""vlagg pack and prune: the same logs in less room, nothing lost whenever they are cut off, nothing taken from a recording that goes on."""
import os
import random
import shutil
import signal
import struct
import subprocess
import time
import unittest
import zlib

from test_export import Exported
from vl import SHIM, VLAGG, clean_environment, logs_below, vlagg

WRITER = "import os, sys, time\nf = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT)\nfor i in range(int(sys.argv[2])):\n    os.write(f, b'x')\n    time.sleep(float(sys.argv[3]))\n"


def old_members(plain):
    """As `vlagg pack` wrote them before: gzip members of 1 MiB with their sizes in an extra field."""
    for at in range(0, len(plain), 1 << 20):
        part = plain[at:at + (1 << 20)]
        deflate = zlib.compressobj(6, zlib.DEFLATED, -15)
        body = deflate.compress(part) + deflate.flush() + struct.pack("<II", zlib.crc32(part), len(part))
        yield b"\x1f\x8b\x08\x04\0\0\0\0\0\x03\x0c\0VL\x08\0" + struct.pack("<II", 24 + len(body), len(part)) + body


class Copied(Exported):
    def setUp(self):
        super().setUp()
        self.copy = self.folder / "copy"
        shutil.copytree(self.spool, self.copy)

    def told(self, spool):
        """All that commands say of a spool."""
        out = self.folder / "out"
        shutil.rmtree(out, ignore_errors=True)
        self.fold(spool, "--out", out)
        logs = {path.relative_to(out): text for path, text in logs_below(out).items()}
        return logs, self.good("cat", spool, "--all"), self.good("io", spool, "--json"), self.good("insights", spool)

    def recordings(self, spool=None, pattern="*/*.vls*"):
        return sorted((spool or self.copy).glob(pattern))

    def write(self, name, count, pause, wait=True):
        """A recorded program that writes so many bytes, one by one."""
        argv = ["/usr/bin/python3", "-c", WRITER, self.folder / name, str(count), str(pause)]
        env = clean_environment(LD_PRELOAD=SHIM, VLSHIM_SPOOL=self.copy)
        return subprocess.run(argv, env=env, check=True) if wait else subprocess.Popen(argv, env=env)

    def written(self, name):
        return {row["path"]: row["written_bytes"] for row in self.io(self.copy)["files"]}.get(str(self.folder / name))


class Pack(Copied):
    def test_the_same_in_less_room(self):
        before, files = self.told(self.copy), {path: path.read_bytes() for path in self.recordings()}
        text = self.good("pack", self.copy).decode()
        self.assertEqual(text.count(": packed, "), len(files))
        packed = self.recordings()
        self.assertTrue(all(path.name.endswith(".vls.vlz") for path in packed))
        self.assertLess(sum(path.stat().st_size for path in packed) * 5, sum(map(len, files.values())))
        self.assertEqual(self.told(self.copy), before)
        self.assertEqual({path.stat().st_mode & 0o777 for path in packed}, {0o600})
        self.good("pack", self.copy)
        self.assertEqual(self.recordings(), packed)

    def test_undone_it_is_the_very_same_bytes(self):
        before, files = self.told(self.copy), sorted(path.read_bytes() for path in self.recordings())
        self.good("pack", self.copy)
        text = self.good("pack", self.copy, "--undo").decode()
        self.assertEqual(text.count(": unpacked, "), len(files))
        self.assertTrue(all(path.suffix == ".vls" for path in self.recordings()))
        self.assertEqual(sorted(path.read_bytes() for path in self.recordings()), files)
        self.assertEqual(self.told(self.copy), before)

    def test_files_packed_by_an_earlier_version_are_read(self):
        before, files = self.told(self.copy), sorted(path.read_bytes() for path in self.recordings())
        for path in self.recordings():
            path.with_name(path.name + ".gz").write_bytes(b"".join(old_members(path.read_bytes())))
            path.unlink()
        self.assertEqual(self.told(self.copy), before)
        self.good("pack", self.copy)
        self.assertTrue(all(path.suffix == ".gz" for path in self.recordings()))
        self.good("pack", self.copy, "--undo")
        self.assertEqual(sorted(path.read_bytes() for path in self.recordings()), files)

    def test_two_and_a_half_bytes_an_event(self):
        shutil.rmtree(self.copy)
        env = clean_environment(LD_PRELOAD=SHIM, VLSHIM_SPOOL=self.copy)
        subprocess.run(["dd", "if=/dev/zero", "of=/dev/null", "bs=64", "count=100000", "status=none"], env=env, check=True)
        events = len(self.good("cat", self.copy, "--all").splitlines())
        self.good("pack", self.copy)
        self.assertGreater(events, 100000)
        self.assertLessEqual(sum(path.stat().st_size for path in self.recordings()), 2.5 * events)

    def test_a_recording_that_goes_on_loses_nothing(self):
        shutil.rmtree(self.copy)
        long = self.write("long", 400, .01, wait=False)
        self.addCleanup(long.kill)
        while not self.recordings():
            time.sleep(.01)
        self.assertIn("still runs", self.good("pack", self.copy).decode())
        self.assertIn("still runs", self.good("prune", self.copy, "--older-than", "0").decode())
        rounds = 0
        while long.poll() is None:
            self.write(f"short-{rounds}", 10, 0)
            self.good("pack", self.copy)
            rounds += 1
        self.assertIn("packed,", self.good("pack", self.copy).decode())
        self.assertEqual(self.written("long"), 400)
        self.assertEqual([self.written(f"short-{i}") for i in range(rounds)], [10] * rounds)

    def test_programs_that_come_and_go_while_it_packs(self):
        shutil.rmtree(self.copy)
        self.write("first", 1, 0)
        begun = [self.write(f"many-{i}", 20, .001, wait=False) for i in range(8)]
        for _ in range(20):
            self.good("pack", self.copy)
        for one in begun:
            self.assertEqual(one.wait(60), 0)
        self.good("pack", self.copy)
        self.assertEqual([self.written(f"many-{i}") for i in range(8)], [20] * 8)
        self.assertTrue(all(path.suffix == ".vlz" for path in self.recordings()))

    def test_killed_at_any_moment(self):
        before, dice = self.told(self.copy), random.Random(7)
        for turn in range(12):
            shutil.rmtree(self.copy)
            shutil.copytree(self.spool, self.copy)
            way = ["--undo"] if turn % 3 == 2 else []
            if way:
                self.good("pack", self.copy)
            pack = subprocess.Popen([VLAGG, "pack", self.copy, *way], stdout=subprocess.DEVNULL)
            time.sleep(dice.uniform(0, .4))
            pack.send_signal(signal.SIGKILL)
            pack.wait()
            self.assertEqual(self.told(self.copy), before)
            self.good("pack", self.copy)
            self.assertEqual(self.told(self.copy), before)

    def test_cut_off_between_rename_and_removal(self):
        before = self.told(self.copy)
        saved = {path: path.read_bytes() for path in self.recordings()}
        self.good("pack", self.copy)
        plain = self.folder / "plain"
        shutil.copytree(self.copy, plain)
        self.good("pack", plain, "--undo")
        for path in self.recordings(plain):  # as if the removal had not been reached
            shutil.copy(path, self.copy / path.relative_to(plain))
        self.assertEqual(len(self.recordings()), 2 * len(saved))
        self.assertEqual(self.told(self.copy), before)
        self.good("pack", self.copy)
        self.assertEqual(len(self.recordings()), len(saved))
        self.assertEqual(self.told(self.copy), before)

    def test_a_full_disk_changes_nothing(self):
        before = {path: path.read_bytes() for path in self.recordings()}
        done = subprocess.run(["bash", "-c", f"ulimit -f 1; trap '' XFSZ; exec {VLAGG} pack {self.copy}"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 3)
        self.assertIn("cannot be packed", done.stderr)
        self.assertEqual(sorted(path.read_bytes() for path in self.recordings()), sorted(before.values()))
        self.assertEqual([path for path in self.copy.glob("*/.pack*")], [])

    def test_a_damaged_packed_file_is_told(self):
        self.good("pack", self.copy)
        path = self.recordings()[-1]
        text = bytearray(path.read_bytes())
        for name, bad in [("flipped", text[:60] + bytes([text[60] ^ 255]) + text[61:]), ("cut", text[:len(text) // 2])]:
            with self.subTest(name):
                path.write_bytes(bad)
                done = vlagg("fold", self.copy, "--out", self.folder / "bad")
                self.assertEqual(done.returncode, 0)
                self.assertIn(path.name.removesuffix(".vlz"), done.stderr.decode())
                self.assertEqual(vlagg("fold", self.copy, "--out", self.folder / "bad", "--strict").returncode, 1)
                done = vlagg("pack", "--undo", self.copy)
                self.assertEqual(done.returncode, 3)
                self.assertIn("is damaged", done.stderr.decode())
                self.assertEqual(path.read_bytes(), bad)


class Prune(Copied):
    def test_the_old_go_the_young_stay(self):
        month = time.time() - 31 * 86400
        old, *young = self.recordings()
        os.utime(old, (month, month))
        self.assertIn("would be removed", self.good("prune", self.copy, "--older-than", "30d", "--dry-run").decode())
        self.assertTrue(old.exists())
        text = self.good("prune", self.copy, "--older-than", "30d").decode()
        self.assertEqual(text.count(": kept"), len(young))
        self.assertEqual(self.recordings(), young)

    def test_packing_makes_nothing_young(self):
        month = time.time() - 31 * 86400
        for path in self.recordings():
            os.utime(path, (month, month))
        self.good("pack", self.copy)
        self.good("prune", self.copy, "--older-than", "30d")
        self.assertEqual([path.name for path in self.copy.iterdir() if path.is_dir()], [])
        self.assertTrue((self.copy / "CACHEDIR.TAG").exists())

    def test_wrong_usage_is_named(self):
        for arguments in [(), ("--older-than", "soon"), ("--older-than", "-1d")]:
            self.assertEqual(vlagg("prune", self.copy, *arguments).returncode, 2, arguments)
        self.assertEqual(vlagg("pack").returncode, 2)
        self.assertEqual(vlagg("pack", self.folder / "none").returncode, 3)


if __name__ == "__main__":
    unittest.main()
