"""Bytes that stdio moves, per file and direction, are those that strace sees."""
import collections
import re
import subprocess
import unittest

from vl import SHIM, Case, clean_environment, needs, program, run

PROMISES = "6"

MOVES = {"read": 0, "readv": 0, "pread64": 0, "preadv": 0, "preadv2": 0, "recvfrom": 0,
         "write": 1, "writev": 1, "pwrite64": 1, "pwritev": 1, "pwritev2": 1, "sendto": 1}


def moved_by_strace(trace):
    """{path: [read, written]} of a trace made with -y."""
    moved = collections.defaultdict(lambda: [0, 0])
    calls = {}
    for line in trace.read_text(errors="replace").splitlines():
        pid, _, text = line.partition(" ")
        text = text.strip()
        if text.endswith("<unfinished ...>"):
            calls[pid] = text
            continue
        resumed = re.match(r"<\.\.\. \w+ resumed>", text)
        if resumed:
            text = calls.pop(pid).replace("<unfinished ...>", "") + text[resumed.end():]
        call = re.match(r"(\w+)\(\d+<([^>]*)>.* = (\d+)$", text)
        if call and call[1] in MOVES and call[2].startswith("/"):
            moved[call[2].replace(" (deleted)", "")][MOVES[call[1]]] += int(call[3])
    return moved


class Stdio(Case):
    maxDiff = 100

    def stdio(self, kind, name, prefix=(), **options):
        folder = self.folder / name
        folder.mkdir()
        done = run([*prefix, program("stdio"), kind, folder, self.folder / f"{name}.report"], self.folder, **options)
        self.assertEqual(done.returncode, 0, done.stderr)
        report = [line.split() for line in (self.folder / f"{name}.report").read_text().splitlines()]
        return {function: path for function, path in report}

    def compare(self, kind):
        trace = self.folder / "trace"
        strace = ["strace", "-f", "-y", "-s", "0", "-e", "trace=" + ",".join(MOVES), "-o", trace]
        native = self.stdio(kind, "native", strace, shim=False)
        recorded = self.stdio(kind, "recorded", env=clean_environment(VLSHIM_SPOOL=self.folder / "spool"))
        wanted = moved_by_strace(trace)
        told = {f["path"]: [f["read_bytes"], f["written_bytes"]] for f in self.io(self.folder / "spool")["files"]}
        self.assertEqual(list(recorded), list(native))
        for each in native, recorded:
            self.assertEqual(len(set(each.values())), len(each))
        wrong = [f"{function}: {told.get(recorded[function], [0, 0])} is told, {wanted[native[function]]} moved"
                 for function in native if told.get(recorded[function], [0, 0]) != wanted[native[function]]]
        self.assertEqual(wrong, [], "\n" + "\n".join(wrong))

    @needs("strace")
    def test_files(self):
        self.compare("file")

    @needs("strace")
    def test_pipes_with_a_name(self):
        self.compare("fifo")

    @needs("strace")
    def test_terminals(self):
        self.compare("tty")


