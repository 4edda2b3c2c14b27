"""vlagg export: each format read by the program that it is for, or by a parser that is not ours."""
import atexit
import collections
import csv
import io
import json
import re
import shutil
import sqlite3
import subprocess
import unittest
from pathlib import Path

from vl import DEMO_COMMAND, ROOT, VLAGG, Case, copy_demo, logs_below, needs, run, vlagg

QUESTIONS = re.findall(r"^### (.*?)\n\n```sql\n(.*?)```$", (ROOT / "docs" / "SQLITE.md").read_text(), re.DOTALL | re.MULTILINE)


def tree(trace):
    """A trace's events by phase."""
    phases = collections.defaultdict(list)
    for event in trace["traceEvents"]:
        phases[event["ph"]].append(event)
    return phases


def brief(rows, *keys):
    return [tuple(row[key] for key in keys) for row in rows]


class Exported(Case):
    """Several tests look at one recording of the demo."""
    recorded = None

    def setUp(self):
        super().setUp()
        if Exported.recorded is None:
            Exported.recorded = self.folder.parent / "export-demo"
            shutil.rmtree(Exported.recorded, ignore_errors=True)
            env = copy_demo(Exported.recorded)
            run(DEMO_COMMAND, Exported.recorded, env={**env, "VLSHIM_SPOOL": str(Exported.recorded / "spool")})
            self.good("fold", Exported.recorded / "spool")
            atexit.register(shutil.rmtree, Exported.recorded, ignore_errors=True)
        self.spool = self.recorded / "spool"
        self.logs = {log["video_id"]: log for log in map(json.loads, logs_below(self.recorded / "outputs").values())}

    def export(self, name, *arguments, to="-"):
        return self.good("export", self.spool, "--format", name, "-o", to, *arguments)

    def attempts(self):
        return [(video, stage, row) for video, log in self.logs.items()
                for stage, rows in log["retry_attempts"].items() for row in rows]


