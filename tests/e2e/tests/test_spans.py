"""Functions of the pipeline are spans with arguments, results, exceptions and videos, in every CPython; nobody notices."""
import json
import re
import shutil
import subprocess
import unittest
from datetime import datetime
from pathlib import Path

from pythons import VERSIONS
from vl import PROGRAMS, PYTHON, SHIM, Case, clean_environment, run

PROMISES = "1 8"

STAND_INS = PROGRAMS / "spans"

CLEANED = {"status": "completed", "method": "claude", "scenes_processed": 3, "dependencies_found": ["numpy", ["a", 1.5]],
           "files_inlined": None, "validation_errors": [], "retry_attempts": True, "error": "key ***************************"}

# function: (video, arguments, result or what it raised)
TABLE = {
    "build_dataset_pipeline:DatasetPipelineBuilder.run_matching_stage": (None, {"year": 2015}, {}),
    "build_dataset_pipeline:DatasetPipelineBuilder.run_cleaning_stage": (None, {"year": 2015}, {}),
    "build_dataset_pipeline:DatasetPipelineBuilder.run_conversion_stage": (None, {"year": 2015}, "KeyboardInterrupt: stopped"),
    "build_dataset_pipeline:DatasetPipelineBuilder.run_rendering_stage": (None, {"year": 2015}, {}),
    "hybrid_cleaner:HybridCleaner._clean_single_video": (
        "inventing-math", {"video_id": "dQw4", "caption_dir": "inventing-math", "year": 2015, "mode": "hybrid"}, CLEANED),
    "hybrid_cleaner:HybridCleaner._fallback_to_claude": (
        "inventing-math", {"video_id": "dQw4", "caption_dir": "inventing-math", "year": 2015, "claude_mode": "fallback"},
        {"status": "completed", "method": "fallback", "error": None}),
    "hybrid_cleaner:HybridCleaner._validate_output_syntax": (
        "inventing-math", {"file_path": "outputs/2015/inventing-math/monolith_manimgl.py"}, {"0": True, "1": None}),
    "programmatic_cleaner:ProgrammaticCleaner.clean_video_files": (
        "euler-poem", {"video_id": "dQw4", "caption_dir": "euler-poem", "year": 2015},
        {"success": False, "error": "too hard", "fallback_needed": True, "scenes_processed": 2, "dependencies_found": ["scipy"]}),
    "systematic_pipeline_converter:_convert_video_systematic": (
        "moser", {"video_dir": "outputs/2015/moser", "year": 2015}, "ValueError: no snippet of moser"),
    "systematic_pipeline_converter:validate_snippet_syntax": (
        "moser", {"filename": "outputs/2015/moser/Scene.py"}, {"0": False, "1": "invalid syntax (Scene.py, line 1)"}),
    "manimce_precompile_validator:ManimCEPrecompileValidator.validate_file": (
        None, {"file_path": "a.py"}, {"is_valid": False, "errors": ["no manim"], "warnings": []}),
    "enhanced_scene_converter:SceneRenderValidator.validate_scene_by_rendering": (
        None, {"scene": "Scene"}, {"success": False, "error": "timeout", "duration": 15.25}),
    "validation_failure_recovery:ValidationFailureRecovery.auto_fix_validation_failure": (
        None, {"scene": "Scene", "error_msg": "NameError: x"}, {"1": True, "2": ["import added", "name changed"]}),
    "render_videos:VideoRenderer.render_video": (
        "moser", {"year": 2015, "video_id": "moser"}, {"status": "completed", "scenes_rendered": ["success"]}),
    "render_videos:VideoRenderer.render_single_scene": (
        "moser", {"code_file": "outputs/2015/moser/code.py", "scene_name": "Scene", "output_file": "Scene.mp4", "quality": "h"},
        {"status": "success", "error": None, "duration": 0.5, "file_size": 1 << 40, "exit_code": 0}),
    "render_videos:VideoRenderer.render_video_from_snippets": (
        "moser", {"year": 2015, "video_id": "moser"}, "RuntimeError: no snippets"),
    "claude_api_helper:ClaudeErrorFixer.fix_render_error": (
        None, {"scene": "Scene", "error": "NameError", "attempt_number": 2},
        {"success": True, "error": None, "changes_made": {"lines": [1, 2]}}),
}
WITHIN = {"_fallback_to_claude": "_clean_single_video", "_validate_output_syntax": "_clean_single_video",
          "validate_snippet_syntax": "_convert_video_systematic", "render_single_scene": "render_video"}
