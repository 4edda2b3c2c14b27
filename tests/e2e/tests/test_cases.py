"""A program cannot tell that it is recorded: every small case of tests/e2e/programs/cases/*.c and every script below gives the
same status, signal and core flag, output, messages and files with the recorder as without."""
import hashlib
import subprocess
import unittest

from vl import BUILD, PATIENCE, PYTHON, SHIM, Case, clean_environment, without_pids

PROMISES = "1 2 3"

PROGRAM = BUILD / "e2e" / "cases"

# what some shells and programs do; each line runs with sh -c in a folder of its own
SCRIPTS = {
    "pipeline": "seq 1000 | sort -n | tail -3 | tr '\\n' ' '",
    "pipeline_status": "false | true; echo $?; (exit 7); echo $?",
    "redirections": "echo a >x; echo b >>x; cat <x >y 2>&1; cat y; exec 5<x; cat <&5; exec 5<&-",
    "here_document": "cat <<END\none\ntwo\nEND",
    "substitution": "echo $(echo inner $(echo deeper)) `echo old`",
    "background_jobs": "for i in 1 2 3; do (exit $i) & done; wait; echo waited",
    "traps": "trap 'echo trapped' EXIT TERM; kill -TERM $$; echo after",
    "killed_child": "bash -c 'kill -9 $$'; echo $?",
    "segfault_in_child": "bash -c 'kill -SEGV $$'; echo $?",
    "command_not_found": "no-such-command-anywhere; echo $?",
    "not_executable": "touch x; ./x; echo $?",
    "shebang": "printf '#!/bin/sh\\necho script $1\\n' >s; chmod +x s; ./s arg",
    "shebang_with_argument": "printf '#!/bin/sh -e\\nfalse\\necho not reached\\n' >s; chmod +x s; ./s; echo $?",
    "long_command_line": "echo $(seq 20000) | wc -c",
    "descriptors_of_children": "exec 7</dev/null; ls -1 /proc/self/fd | wc -l",
    "limits": "ulimit -n 20; ulimit -n; cat /dev/null; echo $?",
    "file_limit": "ulimit -f 1; trap '' XFSZ; dd if=/dev/zero of=f bs=1k count=4 2>/dev/null; stat -c %s f",
    "memory_limit": "ulimit -v 200000; sort /etc/passwd | wc -l",
    "umask": "umask 077; mkdir d; touch f; stat -c %a d f",
    "find_and_xargs": "mkdir -p a/b; touch a/1 a/b/2; find a -type f | sort | xargs -n1 echo file",
    "tar_and_gzip": "mkdir d; seq 100 >d/f; tar czf t.tgz d; rm -r d; tar xzf t.tgz; md5sum d/f",
    "dd": "dd if=/dev/zero of=z bs=4096 count=7 2>/dev/null; cksum z",
    "sed_in_place": "seq 5 >f; sed -i s/3/three/ f; cat f",
    "mktemp": "f=$(mktemp -p .); test -w $f && rm $f && echo made",
    "env_emptied": "env -i /bin/sh -c 'echo ${HOME-unset}; env | grep -cv \"^VLSHIM_\\|^LD_PRELOAD\\|^PWD\\|^_\"'",
    "env_unset_preload": "env -u LD_PRELOAD sh -c 'echo ran'",
    "preload_kept": "LD_PRELOAD=libm.so.6:$LD_PRELOAD sh -c 'grep -c libm /proc/self/maps >/dev/null && echo mapped'",
    "nohup": "nohup sh -c 'echo kept' </dev/null",
    "timeout_command": "timeout 0.2 sleep 5; echo $?",
    "setsid": "setsid -w sh -c 'echo session; exit 4'; echo $?",
    "nice": "nice -n 5 nice",
    "subshell_exit": "(exit 3); echo $?; { exit 4; }",
    "read_builtin": "printf 'a b\\nc' | while read x y; do echo \"$y$x\"; done",
    "process_substitution": "bash -c 'diff <(seq 3) <(seq 4)'; echo $?",
    "coproc": "bash -c 'coproc cat; echo hi >&${COPROC[1]}; read x <&${COPROC[0]}; echo $x'",
    "make": "printf 'all: x\\n\\t@cat x\\nx:\\n\\t@echo made >x\\n' >Makefile; make -s; make -s",
    "git": "git init -q r; cd r; git -c user.name=a -c user.email=a@b commit -q --allow-empty -m m; git log --format=%s",
    "cc": "echo 'int main(){return 5;}' >p.c; cc p.c -o p; ./p; echo $?",
    "strace_of_it": "ls >/dev/null; echo $?",
    "awk": "seq 10 | awk '{s+=$1} END {print s}'",
    "perl": "perl -e 'print `echo backtick`; system(\"exit 3\"); print $?>>8, \"\\n\"; fork || exit 5; wait; print $?>>8'",
    "closed_stdin": "cat <&-; echo $?",
    "closed_stdout": "echo x >&-; echo $?",
    "closed_all": "sh -c 'exit 6' <&- >&- 2>&-; echo $?",
    "full_stdout": "echo x >/dev/full; echo $?",
    "broken_pipe": "yes | head -2",
    "fifo": "mkfifo p; echo through >p & cat p",
    "lock": "touch l; flock l echo locked",
    "chroot_like_cd": "mkdir d; cd d; rmdir ../d; echo x >y; echo $?",
    "tee": "echo t | tee a b; cat a b",
    "python_subprocess": PYTHON + " -c \"import subprocess as s; print(s.run(['sh','-c','echo o; echo e >&2; exit 3'],"
                         "capture_output=True))\"",
    "python_timeout": PYTHON + " -c \"import subprocess as s\ntry: s.run(['sleep','9'],timeout=.2)\nexcept s.TimeoutExpired as e:"
                      " print(e.cmd)\"",
    "python_preexec": PYTHON + " -c \"import subprocess as s,os; print(s.run(['pwd'],preexec_fn=lambda: os.chdir('/'),"
                      "capture_output=True).stdout)\"",
    "python_close_fds": PYTHON + " -c \"import subprocess as s,os; os.dup2(0,50); print(s.run('ls /proc/self/fd',shell=True,"
                        "capture_output=True,close_fds=True).stdout)\"",
    "python_fork_pool": PYTHON + " -c \"import multiprocessing as m; print(m.get_context('fork').Pool(3).map(abs,range(-9,0)))\"",
    "python_spawn_pool": "printf 'import multiprocessing as m\\nif __name__==\"__main__\":\\n p=m.get_context(\"spawn\").Pool(2);"
                         " print(p.map(abs,range(-4,0)))' >p.py; " + PYTHON + " p.py",
    "python_threads": PYTHON + " -c \"import threading as t; x=[t.Thread(target=lambda: open('/dev/null').close()) for _ in range(99)];"
                      " [a.start() for a in x]; [a.join() for a in x]; print(t.active_count())\"",
    "python_asyncio": PYTHON + " -c \"import asyncio as a; print(a.run(a.wait_for(a.sleep(.01,'slept'),1)))\"",
    "python_exception": PYTHON + " -c \"1/0\"; echo $?",
    "python_exit": PYTHON + " -c \"import sys,atexit; atexit.register(print,'bye'); sys.exit(9)\"; echo $?",
    "python_os_exit": PYTHON + " -c \"import os; print('lost',end=''); os._exit(4)\"; echo $?",
    "python_signal": PYTHON + " -c \"import signal,os; signal.signal(10,lambda *a: print('got',a[0])); os.kill(os.getpid(),10)\"",
    "python_faulthandler": PYTHON + " -X faulthandler -c \"import ctypes; ctypes.string_at(0)\" 2>&1 | grep -v '^  File' | sed 's/0x[0-9a-f]*//'; echo $?",
    "python_tempfile": PYTHON + " -c \"import tempfile as t,os; d=t.TemporaryDirectory(dir='.'); f=t.NamedTemporaryFile(dir=d.name);"
                       " f.write(b'x'); print(os.path.exists(f.name)); f.close(); d.cleanup(); print(os.path.exists(d.name))\"",
    "python_pty": PYTHON + " -c \"import pty,os; p,f=pty.fork()\nif p==0: os.execvp('echo',['echo','tty'])\nprint(os.read(f,99)); os.waitpid(p,0)\"",
    "python_sendfile": PYTHON + " -c \"import shutil,os; open('a','wb').write(b'some bytes'*9999); shutil.copyfile('a','b');"
                       " print(open('a','rb').read()==open('b','rb').read())\"",
    "python_environ": PYTHON + " -c \"import os; print(sorted(k for k in os.environ if not k.startswith(('VLSHIM_','LD_PRE'))))\"",
    "python_resource": PYTHON + " -c \"import resource as r; r.setrlimit(r.RLIMIT_NOFILE,(30,30)); "
                       "print(r.getrlimit(r.RLIMIT_NOFILE))\"",
    "python_mmap": PYTHON + " -c \"import mmap; open('m','wb').write(b'x'*9000); f=open('m','r+b'); m=mmap.mmap(f.fileno(),0);"
                   " m[0:3]=b'abc'; m.close(); print(open('m').read(5))\"",
    "python_ssl_context": PYTHON + " -c \"import ssl; print(ssl.create_default_context().verify_mode)\"",
    "python_sqlite": PYTHON + " -c \"import sqlite3 as s; c=s.connect('d.db'); c.execute('create table t(a)'); c.commit();"
                     " print(c.execute('select count(*) from t').fetchall())\"",
}


