"""What had returned at unusual moments is in the spool: before main, in exit handlers and destructors, in signal handlers that
interrupt a recording, by a jump out of one, right before an end of any kind. The late part is loaded at a safe moment, once."""
import contextlib
import os
import socket
import subprocess
import unittest

import claude_clients
from alike import built
from standin import Standin
from vl import PYTHON, SHIM, Case, clean_environment, needs, program, run

PROMISES = "2 3 7"


@contextlib.contextmanager
def listening():
    """The port of a server that takes every connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=16) as server:
        yield server.getsockname()[1]


class Moments(Case):
    def written(self):
        return {os.path.basename(row["path"]): row["written_bytes"] for row in self.io(self.folder / "spool")["files"] if row["written_bytes"]}

    def test_from_before_main_until_after_all_exit_handlers(self):
        self.assertEqual(run([program("moments"), "life"], self.folder).returncode, 0)
        self.assertEqual(self.written(), {"before-main": 3, "in-exit-handler": 3, "in-destructor": 3})

    def interrupted(self, how):
        """Bytes recorded, writes that had returned, and how often a handler came between."""
        done = run([program("moments"), how], self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        written = self.written()
        returned, handled = map(int, done.stdout.split())
        self.assertEqual(written["interrupting"], 3 * handled)
        return written["interrupted"], returned, handled

    def test_in_handlers_that_interrupt_a_recording(self):
        written, returned, _ = self.interrupted("handlers")
        self.assertEqual(written, returned)

    def test_left_by_a_jump(self):
        written, returned, handled = self.interrupted("jumps")
        self.assertGreaterEqual(written, returned)
        self.assertLessEqual(written, returned + handled)  # the jump may have come before the write was counted

    def test_numbers_that_come_again_are_other_files(self):
        """What closes many descriptors at once makes their numbers free for others, which no hook may have seen opened."""
        run([program("moments"), "closes"], self.folder)
        self.assertEqual(self.written(), {"first": 1, "second": 2})

    def child(self, how):
        self.assertEqual(run([program("moments"), how], self.folder).returncode, 0)
        events = self.cat(self.folder / "spool")
        made = {os.path.basename(event["path"]): event["pid"] for event in events if event["kind"] == "file_open"}
        (reaped,) = (event for event in events if event["kind"] == "process_reap")
        self.assertEqual(made, {"made-by-child": reaped["child"], "made-by-parent": reaped["pid"]})

    def test_a_vfork_child_goes_by_its_own_name(self):
        self.child("vfork")

    def test_a_clone_child_goes_by_its_own_name(self):
        self.child("clone")

    def ends(self, *ways):
        for how in ways:
            with self.subTest(how=how):
                work = self.folder / how
                work.mkdir()
                run([program("moments"), how], work)
                rows = {os.path.basename(row["path"]): row["written_bytes"] for row in self.io(work / "spool")["files"]}
                self.assertEqual(rows.get("written"), 1000)

    def test_before_an_exit_that_nobody_hears_of(self):
        self.ends("_exit", "syscall")

    def test_before_a_crash(self):
        self.ends("abort", "fault")

    def test_before_a_kill(self):
        self.ends("kill")


class LatePart(Case):
    """libvldeep.so, looked for in the memory map of the process itself."""

    PERL = """
use IO::Socket::INET;
sub mapped { open(my $maps, "<", "/proc/self/maps"); print((grep { /libvldeep/ } <$maps>) ? "loaded " : "not "); STDOUT->flush(); }
my @open;
sub ask {
    my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $ENV{PORT});
    syswrite($s, "GET / HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n");
    push(@open, $s);
}
sub in_child { my $pid = fork(); if ($pid == 0) { $_[0]->(); mapped(); exit(0); } waitpid($pid, 0); }
"""

    def says(self, script):
        with listening() as port:
            env = clean_environment(VLSHIM_SPOOL=self.folder / "spool", VLSHIM_HOSTS=f"127.0.0.1:{port}", PORT=port)
            done = run(["perl", "-e", self.PERL + script], self.folder, env=env)
        self.assertEqual(done.stderr, b"")
        return done.stdout.decode().split()

    @needs("perl")
    def test_it_is_loaded_with_the_first_connection_to_a_listed_host(self):
        self.assertEqual(self.says("mapped(); ask(); mapped(); ask(); mapped();"), ["not", "loaded", "loaded"])

    @needs("perl")
    def test_never_in_a_forked_child(self):
        self.assertEqual(self.says("in_child(\\&ask); mapped(); ask(); mapped(); in_child(sub {});"), ["not", "not", "loaded", "loaded"])

    def test_never_in_a_signal_handler(self):
        """What the handler interrupted may be the loader itself; the next call from elsewhere loads it."""
        for mode in "asks", "asks-on-signal-stack":
            with self.subTest(mode=mode), listening() as port:
                env = clean_environment(VLSHIM_SPOOL=self.folder / "spool", VLSHIM_HOSTS=f"127.0.0.1:{port}")
                done = run([program("moments"), mode, port], self.folder, env=env)
                self.assertEqual((done.returncode, done.stdout), (0, b"not\nloaded\n"))

    def test_it_is_loaded_where_python_is_found_and_forks(self):
        script = "import os\nm = lambda: 'libvldeep' in open('/proc/self/maps').read()\na = m(); os.fork() or os._exit(m()); print(a, os.wait()[1] >> 8)"
        done = run([PYTHON, "-S", "-c", script], self.folder)
        self.assertEqual(done.stdout, b"False 1\n")

    @needs("curl", "openssl")
    def test_its_memory_is_not_of_the_programs_heap(self):
        """Nor is that of zlib, brotli, zstd and nghttp2, which it brings along."""
        users = self.folder / "users"
        heap = built("counts_heap.so", "-shared", "-fPIC", source="counts_heap.c")
        standin = Standin(self.folder)
        self.addCleanup(standin.close)
        for http, encoding in ("1", "gzip"), ("1", "br"), ("2", "zstd"):
            env = claude_clients.environment(standin, VLSHIM_SPOOL=self.folder / "spool", VLSHIM_HOSTS="localhost", HEAP_USERS=users,
                                             LD_PRELOAD=f"{SHIM}:{heap}")
            done = run(claude_clients.curl(standin, encoding, "plain", http, 1, ""), self.folder, shim=False, env=env)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(sum(event["kind"] == "api_usage" for event in self.cat(self.folder / "spool")), 3)
        self.assertEqual(set(users.read_text().split()), {"told"})

    @needs("strace")
    def test_it_is_opened_once(self):
        script = "import socket, os\nfor _ in range(5):\n s = socket.create_connection(('127.0.0.1', int(os.environ['PORT']))); s.sendall(b'GET / HTTP/1.1\\r\\n\\r\\n')"
        with listening() as port:
            env = clean_environment(VLSHIM_SPOOL=self.folder / "spool", VLSHIM_HOSTS=f"127.0.0.1:{port}", PORT=port)
            subprocess.run(["strace", "-o", self.folder / "calls", "-e", "trace=openat", "-E", f"LD_PRELOAD={SHIM}", PYTHON, "-S", "-c", script],
                           cwd=self.folder, env=env, check=True, capture_output=True, timeout=120)
        self.assertEqual((self.folder / "calls").read_text().count("libvldeep.so"), 1)


if __name__ == "__main__":
    unittest.main()