class EveryFormat(Exported):
    STREAMS = ("chrome", "otlp", "ndjson", "prometheus")

    def test_the_same_bytes_each_time_to_a_file_and_to_standard_output(self):
        for name in self.STREAMS:
            with self.subTest(name):
                first, target = self.export(name), self.folder / name
                self.export(name, to=target)
                self.assertGreater(len(first), 500)
                self.assertEqual(first, target.read_bytes())
        for name in ("one", "two"):
            self.export("sqlite", to=self.folder / f"{name}.db")
            self.export("csv", to=self.folder / name)
        self.assertEqual((self.folder / "one.db").read_bytes(), (self.folder / "two.db").read_bytes())
        files = [{path.name: path.read_bytes() for path in (self.folder / name).iterdir()} for name in ("one", "two")]
        self.assertEqual(files[0], files[1])

    def test_a_full_disk_leaves_what_was_there(self):
        for name in (*self.STREAMS, "sqlite"):
            with self.subTest(name):
                folder = self.folder / name
                folder.mkdir()
                (folder / "out").write_text("old")
                command = f"ulimit -f 1; trap '' XFSZ; exec {VLAGG} export {self.spool} --format {name} -o {folder}/out"
                done = subprocess.run(["bash", "-c", command], capture_output=True)
                self.assertEqual(done.returncode, 3, done.stderr)
                self.assertIn(str(folder / "out"), done.stderr.decode())
                self.assertEqual([(path.name, path.read_text()) for path in folder.iterdir()], [("out", "old")])

    def test_a_full_standard_output_is_an_error(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([VLAGG, "export", self.spool, "--format", "ndjson"], stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 3)
        self.assertIn("Standard output", done.stderr.decode())

    def test_wrong_usage_is_named(self):
        for arguments, said in [((), "--format"), (("--format", "xml"), "xml"), (("--format", "sqlite"), "-o"),
                                (("--format", "csv"), "--table"), (("--format", "chrome", "--table", "videos"), "csv and ndjson"),
                                (("--format", "csv", "--table", "nothing"), "nothing")]:
            done = vlagg("export", self.spool, *arguments)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertIn(said, done.stderr.decode())
        self.assertEqual(vlagg("export", "--format", "ndjson").returncode, 2)
        self.assertEqual(vlagg("export", self.folder / "none", "--format", "ndjson").returncode, 3)

    def test_a_video_alone(self):
        rows = map(json.loads, self.export("ndjson", "--video", "euler-poem").splitlines())
        self.assertEqual({row["video"] for row in rows if row["record"] == "stages"}, {"euler-poem"})


class Tables(Exported):
    def test_csv_ndjson_and_sqlite_hold_the_same_rows(self):
        self.export("csv", to=self.folder / "csv")
        self.export("sqlite", to=self.folder / "run.db")
        lines = collections.defaultdict(list)
        for line in self.export("ndjson").splitlines():
            row = json.loads(line)
            lines[row.pop("record")].append(row)
        db = sqlite3.connect(self.folder / "run.db")
        tables = [name for name, in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")]
        self.assertEqual(sorted(path.stem for path in (self.folder / "csv").iterdir()), sorted(tables))
        for table in tables:
            cursor = db.execute(f"SELECT * FROM {table} ORDER BY rowid")
            names = [column[0] for column in cursor.description]
            rows = [dict(zip(names, row)) for row in cursor]
            self.assertEqual(lines[table], rows, table)
            text = (self.folder / "csv" / f"{table}.csv").read_bytes().decode()
            self.assertEqual(text.count("\n") >= len(rows) + 1, True)
            self.assertEqual(text, self.export("csv", "--table", table).decode())
            read = list(csv.reader(io.StringIO(text, newline="")))
            self.assertEqual(read[0], names)
            said = [["" if value is None else value for value in row.values()] for row in rows]
            self.assertEqual([[type(want)(cell) for cell, want in zip(*pair)] for pair in zip(read[1:], said)], said, table)
        self.assertEqual(db.execute("PRAGMA integrity_check").fetchone(), ("ok",))

    def test_lines_end_as_rfc_4180_says(self):
        text = self.export("csv", "--table", "videos")
        self.assertTrue(text.endswith(b"\r\n"))
        self.assertEqual(text.count(b"\n"), text.count(b"\r\n"))

    def test_tables_say_what_the_logs_say(self):
        rows = collections.defaultdict(list)
        for line in self.export("ndjson").splitlines():
            rows[json.loads(line)["record"]].append(json.loads(line))
        summaries = {video: log["summary"] for video, log in self.logs.items()}
        self.assertEqual({row["video"]: (row["stages"], row["stages_succeeded"], row["errors"], row["error_occurrences"], row["calls"])
                          for row in rows["videos"]},
                         {video: (s["total_stages"], s["successful_stages"], s["total_errors"], s["error_occurrences"], s["total_claude_calls"])
                          for video, s in summaries.items()})
        self.assertEqual({row["attempt_id"]: (row["video"], row["stage"], row["scene"], row["status"], row["duration_seconds"], row["error_message"])
                          for row in rows["attempts"]},
                         {row["attempt_id"]: (video, stage, row["scene"], row["status"], row["duration_seconds"], row["error_message"])
                          for video, stage, row in self.attempts()})
        self.assertEqual({(row["video"], row["stage"]): (row["status"], row["method"], row["duration_seconds"]) for row in rows["stages"]},
                         {(video, stage): (one["status"], one["method"], one["performance"]["duration_seconds"])
                          for video, log in self.logs.items() for stage, one in log["stages"].items()})
        told = sorted((p["pid"], p["exit_status"], p["signal"]) for p in self.io(self.spool)["processes"])
        self.assertEqual(sorted(brief(rows["processes"], "pid", "exit_status", "signal")), told)
        ids = {row["process_id"] for row in rows["processes"]}
        self.assertEqual(len(ids), len(rows["processes"]))
        for table, key in [("samples", "process_id"), ("files", "process_id"), ("attempt_processes", "process_id"), ("processes", "parent_id")]:
            self.assertLessEqual({row[key] for row in rows[table]} - {None}, ids, table)


@needs("sqlite3")
class Questions(Exported):
    """The questions of docs/SQLITE.md, answered by the sqlite3 program."""

    def setUp(self):
        super().setUp()
        self.export("sqlite", to=self.folder / "run.db")

    def ask(self, question):
        done = subprocess.run(["sqlite3", "-json", self.folder / "run.db", dict(QUESTIONS)[question]], capture_output=True, check=True)
        self.assertEqual(done.stderr, b"")
        return json.loads(done.stdout or b"[]")

    def failed(self):
        return [(video, stage, row) for video, stage, row in self.attempts() if row["status"] != "success"]

    def test_which_stages_failed(self):
        want = {(video, name, one["status"], one.get("error", {}).get("message")) for video, log in self.logs.items()
                for name, one in log["stages"].items() if one["status"] not in ("completed", "skipped")}
        self.assertEqual(set(brief(self.ask("Which stages failed, and why?"), "video", "stage", "status", "error_message")), want)
        self.assertTrue(want)

    def test_which_errors_are_met_again(self):
        want = collections.Counter()
        for log in self.logs.values():
            for entry in log["errors"].values():
                for variant in entry["variants"]:
                    want[entry["category"], variant["message"]] += variant["occurrence_count"]
        got = self.ask("Which errors are met again and again?")
        self.assertEqual({(row["category"], row["message"]): row["times"] for row in got}, dict(want))

    def test_what_worked_after_a_failure(self):
        want = collections.defaultdict(lambda: [0, 0])
        attempts = {(video, stage, row["scene"], row["attempt_number"]): row for video, stage, row in self.attempts()}
        for (video, stage, scene, number), row in attempts.items():
            before = attempts.get((video, stage, scene, number - 1))
            if before and before["status"] != "success":
                want[row["method"]][0] += 1
                want[row["method"]][1] += row["status"] == "success"
        got = self.ask("What worked after a scene had failed?")
        self.assertEqual({row["method"]: [row["tried"], row["worked"]] for row in got}, dict(want))
        self.assertTrue(want)

    def test_time_that_failed(self):
        want = collections.Counter()
        for video, _, row in self.failed():
            want[video] += row["duration_seconds"]
        got = self.ask("How much time went into attempts that failed?")
        self.assertEqual({row["video"]: row["seconds"] for row in got}, {video: round(seconds, 3) for video, seconds in want.items()})

    def test_what_a_video_cost(self):
        want = {video: len(log["claude_api_usage"]) for video, log in self.logs.items() if log["claude_api_usage"]}
        self.assertEqual({row["video"]: row["calls"] for row in self.ask("What did a video cost?")}, want)

    def test_which_scenes_took_longest(self):
        want = sorted(((scene["duration"], video, scene["scene"]) for video, log in self.logs.items()
                       for scene in log["stages"]["rendering"]["result_data"]["scenes"]), reverse=True)
        got = self.ask("Which scenes took longest?")
        self.assertEqual(brief(got, "duration_seconds", "video", "scene")[:3], want[:3])

    def test_which_processes_took_the_most_memory(self):
        got = self.ask("Which processes took the most memory?")
        self.assertEqual(got[0]["program"], "manim")
        self.assertGreater(got[0]["memory_peak_kb"], 10000)

    def test_what_ran_below_an_attempt(self):
        got = {row["program"]: row["processes"] for row in self.ask("What ran below an attempt?")}
        started = collections.Counter(p["argv"][1].split("/")[-1] if "python" in p["argv"][0] else p["argv"][0].split("/")[-1]
                                      for p in self.io(self.spool)["processes"])
        self.assertEqual(got["manim"], started["manim"])
        self.assertEqual(got["ffmpeg"], started["ffmpeg"])

    def test_which_files_were_written_most(self):
        sums = {row["path"]: row["written_bytes"] for row in self.io(self.spool)["files"]}
        got = self.ask("Which files were written most?")
        self.assertEqual(brief(got, "path", "bytes"), [(row["path"], sums[row["path"]]) for row in got])
        regular = [size for path, size in sums.items() if not path.startswith("/dev/")]
        self.assertEqual(got[0]["bytes"], max(regular))

    def test_memory_over_time(self):
        rows = self.ask("How did the memory of a program go over time?")
        self.assertGreater(len(rows), 2)
        self.assertEqual(brief(rows, "at"), sorted(brief(rows, "at")))
        self.assertTrue(all(row["memory_kb"] > 1000 for row in rows))

    def test_every_question_is_asked_here(self):
        source = Path(__file__).read_text()
        self.assertGreaterEqual(len(QUESTIONS), 10)
        self.assertEqual([question for question, _ in QUESTIONS if f'"{question}"' not in source], [])


class Prometheus(Exported):
    @needs("promtool")
    def test_promtool_has_nothing_to_say(self):
        done = subprocess.run(["promtool", "check", "metrics"], input=self.export("prometheus"), capture_output=True)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, b""))

    def test_figures_are_those_of_the_logs(self):
        series = {}
        for line in self.export("prometheus").decode().splitlines():
            if not line.startswith("#"):
                name, labels, value = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line).groups()
                series[name, tuple(sorted(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels or "")))] = float(value)
        for video, log in self.logs.items():
            self.assertEqual(series["vlshim_claude_calls", (("video", video),)], log["summary"]["total_claude_calls"])
            for stage, one in log["stages"].items():
                key = (("stage", stage), ("video", video))
                self.assertEqual(series["vlshim_stage_success", key], one["success"])
                self.assertAlmostEqual(series["vlshim_stage_duration_seconds", key], one["performance"]["duration_seconds"], places=5)
            for key, entry in log["errors"].items():
                labels = (("category", entry["category"]), ("error", key), ("video", video))
                self.assertEqual(series["vlshim_error_occurrences", labels], entry["occurrence_count"])


