"""A program cannot tell that it is recorded: descriptors, threads, signals, masks, environment, core dumps, exec."""
import os
import re
import resource
import shutil
import subprocess
import unittest

from vl import BUILD, PYTHON, ROOT, SHIM, Case, clean_environment, needs, program, run, without_pids

PROMISES = "1 2 3 4"


def with_core():
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


class SameBehaviour(Case):
    def both(self, argv, **options):
        work = self.folder / "work"
        env = options.pop("env", clean_environment(PWD=None, OLDPWD=None))
        spool = {"VLSHIM_SPOOL": str(self.folder / "spool")}
        answers = []
        for shim in False, True:
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir()
            answers.append(run(argv, work, shim=shim, env={**env, **spool} if shim else env, **options))
        native, recorded = answers
        self.assertEqual(recorded.returncode, native.returncode)
        self.assertEqual(recorded.stdout.decode(), native.stdout.decode())
        self.assertEqual(without_pids(recorded.stderr), without_pids(native.stderr))
        return native

    def test_what_a_program_can_know_of_itself(self):
        done = self.both([program("facts")])
        self.assertIn(b"exec\n", done.stdout)
        self.assertIn(b"/proc/self/task: 1 entries", done.stdout)

    def test_what_proc_shows_of_signals(self):
        """But for five signals, caught to tell of a crash; their handlers are in no answer of sigaction's."""
        script = "import signal; signal.signal(signal.SIGUSR2, print); signal.signal(signal.SIGHUP, signal.SIG_IGN); print(open('/proc/self/status').read())"
        native, recorded = (dict(re.findall(r"^(Sig\w+|Threads|NoNewPrivs|Seccomp):\s*(\w+)$", run([PYTHON, "-S", "-c", script], self.folder, shim=shim).stdout.decode(),
                                            re.MULTILINE)) for shim in (False, True))
        caught = [int(answer.pop("SigCgt"), 16) for answer in (native, recorded)]
        self.assertEqual(recorded, native)
        added = {number for number in range(1, 65) if (caught[0] ^ caught[1]) >> (number - 1) & 1}
        self.assertLessEqual(added, {4, 6, 7, 8, 11})

    def test_with_ignored_and_blocked_signals_from_the_parent(self):
        script = ("import os,signal,sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.signal(signal.SIGSEGV, signal.SIG_IGN);"
                  "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGHUP, signal.SIGBUS]); os.execv(sys.argv[1], ['facts'])")
        self.both([PYTHON, "-c", script, program("facts")])

    def test_with_an_emptied_environment(self):
        self.both([program("facts")], env={})
        self.both(["env", "-i", "A=b", program("facts")])

    def test_with_other_preloaded_libraries(self):
        libc = re.search(r"\S+/libm\.so\.6", subprocess.run(["ldd", PYTHON], capture_output=True, text=True).stdout)
        if not libc:
            self.skipTest("libm.so.6: not found by ldd")
        script = "import os; print(os.environ['LD_PRELOAD'])"
        env = clean_environment(VLSHIM_SPOOL=self.folder / "spool")
        for before in f"{libc[0]}:{SHIM}", f"{SHIM} {libc[0]}":
            done = run(["sh", "-c", 'exec "$@"', "sh", PYTHON, "-c", script], self.folder, shim=False, env={**env, "LD_PRELOAD": before})
            words = re.split("[: ]", done.stdout.decode().strip())
            self.assertEqual(words, re.split("[: ]", before))

    def test_children_get_the_same_environment(self):
        self.both(["bash", "-c", "env -u LD_PRELOAD | grep -v ^VLSHIM_ | sort; env -i env | grep -v -e ^LD_PRELOAD= -e ^VLSHIM_; X=1 env -u X true; echo $?"])

    def test_a_crash_is_the_same_crash(self):
        for how in "segv", "bus", "abrt", "term", "kill", "exit":
            with self.subTest(how=how):
                answers = []
                for shim in False, True:
                    env = clean_environment(VLSHIM_SPOOL=self.folder / "spool" if shim else None)
                    if shim:
                        env["LD_PRELOAD"] = str(SHIM)
                    child = subprocess.Popen([program("crash"), how], cwd=self.folder, env=env, preexec_fn=with_core)
                    _, status = os.waitpid(child.pid, 0)
                    child.returncode = 0
                    signal = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
                    answers.append((signal, os.WCOREDUMP(status), os.WEXITSTATUS(status) if not signal else None))
                self.assertEqual(answers[1], answers[0])

    def test_descriptor_numbers(self):
        script = ("import os; a=os.open('/dev/null',0); b=os.dup(a); r,w=os.pipe(); c=os.dup2(a, 20); print(a,b,r,w,c);"
                  "os.closerange(3, 1000); print(os.open('/dev/zero', 0), sorted(os.listdir('/proc/self/fd')))")
        self.both([PYTHON, "-c", script])

    def test_without_standard_descriptors(self):
        env = clean_environment(VLSHIM_SPOOL=self.folder / "spool")
        script = 'exec <&- ; readlink /proc/self/fd/0; ls -l /proc/self/fd | wc -l; exec 3>&1 >&- 2>&-; ls /nonexistent; echo $? >&3'
        self.both(["bash", "-c", script], env=env)

    def test_few_descriptors_and_a_small_file_limit(self):
        self.both(["bash", "-c", "ulimit -n 5; echo x >a; cat a; (echo sub); ls -d ."])
        self.both(["bash", "-c", "ulimit -f 8; head -c 6000 /dev/zero >a; wc -c <a; head -c 60000 /dev/zero >b; echo $?; wc -c <b"])

    def test_closing_all_descriptors(self):
        script = "import os; os.closerange(3, 65536); os.write(1, b'still here\\n'); os.fork() or os._exit(3); print(os.wait()[1])"
        self.both([PYTHON, "-c", script])

    def test_the_spool_is_removed_while_running(self):
        self.both(["bash", "-c", "echo 1; rm -rf ../spool; echo 2; ls; (echo 3); mkdir x; echo 4"])

    def test_the_spool_is_truncated_while_running(self):
        script = 'for f in $(find ../spool -name "*.vls" 2>/dev/null); do : >"$f"; done; echo on; for i in 1 2 3; do (echo $i) | cat; done'
        self.both(["bash", "-c", script])

    def test_errno_and_failures(self):
        script = ("import os\nfor call in (lambda: os.open('/none/x', 0), lambda: os.read(99, 1), lambda: os.close(99), lambda: os.rename('a','b'),"
                  "lambda: os.execv('/none', ['x']), lambda: os.waitpid(-1, 0), lambda: os.mkdir('/proc/x'), lambda: os.dup2(99, 5), lambda: os.kill(1 << 22, 0)):\n"
                  " try: call()\n except OSError as e: print(e.errno)")
        self.both([PYTHON, "-c", script])

    def test_many_processes_and_threads(self):
        script = ("import threading,subprocess,os\n"
                  "def work(n):\n for i in range(10):\n  subprocess.run(['true'], check=True)\n  open(f'f{n}','w').write('x'*i)\n"
                  "threads=[threading.Thread(target=work,args=(n,)) for n in range(8)]\n"
                  "[t.start() for t in threads]; [t.join() for t in threads]; print(len(os.listdir('.')))")
        self.both([PYTHON, "-c", script])


