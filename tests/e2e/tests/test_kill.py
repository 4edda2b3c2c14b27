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

import claude_clients
from standin import Standin
from vl import DEMO_COMMAND, PYTHON, SHIM, Case, clean_environment, copy_demo, logs_below, needs, program, vlagg

PROMISES = "3 7"

ROUNDS = int(os.environ.get("KILL_ROUNDS", "8"))
SLOT = struct.Struct("8Q")
MORE = max(2, ROUNDS // 4)  # rounds of what takes longer
WORKERS = 4

# says which answers it has had, one a line
CALLER = """
import http.client, json, os, ssl, threading, urllib.parse
host = urllib.parse.urlsplit(os.environ["URL"]).netloc
body = json.dumps({"model": "claude-opus-4-5", "max_tokens": 64, "stream": True, "messages": [{"role": "user", "content": "hello"}]})
answered = os.open("answered", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
def work():
    while True:
        connection = http.client.HTTPSConnection(host)
        for _ in range(5):
            connection.request("POST", "/v1/messages", body, {"content-type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            os.write(answered, (answer.headers["request-id"] + "\\n").encode())
        connection.close()
for _ in range(3): threading.Thread(target=work).start()
"""


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
    def rounds(self, count, compare, *words, **settings):
        """Kills `busy` at random moments, each in a folder of its own."""
        rng = random.Random(int(os.environ.get("KILL_SEED", "2015")))
        for number in range(count):
            with self.subTest(round=number):
                work = self.folder / str(number)
                work.mkdir()
                leader = start_group([program("busy"), "counters", "2", *words], work, clean_environment(**settings))
                time.sleep(rng.uniform(0.01, 0.5 if ROUNDS < 100 else 0.1))  # many rounds: each a short one
                kill_group(leader)
                if (slots := self.slots(work)):
                    compare(work, slots)
                shutil.rmtree(work)

    def slots(self, work):
        """What had returned, a row a worker; None: killed before it began."""
        counters = work / "counters"
        data = counters.read_bytes() if counters.exists() else b""
        return [SLOT.unpack_from(data, worker * SLOT.size) for worker in range(WORKERS)] if len(data) >= SLOT.size * WORKERS else None

    def test_everything_that_had_returned_is_there(self):
        self.rounds(ROUNDS, self.compare)

    def test_so_it_is_among_threads_and_programs_that_come_and_go(self):
        self.rounds(MORE, self.compare, "mix")

    def test_with_rotation_the_newest_is_there(self):
        self.rounds(MORE, self.compare_end, VLSHIM_FULL="rotate", VLSHIM_MAX_MB="1")

    def compare(self, work, slots):
        events = collections.Counter()
        for event in self.cat(work / "spool"):
            path = event.get("path") or event.get("from") or ""
            events[event["kind"], os.path.basename(path), "error" in event and event["error"] not in (0, None)] += 1
        for worker, (writes, _, opens, renames, unlinks, _, _, threads) in enumerate(slots):
            seen = [events["file_write", f"file-{worker}", False], events["file_open", f"short-{worker}", False],
                    events["file_rename", f"short-{worker}", False], events["file_remove", f"short-{worker}-done", False],
                    events["file_write", f"threads-{worker}", False]]
            for name, returned, found in zip(["write", "open", "rename", "unlink", "thread"], [writes, opens, renames, unlinks, threads], seen):
                self.assertGreaterEqual(found, returned, f"worker {worker}: {name}")
                self.assertLessEqual(found, returned + 1, f"worker {worker}: {name}")
        reads, reaps, spawns = (sum(row[i] for row in slots) for i in (1, 5, 6))
        self.assertGreaterEqual(events["file_read", "zero", False], reads)
        reaped = sum(n for (kind, _, _), n in events.items() if kind == "process_reap")
        self.assertGreaterEqual(reaped, reaps)
        self.assertLessEqual(reaped, reaps + WORKERS)
        told = sum(n for (kind, _, _), n in events.items() if kind == "process_spawn")
        self.assertGreaterEqual(told, reaps)
        self.assertGreaterEqual(reaps + WORKERS, spawns)

    def compare_end(self, work, slots):
        """Each file's last writes are there, one after the other, up to the last that had returned; what gave way is no damage."""
        files = list((work / "spool").rglob("*.vls"))
        self.assertLessEqual(sum(f.stat().st_blocks * 512 for f in files), (1 << 20) + (2 * WORKERS << 16))
        self.assertEqual(vlagg("fold", work / "spool", "--strict", "--out", work / "logs").returncode, 0)
        found = collections.defaultdict(list)
        for event in self.cat(work / "spool"):
            if event["kind"] == "file_write" and "error" not in event:
                found[os.path.basename(event["path"])].append(event["bytes"])
        kept = [len(found[f"file-{worker}"]) for worker in range(WORKERS)]
        self.assertGreaterEqual(max(kept), min(slots[kept.index(max(kept))][0], 1000))  # one that had no turn may have lost all to others
        for worker, (writes, *_) in enumerate(slots):
            sizes = found[f"file-{worker}"]
            for last in writes, writes + 1:  # rounds count from 0, a write's size is one more than its round
                if [1 + round % 512 for round in range(last - len(sizes), last)] == sizes:
                    break
            else:
                self.fail(f"worker {worker}: {writes} writes had returned, recorded are {len(sizes)} that end in {sizes[-5:]}")

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

    @needs("openssl")
    def test_calls_whose_answers_had_come_are_there(self):
        """A client that calls the stand-in over TLS, several threads at once, is killed at any moment."""
        rng = random.Random(4711)
        standin = Standin(self.folder)
        self.addCleanup(standin.close)
        for number in range(MORE):
            with self.subTest(round=number):
                work = self.folder / str(number)
                work.mkdir()
                env = claude_clients.environment(standin, VLSHIM_HOSTS="localhost", VLSHIM_VIDEO="film", URL=standin.url)
                leader = start_group([PYTHON, "-S", "-c", CALLER], work, env)
                self.wait_for_answers(work, leader)
                time.sleep(rng.uniform(0, 0.2))
                kill_group(leader)
                answered = (work / "answered").read_text().split()
                self.assertEqual(vlagg("fold", "spool", "--strict", cwd=work).returncode, 0)
                (path,) = logs_below(work)
                calls = {call["request_id"]: call["usage"] for call in self.check_schema(path)["claude_api_usage"]}
                self.assertEqual([calls.get(name) for name in answered], ["complete"] * len(answered))
                shutil.rmtree(work)

    def wait_for_answers(self, work, leader):
        deadline = time.time() + 60
        while time.time() < deadline and leader.poll() is None:
            if (work / "answered").exists() and (work / "answered").stat().st_size > 0:
                return
            time.sleep(0.01)
        self.fail("no call was answered")

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
