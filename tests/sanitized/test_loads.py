"""Real loads on a recorder that is built with a sanitizer, which has nothing to say.

BUILD is a folder of such a build (make BUILD=build/tsan SANITIZE=thread). The recorder is preloaded in front of the
sanitizer's runtime: the program calls a hook, the hook the runtime, that libc."""
import concurrent.futures
import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "e2e" / "tests"))
import claude_clients
import test_cases
import test_frames
from standin import Standin
from vl import BUILD, PYTHON, SHIM, Case, clean_environment, needs, program

HERE = Path(__file__).resolve().parent
RUNTIMES = re.findall(r"lib[atu]\w*san\.so\S* => (\S+)", subprocess.run(["ldd", SHIM], capture_output=True, text=True).stdout)

# threads that claim chunks, start programs, print lines, and end while others begin
PYTHON_MIX = """
import os, subprocess, sys, threading
subprocess._USE_VFORK = 'vfork' in sys.argv
def work(n):
    for i in range(20):
        with open(f'f{n}.{i}', 'w') as out: out.write('x' * 5000)
        os.rename(f'f{n}.{i}', f'g{n}'); os.dup2(os.open(f'g{n}', 0), 100 + n); os.close(100 + n)
    subprocess.run(['sh', '-c', 'echo line >&2; cat /dev/null | cat'], stderr=subprocess.DEVNULL)
    os.chdir('/tmp' if n % 2 else '/')
here = os.getcwd()
for round in range(3):
    os.chdir(here)
    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    [t.start() for t in threads]
    if os.fork() == 0: os.write(1, b'child\\n'); os._exit(0)
    [t.join() for t in threads]
    os.wait()
"""
SHELL_MIX = "for i in 1 2 3; do (seq 3000 | sort -n | tail -1; exit $i) & done; wait; echo x >f; cp f g; mv g h; rm h; env -i /bin/sh -c 'echo bare'"
# ThreadSanitizer keeps its books by thread: what a vfork child enters and leaves by execve stays entered in its parent
VFORK = [] if "libtsan" in " ".join(RUNTIMES) else ["vfork"]
MIXES = {"python": [PYTHON, "-c", PYTHON_MIX, *VFORK], "shell": ["/bin/bash", "-c", SHELL_MIX], "starts": [program("starts"), "8"]}


def symbols(report):
    """A report with function, file and line of the recorder's addresses."""
    addresses = sorted(set(re.findall(r"libvlshim\.so\+(0x[0-9a-f]+)", report)))
    found = subprocess.run(["addr2line", "-fpse", SHIM, *addresses], capture_output=True, text=True).stdout.splitlines()
    for address, text in zip(addresses, found):
        report = report.replace(f"libvlshim.so+{address})", text + ")")
    return report


# (sanitizer, what it cannot run, why)
LEFT_OUT = [
    ("libtsan", "*vfork* clone __clone", "it takes the child for a thread of its own that ended too early"),
    ("san", "*cancel*", "they do not see that a thread leaves a call by being cancelled"),
    ("libasan", "a_thread_with_the_smallest_stack", "its frames are larger"),
    ("libtsan", "ends_by_the_last_threads_end", "it waits for ever where main ended by pthread_exit, without the recorder too"),
    ("libtsan", "exec_errors ignored_signals_stay_ignored_through_exec", "it crashes, without the recorder too"),
]


def can_run(name):
    return not any(runtime in " ".join(RUNTIMES) and test_frames.matches(name, names) for runtime, names, _ in LEFT_OUT)


