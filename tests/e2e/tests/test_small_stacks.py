"""Programs with little stack run as without the recorder: small signal stacks, small threads, vfork children on them; and
memory in the stack's place is neither lost nor kept (small_stacks.c). What each hook takes is measured by test_frames."""
import json
import re
import shutil
import subprocess
import unittest

from vl import Case, clean_environment, needs, program, run, vlagg

PROMISES = "1 3"

# std's handler for an overflow runs on a signal stack of some KiB, and prints there.
OVERFLOW = """
fn deeper(n: u64) -> u64 { let room = [n; 64]; if n == u64::MAX { 0 } else { deeper(n + 1) + room[(n % 64) as usize] } }
fn main() {
    let in_thread = std::env::args().nth(1).is_some();
    let work = || println!("{}", deeper(std::env::args().count() as u64));
    if in_thread { std::thread::Builder::new().stack_size(65536).spawn(work).unwrap().join().unwrap(); } else { work(); }
}
"""


def without_tids(text):
    return re.sub(rb" \(\d+\) has overflowed", b" has overflowed", text)


class SmallStacks(Case):
    def both(self, argv):
        native = run(argv, self.folder, shim=False)
        recorded = run(argv, self.folder, env=clean_environment(VLSHIM_SPOOL=self.folder / "spool"))
        self.assertEqual((recorded.returncode, recorded.stdout, without_tids(recorded.stderr)),
                         (native.returncode, native.stdout, without_tids(native.stderr)))
        return recorded

    def events(self, kind):
        done = vlagg("cat", self.folder / "spool")
        events = [json.loads(line) for line in done.stdout.decode("utf-8", "replace").splitlines()]
        return [event for event in events if event["kind"] == kind]

    def test_alternate_stack(self):
        done = self.both([program("small_stacks"), "alternate"])
        self.assertIn(b"vfork and exec: 0\n", done.stdout)
        self.assertEqual({line.rpartition(b": ")[2] for line in done.stdout.splitlines()}, {b"0"})
        self.assertTrue(self.events("file_rename"))

    def test_thread(self):
        done = self.both([program("small_stacks"), "thread"])
        self.assertEqual({line.rpartition(b": ")[2] for line in done.stdout.splitlines()}, {b"0"})
        self.assertTrue(self.events("file_rename"))

    def test_jumps(self):
        """Handlers that jump out of the recorder again and again leave pieces of its memory behind: they are found."""
        self.assertEqual(self.both([program("small_stacks"), "jumps", "200"]).stdout, b"jumped\n")
        after = [event for event in self.events("file_remove") if event["path"] == "/none/after"]
        self.assertEqual(len(after), 40)

    def test_large_environments(self):
        """Of vfork children, that fail to execute one program and execute another."""
        self.assertEqual(self.both([program("small_stacks"), "environments", "60"]).stdout, b"grew: 0\n")
        programs = [event["exe"] for event in self.events("process_start")]
        self.assertEqual(sum(exe.endswith("/true") for exe in programs), 60, "each child is recorded")

    @needs("rustc")
    def test_rust_overflow(self):
        """Its own words and status, in the main thread and in another."""
        source = self.folder / "overflow.rs"
        source.write_text(OVERFLOW)
        done = subprocess.run(["rustc", "-C", "debuginfo=0", "-A", "warnings", "-o", self.folder / "overflow", source], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        for more in ([], ["in a thread"]):
            done = self.both([self.folder / "overflow", *more])
            self.assertIn(b"has overflowed its stack", done.stderr)
            self.assertLess(done.returncode, 0)
            shutil.rmtree(self.folder / "spool", ignore_errors=True)


if __name__ == "__main__":
    unittest.main()
