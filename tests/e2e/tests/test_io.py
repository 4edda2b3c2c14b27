"""vlagg io --json: its schema, and figures of processes whose truth is known."""
import json
import os
import resource
import subprocess
import unittest

from vl import PYTHON, ROOT, SHIM, Case, clean_environment, program, run

PROMISES = "5 6"

MIXED = r"""
import os, signal, subprocess, sys
open('made', 'w').write('x' * 1000); os.rename('made', 'moved'); open('moved').read()
os.system('exit 3; echo never')
with os.popen('echo popen; exit 2') as ended: ended.read()  # or the first wait may be its
subprocess.run(['sh', '-c', 'kill -TERM $$']); subprocess.run(['missing'], check=False) if 0 else None
if os.fork() == 0:
    os.kill(os.getpid(), signal.SIGKILL)
os.wait()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0: os._exit(9)
    os._exit(8)
os.wait()
os.environ.clear(); os.system('exit 4')
subprocess.run(['/bin/sh', '-c', 'exit 5'] + ['w' * 10] * 100000, env={'B': 'c' * 100000})
os._exit(6)
"""

MEMORY = """
import os, subprocess, sys, time
def eat(mb): return bytearray(os.urandom(1 << 20) * mb)
big = eat(200)
if os.fork() == 0: time.sleep(.01); os._exit(0)
os.wait(); del big
subprocess.run([sys.executable, '-S', '-c', "x = bytearray(b'x' * (60 << 20)); import time; t = time.process_time()\\nwhile time.process_time() < t + .3: pass"])
subprocess.run(['/bin/true'])
"""


