"""Each system call that the recorder makes for itself fails in turn, with every error that the kernel might give: the
program does not notice. The calls are those of build/failing/libvlshim.so (tests/failing)."""
import errno
import os
import re
import subprocess
import unittest

import claude_clients
from standin import Standin
from vl import BUILD, ROOT, Case, clean_environment, needs, program, without_pids

PROMISES = "1 3"

FAILING = BUILD / "failing" / "libvlshim.so"
ERRORS = [errno.ENOSPC, errno.EMFILE, errno.EACCES, errno.EINTR, errno.ENOMEM, errno.EDQUOT]
NAMES = re.findall(r"^MAY_FAIL\((\w+)\)", (ROOT / "tests" / "failing" / "calls.def").read_text(), re.MULTILINE)
ALWAYS = re.findall(r"^ALWAYS_MAY_FAIL\((\w+)\)", (ROOT / "tests" / "failing" / "calls.def").read_text(), re.MULTILINE)

# files, streams, children, pipes, signals, a thread that claims beside others, a program that is started with nothing set
SCRIPT = ("echo a >f; cat f f | sort >g; (exit 3); echo $?; env -i /bin/sh -c 'cat g; exit 4'; echo $?; "
          "sh -c 'kill -TERM $$'; echo $?; cat /nowhere; rm f; mv g h; ls")
WORK = {
    "shell": ["/bin/sh", "-c", SCRIPT],
    "threads": [BUILD / "e2e" / "cases", "forks_among_threads"],
    "descriptors": [BUILD / "e2e" / "cases", "open_takes_the_lowest_number"],
    "facts": [program("facts")],
}
# made when a program crashes, and when it calls the Claude API
OF_CRASHES = ("close_range fcntl kill mmap munmap nanosleep openat prctl pread64 process_vm_readv read sigaltstack tgkill wait4 waitid write"
              " faccessat readlinkat").split()
OF_CALLS = "getpeername getrandom getrusage mmap mprotect mremap munmap nanosleep openat read readlinkat".split()


class FailingCalls(Case):
    number = 0

    def outcome(self, argv, failing=None):
        """failing: None is without the recorder."""
        FailingCalls.number += 1
        work = self.folder / f"{self.number:06}"
        work.mkdir()
        env = clean_environment(LC_ALL="C", PWD=None, OLDPWD=None, FAILING=failing or "none")
        if failing:
            env.update(LD_PRELOAD=str(FAILING), VLSHIM_SPOOL=str(self.folder / "spool"))
        done = subprocess.run([*map(str, argv)], cwd=work, env=env, capture_output=True, timeout=60, stdin=subprocess.DEVNULL)
        files = {name: (work / name).read_bytes() for name in sorted(os.listdir(work))}
        hide = lambda text: without_pids(text).replace(work.name, "HERE").replace(f"FAILING={failing or 'none'}", "FAILING")
        return done.returncode, hide(done.stdout), hide(done.stderr), files

    def calls_of(self, argv):
        """How many of them the longest process makes, and a few more."""
        log = self.folder / "calls"
        self.outcome(argv, f"count:{log}")
        return log.stat().st_size

    def fail_each(self, name, most=None):
        argv = WORK[name]
        native = self.outcome(argv)
        total = self.calls_of(argv)
        self.assertGreater(total, 15)
        for nth in range(1, min(total, most or total) + 1):
            for error in ERRORS if nth < 40 else [ERRORS[nth % len(ERRORS)]]:
                with self.subTest(call=nth, error=errno.errorcode[error]):
                    self.assertEqual(self.outcome(argv, f"{nth}:{error}"), native)

    def test_each_call_of_a_shell(self):
        self.fail_each("shell", 60)

    def test_each_call_of_a_program_that_looks_at_itself(self):
        self.fail_each("facts", 60)

    def test_each_call_of_a_program_with_descriptors(self):
        self.fail_each("descriptors", 60)

    def test_each_call_of_forks_among_threads(self):
        argv = WORK["threads"]
        native = self.outcome(argv)
        for nth in range(1, 46, 2):
            with self.subTest(call=nth):
                self.assertEqual(self.outcome(argv, f"{nth}:{ERRORS[nth % len(ERRORS)]}"), native)

    def test_every_call_of_one_name(self):
        """For good, not just once."""
        for work, argv in WORK.items():
            native = self.outcome(argv)
            for number, name in enumerate(NAMES):
                for error in ERRORS if work in ("shell", "facts") else [ERRORS[number % len(ERRORS)]]:
                    with self.subTest(work=work, call=name, error=errno.errorcode[error]):
                        self.assertEqual(self.outcome(argv, f"{name}:{error}"), native)

    def test_every_call_of_one_name_when_a_program_crashes(self):
        for way in "null", "handler_abort":
            argv = [program("crashes"), way]
            native = self.outcome(argv)
            self.assertLess(native[0], 0)
            for number, name in enumerate(OF_CRASHES):
                error = ERRORS[number % len(ERRORS)]
                with self.subTest(way=way, call=name, error=errno.errorcode[error]):
                    self.assertEqual(self.outcome(argv, f"{name}:{error}"), native)

    def test_signals_that_cannot_be_sent_again_and_a_helper_that_cannot_be_started(self):
        for way in "null", "handler_abort", "thread_abort":
            argv = [program("crashes"), way]
            native = self.outcome(argv)
            for name in ALWAYS:
                for error in errno.EPERM, errno.EAGAIN, errno.ENOENT:
                    with self.subTest(way=way, call=name, error=errno.errorcode[error]):
                        self.assertEqual(self.outcome(argv, f"always_{name}:{error}"), native)

    @needs("openssl")
    def test_every_call_of_one_name_when_a_program_calls_claude(self):
        standin = Standin(self.folder)
        self.addCleanup(standin.close)
        for number, name in enumerate(OF_CALLS):
            error = ERRORS[number % len(ERRORS)]
            with self.subTest(call=name, error=errno.errorcode[error]):
                rows, done = claude_clients.call("py-urllib", standin, self.folder, "gzip", count=2, shim=False, LD_PRELOAD=FAILING,
                                                 VLSHIM_SPOOL=self.folder / "spool", VLSHIM_HOSTS="localhost", FAILING=f"{name}:{error}")
                self.assertEqual((done.returncode, done.stderr), (0, b""))
                self.assertEqual([row["id"] for row in rows], [row["message_id"] for row in standin.log[-2:]])

    def test_it_does_fail_them(self):
        """For comparison: what cannot be appended is not there, and it is there when nothing fails."""
        spool = self.folder / "spool"
        argv = WORK["descriptors"]
        self.assertEqual(self.outcome(argv, f"writev:{errno.ENOSPC}"), self.outcome(argv))
        self.assertEqual([p.stat().st_size for p in spool.rglob("*.vls")], [0])
        self.outcome(WORK["shell"], "none:0")
        self.assertGreater(len(self.cat(spool)), 50)


if __name__ == "__main__":
    unittest.main()