class Cases(Case):
    maxDiff = 1000

    def both(self, *words, env=None, **options):
        """The case under strace and recorded: the same answers; what strace saw and what the recording tells, by file name."""
        trace, spool = self.folder / "trace", self.folder / "spool"
        strace = ["strace", "-f", "-y", "-s", "0", "-e", "trace=" + ",".join(MOVES), "-o", trace]
        answers = []
        for shim in False, True:
            folder = self.folder / f"shim{shim}"
            folder.mkdir()
            env = {**clean_environment(VLSHIM_SPOOL=spool), **(env or {})}
            answers.append(run([*([] if shim else strace), program("stdio_cases"), *words], folder, shim=shim, env=env, **options))
        self.assertEqual((answers[1].returncode, answers[1].stdout, answers[1].stderr),
                         (answers[0].returncode, answers[0].stdout, answers[0].stderr))
        wanted = {path.rpartition("/")[2]: moved for path, moved in moved_by_strace(trace).items()
                  if not path.startswith(("/usr/", "/etc/", "/lib"))}  # what libc reads for itself passes no hook
        told = {f["path"].rpartition("/")[2]: [f["read_bytes"], f["written_bytes"]] for f in self.io(spool)["files"]}
        return answers[0], wanted, told

    def texts(self, stream):
        return "".join(e["text"] for e in self.cat(self.folder / "spool") if e["kind"] == "text_print" and e["stream"] == stream)

    def check(self, *words, **options):
        done, wanted, told = self.both(*words, **options)
        self.assertEqual({k: v for k, v in told.items() if any(v)}, {k: v for k, v in wanted.items() if any(v)})
        return done

    def test_what_is_printed_is_kept_as_printed(self):
        for how in "full", "line", "none":
            with self.subTest(how=how):
                self.setUp()
                done, _, _ = self.both("speak", how, env={"VLSHIM_LINES": "all"})
                self.assertEqual(self.texts(1), done.stdout.decode())

    @needs("strace")
    def test_messages_are_kept_as_printed(self):
        done, _, _ = self.both("complain")
        self.assertEqual(self.texts(2), done.stderr.decode())

    @needs("strace")
    def test_a_full_disk_and_a_limit(self):
        self.check("full", ".")

    @needs("strace")
    def test_what_waits_at_the_end(self):
        for how in "exit", "_exit", "kill", "fork":
            with self.subTest(how=how):
                self.setUp()
                self.check(how, ".")

    @needs("strace")
    def test_threads_share_a_stream(self):
        self.check("threads", ".")

    @needs("strace", "script")
    def test_a_question_on_a_terminal(self):
        """Reading writes a line-buffered standard output out."""
        for shim in False, True:
            env = clean_environment(VLSHIM_SPOOL=self.folder / "spool", **({"LD_PRELOAD": str(SHIM)} if shim else {}))
            done = subprocess.run(["script", "-qec", f"{program('stdio_cases')} ask", "/dev/null"], input=b"me\n", env=env,
                                  cwd=self.folder, capture_output=True, timeout=60)
            self.assertIn(b"question? ", done.stdout)
        writes = [e for e in self.cat(self.folder / "spool") if e["kind"] == "file_write" and e.get("call") == "stdio"
                  and e["path"].startswith("/dev/pts/")]
        self.assertEqual([e["bytes"] for e in writes], [len("question? "), len("you said me\n")])

    def test_a_cancelled_thread_gives_the_lock_back(self):
        self.both("cancel")

    def test_a_jump_out_of_a_call(self):
        self.both("jump")

    @needs("strace")
    def test_messages_of_getopt_are_counted(self):
        for shim in False, True:
            with open(self.folder / f"errors{shim}", "w") as errors:
                argv = [str(program("stdio_cases")), "options", "-z", "-b"]
                env = clean_environment(VLSHIM_SPOOL=self.folder / "spool", **({"LD_PRELOAD": str(SHIM)} if shim else {}))
                subprocess.run(argv, stderr=errors, stdout=subprocess.DEVNULL, env=env)
        told = {f["path"]: f["written_bytes"] for f in self.io(self.folder / "spool")["files"]}
        size = (self.folder / "errorsTrue").stat().st_size
        self.assertEqual((told[str(self.folder / "errorsTrue")], size), (size, (self.folder / "errorsFalse").stat().st_size))


class Table(Case):
    """Every function of libc that moves bytes of streams is hooked, and tested by name or for a reason not."""

    NAMES = (r"_IO_(fopen|fclose|fflush|fread|fwrite|f?puts|f?gets|[gp]etc|f?printf|vfprintf)|"
             r"f(open|close|reopen|flush|read|write|seeko?|setpos)(64|_unlocked)?|freopen(64)?|tmpfile(64)?|fcloseall|rewind|"
             r"f?(put|get)[wsc]{1,2}(har)?(_unlocked)?|(put|get)w?char(_unlocked)?|_?_?get(line|delim)|setv?buf(fer)?|_flushlbf|"
             r"v?[fd]?w?printf|__v?[fd]?w?printf_chk|(__isoc\d+_|__)?v?f?w?scanf|__(f?getw?s|fread)(_unlocked)?_chk|"
             r"__w?(overflow|uflow|underflow)|perror|v?(err|warn)x?|error(_at_line)?|psignal|getopt(_long(_only)?)?")
    # Where the bytes are counted is tested by cases of their own, or they end the process.
    ELSEWHERE = {"fcloseall", "perror", "psignal", "getopt", "getopt_long", "getopt_long_only", "error", "error_at_line",
                 *(f"{v}{name}{x}" for v in ("", "v") for name in ("err", "warn") for x in ("", "x"))}

    @staticmethod
    def exports(library):
        text = subprocess.run(["nm", "-D", "--defined-only", library], capture_output=True, text=True, check=True).stdout
        rows = [line.split() for line in text.splitlines()]
        return {row[-1].partition("@")[0] for row in rows if row[-2] in "TWi" and "@GLIBC" not in row[-1].replace("@@", "")}

    @needs("nm")
    def test_none_is_missing(self):
        libc = re.search(r"\S+/libc\.so\.6", subprocess.run(["ldd", program("stdio")], capture_output=True, text=True).stdout)[0]
        wanted = {name for name in self.exports(libc) if re.fullmatch(self.NAMES, name)}
        self.assertGreater(len(wanted), 100)
        self.assertEqual(sorted(wanted - self.exports(SHIM)), [])
        tested = set(run([program("stdio"), "list"], self.folder, shim=False).stdout.decode().split())
        self.assertEqual(sorted(wanted - tested - self.ELSEWHERE), [])


if __name__ == "__main__":
    unittest.main()
