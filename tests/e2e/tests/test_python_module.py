"""The drop-in module enhanced_logging_system: the legacy one's examples run unchanged, in every CPython, recorded or not."""
import dataclasses
import ast
import json
import re
import subprocess
import unittest
from pathlib import Path

from error_cases import CASES
from pythons import VERSIONS
from vl import BUILD, MODULE, PYTHON, ROOT, Case, clean_environment, run

PROMISES = "9"

FOLDER = "outputs/2015/euler-poem"

BEFORE = """
from enhanced_logging_system import *
from pathlib import Path
video_dir, video_id = Path("outputs/2015/euler-poem"), "euler-poem"
results = {"scenes_processed": 8, "dependencies_found": 23, "validation_errors": [], "retry_attempts": 1}
"""

# As the legacy system's document has them, word for word.
SUMMARY = """
from enhanced_logging_system import EnhancedVideoLogger

# Initialize for a video
video_logger = EnhancedVideoLogger(video_dir, video_id)

# Get comprehensive summary
summary = video_logger.get_summary()
print(f"Total Claude calls: {summary['total_claude_calls']}")
print(f"Estimated cost: ${summary['estimated_total_cost']:.3f}")
print(f"Error categories: {summary['error_categories']}")
"""

STAGE = """
# Start monitoring an operation
perf_id = video_logger.log_stage_start(StageType.CLEANING, method='hybrid')

# ... perform operation ...

# Complete with automatic performance capture
video_logger.log_stage_complete(
    StageType.CLEANING, 
    success=True, 
    result_data=results,
    performance_id=perf_id
)
"""

ERROR = """
# Automatic error classification and logging
try:
    # ... risky operation ...
    import nowhere_to_be_found
except Exception as e:
    error = create_error_from_exception(e, 'cleaning')
    video_logger.log_stage_complete(
        StageType.CLEANING,
        success=False,
        error=error
    )
"""

EVERYTHING = BEFORE + """
logger = EnhancedVideoLogger(video_dir, video_id)
started = logger.log_stage_start(StageType.CLEANING, method="hybrid", config={"mode": "hybrid", "prompt": "a secret text"})
logger.log_retry_attempt(StageType.CLEANING, RetryAttempt(1, "programmatic", "failed", 0.3, ErrorCategory.SYNTAX_ERROR, "too complex"))
call = create_claude_metrics("abc12345", "claude-sonnet-4-5", response_time=12.4)
call.prompt_tokens, call.completion_tokens = 1250, 890
logger.log_claude_api_call(call)
logger.log_validation_attempt("syntax_validation", False, errors=["SyntaxError: invalid syntax at line 42"])
logger.log_validation_attempt("syntax_validation", True, fixes_applied=["claude_syntax_fix"])
logger.log_stage_complete(StageType.CLEANING, False, {"scenes": {1, 2}, "folder": video_dir}, ValueError("no scene"), started)
"""

MANY = BEFORE + """
import multiprocessing, threading

def thread(process, number):
    logger = EnhancedVideoLogger(video_dir, video_id)
    for turn in range(3):
        name = f"{process}-{number}-{turn}"
        logger.log_stage_start(f"stage-{process}-{number}", method=name)
        logger.log_retry_attempt(StageType.RENDERING, RetryAttempt(turn + 1, name, "success", 0.1))
        logger.log_validation_attempt(name, True)
        logger.log_claude_api_call(create_claude_metrics(name, "claude-sonnet-4-5"))
        logger.log_stage_complete(f"stage-{process}-{number}", turn == 2, error=None if turn == 2 else RuntimeError(name))

def process(number):
    threads = [threading.Thread(target=thread, args=(number, n)) for n in range(4)]
    [t.start() for t in threads]
    [t.join() for t in threads]

if __name__ == "__main__":
    EnhancedVideoLogger(video_dir, video_id)
    processes = [multiprocessing.get_context("fork").Process(target=process, args=(n,)) for n in range(8)]
    [p.start() for p in processes]
    [p.join() for p in processes]
    print([p.exitcode for p in processes])
"""
NAMES = sorted(f"{p}-{t}-{turn}" for p in range(8) for t in range(4) for turn in range(3))