SAID = {"video_id": "moser", "video_dir": "outputs/2015/moser"}
NOTES = [("stage_start", {**SAID, "stage": "rendering", "method": "scene_low"}),
         ("retry_attempt", {**SAID, "stage": "rendering", "attempt": {"attempt_number": 2, "method": "claude_fix", "status": "failed",
                                                                      "error_category": "syntax_error"}}),
         ("validation_attempt", {**SAID, "validation_type": "syntax_validation", "success": False, "errors": ["bad"],
                                 "fixes_applied": None}),
         ("stage_complete", {**SAID, "stage": "rendering", "success": False, "result_data": {"status": "failed"}, "error": "boom"})]


def short(function):
    return function.replace(":", ".").split(".")[-1]


def lasted(begin, end):
    """Seconds."""
    (to, to_ns), (since, since_ns) = ((e["t"].split(".")[0], int(e["t"].split(".")[1][:9])) for e in (end, begin))
    return (datetime.fromisoformat(to) - datetime.fromisoformat(since)).total_seconds() + (to_ns - since_ns) / 1e9


class Recorded:
    """The spans of a spool, by function; of one that was called more than once the last."""

    def __init__(self, events):
        self.begun, self.ended, self.raised, self.names = {}, {}, [], {}
        self.notes = [(e["name"], json.loads(e["data"]), e["video"]) for e in events if e["kind"] == "note_make"]
        for e in events:
            process = e["pid"]
            if e["kind"] == "span_define":
                self.names[process, e["name"]] = e["function"]
            elif e["kind"] == "span_begin":
                self.begun[process, e["span"]] = e
            elif e["kind"] == "span_end":
                self.ended[process, e["span"]] = e
            elif e["kind"] == "exception_raise":
                self.raised.append(e)

    def rows(self):
        """[(function, begin, end or None)] in order of their beginning."""
        return [(self.names[begin["pid"], begin["name"]], begin, self.ended.get(key)) for key, begin in self.begun.items()]

    def counts(self):
        counted = {}
        for function, _, _ in self.rows():
            counted[short(function)] = counted.get(short(function), 0) + 1
        return counted


class SpansCase(Case):
    def record(self, python, *words, script=None, files=(), native=True, given=None, **options):
        """Runs it without and with the recorder in a copy of the stand-ins: (what was recorded, its output)."""
        answers = []
        for shim in (False, True) if native else (True,):
            work = self.folder / ("recorded" if shim else "native") / "work"
            shutil.copytree(STAND_INS, work)
            for name, text in {**dict(files), **({"script.py": script} if script else {})}.items():
                (work / name).write_text(text)
            env = clean_environment(PYTHONDONTWRITEBYTECODE=1, HOME=work, VLSHIM_SPOOL=self.folder / "spool" if shim else None,
                                    **options)
            answers.append(run([python, *(words or ["script.py"])], work, shim=shim, env=env, input=given and given.encode()))
        said = [(a.returncode, *(re.sub("0x[0-9a-f]+", "0x", t.decode().replace("/recorded/", "/native/")) for t in (a.stdout, a.stderr)))
                for a in answers]
        self.assertEqual(said[-1], said[0])
        return Recorded(self.cat(self.folder / "spool")), said[0]


