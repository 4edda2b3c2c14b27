"""A program that filters its own system calls meets none of the recorder's: whatever the filter does, the program goes on
as without the recorder, and what could no longer be kept is counted."""
import concurrent.futures
import json
import os
import unittest

import test_frames
from vl import Case, clean_environment, program, run

PROMISES = "1 3"

WRITES = 100_000
FILTERS = [(way, action) for way in ("prctl", "prctl_by_number", "seccomp") for action in ("kill", "errno", "trap")]


class Confined(Case):
    def both(self, *words, shim_words=()):
        """The same with the recorder; its events and what the fold says of the rest."""
        spool = self.folder / "spool"
        native = run([program("confined"), *words], self.folder, shim=False, stdin=-3)
        done = run([program("confined"), *words, *shim_words], self.folder, stdin=-3,
                   env=clean_environment(VLSHIM_SPOOL=spool, VLSHIM_VIDEO="v"))
        self.assertEqual((done.returncode, done.stdout, done.stderr), (native.returncode, native.stdout, native.stderr))
        self.assertEqual((done.returncode, done.stdout), (0, b"done\n"))
        return self.cat(spool)

    def log(self):
        self.fold(self.folder / "spool", "--out", self.folder / "logs")
        return json.loads(next((self.folder / "logs").rglob("logs.json")).read_text())["vlagg"]

    def writes(self, events):
        return [e for e in events if e["kind"] == "file_write"]

    def complete_but_for_what_is_counted(self, events, wanted):
        log, kept = self.log(), len(self.writes(events))
        self.assertEqual(log["damage"], [])
        self.assertGreater(kept, 5000)
        self.assertGreaterEqual(log["dropped_by_reason"]["CONFINED"], wanted - kept)
        self.assertLess(log["dropped_by_reason"]["CONFINED"], wanted - kept + 100)

    def test_whatever_the_filter_does(self):
        for way, action in FILTERS:
            with self.subTest(way=way, action=action):
                self.tearDown()
                self.setUp()
                self.complete_but_for_what_is_counted(self.both(way, action), WRITES)

    def test_of_all_threads(self):
        self.complete_but_for_what_is_counted(self.both("threads", "kill"), 5 * WRITES)

    def test_forked_children(self):
        events = self.both("children", "kill")
        self.complete_but_for_what_is_counted(events + [{"kind": "file_write"}] * 5001, 5001 + 4 * WRITES // 10)
        ends = sorted(e["wait_status"] >> 8 for e in events if e["kind"] == "process_reap")
        self.assertEqual(ends, [20, 21, 22, 23])

    def test_in_strict_mode(self):
        for way in "prctl", "seccomp":
            with self.subTest(way=way):
                self.complete_but_for_what_is_counted(self.both("strict", way), WRITES)
                self.tearDown()
                self.setUp()

    def test_a_filter_that_was_refused_changes_nothing(self):
        self.assertEqual(len(self.writes(self.both("refused"))), WRITES + 1)

    def test_a_vfork_childs_filter_is_not_its_parents(self):
        events = self.both("vfork")
        self.assertEqual(len(self.writes(events)), WRITES + 1)
        rows = [(row["argv"], row["instrumented"]) for row in self.io(self.folder / "spool")["processes"]]
        self.assertIn((["true"], True), rows)

    def test_without_the_processors_counter(self):
        events = self.both("without_counter")
        self.assertEqual(len(self.writes(events)), WRITES + 1)
        self.assertTrue([e for e in events if e["kind"] == "file_open" and e["path"].endswith("/made")])

    def test_a_program_that_begins_under_a_filter_is_recorded(self):
        spool = self.folder / "spool"
        done = run([program("confined"), "becomes", "sh", "-c", "echo made >made; (exit 3); cat made; exit 5"], self.folder,
                   env=clean_environment(VLSHIM_SPOOL=spool))
        self.assertEqual((done.returncode, done.stdout, done.stderr), (5, b"made\n", b""))
        rows = [(row["argv"][0], row["exit_status"], row["instrumented"]) for row in self.io(spool)["processes"] if row["argv"]]
        for row in ("cat", 0, True), ("sh", 3, True), ("sh", 5, True):
            self.assertIn(row, rows)
        self.assertIn(str(self.folder / "made"), [file["path"] for file in self.io(spool)["files"]])

    def test_a_crash_is_the_programs(self):
        """Where a filter kills at the return of a handler, it must not find one."""
        native, done = [run([program("confined"), "crash"], self.folder, shim=shim, stdin=-3) for shim in (False, True)]
        self.assertEqual((native.returncode, done.returncode), (-11, -11))

    def test_a_spool_that_is_cut_meanwhile(self):
        run(["true"], self.folder, env=clean_environment(VLSHIM_SPOOL=self.folder / "spool", VLSHIM_VIDEO="v"))
        files = list((self.folder / "spool").rglob("*.vls"))
        self.assertTrue(files)
        self.both("cut", shim_words=files)

    def test_no_hook_makes_a_system_call(self):
        """Every hooked function under a filter that kills at a call from within the recorder."""
        def outcome(name):
            base = test_frames.SCRATCH / "frames" / "confined" / name
            return [test_frames.call("confined", name, base / str(shim), shim) for shim in (False, True)]
        names = [name for name in test_frames.table() if not test_frames.reason_not("plain", name)]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            for name, (native, recorded) in zip(names, pool.map(outcome, names)):
                with self.subTest(name=name):
                    self.assertEqual(recorded, native)


if __name__ == "__main__":
    unittest.main()