class SharedObject(Case):
    @needs("readelf")
    def test_it_needs_libc_alone(self):
        text = subprocess.run(["readelf", "-dW", SHIM], capture_output=True, text=True, check=True).stdout
        self.assertEqual(re.findall(r"\(NEEDED\).*\[(.*)\]", text), ["libc.so.6"])

    @needs("nm", "gcc")
    def test_it_exports_its_hooks_alone(self):
        text = subprocess.run(["nm", "-D", "--defined-only", SHIM], capture_output=True, text=True, check=True).stdout
        exported = {line.split()[-1].partition("@")[0] for line in text.splitlines() if line.split()[-2] != "A"}
        self.assertEqual(exported, self.hooks_of_the_source())

    def hooks_of_the_source(self):
        """The rows: HOOK(...) gives each its symbol by an asm label, whatever macro stands around it."""
        names = set()
        for path in sorted((ROOT / "shim").glob("**/*.c")):
            text = subprocess.run(["gcc", "-E", "-P", "-D_GNU_SOURCE", "-Iinclude", "-Ishim", f"-I{BUILD}/gen", path], cwd=ROOT,
                                  capture_output=True, text=True, check=True).stdout
            names |= set(re.findall(r'\.globl (?:" ")?(\w+)(?:" ")?\\n', text))
            names |= set(re.findall(r'"\.symver hook_" "\w+" "," "(\w+)" "@', text))
            names |= {label for hook, label in re.findall(r'\bhook_(\w+)\s*\([^;{]*?\)\s*__asm__\("(\w+)"\)', text) if hook == label}
        return names


if __name__ == "__main__":
    unittest.main()
