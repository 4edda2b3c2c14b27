"""VLSHIM_MAX_MB bounds the recording; what was not kept is counted, or the oldest gives way."""
import json

from vl import PYTHON, Case, clean_environment, run

PROMISES = "3"

WRITES = 1_000_000
LOOP = f"import os\nfd = os.open('/dev/null', os.O_WRONLY)\nfor i in range({WRITES}): os.write(fd, b'x')\nprint('done')"
CHUNK = 64 << 10


class Bound(Case):
    def record(self, **settings):
        spool = self.folder / "spool"
        env = clean_environment(VLSHIM_SPOOL=spool, VLSHIM_VIDEO="v", VLSHIM_MAX_MB=1, **settings)
        done = run([PYTHON, "-c", LOOP], self.folder, env=env)
        self.assertEqual((done.returncode, done.stdout), (0, b"done\n"))
        files = list(spool.glob("*/*.vls"))
        self.assertLessEqual(sum(f.stat().st_blocks * 512 for f in files), (1 << 20) + 2 * CHUNK)
        events = [json.loads(line) for line in self.good("cat", spool).splitlines()]
        return spool, [e for e in events if e["kind"] == "file_write"], events

    def test_recording_stops_there_and_says_how_much_is_missing(self):
        spool, writes, _ = self.record()
        self.assertGreater(len(writes), 100_000)
        self.good("fold", spool, "--out", self.folder / "logs")
        log = json.loads(next((self.folder / "logs").rglob("logs.json")).read_text())
        missing = log["vlagg"]["dropped_events"]
        self.assertGreaterEqual(missing, WRITES - len(writes))
        others = WRITES // 1000  # the process's end, and its samples: some ten a second on a machine of any speed
        self.assertLess(missing, WRITES - len(writes) + others)

    def test_with_rotate_the_newest_are_kept(self):
        _, writes, events = self.record(VLSHIM_FULL="rotate")
        self.assertGreater(len(writes), 100_000)
        self.assertEqual(events[-1]["kind"], "process_exit")


if __name__ == "__main__":
    import unittest
    unittest.main()