def tree(folder):
    """Every file below a folder with its content."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if ".git/" in str(path) or path.name.startswith("core"):
            continue
        found[str(path.relative_to(folder))] = hashlib.md5(path.read_bytes()).hexdigest() if path.is_file() else None
    return found


class Cases(Case):
    """One test a case; they are added below."""

    def compare(self, argv):
        outcome = {}
        for kind in "native", "recorded":
            folder = self.folder / kind / "x"
            folder.mkdir(parents=True)
            env = clean_environment(LC_ALL="C", HOME=folder, TMPDIR=folder, PYTHONDONTWRITEBYTECODE="1")
            if kind == "recorded":
                env.update(LD_PRELOAD=str(SHIM), VLSHIM_SPOOL=str(self.folder / "spool"))
            done = subprocess.run([str(w) for w in argv], cwd=folder, env=env, capture_output=True, timeout=PATIENCE,
                                  stdin=subprocess.DEVNULL)
            text = [without_pids(t).replace(str(folder), "HERE") for t in (done.stdout, done.stderr)]
            outcome[kind] = (done.returncode, *text, tree(folder))
        self.assertEqual(outcome["recorded"], outcome["native"])
        self.assertNotEqual(outcome["native"][0], 2 if argv[0] == PROGRAM else None, "there is no such case")


def add(name, argv):
    setattr(Cases, f"test_{name}", lambda self: self.compare(argv))


def all_cases():
    if not PROGRAM.exists():
        subprocess.run(["make", "-s", f"BUILD={BUILD}", str(PROGRAM)], cwd=BUILD.parent if BUILD.name == "build" else None)
    listed = subprocess.run([str(PROGRAM)], capture_output=True, text=True, env=clean_environment(), check=True)
    return listed.stdout.split()


for one in all_cases():
    add(one, [PROGRAM, one])
for one, script in SCRIPTS.items():
    add(f"script_{one}", ["/bin/bash" if "bash" in one else "/bin/sh", "-c", script])


class Enough(unittest.TestCase):
    def test_there_are_at_least_150_cases(self):
        self.assertGreaterEqual(len([n for n in dir(Cases) if n.startswith("test_")]), 150)


if __name__ == "__main__":
    unittest.main()