class Loads(Case):
    maxDiff = None

    def setUp(self):
        super().setUp()
        self.assertNotEqual(RUNTIMES, [], f"{SHIM} is not built with a sanitizer: make SANITIZE=thread BUILD=build/tsan")

    def environment(self, folder):
        return {"LD_PRELOAD": " ".join([str(SHIM), *RUNTIMES]), "VLSHIM_SPOOL": folder / "spool", "REPORTS": folder / "report",
                "TSAN_OPTIONS": f"suppressions={HERE}/suppressions", "TMPDIR": folder, "HOME": folder}

    def reports(self, folder, *texts):
        texts = [path.read_text(errors="replace") for path in sorted(folder.glob("report.*"))] + [t.decode(errors="replace") for t in texts]
        if not any((folder / "spool").rglob("*.vls")):
            texts.append("Sanitizer: nothing is recorded")
        return "\n".join(symbols(t) for t in texts if re.search("Sanitizer|runtime error", t))

    def load(self, argv, name):
        """What was said while a program ran, and of its end if that differs."""
        folder = self.folder / name
        (folder / "x").mkdir(parents=True)
        argv = [str(word) for word in argv]
        options = dict(cwd=folder / "x", capture_output=True, timeout=60, stdin=subprocess.DEVNULL, start_new_session=True)
        native = subprocess.run(argv, env=clean_environment(TMPDIR=folder), **options)
        done = subprocess.run(argv, env=clean_environment(**self.environment(folder)), **options)
        ends = "" if done.returncode == native.returncode else f"ended with {done.returncode}, not {native.returncode}: {done.stderr.decode(errors='replace')[-500:]}"
        return f"{self.reports(folder, done.stdout, done.stderr)}{ends}"

    def quiet(self, loads):
        """loads: (name, argv)"""
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            told = pool.map(lambda load: self.load(load[1], load[0]), loads)
            wrong = {name: text for (name, _), text in zip(loads, told) if text}
        self.assertEqual(wrong, {}, "\n".join(f"---- {name}\n{text}" for name, text in wrong.items()))

    def test_threads_forks_pipes_and_lines(self):
        self.quiet(list(MIXES.items()))

    def test_every_small_case(self):
        self.quiet([(name, [test_cases.PROGRAM, name]) for name in test_cases.all_cases() if can_run(name)])

    def frames(self, frame):
        def judge(name):
            folder = self.folder / name
            test_frames.prepare(folder)
            done = subprocess.run([program("frames"), frame, name], cwd=folder, env=clean_environment(**self.environment(folder)),
                                  stdin=subprocess.DEVNULL, capture_output=True, start_new_session=True, timeout=120)
            return self.reports(folder, done.stdout, done.stderr)
        names = [name for name in test_frames.table() if can_run(name) and not test_frames.reason_not(frame, name)]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            wrong = {name: text for name, text in zip(names, pool.map(judge, names)) if text}
        self.assertEqual(wrong, {}, "\n".join(f"---- {name}\n{text}" for name, text in wrong.items()))

    def test_every_hooked_function_in_a_thread(self):
        self.frames("thread")

    def test_every_hooked_function_in_a_signal_handler(self):
        self.frames("in_handler")

    def test_stdio_on_files(self):
        (self.folder / "files").mkdir()
        self.quiet([("stdio", [program("stdio"), "files", self.folder / "files", self.folder / "files.report"])])

    @needs("openssl")
    def test_claude_calls_over_tls(self):
        standin = Standin(self.folder)
        self.addCleanup(standin.close)
        for name, encoding, stream in ("py-urllib", "gzip", "plain"), ("py-gnutls", "br", "stream"):
            with self.subTest(client=name):
                _, done = claude_clients.call(name, standin, self.folder, encoding, stream, count=5, shim=False, VLSHIM_HOSTS="localhost",
                                              **self.environment(self.folder))
                self.assertEqual(self.reports(self.folder, done.stdout, done.stderr), "")
                self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(standin.log), 10)
        self.assertEqual(len([e for e in self.cat(self.folder / "spool") if e["kind"] == "api_end"]), 10)

    def test_two_threads_on_a_claude_connection_without_tls(self):
        standin = Standin(self.folder, tls=False)
        self.addCleanup(standin.close)
        env = clean_environment(**{**self.environment(self.folder), "VLSHIM_HOSTS": "localhost"})
        done = subprocess.run([program("pipelined"), str(standin.port), "30"], cwd=self.folder, env=env, capture_output=True, timeout=120)
        self.assertEqual(self.reports(self.folder, done.stdout, done.stderr), "")
        self.assertEqual((done.returncode, len(standin.log)), (0, 30))
        self.assertEqual(len([e for e in self.cat(self.folder / "spool") if e["kind"] == "api_end" and e["how"] == 0]), 30)


if __name__ == "__main__":
    unittest.main()
