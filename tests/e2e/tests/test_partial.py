"""Partial folds of hosts and shards merge to the same bytes as one fold of everything, however it was split."""
import json
import os
import random
import unittest

from spool_chunks import CONTROL, chunks_of, write_spool
import test_claude_transcripts
from test_merge import LEGACY
from vl import Case, logs_below, recorded_demo, vlagg


class Shards(Case):
    def setUp(self):
        super().setUp()
        self.shards = []

    def shard(self, chunks, rename=None):
        chunks = list(chunks)
        if chunks:
            self.shards.append(write_spool(self.folder / f"shard-{len(self.shards)}", chunks, rename))

    def partial(self, name, *spools, options=()):
        path = self.folder / f"{name}.vlp"
        self.fold(*spools, "--partial", path, *options)
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        return path

    def logs_of(self, name, *words):
        out = self.folder / name
        if not out.exists() and self.old:
            for video, text in self.old.items():
                path = out / video / ".pipeline" / "logs" / "logs.json"
                path.parent.mkdir(parents=True)
                path.write_text(text)
        self.good(*words, "--out", out)
        return {path.relative_to(out): text for path, text in logs_below(out).items()}

    old = {}

    def hold(self, early=(), late=(), most=None):
        """Merged in several orders and groupings, held against one fold of all shards."""
        whole = self.logs_of("whole", "fold", *self.shards, *early, *late)
        partials = [self.partial(f"part-{i}", spool, options=early) for i, spool in enumerate(self.shards)]
        self.assertGreater(len(partials), 1)
        self.assertTrue(whole)
        dice = random.Random(7)
        for i in range(3):
            dice.shuffle(partials)
            self.assertEqual(self.logs_of(f"merged-{i}", "merge", *partials, *late), whole)
        pair = self.partial("pair", *self.shards[:2], options=early)
        rest = [self.folder / f"part-{i}.vlp" for i in range(2, len(self.shards))]
        self.assertEqual(self.logs_of("grouped", "merge", *rest, pair, *late), whole)
        return whole


class Demo(Shards):
    def setUp(self):
        super().setUp()
        self.chunks = list(chunks_of(recorded_demo() / "spool"))

    def split(self, key, rename=None):
        groups = {}
        for chunk in self.chunks:
            groups.setdefault(key(chunk), []).append(chunk)
        for name in sorted(groups, key=str):
            self.shard(groups[name], rename)

    def test_one_shard_is_the_fold_itself(self):
        self.shard(self.chunks)
        path = self.partial("one", *self.shards)
        self.assertEqual(self.logs_of("merged", "merge", path), self.logs_of("whole", "fold", *self.shards))
        self.assertEqual(self.partial("again", *self.shards).read_bytes(), path.read_bytes())
        self.assertLess(path.stat().st_size * 5, sum(file.stat().st_size for file in self.shards[0].rglob("*.vls")))

    def test_by_video(self):
        self.split(lambda chunk: chunk.label.parts[0])
        self.assertGreaterEqual(len(self.shards), 4)
        self.hold()

    def test_by_group_of_processes(self):
        dice = random.Random(3)
        group = {pid: dice.randrange(3) for pid in sorted({chunk.pid for chunk in self.chunks})}
        self.split(lambda chunk: group[chunk.pid])
        self.hold()

    def test_chunk_by_chunk(self):
        dice = random.Random(4)
        self.split(lambda chunk: dice.randrange(5))
        self.hold()

    def test_hosts_with_the_same_pids_and_other_clocks(self):
        files = {}
        for n, (host, later) in enumerate([("alpha", 0), ("beta", 3_600_000_000_000), ("gamma", -7_000_000)]):
            moved = list(chunks_of(recorded_demo() / "spool"))
            for chunk in moved:
                chunk.move(host, bytes([n + 1] * 16), later)
            files[host] = moved
            self.shard(moved, lambda label: label.parent / f"{host}-{n + 1:02x}.vls")
        whole = self.hold()
        log = json.loads(next(iter(whole.values())))
        self.assertEqual(log["vlagg"]["hosts"], ["alpha", "beta", "gamma"])
        self.assertEqual(log["vlagg"]["damage"], [])

    def test_with_rules_prices_utc_and_logs_that_are_there(self):
        self.split(lambda chunk: chunk.pid % 2)
        rules, prices = self.folder / "rules.json", self.folder / "prices.tsv"
        rules.write_text(json.dumps({"programs": []}))
        prices.write_text(vlagg("prices", "show").stdout.decode().replace("claude-", "claude-my-", 1))
        self.old = {"moser-circles": json.dumps({**LEGACY, "video_id": "moser-circles"})}
        self.good("rules", "check", rules)
        whole = self.hold(early=["--rules", rules], late=["--prices", prices, "--rules", rules, "--utc"])
        kept = json.loads(next(text for path, text in whole.items() if path.parts[0] == "moser-circles"))
        self.assertEqual(kept["note of a person"], LEGACY["note of a person"])

    def test_one_video_of_them(self):
        self.split(lambda chunk: chunk.pid % 2)
        partials = [self.partial(f"p{i}", spool) for i, spool in enumerate(self.shards)]
        logs = self.logs_of("merged", "merge", *partials, "--video", "moser-circles")
        self.assertEqual([path.parts[0] for path in logs], ["moser-circles"])

    def test_drops_and_damage_are_told_once(self):
        control = next(chunk for chunk in self.chunks if chunk.kind == CONTROL)
        control.put(168 + 8 + 8 * 1, "<Q", 41)
        broken = next(chunk for chunk in self.chunks if chunk.field(12) and len(chunk.data) > 4096)
        broken.data[200] ^= 255
        self.split(lambda chunk: chunk.label.parts[0])
        partials = [self.partial(f"p{i}", spool) for i, spool in enumerate(self.shards)]
        log = json.loads(next(iter(self.hold().values())))["vlagg"]
        self.assertEqual((log["dropped_events"], len(log["damage"])), (41, 1))
        done = vlagg("merge", *partials, "--out", self.folder / "strict", "--strict")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"checksum", done.stderr)


