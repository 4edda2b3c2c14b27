"""kill -9 of a whole process group at any moment: what had returned to a program is in the spool."""
import collections
import json
import os
import random
import shutil
import signal
import struct
import subprocess
import time
import unittest

from vl import DEMO_COMMAND, SHIM, Case, clean_environment, copy_demo, logs_below, needs, program, vlagg

PROMISES = "3 7"

ROUNDS = int(os.environ.get("KILL_ROUNDS", "8"))
SLOT = struct.Struct("6Q")
WORKERS = 4


def start_group(argv, cwd, env):
    return subprocess.Popen([str(word) for word in argv], cwd=cwd, env={**env, "LD_PRELOAD": str(SHIM)},
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


def group_members(group):
    """Processes of a group that still live (zombies do not)."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat") as stat:
                fields = stat.read().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            found.append(int(name))
    return found


def kill_group(leader):
    os.killpg(leader.pid, signal.SIGKILL)
    leader.wait()
    for _ in range(200):
        if not group_members(leader.pid):
            return
        time.sleep(0.02)
    raise AssertionError("the group still lives")


class Kill(Case):
    def test_everything_that_had_returned_is_there(self):
        rng = random.Random(int(os.environ.get("KILL_SEED", "2015")))
        for number in range(ROUNDS):
            with self.subTest(round=number):
                work = self.folder / str(number)
                work.mkdir()
                leader = start_group([program("busy"), "counters", "2"], work, clean_environment())
                time.sleep(rng.uniform(0.01, 0.5 if ROUNDS < 100 else 0.1))  # many rounds: each a short one
                kill_group(leader)
                self.compare(work)
                shutil.rmtree(work)

    def compare(self, work):
        counters = work / "counters"
        data = counters.read_bytes() if counters.exists() else b""
        if len(data) < SLOT.size * WORKERS:
            return  # killed before it began
        events = collections.Counter()
        for event in self.cat(work / "spool"):
            path = event.get("path") or event.get("from") or ""
            events[event["kind"], os.path.basename(path), "error" in event and event["error"] not in (0, None)] += 1
        reaped = sum(n for (kind, _, _), n in events.items() if kind == "process_reap")
        total_reaps = 0
        for worker in range(WORKERS):
            writes, reads, opens, renames, unlinks, reaps = SLOT.unpack_from(data, worker * SLOT.size)
            total_reaps += reaps
            seen = [events["file_write", f"file-{worker}", False], events["file_open", f"short-{worker}", False],
                    events["file_rename", f"short-{worker}", False], events["file_remove", f"short-{worker}-done", False]]
            for name, returned, found in zip(["write", "open", "rename", "unlink"], [writes, opens, renames, unlinks], seen):
                self.assertGreaterEqual(found, returned, f"worker {worker}: {name}")
                self.assertLessEqual(found, returned + 1, f"worker {worker}: {name}")
        reads = sum(SLOT.unpack_from(data, worker * SLOT.size)[1] for worker in range(WORKERS))
        self.assertGreaterEqual(events["file_read", "zero", False], reads)
        self.assertGreaterEqual(reaped, total_reaps)
        self.assertLessEqual(reaped, total_reaps + WORKERS)

    def test_io_counts_the_same_bytes_as_cat(self):
        leader = start_group([program("busy"), "counters", "1"], self.folder, clean_environment())
        time.sleep(0.3)
        kill_group(leader)
        sums = collections.Counter()
        for event in self.cat(self.folder / "spool"):
            if event["kind"] == "file_write" and "error" not in event:
                sums[event["path"]] += event["bytes"]
        rows = {row["path"]: row["written_bytes"] for row in self.io(self.folder / "spool")["files"]}
        for path, size in sums.items():
            self.assertEqual(rows[path], size, path)
        for worker in range(2):
            path = self.folder / f"file-{worker}"
            self.assertAlmostEqual(sums[str(path)], path.stat().st_size, delta=512)

    @needs("ffmpeg", "python3")
    def test_a_killed_pipeline_folds_as_interrupted(self):
        rng = random.Random(1706)
        seen = collections.Counter()
        for number in range(4):
            with self.subTest(round=number):
                work = self.folder / str(number)
                environment = copy_demo(work)
                leader = start_group(DEMO_COMMAND, work, environment)
                self.wait_for_renderer(leader, work, skip=number)
                time.sleep(rng.uniform(0, 0.3))
                running = self.scenes_running(leader.pid)
                kill_group(leader)
                again = self.scenes_said_interrupted(work)
                for video, scene in running:
                    self.assertIn((video, scene), again)
                    seen["interrupted"] += 1
                self.check_stages(work, running)
                first = logs_below(work)
                self.fold("spool", cwd=work)
                self.assertEqual(logs_below(work), first)
        self.assertGreater(seen["interrupted"], 0, "no renderer was running when the pipeline was killed")

    def wait_for_renderer(self, leader, work, skip):
        """Until the renderers of the video number `skip` are at work."""
        deadline = time.time() + 30
        videos = sorted((work / "data" / "captions" / "2015").iterdir())
        while time.time() < deadline and leader.poll() is None:
            if any(video == videos[skip].name for video, _ in self.scenes_running(leader.pid)):
                return
            time.sleep(0.01)
        self.fail("no renderer was seen")

    def scenes_running(self, group):
        found = []
        for pid in group_members(group):
            try:
                with open(f"/proc/{pid}/cmdline") as words:
                    argv = words.read().split("\0")
            except OSError:
                continue
            if "render" in argv and "--media_dir" in argv:
                at = argv.index("render")
                found.append((argv[at + 1].split("/")[2], argv[at + 2]))
        return found

    def scenes_said_interrupted(self, work):
        done = vlagg("fold", "spool", cwd=work)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        found = []
        for path in logs_below(work):
            log = self.check_schema(path)
            for row in log["retry_attempts"].get("rendering", []):
                if row["status"] == "interrupted":
                    found.append((log["video_id"], row.get("scene")))
        return found

    def check_stages(self, work, running):
        for video in {video for video, _ in running}:
            path = work / "outputs" / "2015" / video / ".pipeline" / "logs" / "logs.json"
            stage = json.loads(path.read_text())["stages"]["rendering"]
            self.assertEqual(stage["status"], "interrupted", video)


if __name__ == "__main__":
    unittest.main()
