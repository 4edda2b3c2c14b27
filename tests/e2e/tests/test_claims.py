"""What the recorder asks of the kernel, as strace sees it: room in the spool is claimed rarely, by a descriptor that is closed
again at once, close-on-exec, with signals blocked; no thread, no connection, no waiting."""
import re
import struct
import subprocess
import unittest

from vl import PYTHON, SHIM, Case, clean_environment, needs

PROMISES = "2 4"

CALL = re.compile(r"^(\d+) +(\w+)\((.*?)\)? += (-?\d+|\?)")
CALLS = "openat,close,rt_sigprocmask,writev,mmap,clone,clone3,vfork,socket,connect,futex"


@needs("strace")
class Claims(Case):
    def calls(self, *argv, shim=True, only=CALLS, options=()):
        """(name, arguments, result) of one process."""
        env = clean_environment(VLSHIM_SPOOL=self.folder / "spool")
        preload = ["-E", f"LD_PRELOAD={SHIM}"] if shim else []
        out = self.folder / "calls"
        subprocess.run(["strace", "-f", "--seccomp-bpf", "-s", "4096", "-o", out, "-e", f"trace={only}", *options, *preload, *map(str, argv)],
                       cwd=self.folder, env=env, capture_output=True, timeout=120, check=False)
        rows = [CALL.match(line) for line in out.read_text(errors="replace").splitlines()]
        return [(row[2], row[3], row[4]) for row in rows if row]

    def many(self):
        """Sixty thousand events in one thread."""
        return self.calls("dd", "if=/dev/zero", "of=/dev/null", "bs=1", "count=30000")

    def claims(self, rows):
        """Where the file of the spool is opened, and where that descriptor is closed."""
        for at, (name, words, fd) in enumerate(rows):
            if name == "openat" and ".vls" in words and fd.isdigit():
                closed = next((i for i in range(at + 1, len(rows)) if rows[i][:2] == ("close", fd)), len(rows))
                yield at, closed

    def test_they_are_rare(self):
        claims = list(self.claims(self.many()))
        self.assertGreater(len(claims), 1)
        self.assertLess(len(claims), 20)

    def test_their_descriptor_is_closed_at_once_and_never_inherited(self):
        rows = self.many()
        for opened, closed in self.claims(rows):
            self.assertIn("O_CLOEXEC", rows[opened][1])
            self.assertLess(closed - opened, 12, rows[opened:opened + 12])
            between = [name for name, _, _ in rows[opened + 1:closed]]
            self.assertLessEqual(set(between), {"writev", "mmap", "openat", "close"})

    def test_signals_are_blocked_meanwhile(self):
        rows, blocked = self.many(), False
        opened = {at for at, _ in self.claims(rows)}
        for at, (name, words, _) in enumerate(rows):
            if name == "rt_sigprocmask":
                blocked = words.startswith("SIG_BLOCK, ~[")
            if at in opened:
                self.assertTrue(blocked, rows[max(0, at - 5):at + 1])

    def test_no_thread_no_connection_no_waiting(self):
        unwanted = {"clone", "clone3", "vfork", "socket", "connect", "futex"}
        native = [row[0] for row in self.calls("cat", "/dev/null", shim=False) if row[0] in unwanted]
        self.assertEqual([row[0] for row in self.calls("cat", "/dev/null") if row[0] in unwanted], native)

    def test_a_program_of_another_machine_gets_no_entry(self):
        """The class is ours, the machine is not: the loader that may stand for it would complain."""
        program = bytearray(open("/bin/true", "rb").read())
        struct.pack_into("<H", program, 18, 183 if struct.unpack_from("<H", program, 18)[0] != 183 else 62)
        (self.folder / "other").write_bytes(program)
        (self.folder / "other").chmod(0o755)
        script = "import os\nfor name in './other', './missing':\n try: os.execv(name, [name])\n except OSError: pass"
        rows = self.calls(PYTHON, "-S", "-c", script, only="execve", options=["-v"])
        (other,), (missing,) = ([words for _, words, _ in rows if words.startswith(f'"{name}"')] for name in ("./other", "./missing"))
        self.assertNotIn("libvlshim.so", other)
        self.assertIn("libvlshim.so", missing)


if __name__ == "__main__":
    unittest.main()