class Transcript(test_claude_transcripts.Transcripts, Shards):
    """Shards of one host, whose claude program leaves its transcripts in one folder."""

    def hold_shards(self, key):
        groups = {}
        for chunk in chunks_of(self.spool):
            groups.setdefault(key(chunk), []).append(chunk)
        for name in sorted(groups, key=str):
            self.shard(groups[name])
        partials = [self.partial(f"part-{i}", spool, options=["--claude-home", self.home]) for i, spool in enumerate(self.shards)]
        whole = self.logs_of("whole", "fold", self.spool, "--claude-home", self.home)
        os.rename(self.home, self.folder / "elsewhere")
        for i in range(2):
            partials.reverse()
            self.assertEqual(self.logs_of(f"merged-{i}", "merge", *partials), whole)
        self.assertEqual(self.logs_of("asked", "merge", *partials, "--claude-home", self.folder / "elsewhere"), whole)
        return [json.loads(text)["claude_api_usage"] for text in whole.values()]

    def test_what_transcripts_tell_goes_along(self):
        self.record_everything()
        rows = self.hold_shards(lambda chunk: chunk.label.parts[0])
        self.assertEqual({row["source"] for log in rows for row in log}, {"transcript"})

    def test_also_where_each_process_is_a_shard_of_its_own(self):
        self.record_everything()
        rows = self.hold_shards(lambda chunk: chunk.pid)
        self.assertEqual({row["source"] for log in rows for row in log}, {"transcript"})

    def test_a_prompt_told_by_another_shard_still_tells_runs_apart(self):
        plans = {"v0": {"session": "s0", "rows": [], "before": 1, "during": 1}, "v1": {"session": "s1", "rows": [], "before": 0.6, "during": 0.7}}
        self.record(plans, "v0", "v1")
        rows = self.hold_shards(lambda chunk: chunk.pid)
        self.assertEqual(sorted(row["message_id"] for log in rows for row in log), ["msg_last_s0", "msg_last_s1"])

    def test_copies_that_an_earlier_fold_made_go_along(self):
        self.record_everything()
        first = self.logs_of("first", "fold", self.spool, "--claude-home", self.home)
        self.home.rename(self.folder / "gone")
        path = self.partial("one", self.spool)
        self.assertEqual(self.logs_of("merged", "merge", path), first)


# Each test of the transcripts themselves is run where it stands.
for name in dir(test_claude_transcripts.Transcripts):
    if name.startswith("test_"):
        setattr(Transcript, name, None)


class Bad(Shards):
    def setUp(self):
        super().setUp()
        self.good_one = self.partial("good", recorded_demo() / "spool")

    def refused(self, word, *words, status=3):
        done = vlagg(*words)
        self.assertEqual((done.returncode, done.stdout), (status, b""), words)
        text = done.stderr.decode()
        self.assertIn(word, text)
        self.assertEqual(text.count("\n"), 1, text)
        self.assertEqual(list(self.folder.rglob("logs.json")), [])

    def test_cut_off_or_damaged(self):
        data, bad, dice = self.good_one.read_bytes(), self.folder / "bad", random.Random(5)
        for cut in sorted({0, 1, 7, 8, 15, 16, 31, 32, 33, len(data) - 1, *(dice.randrange(len(data)) for _ in range(20))}):
            bad.write_bytes(data[:cut])
            self.refused(str(bad), "merge", bad, "--out", self.folder / "out")
        for at in [8, 12, 16, 24, len(data) - 1, *(dice.randrange(len(data)) for _ in range(20))]:
            bad.write_bytes(data[:at] + bytes([data[at] ^ 16]) + data[at + 1:])
            self.refused(str(bad), "merge", self.good_one, bad, "--out", self.folder / "out")
        bad.write_bytes(data + b"x")
        self.refused("damaged", "merge", bad, "--out", self.folder / "out")

    def test_what_is_no_partial_fold(self):
        self.refused("is no partial fold", "merge", __file__, "--out", self.folder / "out")
        self.refused("is no file", "merge", recorded_demo() / "spool", "--out", self.folder / "out")
        self.refused("cannot be read", "merge", self.folder / "none", "--out", self.folder / "out")
        self.refused("cannot be written", "fold", recorded_demo() / "spool", "--partial", self.folder / "no" / "folder")

    def test_of_another_version(self):
        data = bytearray(self.good_one.read_bytes())
        data[8] = 99
        self.good_one.write_bytes(data)
        self.refused("version 99", "merge", self.good_one, "--out", self.folder / "out")

    def test_the_same_part_twice(self):
        (again := self.folder / "again").write_bytes(self.good_one.read_bytes())
        self.refused("would count twice", "merge", self.good_one, again, "--out", self.folder / "out")

    def test_wrong_usage(self):
        self.refused("name the files", "merge", status=2)
        for option in (["--out", "x"], ["--video", "x"], ["--prices", "x"], ["--utc"]):
            self.refused("vlagg merge", "fold", recorded_demo() / "spool", "--partial", self.folder / "p", *option, status=2)


if __name__ == "__main__":
    unittest.main()
