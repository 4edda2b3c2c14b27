"""Bytes that stdio moves, per file and direction, are those that strace sees."""
import collections
import re
import subprocess
import unittest

from vl import SHIM, Case, clean_environment, needs, program, run

MOVES = {"read": 0, "readv": 0, "pread64": 0, "preadv": 0, "preadv2": 0, "recvfrom": 0,
         "write": 1, "writev": 1, "pwrite64": 1, "pwritev": 1, "pwritev2": 1, "sendto": 1}


def moved_by_strace(trace):
    """{path: [read, written]} of a trace made with -y."""
    moved = collections.defaultdict(lambda: [0, 0])
    calls = {}
    for line in trace.read_text(errors="replace").splitlines():
        pid, _, text = line.partition(" ")
        text = text.strip()
        if text.endswith("<unfinished ...>"):
            calls[pid] = text
            continue
        resumed = re.match(r"<\.\.\. \w+ resumed>", text)
        if resumed:
            text = calls.pop(pid).replace("<unfinished ...>", "") + text[resumed.end():]
        call = re.match(r"(\w+)\(\d+<([^>]*)>.* = (\d+)$", text)
        if call and call[1] in MOVES and call[2].startswith("/"):
            moved[call[2].replace(" (deleted)", "")][MOVES[call[1]]] += int(call[3])
    return moved


class Stdio(Case):
    maxDiff = 100

    def stdio(self, kind, name, prefix=(), **options):
        folder = self.folder / name
        folder.mkdir()
        done = run([*prefix, program("stdio"), kind, folder, self.folder / f"{name}.report"], self.folder, **options)
        self.assertEqual(done.returncode, 0, done.stderr)
        report = [line.split() for line in (self.folder / f"{name}.report").read_text().splitlines()]
        return {function: path for function, path in report}

    def compare(self, kind):
        trace = self.folder / "trace"
        strace = ["strace", "-f", "-y", "-s", "0", "-e", "trace=" + ",".join(MOVES), "-o", trace]
        native = self.stdio(kind, "native", strace, shim=False)
        recorded = self.stdio(kind, "recorded", env=clean_environment(VLSHIM_SPOOL=self.folder / "spool"))
        wanted = moved_by_strace(trace)
        told = {f["path"]: [f["read_bytes"], f["written_bytes"]] for f in self.io(self.folder / "spool")["files"]}
        self.assertEqual(list(recorded), list(native))
        wrong = [f"{function}: {told.get(recorded[function], [0, 0])} is told, {wanted[native[function]]} moved"
                 for function in native if told.get(recorded[function], [0, 0]) != wanted[native[function]]]
        self.assertEqual(wrong, [], "\n" + "\n".join(wrong))

    @needs("strace")
    def test_files(self):
        self.compare("file")

    @needs("strace")
    def test_pipes_with_a_name(self):
        self.compare("fifo")


if __name__ == "__main__":
    unittest.main()