class Chrome(Exported):
    def test_processes_stages_attempts_and_arrows(self):
        phases = tree(json.loads(self.export("chrome")))
        processes = [event for event in phases["X"] if event["cat"] == "process"]
        self.assertEqual(sorted(event["args"]["pid"] for event in processes), sorted(p["pid"] for p in self.io(self.spool)["processes"]))
        groups = {event["pid"]: event["args"]["name"] for event in phases["M"] if event["name"] == "process_name"}
        self.assertEqual(set(groups.values()), {"run", *self.logs})
        stages = {(groups[event["pid"]], event["name"]): event["args"]["status"] for event in phases["b"]}
        self.assertEqual(stages, {(video, stage): one["status"] for video, log in self.logs.items() for stage, one in log["stages"].items()})
        self.assertEqual([(e["id"], e["name"]) for e in phases["b"]], [(e["id"], e["name"]) for e in phases["e"]])
        attempts = {event["args"]["attempt_id"]: event["dur"] / 1e6 for event in phases["X"] if event["cat"] == "attempt"}
        for _, _, row in self.attempts():
            self.assertAlmostEqual(attempts.pop(row["attempt_id"]), row["duration_seconds"], places=5)
        self.assertEqual(attempts, {})
        arrows = collections.Counter(event["name"] for event in phases["s"])
        self.assertEqual(arrows["starts"], len(processes) - 1)
        self.assertEqual(arrows["asks"], sum(bool(call["attempt_id"]) for log in self.logs.values() for call in log["claude_api_usage"]))
        self.assertEqual([event["id"] for event in phases["s"]], [event["id"] for event in phases["f"]])
        self.assertLessEqual({"memory", "processor", "processes"}, {event["name"] for event in phases["C"]})

    def test_slices_of_a_track_nest_and_arrows_meet_slices(self):
        phases = tree(json.loads(self.export("chrome")))
        tracks = collections.defaultdict(list)
        for event in phases["X"]:
            tracks[event["pid"], event["tid"]].append((event["ts"], -event["dur"]))
        for track, slices in tracks.items():
            open_until = []
            for start, minus in sorted(slices):
                while open_until and open_until[-1] <= start + 1e-6:
                    open_until.pop()
                self.assertTrue(not open_until or start - minus <= open_until[-1] + 1e-3, track)
                open_until.append(start - minus)
        for event in phases["s"] + phases["f"]:
            self.assertTrue(any(start - 1e-3 <= event["ts"] <= start - minus + 1e-3 for start, minus in tracks[event["pid"], event["tid"]]), event)


if __name__ == "__main__":
    unittest.main()