class ModuleCase(Case):
    python = PYTHON

    def script(self, text, shim=False, name="script.py", **options):
        """Its standard output, in a folder of its own; nothing may be said beside it."""
        work = self.folder / ("recorded" if shim else "native")
        work.mkdir(exist_ok=True)
        (work / name).write_text(text)
        env = clean_environment(PYTHONPATH=MODULE, PYTHONDONTWRITEBYTECODE=1, VLSHIM_SPOOL=self.folder / "spool" if shim else None, **options)
        done = run([self.python, "-W", "error", name], work, shim=shim, env=env)
        self.assertEqual((done.returncode, done.stderr.decode()), (0, ""))
        return done.stdout.decode()

    def log(self, shim=False):
        return json.loads(((self.folder / ("recorded" if shim else "native")) / FOLDER / ".pipeline/logs/logs.json").read_text())

    def leftovers(self, shim=False):
        return [p.name for p in ((self.folder / ("recorded" if shim else "native")) / FOLDER / ".pipeline/logs").iterdir()]


class Versions:
    """One class for each version, below."""

    def setUp(self):
        super().setUp()
        if not Path(self.python).exists():
            self.skipTest(f"CPython {self.version}: not installed (scripts/setup-pythons)")

    def test_the_examples_run_unchanged(self):
        for shim in False, True:
            with self.subTest(shim=shim):
                said = self.script(BEFORE + SUMMARY, shim)
                self.assertEqual(said.splitlines(), ["Total Claude calls: 0", "Estimated cost: $0.000", "Error categories: {}"])
                self.script(BEFORE + SUMMARY + STAGE, shim)
                stage = self.log(shim)["stages"]["cleaning"]
                self.assertEqual((stage["status"], stage["success"], stage["method"]), ("completed", True, "hybrid"))
                self.assertLessEqual(stage["start_time"], stage["end_time"])
                self.assertEqual(stage["result_data"]["dependencies_found"], 23)
                said = self.script(BEFORE + SUMMARY + ERROR + SUMMARY, shim)
                self.assertEqual(said.splitlines()[-1], "Error categories: {'import_error': 1}")
                log = self.log(shim)
                self.assertEqual(log["stages"]["cleaning"]["method"], "hybrid")
                self.assertFalse(log["stages"]["cleaning"]["success"])
                error = log["errors"]["cleaning_import_error"]
                self.assertEqual((error["category"], error["fixable"], error["occurrence_count"]), ("import_error", True, 1))
                self.assertIn("nowhere_to_be_found", error["stack_trace"])
                self.assertEqual(self.leftovers(shim), ["logs.json"])

    def test_what_is_said_is_annotations_once(self):
        self.script(EVERYTHING, True)
        notes = [(e["name"], json.loads(e["data"]), e["video"]) for e in self.cat(self.folder / "spool") if e["kind"] == "note_make"]
        self.assertEqual([name for name, _, _ in notes], ["stage_start", "retry_attempt", "claude_api_call", "validation_attempt",
                                                          "validation_attempt", "stage_complete"])
        self.assertEqual({video for _, _, video in notes}, {"euler-poem"})
        self.assertEqual({said["video_id"] for _, said, _ in notes}, {"euler-poem"})
        log = self.log(True)
        attempt, call = notes[1][1]["attempt"], notes[2][1]["call"]
        self.assertEqual((attempt["timestamp"], call["timestamp"]), (log["retry_attempts"]["cleaning"][0]["timestamp"], log["claude_api_usage"][0]["timestamp"]))
        if self.script("try: import ctypes; print(1)\nexcept ImportError: print(0)") == "1\n":  # else the methods are watched
            self.assertEqual((attempt, call), (log["retry_attempts"]["cleaning"][0], log["claude_api_usage"][0]))
            self.assertEqual(notes[5][1]["error"]["message"], "ValueError: no scene")
        self.assertNotIn("a secret text", json.dumps(notes))

    def test_threads_and_processes_lose_nothing(self):
        for shim in False, True:
            with self.subTest(shim=shim):
                self.assertEqual(self.script(MANY, shim).strip(), str([0] * 8))
                log = self.log(shim)
                self.assertEqual(sorted(row["method"] for row in log["retry_attempts"]["rendering"]), NAMES)
                self.assertEqual(sorted(row["type"] for row in log["validation_history"]), NAMES)
                self.assertEqual(sorted(row["call_id"] for row in log["claude_api_usage"]), NAMES)
                self.assertEqual(sorted(log["stages"]), sorted({f"stage-{name[:3]}" for name in NAMES}))
                for name, stage in log["stages"].items():
                    runs = [*stage["previous_runs"], stage]
                    self.assertEqual([run["method"] for run in runs], [f"{name[6:]}-{turn}" for turn in range(3)])
                    self.assertEqual([run["success"] for run in runs], [False] * 2 + [True])
                    error = log["errors"][f"{name}_runtime_error"]
                    self.assertEqual((error["occurrence_count"], len(error["variants"])), (2, 2))
                self.assertEqual(self.leftovers(shim), ["logs.json"])


