"""Beside what else is in a process nobody notices the recorder: heaps and calls of the program's own, libraries that come and
go, an auditor, other preloads, sanitizers, and the runtimes of seven languages."""
import glob
import os
import re
import shutil
import subprocess

from alike import SOURCES, Alike, built
from vl import BUILD, needs

PROMISES = "1 2 4"


def library(pattern):
    """Where a library of a package is; None: not installed."""
    return next(iter(sorted(glob.glob(f"/usr/lib/*/{pattern}"))), None)


class OwnCalls(Alike):
    def test_a_heap_of_its_own(self):
        self.assertIn(" calls", self.alike([built("own_malloc", "-pthread")])[1])
        self.instrumented("own_malloc", "true")

    def test_read_and_write_of_its_own(self):
        self.assertEqual(self.alike([built("own_io", "-rdynamic")])[0], 0)
        self.instrumented("own_io", "cat")


class Loading(Alike):
    def setUp(self):
        super().setUp()
        self.plugin = built("plugin.so", "-shared", "-fPIC", source="plugin.c")

    def test_a_library_bound_to_itself(self):
        self.assertEqual(self.alike([built("loads"), "deepbind", self.plugin])[1].count("plugin ends"), 20)

    def test_a_library_that_comes_and_goes(self):
        self.assertEqual(self.alike([built("loads"), "loop", self.plugin])[1].count("plugin ends"), 100)

    def test_a_library_in_a_namespace_of_its_own(self):
        self.assertEqual(self.alike([built("loads"), "namespace", self.plugin])[0], 0)

    @needs("openssl")
    def test_a_tls_library_that_comes_and_goes(self):
        self.assertEqual(self.alike([built("loads"), "tls", "libssl.so.3"])[1], "60\n")

    def test_an_auditor_of_the_linker(self):
        auditor = built("audits.so", "-shared", "-fPIC", source="audits.c")
        self.alike(["sh", "-c", "seq 5 | sort -r; cat /nowhere; exit 4"], env={"LD_AUDIT": auditor})
        self.assertEqual(self.alike([built("loads"), "deepbind", self.plugin], env={"LD_AUDIT": auditor})[0], 0)


class Preloads(Alike):
    """In front of the recorder and behind it."""

    def both_sides(self, path, argv, **options):
        outcomes = []
        for preload in f"{path}:{{}}", f"{{}}:{path}":
            with self.subTest(preload=preload):
                outcomes.append(self.alike(argv, preload=preload, **options))
                shutil.rmtree(self.folder / "native")
                shutil.rmtree(self.folder / "recorded")
        return outcomes[0]

    def test_one_that_changes_calls(self):
        for style in "gnu", "sysv":
            with self.subTest(style=style):
                between = built(f"stands_between_{style}.so", "-shared", "-fPIC", f"-Wl,--hash-style={style}", source="stands_between.c")
                out = self.both_sides(between, [built("calls")])[1]
                self.assertTrue(out.startswith("-1 Operation not permitted\n0\nbetweenbetween"), out)

    def test_another_heap(self):
        jemalloc = library("libjemalloc.so.2")
        if not jemalloc:
            self.skipTest("libjemalloc2: not installed")
        self.both_sides(jemalloc, [built("calls")])
        self.both_sides(jemalloc, ["python3", "-c", "import threading as t; [t.Thread(target=lambda: open('f','w').write('x'*99999)).start() for _ in range(9)]"])

    def test_another_time(self):
        faketime = library("faketime/libfaketime.so.1")
        if not faketime:
            self.skipTest("faketime: not installed")
        env = {"FAKETIME": "2001-02-03 04:05:06", "TZ": "UTC"}
        self.assertIn("2001-02-03 04:05", self.both_sides(faketime, ["sh", "-c", "touch f; date '+%F %H:%M'; stat -c '%y' f | cut -c1-16"], env=env)[1])
        self.alike(["faketime", "-f", "+100d x9", "sh", "-c", "sleep 1; seq 3"])

    @needs("fakeroot")
    def test_another_user(self):
        self.assertIn("0 0", self.alike(["fakeroot", "sh", "-c", "touch f; chown 7:8 f; stat -c '%u %g' f; mkdir d; stat -c '%u %g' d; id -u"])[1])
        self.instrumented("stat", "chown")

    def test_no_syncing(self):
        eatmydata = library("libeatmydata.so")
        if not eatmydata:
            self.skipTest("eatmydata: not installed")
        self.both_sides(eatmydata, ["sh", "-c", "echo x >f; sync f; echo $?; dd if=/dev/zero of=z bs=1k count=3 conv=fsync 2>/dev/null; ls"])
        self.alike(["eatmydata", "sh", "-c", "echo x >f; sync f; echo $LD_PRELOAD | tr ': ' '\\n\\n' | grep -v vlshim"])

    def test_another_buffering(self):
        self.assertEqual(self.alike(["stdbuf", "-o0", "-i0", "-eL", "sh", "-c", "seq 3; cat /nowhere; python3 -c 'print(1)'"])[0], 0)
        self.instrumented("seq", "cat")