class Spans:
    """One class for each version, below."""

    def setUp(self):
        super().setUp()
        if not Path(self.python).exists():
            self.skipTest(f"CPython {self.version}: not installed (scripts/setup-pythons)")

    def test_each_function_of_the_table(self):
        recorded, _ = self.record(self.python, "everything.py")
        rows = {function: (begin, end) for function, begin, end in recorded.rows()}
        last = "clean_matched_code:CodeCleaner.run_claude_cleaning"
        self.assertEqual(sorted(rows), sorted([*TABLE, last]))
        for function, (video, arguments, outcome) in TABLE.items():
            begin, end = rows[function]
            with self.subTest(function=function):
                self.assertEqual((begin["video"], json.loads(begin["arguments"])), (video, arguments))
                self.assertEqual(end["video"], video)
                raised = [f"{e['type']}: {e['message']}" for e in recorded.raised if e["span"] == begin["span"] and e["how"] == 4]
                self.assertEqual(raised, [outcome] if isinstance(outcome, str) else [])
                self.assertEqual(end["how"], 1 if isinstance(outcome, str) else 0)
                self.assertEqual(json.loads(end["result"]), {} if isinstance(outcome, str) else outcome)
        for inner, outer in WITHIN.items():
            (inner,), (outer,) = ([row[0] for f, row in rows.items() if short(f) == name] for name in (inner, outer))
            self.assertEqual(inner["parent"], outer["span"])
        cut = json.loads(rows[last][1]["result"])
        self.assertTrue(cut["..."] and cut["status"] == "failed" and cut["error"].startswith("xxxx"))
        self.assertLessEqual(len(rows[last][1]["result"]), 4096)
        self.assertEqual([(name, data) for name, data, _ in recorded.notes], NOTES)
        self.assertEqual({video for _, _, video in recorded.notes}, {"moser"})
        spool = b"".join(p.read_bytes() for p in (self.folder / "spool").rglob("*.vls"))
        for secret in b"not to be kept", b"the prompt", b"0123456789abcdef":
            self.assertNotIn(secret, spool)

    def test_the_text_of_an_exception_has_its_causes(self):
        recorded, _ = self.record(self.python, "everything.py", native=False)
        (text,) = [e["text"] for e in recorded.raised if e["message"] == "no snippets"]
        self.assertIn("FileNotFoundError: [Errno 2] No such file: 'snippets'\n\nThe above exception was the direct cause", text)
        self.assertRegex(text, r'  File ".*/render_videos.py", line \d+, in render_video_from_snippets\n(.*\n)*RuntimeError: no snippets\n$')

    def test_every_call_counts_and_threads_are_told_apart(self):
        script = ("import threading\nfrom systematic_pipeline_converter import validate_snippet_syntax as check\n"
                  "from render_videos import VideoRenderer\n"
                  "def work(n):\n for i in range(300): check('x', 'f')\n VideoRenderer().render_video(2015, 'video%d' % n)\n"
                  "threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]\n"
                  "[t.start() for t in threads]; [t.join() for t in threads]\n")
        recorded, _ = self.record(self.python, script=script)
        self.assertEqual(recorded.counts(), {"validate_snippet_syntax": 1200, "render_video": 4, "render_single_scene": 4})
        self.assertEqual(len(recorded.ended), 1208)
        by_span = {begin["span"]: begin for _, begin, _ in recorded.rows()}
        for function, begin, _ in recorded.rows():
            if short(function) == "render_single_scene":
                outer = by_span[begin["parent"]]
                self.assertEqual((outer["tid"], outer["video"]), (begin["tid"], begin["video"]))
        self.assertEqual({b["video"] for f, b, _ in recorded.rows() if short(f) == "render_video"}, {f"video{n}" for n in range(4)})

    def test_threads_of_two_videos_at_once(self):
        """Each has begun before the other goes on: what is then recorded is of the thread's own video."""
        script = ("import threading, render_videos\n"
                  "together = threading.Barrier(2, timeout=60)\n"
                  "def slow_open(*words):\n together.wait()\n return open(*words)\n"
                  "render_videos.open = slow_open\n"
                  "threads = [threading.Thread(target=render_videos.VideoRenderer().render_video, args=(2015, 'video%d' % n)) for n in range(2)]\n"
                  "[t.start() for t in threads]; [t.join() for t in threads]\n")
        recorded, _ = self.record(self.python, script=script)
        of_thread = {begin["tid"]: begin["video"] for function, begin, _ in recorded.rows() if short(function) == "render_video"}
        self.assertEqual(sorted(of_thread.values()), ["video0", "video1"])
        for function, begin, end in recorded.rows():
            self.assertEqual((begin["video"], end["video"]), (of_thread[begin["tid"]],) * 2, function)

    def test_children_by_fork_and_spawn(self):
        script = ("import multiprocessing as m, os, sys\nfrom render_videos import VideoRenderer\n"
                  "def work(n): return VideoRenderer().render_video(2015, 'video%d' % n)['status']\n"
                  "if __name__ == '__main__':\n"
                  " for how in 'fork', 'spawn':\n"
                  "  with m.get_context(how).Pool(2) as pool: print(pool.map(work, range(4)))\n"
                  "  with m.get_context(how).Pool(1) as pool: print(pool.starmap(VideoRenderer().render_video, [(2015, 'bound')]))\n"
                  " sys.stdout.flush()\n"
                  " if os.fork() == 0: work(9); os._exit(0)\n"
                  " print(os.wait()[1])\n")
        # whether the pool's threads have ended when it forks, which 3.12 warns of, is a matter of luck
        recorded, _ = self.record(self.python, script=script, PYTHONWARNINGS="ignore")
        self.assertEqual(recorded.counts()["render_video"], 11)
        self.assertEqual(len(recorded.ended), 22)

    def test_what_is_thrown_caught_logged_and_warned_of(self):
        script = ("import logging, threading, traceback, warnings\n"
                  "warnings.warn('careful', UserWarning)\n"
                  "try: 1 / 0\nexcept ZeroDivisionError: logging.exception('logged')\n"
                  "try: [][1]\nexcept IndexError: traceback.format_exc()\n"
                  "def thread(): raise OSError(2, 'gone', 'f')\n"
                  "t = threading.Thread(target=thread); t.start(); t.join()\n"
                  "class Lost:\n def __del__(self): raise LookupError('lost')\n"
                  "Lost()\n"
                  "class Loud(Exception):\n def __str__(self): print('nobody asked'); return 'loud'\n"
                  "for i in range(9):\n try: raise KeyError('k')\n except KeyError: traceback.format_exc()\n"
                  "raise Loud('end')\n")
        recorded, said = self.record(self.python, script=script)
        self.assertEqual([(e["how"], e["type"], e["message"]) for e in recorded.raised if e["type"] != "KeyError"],
                         [(2, "UserWarning", "careful"), (3, "ZeroDivisionError", "division by zero"),
                          (1, "IndexError", "list index out of range"), (0, "FileNotFoundError", "[Errno 2] gone: 'f'"),
                          (5, "LookupError", "lost"), (0, "Loud", "end")])
        self.assertEqual([e["count"] for e in recorded.raised if e["type"] == "KeyError"], [1, 1, 2, 4])
        self.assertEqual(said[1].count("nobody asked"), said[1].count("\n"))

    def test_what_a_script_catches_and_says_nothing_of(self):
        script = ("import json, threading\n"
                  "class Odd(Exception): pass\n"
                  "def deep(n):\n if n % 2: raise Odd('odd')\n return {}['even']\n"
                  "def render(n):\n try: return deep(n)\n except Exception as error: return {'error': str(error)}\n"
                  "for n in range(100): render(n)\n"
                  "try: json.loads('{')\nexcept ValueError: pass\n"
                  "try: {}[1]\nexcept KeyError as error: held = error\n"
                  "def work():\n try: [][1]\n except IndexError: pass\n"
                  "thread = threading.Thread(target=work); thread.start(); thread.join()\n"
                  "list(iter(())); hasattr(1, 'x'); getattr(1, 'x', None)\n"
                  "try: next(iter(()))\nexcept StopIteration: pass\n"
                  "chain = None\n"
                  "for n in range(100000):\n link = ValueError(n); link.__context__ = chain; chain = link\n"
                  "del chain, link, held\n")
        recorded, _ = self.record(self.python, script=script)
        told = {}
        for e in recorded.raised:
            self.assertEqual(e["how"], 1)
            told.setdefault((e["type"], e["message"]), []).append(e["count"])
        (wrong,) = [message for name, message in told if name == "json.decoder.JSONDecodeError"]
        self.assertEqual(set(told), {("Odd", "odd"), ("KeyError", "'even'"), ("KeyError", "1"), ("IndexError", "list index out of range"),
                                     ("json.decoder.JSONDecodeError", wrong)})
        for name in ("Odd", "odd"), ("KeyError", "'even'"):
            self.assertLess(len(told[name]), 12)  # of 50 each
            self.assertEqual(sum(told[name]), 32)
        (text,) = {e["text"] for e in recorded.raised if e["type"] == "Odd"}
        self.assertRegex(text, r"line \d+, in render\n.*line \d+, in deep\nOdd: odd\n$")

    def test_a_storm_of_exceptions_hides_none_of_what_follows(self):
        """A type of which thousands are thrown with nothing between is not looked at until the program does something else."""
        script = ("def storm(n):\n for i in range(n):\n  try: int('storm')\n  except ValueError: pass\n"
                  "storm(20000)\n"
                  "try: {}['another type']\nexcept KeyError: pass\n"
                  "open('/dev/null').close()\n"
                  "try: int('after')\nexcept ValueError: pass\n")
        recorded, _ = self.record(self.python, script=script)
        told = {}
        for e in recorded.raised:
            told[e["message"].split("'")[1]] = told.get(e["message"].split("'")[1], 0) + e["count"]
        self.assertEqual((told["after"], told["another type"]), (1, 1))
        self.assertGreaterEqual(told["storm"], 2048)
        self.assertLessEqual(told["storm"], 20000)

    def test_several_interpreters_in_one_process(self):
        module = {"3.9": "_xxsubinterpreters", "3.11": "_xxsubinterpreters", "3.12": "_xxsubinterpreters", "3.13": "_interpreters"}[self.version]
        script = (f"import {module} as interpreters, sys\nfrom render_videos import VideoRenderer\n"
                  "VideoRenderer().render_video(2015, 'first')\n"
                  "for n in range(3):\n"
                  " one = interpreters.create()\n"
                  " interpreters.run_string(one, 'from render_videos import VideoRenderer; '\n"
                  "  'VideoRenderer().render_video(2015, \"inner%d\")' % n)\n"
                  " interpreters.destroy(one)\n"
                  "VideoRenderer().render_video(2015, 'last')\n")
        recorded, said = self.record(self.python, script=script, PYTHONPATH=".")
        self.assertEqual(said[0], 0, said)
        videos = [b["video"] for f, b, _ in recorded.rows() if short(f) == "render_video"]
        self.assertEqual(videos, ["first", "inner0", "inner1", "inner2", "last"])
        self.assertEqual(len(recorded.ended), 10)

    def test_a_script_on_standard_input(self):
        call = "from render_videos import VideoRenderer\nVideoRenderer().render_video(1, 'v')\n"
        for words in ([], ["-"], ["-i", "-"]):
            with self.subTest(words=words):
                self.clear()
                recorded, _ = self.record(self.python, *(words or ["-q"]), given=call)
                self.assertEqual(recorded.counts(), {"render_video": 1, "render_single_scene": 1})

    def test_archives_and_packages(self):
        call = "from render_videos import VideoRenderer\nVideoRenderer().render_video(1, 'v')\n"
        pack = ("import pathlib, shutil, zipapp\nhere = pathlib.Path('packed'); here.mkdir()\n"
                "shutil.copy('render_videos.py', here)\n(here / '__main__.py').write_text(%r)\n" % call +
                "zipapp.create_archive(here, 'film.pyz', compressed=True)\n"
                "import subprocess, sys\n"
                "print(subprocess.run([sys.executable, 'film.pyz']).returncode, subprocess.run([sys.executable, '-m', 'packed']).returncode)\n")
        recorded, said = self.record(self.python, script=pack)
        self.assertEqual((said[1], said[2]), ("0 0\n", ""))
        self.assertEqual(recorded.counts(), {"render_video": 2, "render_single_scene": 2})

    def clear(self):
        for name in "spool", "native", "recorded":
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def test_generators_and_coroutines_end_when_they_end(self):
        script = ("import asyncio\nfrom work import Work\n"
                  "def main():\n"
                  " print(list(Work().numbers(3)))\n"
                  " g = Work().numbers(5); next(g); g.close(); del g\n"
                  " async def all(): return await asyncio.gather(*(Work().wait(n) for n in range(3)))\n"
                  " print(asyncio.run(all()))\n"
                  "main()\n")
        rules = self.folder / "spans.json"
        rules.write_text(json.dumps({"spans": [{"function": "work:Work.*", "arguments": ["n"]}]}))
        recorded, _ = self.record(self.python, script=script, VLSHIM_SPANS=rules)
        self.assertEqual(recorded.counts(), {"numbers": 2, "wait": 3, "inner": 3})
        self.assertEqual(len(recorded.ended), 8)
        for function, begin, end in recorded.rows():
            if short(function) == "wait":
                self.assertGreaterEqual(lasted(begin, end), 0.009 * json.loads(begin["arguments"])["n"])
        self.assertEqual(len({begin["task"] for f, begin, _ in recorded.rows() if short(f) == "inner" and begin["task"]}), 3)

    def test_what_coroutines_and_generators_return_and_raise(self):
        """What one returns to another is seen in 3.10 and 3.11 alone; asyncio of 3.9 goes on with the outermost one unseen."""
        films = ("import asyncio\n"
                 "async def render(n):\n await asyncio.sleep(0.01 * n)\n"
                 " if n == 2: raise ValueError(f'no scene {n}')\n"
                 " return {'status': 'completed', 'n': n}\n"
                 "async def retry(n):\n"
                 " try: return await render(n)\n"
                 " except ValueError: return {'status': 'failed', 'n': n}\n"
                 "async def forever(n): await asyncio.sleep(60)\n"
                 "def scenes(n):\n for i in range(n):\n  yield i\n"
                 " if n == 2: raise KeyError('scene')\n"
                 " return {'status': 'completed', 'n': n}\n"
                 "def all_scenes(n): return (yield from scenes(n))\n"
                 "def again(n):\n"
                 " try: list(me[0])\n except ValueError as e: yield str(e)\n return {'status': 'completed', 'n': n}\n"
                 "async def stream(n):\n for i in range(n):\n  yield i\n"
                 " if n == 2: raise OSError('stream')\n")
        script = ("import asyncio, films\n"
                  "async def main():\n"
                  " tasks = [asyncio.create_task(films.render(1)), asyncio.create_task(films.render(2)), asyncio.create_task(films.retry(2))]\n"
                  " print(await asyncio.gather(*tasks, return_exceptions=True))\n"
                  " task = asyncio.create_task(films.forever(7)); await asyncio.sleep(0.01); task.cancel()\n"
                  " try: await task\n except asyncio.CancelledError as e: print('cancelled')\n"
                  " await asyncio.sleep(0.2)\n"
                  " print([n async for n in films.stream(3)])\n"
                  " try: print([n async for n in films.stream(2)])\n except OSError as e: print(e)\n"
                  "asyncio.run(main())\n"
                  "for n in 3, 2:\n"
                  " try: print(list(films.scenes(n)), list(films.all_scenes(n)))\n except KeyError as e: print(repr(e))\n"
                  "g = films.scenes(1); next(g)\n"
                  "try: g.send(None)\nexcept StopIteration as e: print(e.value)\n"
                  "c = films.render(0)\n"
                  "try: c.send(None); c.send(None)\nexcept StopIteration as e: print(e.value)\n"
                  "films.me = [films.again(1)]; print(list(films.me[0])); films.render(5).close()\n")
        rules = self.folder / "spans.json"
        rules.write_text(json.dumps({"spans": [{"function": "films:*", "arguments": ["n"], "result": ["status", "n"]}]}))
        recorded, said = self.record(self.python, script=script, files={"films.py": films}, VLSHIM_SPANS=rules, PYTHONWARNINGS="ignore")
        self.assertEqual(said[0], 0, said[2])
        came = {}
        for function, begin, end in recorded.rows():
            left = [f"{e['type']}: {e['message']}" for e in recorded.raised if e["span"] == begin["span"] and e["how"] == 4]
            outcome = left[0] if end["how"] == 1 else json.loads(end["result"])
            came.setdefault((short(function), json.loads(begin["arguments"])["n"]), []).append((outcome, lasted(begin, end)))
        minor = int(self.version.split(".")[1])
        done = {n: {"status": "completed", "n": n} for n in range(9)}
        outcomes = {("render", 1): [done[1]], ("render", 2): ["ValueError: no scene 2", "ValueError: no scene 2"],
                    ("retry", 2): [{"status": "failed", "n": 2}], ("forever", 7): ["asyncio.exceptions.CancelledError: "]}
        if minor < 10:
            outcomes.update({("render", 1): [{}], ("retry", 2): [{}], ("render", 2): [{}, "ValueError: no scene 2"]})
        inner = done[3] if minor in (10, 11) else {}
        outcomes.update({("again", 1): [done[1]], ("render", 0): [done[0]], ("render", 5): [{}], ("stream", 3): [{}], ("stream", 2): ["OSError: stream"],
                         ("scenes", 1): [done[1]], ("scenes", 3): [done[3], inner], ("scenes", 2): ["KeyError: 'scene'"]})
        for key, outcome in outcomes.items():
            with self.subTest(function=key):
                self.assertEqual([o for o, _ in came[key]], outcome)
        if minor >= 10: # a task is kept for long after it has ended
            self.assertLess(came["forever", 7][0][1], 0.15)
            self.assertLess(came["render", 1][0][1], 0.15)

    def test_functions_of_a_module_are_found_whenever_it_is_loaded(self):
        tools = ("import functools\n"
                 "def plain(n): return n\n"
                 "def wrap(f):\n @functools.wraps(f)\n def inside(n): return f(n)\n return inside\n"
                 "@wrap\ndef wrapped(n): return n\n")
        script = ("import importlib, tools, traceback, warnings\n"
                  "def own(n): return n\n"
                  "for _ in range(1000): pass\n"
                  "tools.plain(1); tools.wrapped(2); own(3)\n"
                  "importlib.reload(tools).plain(4)\n"
                  "def later():\n import others; return others.plain(5)\n"
                  "later(); own(6)\n")
        rules = self.folder / "spans.json"
        rules.write_text(json.dumps({"spans": [{"function": ["tools:plain", "tools:wrapped", "others:plain", "script:own"],
                                                "arguments": ["n"]}]}))
        files = {"tools.py": tools, "others.py": "def plain(n): return n\n"}
        recorded, _ = self.record(self.python, script=script, files=files, VLSHIM_SPANS=rules)
        called = [(f, json.loads(begin["arguments"])["n"]) for f, begin, _ in recorded.rows()]
        self.assertEqual(called, [("tools:plain", 1), ("tools:wrapped", 2), ("script:own", 3), ("tools:plain", 4),
                                  ("others:plain", 5), ("script:own", 6)])

    def test_however_it_is_started(self):
        call = "from render_videos import VideoRenderer; VideoRenderer().render_video(1, 'v')"
        for words in (["-c", call], ["-I", "-S", "-E", "-c", f"import sys; sys.path.insert(0, '.'); {call}"], ["-m", "script"],
                      ["-X", "dev", "script.py"], ["-O", "-B", "-u", "script.py"], ["-X", "importtime", "-c", "pass"]):
            with self.subTest(words=words):
                self.clear()
                recorded, _ = self.record(self.python, *words, script=call, native="importtime" not in words)
                self.assertEqual(recorded.counts(), {} if "importtime" in words else {"render_video": 1, "render_single_scene": 1})

    def test_a_program_cannot_tell(self):
        recorded, said = self.record(self.python, "telling.py")
        self.assertEqual(said[0], 0, said)
        self.assertGreater(len(recorded.ended), 3)

    def own_tests(self, *words, **options):
        """(what they said, how many ran) without and with the recorder."""
        ran = []
        for shim in False, True:
            env = clean_environment(PYTHONDONTWRITEBYTECODE=1, TMPDIR=self.folder, VLSHIM_SPOOL=self.folder / "spool" if shim else None, **options)
            done = run([self.python, "-m", "test", "-v", *words], self.folder, shim=shim, env=env)
            text = (done.stdout + done.stderr).decode(errors="replace")
            ran.append((done.returncode, sorted(re.findall(r"^(?:FAIL|ERROR): .*", text, re.MULTILINE)), re.findall(r"^Ran (\d+) tests", text, re.MULTILINE)))
        self.assertEqual(ran[1], ran[0])
        return sum(map(int, ran[0][2]))

    def test_its_own_tests_of_monitoring(self):
        if self.version not in ("3.9", "3.11"):  # there is none yet
            self.assertGreater(self.own_tests("test_monitoring"), 50)

    def test_its_own_tests_of_coroutines_and_generators_all_watched(self):
        if subprocess.run([self.python, "-c", "import test.test_coroutines"], capture_output=True).returncode != 0:
            self.skipTest("Debian's python3 comes without its own tests (libpython3-testsuite)")
        modules = "test_coroutines", "test_generators", "test_asyncgen", "test_yield_from", "test_tasks", "tasks", "locks", "runners"
        rules = self.folder / "spans.json"
        rules.write_text(json.dumps({"spans": [{"function": [f"{name}:*" for name in modules], "arguments": ["n"], "result": ["."]}]}))
        asked = [*(f"*{name}*" for name in modules[:4]), "*.PyTask_PyFuture_Tests.*", "*.CTask_CFuture_Tests.*"]
        ran = self.own_tests(*(word for name in asked for word in ("-m", name)), *modules[:4], "test_asyncio.test_tasks", VLSHIM_SPANS=rules)
        self.assertGreater(ran, 250)
        self.assertGreater(len(Recorded(self.cat(self.folder / "spool")).ended), 1000)

    def test_a_program_raises_events_and_calls_hooks_as_it_likes(self):
        """Whatever it gives to the interpreter's own events and hooks: none of it needs to be what the interpreter gives."""
        script = ("import _thread, logging, marshal, sys, threading, types, warnings\n"
                  "def attempt(f, *words):\n try: print(f(*words))\n except BaseException as e: print(type(e).__name__)\n"
                  "class Evil(Exception):\n def __str__(self): print('nobody asked'); return 'evil'\n"
                  "class Kind(type):\n __module__ = property(lambda c: print('nobody asked'))\n"
                  "code = compile('1', 'f.py', 'exec')\n"
                  "rows = [(), (None,), (1,), (code,), (1, 2), (None, (1, 2, 3)), (None, (ValueError, 3, 4, 5, 6)), (1, ()), (None,) * 4,\n"
                  "        (1, 2, 3, 4), (sys, ValueError, ValueError('x'), None), (sys, 5, int, 7), (sys, type, type, type),\n"
                  "        (1, Evil, Evil('x'), None), (1, Kind('K', (Exception,), {}), None, None), (1, (Evil, Evil('y'), None, None, None))]\n"
                  "for event in ('exec', 'sys.excepthook', 'sys.unraisablehook', 'sys.addaudithook', 'cpython._PySys_ClearAuditHooks'):\n"
                  " for row in rows: attempt(sys.audit, event, *row)\n"
                  "for bad in (None, (), (1,), (1, 2, 3), (ValueError, None, None), (None, None, None)):\n"
                  " attempt(logging.Formatter().formatException, bad)\n"
                  "for bad in (None, 1, types.SimpleNamespace(), types.SimpleNamespace(category=5, message=6, filename=7, lineno='x', line=1, source=0)):\n"
                  " attempt(warnings._showwarnmsg, bad)\n"
                  "sys.stderr = None\n"
                  "for bad in ((1, 2, 3, 4), (ValueError, 1, 2, 3), (None,) * 4): attempt(lambda: _thread._excepthook(threading.ExceptHookArgs(bad)))\n"
                  "attempt(_thread._excepthook, 5)\n"
                  "for bad in (b'', b'xx', 5): attempt(marshal.loads, bad)\n"
                  "attempt(id); attempt(sys._getframe, 'x'); attempt(sys._getframe, 99)\n")
        self.assertEqual(self.record(self.python, script=script)[1][0], 0)

    def test_no_rules_no_spans(self):
        recorded, _ = self.record(self.python, "everything.py", VLSHIM_SPANS="")
        self.assertEqual((recorded.begun, recorded.raised, recorded.notes), ({}, [], []))


for version, python in VERSIONS.items():
    name = f"Spans{version.replace('.', '_')}"
    globals()[name] = type(name, (Spans, SpansCase), {"version": version, "python": python})

if __name__ == "__main__":
    unittest.main()