for version, python in VERSIONS.items():
    name = "Python" + version.replace(".", "")
    globals()[name] = type(name, (Versions, ModuleCase), {"version": version, "python": python})


class Module(ModuleCase):
    def test_the_records_have_the_legacy_fields_in_order(self):
        said = self.script(BEFORE + """
import dataclasses, json
for kind in RetryAttempt, ClaudeAPIMetrics, ErrorDetails, PerformanceMetrics:
    print(kind.__name__, *[f.name for f in dataclasses.fields(kind)])
print(*[s.value for s in StageType])
print(*[c.value for c in ErrorCategory])
call = create_claude_metrics("abc12345", "claude-sonnet-4-5", False, 1.5, "Error code: 429 - rate_limit_error")
print(call.success, call.response_time_seconds, call.rate_limited, call.estimated_cost_usd, call.prompt_tokens)
print(json.dumps({"stage": StageType.CLEANING, "path": video_dir, "call": RetryAttempt(1, "m", "s", 1, timestamp="t")}, cls=EnhancedJSONEncoder))
""")
        self.assertEqual(said.splitlines(), [
            "RetryAttempt attempt_number method status duration_seconds error_category error_message memory_peak_mb cpu_percent timestamp",
            "ClaudeAPIMetrics call_id timestamp model_used prompt_tokens completion_tokens total_tokens estimated_cost_usd "
            "response_time_seconds success error_message rate_limited",
            "ErrorDetails category message stack_trace fixable auto_recoverable suggested_fix occurrence_count first_seen last_seen",
            "PerformanceMetrics start_time end_time duration_seconds memory_start_mb memory_peak_mb memory_end_mb cpu_percent_avg "
            "cpu_percent_peak disk_io_read_mb disk_io_write_mb temp_files_created temp_files_cleaned",
            "matching cleaning conversion rendering validation",
            "syntax_error import_error runtime_error validation_error dependency_error timeout_error resource_error claude_api_error unknown_error",
            "False 1.5 True None None",
            '{"stage": "cleaning", "path": "outputs/2015/euler-poem", "call": {"attempt_number": 1, "method": "m", "status": "s", '
            '"duration_seconds": 1, "error_category": null, "error_message": null, "memory_peak_mb": null, "cpu_percent": null, "timestamp": "t"}}'])

    def test_each_file_is_python_3_8(self):
        for path in MODULE.glob("*/*.py"):
            ast.parse(path.read_text(), str(path), feature_version=(3, 8))

    def test_the_log_is_valid_and_has_what_was_said(self):
        self.script(EVERYTHING)
        log = self.log()
        self.assertEqual(log["video_id"], "euler-poem")
        self.assertEqual(log["stages"]["cleaning"]["result_data"], {"scenes": [1, 2], "folder": FOLDER})
        self.assertEqual(log["claude_api_usage"][0]["estimated_cost_usd"], (1250 * 3 + 890 * 15) / 1e6)
        self.assertEqual(log["claude_api_usage"][0]["total_tokens"], 2140)
        self.assertEqual([v["auto_recovery_attempted"] for v in log["validation_history"]], [False, True])
        self.assertIsNotNone(log["retry_attempts"]["cleaning"][0]["memory_peak_mb"])
        summary = json.loads(self.script(BEFORE + "import json\nprint(json.dumps(EnhancedVideoLogger(video_dir, video_id).get_summary()))"))
        self.assertEqual(summary["total_claude_calls"], 1)
        self.assertEqual(summary["estimated_total_cost"], log["claude_api_usage"][0]["estimated_cost_usd"])
        self.assertEqual(summary["processing_duration"], log["stages"]["cleaning"]["performance"]["duration_seconds"])
        self.assertEqual(summary["error_categories"], {"runtime_error": 1})
        self.assertEqual(summary["retry_summary"], {"cleaning": {"total_attempts": 1, "successful_attempts": 0, "avg_duration": 0.3}})

    def test_what_the_process_and_its_children_use_is_measured(self):
        self.script(BEFORE + """
import subprocess, sys
monitor = PerformanceMonitor()
work = "import time\\nkept = bytearray(120 << 20)\\nend = time.process_time() + 0.5\\nwhile time.process_time() < end: pass"
with monitor.monitor_operation("alone") as one:
    pass
with monitor.monitor_operation("child"):
    subprocess.run([sys.executable, "-c", work], check=True)
with monitor.monitor_operation("own"):
    exec(work.replace("kept", "globals()['kept']"))
    with open("written", "wb") as file:
        file.write(bytes(8 << 20))
        file.flush()
alone, child, own = (monitor.completed[name] for name in ("alone", "child", "own"))
assert child.memory_peak_mb > alone.memory_peak_mb + 110, (alone, child)
assert child.memory_end_mb < alone.memory_peak_mb + 50, child
assert own.memory_end_mb > own.memory_start_mb + 110 and own.memory_peak_mb >= own.memory_end_mb, own
for metrics in child, own:
    assert 0.45 <= metrics.duration_seconds * metrics.cpu_percent_avg / 100, metrics
    assert metrics.cpu_percent_avg <= metrics.cpu_percent_peak <= 1000, metrics
assert monitor.stop_monitoring("never started") is None
named = monitor.start_monitoring("mine")
assert named == "mine" and monitor.stop_monitoring(named).duration_seconds >= 0
import threading
assert threading.active_count() == 1
""")

    def test_the_kind_of_an_error_is_what_the_fold_says(self):
        """Each row of the table that a Python program can fail by: category and fix are that row's."""
        rows = [line.split("\t") for line in (ROOT / "data/error-patterns.tsv").read_text().splitlines() if not line.startswith(("#", "@"))]
        wrapper = BEFORE + """
import sys
try:
    exec(compile(sys.stdin.read(), "case.py", "exec"), {"__name__": "__main__"})
except BaseException as e:
    found = create_error_from_exception(e, "rendering")
    print(found.category.value, found.fixable, found.auto_recoverable, found.suggested_fix, sep="\\t")
"""
        work = self.folder / "native"
        work.mkdir()
        (work / "wrapper.py").write_text(wrapper)
        checked = 0
        for pattern, category, fixable, recoverable, fix in rows:
            kind, text = CASES[pattern]
            if kind != "python" or "SystemExit" in text or "MemoryError|" in pattern:
                continue
            done = run([PYTHON, "wrapper.py"], work, shim=False, env=clean_environment(PYTHONPATH=MODULE), input=text.encode())
            words = {"yes": "True", "no": "False", "null": "None"}
            said = done.stdout.decode().strip().split("\n")[-1].split("\t")
            with self.subTest(pattern=pattern, stderr=done.stderr.decode()[-300:]):
                self.assertEqual(said[:3], [category + "_error", words[fixable], words[recoverable]])
                self.assertRegex(said[3], re.escape(fix).replace(r"\\1", ".+"))
                checked += 1
        self.assertGreater(checked, 40)

    def test_a_stray_word_is_no_evidence(self):
        said = self.script(BEFORE + """
for e in ValueError("the memory of a timeout"), RuntimeError("validation of the syntax"), KeyError("MemoryError"), Exception("import me"):
    print(create_error_from_exception(e).category.value)
""")
        self.assertEqual(set(said.split()), {"runtime_error"})

    def test_costs_are_those_of_the_price_table(self):
        said = self.script("""
from enhanced_logging_system.claude import cost_of
from datetime import datetime
day = datetime(2026, 10, 20)
for model, prompt, completion in (("claude-opus-5-5", 1000, 1000), ("claude-opus-4-6-20260101", 1000, 0), ("claude-3-7-sonnet-20250219", 1000, 1000),
                                  ("claude-haiku-5-5", 100000, 10), ("claude-haiku-5-5", 100001, 10), ("claude-3-opus", 10, 10),
                                  ("sonnet", 10, 10), ("claude-sonnet-4-5", None, 10), (None, 1, 1), ("claude-sonnet-4-5", 0, 0)):
    print(cost_of(model, prompt, completion, day))
""")
        self.assertEqual(said.split(), ["0.024", "0.005", "0.018", "0.010005", "0.0500255", "0.0009", "None", "None", "None", "0.0"])

    def test_what_others_wrote_stays_digit_by_digit(self):
        path = self.folder / "native" / FOLDER / ".pipeline/logs/logs.json"
        path.parent.mkdir(parents=True)
        old = ('{"note": [1e400, 0.1000, 12345678901234567890123, -0, 1E5, "\\udc80\\u0000é"], "cleaning": {"mine": true}, "errors": [1],'
               ' "stages": {"rendering": {"by": "vlagg", "status": "failed"}, "cleaning": {"kept": 2.50, "status": "odd"}}}')
        path.write_text(old)
        self.script(EVERYTHING)
        text = path.read_text()
        for piece in "1e400", "0.1000", "12345678901234567890123", "-0,", "1E5", '"\\udc80\\u0000', "2.50":
            self.assertIn(piece, text)
        log = json.loads(text)
        self.assertEqual(log["cleaning"], {"mine": True})
        self.assertEqual(log["errors_legacy"], [1])
        self.assertEqual(log["stages"]["rendering"], {"by": "vlagg", "status": "failed"})
        self.assertEqual(log["stages"]["cleaning"]["previous_runs"], [{"status": "odd"}])

    def test_a_broken_log_is_moved_aside_and_named(self):
        work = self.folder / "native"
        path = work / FOLDER / ".pipeline/logs/logs.json"
        path.parent.mkdir(parents=True)
        (work / "s.py").write_text(EVERYTHING)
        for content in b'{"stages": {"cle', b"", b"[1]", b'{"a": "\xff"}', b"{" * 5000:
            with self.subTest(content=content[:20]):
                [p.unlink() for p in path.parent.iterdir()]
                path.write_bytes(content)
                done = run([PYTHON, "s.py"], work, shim=False, env=clean_environment(PYTHONPATH=MODULE))
                self.assertEqual(done.returncode, 0)
                self.assertIn("logs.json.unreadable", done.stderr.decode())
                self.assertEqual((path.parent / "logs.json.unreadable").read_bytes(), content)
                self.assertEqual(self.log()["stages"]["cleaning"]["method"], "hybrid")

    def test_a_script_lives_on_where_nothing_can_be_written_and_tells_it_later(self):
        work = self.folder / "native"
        (work / FOLDER).mkdir(parents=True)
        (work / "s.py").write_text(BEFORE + """
(video_dir / ".pipeline").write_text("a file where a folder should be")
logger = EnhancedVideoLogger(video_dir, video_id)
logger.log_validation_attempt("first", True)
(video_dir / ".pipeline").unlink()
logger.log_validation_attempt("second", True)
""")
        done = run([PYTHON, "s.py"], work, shim=False, env=clean_environment(PYTHONPATH=MODULE))
        self.assertEqual((done.returncode, done.stderr.decode().count("\n")), (0, 1), done.stderr.decode())
        self.assertEqual([v["type"] for v in self.log()["validation_history"]], ["first", "second"])

    def test_folding_meanwhile_loses_nothing_of_either(self):
        work = self.folder / "native"
        (work / FOLDER).mkdir(parents=True)
        run([PYTHON, "-c", f"open('{FOLDER}/monolith_manimgl.py', 'w').close()"], work, env=clean_environment(VLSHIM_SPOOL=self.folder / "spool"))
        (work / "s.py").write_text(BEFORE + """
logger = EnhancedVideoLogger(video_dir, video_id)
for n in range(150):
    logger.log_validation_attempt(str(n), True)
""")
        env = clean_environment(PYTHONPATH=MODULE)
        with subprocess.Popen([PYTHON, "s.py"], cwd=work, env=env) as script:
            while script.poll() is None:
                self.fold(self.folder / "spool")
        self.fold(self.folder / "spool")
        log = self.log()
        self.assertEqual([v["type"] for v in log["validation_history"] if "by" not in v], list(map(str, range(150))))
        self.assertEqual(log["stages"]["cleaning"]["by"], "vlagg")
        self.assertEqual(self.leftovers(), ["logs.json"])

    def test_installed_it_has_its_data_and_goes_without_a_trace(self):
        make = ["make", "-s", f"BUILD={BUILD.relative_to(ROOT)}", "PREFIX=/usr", f"DESTDIR={self.folder}/root"]
        subprocess.run([*make, "install"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        place = self.folder / "root/usr/share/vlshim/python"
        script = "from enhanced_logging_system import *\nfrom enhanced_logging_system.claude import cost_of\n" \
                 "print(create_error_from_exception(MemoryError()).suggested_fix, cost_of('claude-opus-4', 1000, 0))"
        said = run([PYTHON, "-c", script], self.folder, shim=False, env=clean_environment(PYTHONPATH=place)).stdout.decode()
        self.assertEqual(said, "Lower the quality or the number of workers 0.015\n")
        subprocess.run([*make, "uninstall"], cwd=ROOT, check=True, capture_output=True)
        self.assertFalse(place.exists())

    def test_a_signal_handler_may_log_at_any_moment(self):
        self.script(BEFORE + """
import signal
logger = EnhancedVideoLogger(video_dir, video_id)
said = 0
def handler(*_):
    global said
    said += 1
    EnhancedVideoLogger(video_dir, video_id).log_validation_attempt("handler", True)
    signal.setitimer(signal.ITIMER_REAL, 0.002 if said < 100 else 0)
signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.002)
for n in range(60):
    logger.log_validation_attempt("main", True)
signal.setitimer(signal.ITIMER_REAL, 0)
import json
kinds = [v["type"] for v in json.loads(logger.log_file.read_text())["validation_history"]]
assert (kinds.count("main"), kinds.count("handler")) == (60, said), (kinds, said)
""")


if __name__ == "__main__":
    unittest.main()