def without_numbers(text):
    """What a sanitizer says differs from run to run in pids and addresses."""
    text = re.sub(r"==\d+==", "==PID==", re.sub(r"pid=\d+|\(?tid[= ]\d+\)?", "ID", re.sub(r"0x[0-9a-f]+", "ADDRESS", text)))
    return "\n".join(line for line in text.splitlines() if re.search("ERROR|WARNING|SUMMARY|runtime error|^\\d| of size ", line))


class Sanitizers(Alike):
    """The recorder before the sanitizer's own library, which natively wants to be the first."""

    def check(self, kind, what, status, said):
        program = built(f"sanitized_{kind}", f"-fsanitize={kind}", "-pthread", source="sanitized.c")
        env = {"ASAN_OPTIONS": "verify_asan_link_order=0", "TSAN_OPTIONS": "history_size=2", "UBSAN_OPTIONS": "print_stacktrace=0"}
        outcome = self.alike([program, what], hide=without_numbers, env=env)
        self.assertEqual(outcome[0], status, outcome)
        self.assertIn(said, outcome[2])
        shutil.rmtree(self.folder / "native")
        shutil.rmtree(self.folder / "recorded")

    def test_addresses(self):
        self.check("address", "nothing", 0, "")
        self.check("address", "overflow", 1, "heap-buffer-overflow")
        self.check("address", "fault", 1, "SEGV on unknown address")

    def test_races(self):
        self.check("thread", "nothing", 0, "")
        self.check("thread", "race", 66, "data race")

    def test_undefined_behaviour(self):
        self.check("undefined", "nothing", 0, "")
        self.check("undefined", "undefined", 0, "signed integer overflow")


class Runtimes(Alike):
    def check(self, argv, status, *said, **options):
        outcome = self.alike(argv, **options)
        self.assertEqual(outcome[0], status, outcome)
        for text in said:
            self.assertIn(text, outcome[1] + outcome[2])
        self.instrumented(os.path.basename(argv[0]))

    @needs("go", "gcc")
    def test_go_with_c(self):
        program = BUILD / "e2e" / "company" / "cgo"
        if not program.exists():
            program.parent.mkdir(parents=True, exist_ok=True)
            done = subprocess.run(["go", "build", "-o", program, SOURCES / "cgo.go"], capture_output=True, text=True,
                                  env={**os.environ, "CGO_ENABLED": "1", "GO111MODULE": "off", "GOFLAGS": ""})
            self.assertEqual(done.returncode, 0, done.stderr)
        self.check([program], 5, "8400\n", "nil pointer")

    @needs("java", "javac")
    def test_java(self):
        classes = BUILD / "e2e" / "company"
        if not (classes / "Work.class").exists():
            subprocess.run(["javac", "-d", classes, SOURCES / "Work.java"], check=True, capture_output=True)
        self.check(["java", "-Xss512k", "-XX:-UsePerfData", "-XX:TieredStopAtLevel=1", "-cp", classes, "Work"], 1, "stack overflow", "the end", "shutdown")

    @needs("node")
    def test_node(self):
        self.check(["node", SOURCES / "work.js"], 1, "42", "the end")

    @needs("ruby")
    def test_ruby(self):
        self.check(["ruby", SOURCES / "work.rb"], 1, "trapped", "the end")

    @needs("php")
    def test_php(self):
        self.check(["php", SOURCES / "work.php"], 255, "shutdown", "the end")

    @needs("perl")
    def test_perl(self):
        self.check(["perl", SOURCES / "work.pl"], 255, "handled", "the end")


if __name__ == "__main__":
    import unittest
    unittest.main()