class Io(Case):
    def rows(self):
        import jsonschema

        report = self.io(self.folder / "spool")
        schema = json.loads((ROOT / "docs" / "io.schema.json").read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        problems = [e.message for e in jsonschema.Draft202012Validator(schema).iter_errors(report)]
        self.assertEqual(problems, [])
        self.assertEqual(report["files"], sorted(report["files"], key=lambda row: row["path"]))
        return report

    def test_every_process_and_how_it_ended(self):
        run([PYTHON, "-c", MIXED], self.folder)
        report = self.rows()
        rows = report["processes"]
        first = rows[0]
        ends = sorted((row["exit_status"], row["signal"]) for row in rows if row["exit_status"] is not None)
        self.assertEqual(ends, [(n, None) for n in (2, 3, 4, 5, 6, 8, 9)])
        self.assertEqual(sorted(row["signal"] for row in rows if row["signal"]), [9, 15])
        self.assertEqual({row["instrumented"] for row in rows}, {True})
        grandchild = next(row for row in rows if row["exit_status"] == 9)
        self.assertEqual({row["ppid"] for row in rows if row not in (first, grandchild)}, {first["pid"]})
        self.assertEqual(grandchild["ppid"], next(row["pid"] for row in rows if row["exit_status"] == 8))
        for row in rows:
            self.assertLessEqual(row["start"], row["end"])
            self.assertIsNotNone(row["user_seconds"])
        long = next(row for row in rows if row["exit_status"] == 5)
        self.assertEqual(long["argv"][:3], ["/bin/sh", "-c", "exit 5"])
        made = next(row for row in report["files"] if row["path"].endswith("/made"))
        self.assertEqual((made["written_bytes"], made["renamed_to"]), (1000, str(self.folder / "moved")))

    def test_calls_that_bypass_libc_are_in_the_kernels_own_count(self):
        """Bytes moved by machine code of its own: not by file, but in the process's totals."""
        script = ("import ctypes, mmap, os, time\n"
                  "code = mmap.mmap(-1, 4096, prot=7)\n"
                  "code.write(bytes.fromhex('4889f84889f74889d64889ca0f05c3'))\n"  # number, fd, buffer, count as a function's words
                  "bare = ctypes.CFUNCTYPE(ctypes.c_long, *[ctypes.c_long] * 4)(ctypes.addressof(ctypes.c_char.from_buffer(code)))\n"
                  "text = ctypes.create_string_buffer(1 << 20)\nfd = os.open('out', os.O_CREAT | os.O_WRONLY)\n"
                  "for n in range(8): assert bare(1, fd, ctypes.addressof(text), 1 << 20) == 1 << 20\n"
                  "t = time.monotonic()\nwhile time.monotonic() < t + .3: os.write(fd, b'x'); time.sleep(.01)\n")
        run([PYTHON, "-c", script], self.folder)
        row, = self.rows()["processes"]
        written = (self.folder / "out").stat().st_size
        self.assertGreater(written, 8 << 20)
        self.assertLess(row["written_bytes"], 1 << 20)
        self.assertTrue(written <= row["kernel_written_bytes"] <= written + (64 << 10), row)  # and the recorder's chunks
        self.assertGreater(row["kernel_read_bytes"], 0)

    def test_what_io_uring_writes_is_in_the_totals(self):
        done = run([program("uring"), "out"], self.folder)
        if done.returncode == 77:
            return  # this kernel allows no io_uring: there is nothing to see
        self.assertEqual(done.returncode, 0)
        row, = self.rows()["processes"]
        self.assertEqual((self.folder / "out").stat().st_size, 4 << 20)
        self.assertLess(row["written_bytes"], 1 << 20)
        if self.storage_is_counted():
            self.assertGreaterEqual(row["storage_written_bytes"], 4 << 20)

    def storage_is_counted(self):
        """Not on a file system in memory."""
        script = "open('probe', 'wb').write(b'x' * (1 << 20)); print(open('/proc/self/io').read())"
        counters = run([PYTHON, "-S", "-c", script], self.folder, shim=False).stdout.decode()
        return int(counters.split("\nwrite_bytes: ")[1].split()[0]) >= 1 << 20

    def test_calls_by_number_are_seen(self):
        script = ("import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\nfd = libc.syscall(257, -100, b'out', 0o102, 0o600)\n"
                  "libc.syscall(1, fd, b'x' * 1000, 1000); libc.syscall(18, fd, b'y' * 10, 10, 5000); libc.syscall(3, fd)\n"
                  "assert libc.syscall(1, 99, b'', 1) == -1 and ctypes.get_errno() == 9\nassert libc.syscall(39) == os.getpid()\n"
                  "pid = libc.syscall(57)\nif pid == 0: os.write(1, b'child'); os._exit(7)\nos.waitpid(pid, 0)\n")
        done = run([PYTHON, "-c", script], self.folder)
        self.assertEqual((done.returncode, done.stdout), (0, b"child"))
        report = self.rows()
        out = next(row for row in report["files"] if row["path"].endswith("/out"))
        self.assertEqual((out["written_bytes"], out["write_ops"]), (1010, 2))
        self.assertEqual([(row["exit_status"], row["instrumented"]) for row in report["processes"]], [(0, True), (7, True)])

    def test_threads_that_begin_in_the_same_moment_lose_nothing(self):
        done = run([program("starts"), "1000"], self.folder)
        self.assertEqual(done.returncode, 0)
        files = {os.path.basename(row["path"]): row["write_ops"] for row in self.rows()["files"]}
        self.assertEqual(files, {"one": 10000, "two": 10000})
        wrong = [e for e in self.cat(self.folder / "spool") if e["kind"] == "file_write" and (e["tid"] == e["pid"]) != e["path"].endswith("one")]
        self.assertEqual(wrong, [])

    def test_memory_is_nobody_elses(self):
        """The kernel would say 200 MB of every child of a process that once had them."""
        run([PYTHON, "-c", MEMORY], self.folder)
        rows = self.rows()["processes"]
        parent, forked, eater, small = rows
        self.assertGreater(parent["max_rss_kb"], 200 << 10)
        self.assertGreater(forked["max_rss_kb"], 200 << 10)
        self.assertTrue(60 << 10 < eater["max_rss_kb"] < 160 << 10, eater)
        self.assertLess(small["max_rss_kb"], 20 << 10)
        self.assertTrue(.3 <= eater["user_seconds"] + eater["system_seconds"] < 1, eater)
        self.assertLess(small["user_seconds"] + small["system_seconds"], .1)

    def test_processor_time_is_what_the_kernel_says(self):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run([PYTHON, "-c", "import os, subprocess\nfor n in range(8): subprocess.run(['sh', '-c', 'i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done'])"], self.folder)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        rows = self.rows()["processes"]
        told = sum(row["user_seconds"] + row["system_seconds"] for row in rows)
        truth = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        self.assertAlmostEqual(told, truth, delta=.05 * truth + .02)

    def test_a_program_that_calls_nothing(self):
        """Exit by a bare system call, and by the last thread's end: the parent tells, or libc does."""
        script = ("import ctypes, os, threading\nlibc = ctypes.CDLL(None)\n"
                  "if os.fork() == 0: libc.syscall(231, 17)\nos.wait()\n"
                  "if os.fork() == 0:\n threading.Thread(target=lambda: __import__('time').sleep(.05)).start(); libc.pthread_exit(None)\nprint(os.wait()[1])")
        done = run([PYTHON, "-c", script], self.folder)
        rows = self.rows()["processes"]
        self.assertEqual(done.stdout, b"0\n")
        self.assertEqual(sorted(row["exit_status"] for row in rows), [0, 0, 17])

    def test_temporary_files_that_stay_are_listed(self):
        work = self.folder / "outputs" / "2015" / "film"
        work.mkdir(parents=True)
        script = ("import os, tempfile\n"
                  "with tempfile.NamedTemporaryFile() as f, tempfile.TemporaryFile() as g, tempfile.TemporaryDirectory() as d:\n"
                  " open(d + '/inner', 'x').close(); f.write(b'1'); g.write(b'2')\n"
                  "fd, stays = tempfile.mkstemp(suffix='-stays'); fd, goes = tempfile.mkstemp(); os.rename(goes, 'kept')\n"
                  "d = tempfile.mkdtemp(suffix='-left'); open('result', 'w').write(stays + ' ' + d)\n"
                  "os.system('f=$(mktemp); g=$(mktemp -d); rm $f; rmdir $g')\n")
        temp = self.folder / "tmp"
        temp.mkdir()
        run([PYTHON, "-c", script], work, env=clean_environment(TMPDIR=temp, VLSHIM_SPOOL=self.folder / "spool"))
        self.fold(self.folder / "spool")
        log = self.check_schema(work / ".pipeline/logs/logs.json")
        stays = (work / "result").read_text().split()
        figures = log["performance"]
        self.assertEqual(sorted(figures["temp_files_left"]), sorted(stays))
        self.assertEqual(figures["temp_files_created"] - figures["temp_files_cleaned"], 2)

    def test_a_version_managers_wrapper_is_folded_away(self):
        """Its helpers are in the recording, but no processes of the log; the program ran once."""
        work = self.folder / "outputs" / "2015" / "film"
        work.mkdir(parents=True)
        (self.folder / "real").mkdir()
        helpers = 'for i in 1 2 3 4 5 6 7; do x=$(dirname /a/$i); (exit 0); done; sed -n 1p </dev/null\n'
        scripts = {"manim": f'#!/usr/bin/env bash\n{helpers}exec bash "{self.folder}/manager" exec "${{0##*/}}" "$@"\n',
                   "manager": f'#!/bin/sh\n{helpers}shift; name=$1; shift; exec "{self.folder}/real/$name" "$@"\n',
                   "real/manim": f"#!{PYTHON}\nimport subprocess, sys\nsubprocess.run(['ffmpeg'])\nsys.exit(5)\n", "ffmpeg": "#!/bin/sh\nexit 0\n"}
        for name, text in scripts.items():
            (self.folder / name).write_text(text)
            (self.folder / name).chmod(0o755)
        env = clean_environment(PATH=f"{self.folder}:/usr/bin:/bin")
        run(["sh", "-c", "manim render outputs/2015/film/a.py Scene; true"], self.folder, env=env)
        self.fold("spool", cwd=self.folder)
        log = self.check_schema(work / ".pipeline/logs/logs.json")
        self.assertEqual([(row["scene"], row["exit_status"]) for row in log["retry_attempts"]["rendering"]], [("Scene", 5)])
        self.assertEqual([(row["name"], row["count"]) for row in log["performance"]["operations"]], [("ffmpeg", 1), ("manim render", 1)])
        self.assertEqual(log["vlagg"]["processes"], 3)
        self.assertGreater(len(self.rows()["processes"]), 25)


if __name__ == "__main__":
    unittest.main()
