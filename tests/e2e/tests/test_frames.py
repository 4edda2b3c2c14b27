"""Every hooked function in every situation: its event is recorded, its results and errno are what they are without the
recorder, and little more of the stack is taken. The table is frames.def; what it gave is docs/HOOKS.md, written by `make docs-hooks`."""
import concurrent.futures
import fnmatch
import functools
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import unittest
from pathlib import Path

from vl import ROOT, SCRATCH, SHIM, Case, clean_environment, needs, program, vlagg

PROMISES = "3 4 6"

FRAMES = {
    "plain": "called from main",
    "before_main": "called from a constructor of the program",
    "thread": "called in a second thread",
    "forked": "called in a forked child",
    "vforked": "called in a vfork child, in its parent's memory",
    "after_exec": "called by a program that executed itself",
    "in_handler": "called in a signal handler",
    "small_signal": "called in a signal handler that has 4 KiB of stack left",
    "small_thread": "called in a thread of PTHREAD_STACK_MIN",
    "all_closed": "called after every descriptor was closed",
    "no_environment": "called after the environment was emptied",
    "killed_after": "the process kills itself with SIGKILL right after the call",
}

EXEC = "exec* fexecve"
SMALL = "small_signal small_thread"
BIRTHS = "fork __fork _Fork vfork __vfork clone __clone forkpty daemon"

# (functions, frames, why the cell makes no sense)
NOT_APPLICABLE = [
    (f"{EXEC} _exit _Exit quick_exit err errx verr verrx", "killed_after", "there is no right after: the call does not return"),
    (BIRTHS, "vforked", "a vfork child must not begin a process that returns into its parent's frames"),
    ("quick_exit err errx verr verrx", "vforked", "a vfork child must not run its parent's handlers"),
    ("close", "vforked", "a vfork child closes its own copy, of which no table is kept"),
    ("sigaction signal bsd_signal ssignal sysv_signal __sysv_signal sigset", "vforked",
     "a vfork child is told of the handler that the recorder keeps in front of the default one"),
    ("error error_at_line", "small_thread", "they leave less than 100 bytes of it themselves"),
    ("daemon", "killed_after all_closed", "the caller is gone when it returns; the one that goes on is its child"),
]

# (functions, why there is nothing to call)
NOT_THERE = [("__isoc23_*", "glibc 2.38 and newer")]

CHOSEN = os.environ.get("FUNCTIONS", "").split(",") if os.environ.get("FUNCTIONS") else []  # these alone

DATA = b"12345 first line\n" + b"67890 second line, longer\n" + b"third and last line .\n"[:21]
RESULT = struct.Struct("llii ii")

# What a call takes of its caller's stack: at a thread's first event, in a vfork child, in a forked child.
MEASURED = "thread vforked forked".split()
STACK_BYTES = 256 << 10  # frames.c: of the stack that a call is made on
STACK_PAINT = b"\xa5"
STACK_ARGUMENTS = 64  # of that, before the call
STACK_MOST = 2048  # that the recorder may add


@functools.lru_cache
def table():
    """Function -> events that its call has to leave."""
    text = subprocess.run([program("frames"), "list"], capture_output=True, text=True, check=True).stdout
    rows = dict(line.split("\t") for line in text.splitlines())
    return {name: events for name, events in rows.items() if not CHOSEN or name in CHOSEN}


def matches(name, patterns):
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns.split())


def reason_not(frame, name):
    for functions, frames, why in NOT_APPLICABLE:
        if matches(name, functions) and frame in frames.split():
            return why
    return next((why for functions, why in NOT_THERE if matches(name, functions)), None)


def prepare(folder):
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "folder").mkdir(parents=True)
    (folder / "file").write_bytes(DATA)
    (folder / "other").write_bytes(DATA)
    (folder / "result").write_bytes(bytes(4096))
    (folder / "stack").write_bytes(bytes(STACK_BYTES))


def call(frame, name, folder, shim, **more):
    """What came back, and how the process ended."""
    prepare(folder)
    env = clean_environment(TMPDIR=folder, **({"LD_PRELOAD": SHIM, "VLSHIM_SPOOL": folder / "spool"} if shim else {}), **more)
    done = subprocess.run([program("frames"), frame, name], cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, start_new_session=True, timeout=60)
    wrong, right, wrong_errno, right_errno, came_back, _ = RESULT.unpack_from((folder / "result").read_bytes())
    return {"status": done.returncode, "output": done.stdout, "wrong": (wrong, wrong_errno), "right": (right, right_errno), "done": came_back}


def fits(event, wanted, folder):
    kind, *fields = wanted
    if event["kind"] != kind:
        return False
    for field in fields:
        key, _, value = field.partition("=")
        if key == "path" or value.startswith("@"):
            value = re.sub("^@", str(folder) + "/", value) if value != "@" else str(folder / "file")
        found = " ".join(event.get(key, [])) if key == "argv" else str(event.get(key))
        if not fnmatch.fnmatchcase(found, value):
            return False
    return True


def words_of(wanted):
    """Fields are apart by spaces; a value may have some, too."""
    return re.split(r" (?=\w+=)", wanted)


def missing_events(name, folder):
    done = vlagg("cat", folder / "spool")
    events = [json.loads(line) for line in done.stdout.decode("utf-8", "replace").splitlines()]
    wanted = [words_of(text.strip()) for text in table()[name].split(";") if text.strip()]
    return [" ".join(words) for words in wanted if not any(fits(event, words, folder) for event in events)]


def judge_cell(frame, name, base):
    """None when all is well, else what is not."""
    native, folder = call(frame, name, base / "native", shim=False), base / "recorded"
    recorded = call(frame, name, folder, shim=True)
    if native["done"] == 2:
        return f"{name} is not in this libc"
    if frame in SMALL.split() and native["status"] == -signal.SIGSEGV:
        return "n/a", "without the recorder it does not fit either"
    if recorded != native:
        return f"without the recorder {native}, with it {recorded}"
    missing = missing_events(name, folder)
    if missing:
        return f"not recorded: {'; '.join(missing)}"
    shutil.rmtree(base, ignore_errors=True)
    return None


@functools.lru_cache
def judge_frame(frame):
    """Function -> what is wrong, None, or ("n/a", why)."""
    base, verdicts = SCRATCH / "frames" / frame, {}
    names = [name for name in table() if not reason_not(frame, name)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        verdicts.update(zip(names, pool.map(lambda name: judge_cell(frame, name, base / name), names)))
    return {name: ("n/a", reason_not(frame, name)) if name not in verdicts else verdicts[name] for name in table()}


# ---- how much of the stack ----

def stack_used(frame, name, folder, shim):
    """Bytes of it. Of a call that does not return what was painted tells."""
    call(frame, name, folder, shim, STACK=1, LD_BIND_NOW=1)
    *_, came_back, used = RESULT.unpack_from((folder / "result").read_bytes())
    painted = (folder / "stack").read_bytes()
    if came_back == 0 and painted.startswith(STACK_PAINT):
        used = len(painted.lstrip(STACK_PAINT))
    return used - STACK_ARGUMENTS


def stack_of(name, base):
    """What the function takes without the recorder, and what is added, at the most."""
    taken = []
    for frame in MEASURED:
        if not reason_not(frame, name):
            native = stack_used(frame, name, base / "native", shim=False)
            taken.append((native, stack_used(frame, name, base / "recorded", shim=True) - native))
    shutil.rmtree(base, ignore_errors=True)
    return max(native for native, _ in taken), max(added for _, added in taken)


@functools.lru_cache
def stacks():
    """Function -> (bytes, bytes added), of those that are there."""
    base = SCRATCH / "frames" / "stack"
    names = [name for name in table() if not reason_not("thread", name)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return dict(zip(names, pool.map(lambda name: stack_of(name, base / name), names)))


# ---- docs/HOOKS.md ----

def notes():
    rows = [(why, functions) for functions, _, why in NOT_APPLICABLE] + [(why, functions) for functions, why in NOT_THERE]
    return [f"- {', '.join(f'`{name}`' for name in functions.split())}: {why}" for why, functions in rows]


def cell_text(verdict):
    return "yes" if verdict is None else "n/a" if isinstance(verdict, tuple) else "NO"


def without_figures(text):
    """They depend on the compiler and on libc."""
    return re.sub(r"\d+ \| \+\d+ \|$", "|", text, flags=re.M)


def document():
    lines = ["# Hooked functions", "", "Generated by `make docs-hooks` from what `tests/e2e/tests/test_frames.py` found; the test fails when it is",
             "not up to date. Each function is called with arguments that are right and, where it makes sense, with some that",
             "are wrong, in each of these situations:", ""]
    lines += [f"- {frame.replace('_', ' ')}: {about}" for frame, about in FRAMES.items()]
    lines += ["", "yes: its events are in the recording, and results, errno, output and the way the process ends are the same as",
              "without the recorder. n/a, where a cell makes no sense, or, with little stack, the function does not fit without the recorder",
              "either:", "", *notes(), ""]
    lines += ["stack: bytes that the function takes of its caller's stack without the recorder; added: what the recorder takes beyond",
              f"that, at the most: at a thread's first event, in a vfork child, in a forked child. It is never more than {STACK_MOST}.", ""]
    lines += ["| function | events | " + " | ".join(frame.replace("_", " ") for frame in FRAMES) + " | stack | added |",
              "| --- | --- |" + " --- |" * (len(FRAMES) + 2)]
    for name, events in sorted(table().items()):
        kinds = ", ".join(dict.fromkeys(text.split()[0] for text in events.split(";") if text.strip())) or "none: behaviour alone"
        cells = " | ".join(cell_text(judge_frame(frame)[name]) for frame in FRAMES)
        used, added = stacks().get(name, ("n/a", None))
        lines.append(f"| `{name}` | {kinds} | {cells} | {used} | {'n/a' if added is None else f'+{max(added, 0)}'} |")
    return "\n".join(lines) + "\n"


class Frames(Case):
    @needs("nm")
    def test_every_hook_has_a_row(self):
        text = subprocess.run(["nm", "-D", "--defined-only", SHIM], capture_output=True, text=True, check=True).stdout
        exported = {line.split()[-1].partition("@")[0] for line in text.splitlines() if line.split()[-2] != "A"}
        own = {name for name in exported if name.startswith("vlshim_")}  # no function of libc's stands behind those
        self.assertEqual(exported - own, set(table()))

    def test_the_document_is_up_to_date(self):
        """docs/HOOKS.md; `make docs-hooks` writes it."""
        self.assertEqual(without_figures((ROOT / "docs" / "HOOKS.md").read_text()), without_figures(document()))

    def test_the_stack_that_is_added(self):
        """At most 2 KiB, by every function."""
        unknown = {name: used for name, (used, _) in stacks().items() if used <= 0}
        self.assertEqual(unknown, {}, "not measured")
        self.assertEqual({name: added for name, (_, added) in stacks().items() if added > STACK_MOST}, {})


def add(frame):
    def test(self):
        bad = {name: why for name, why in judge_frame(frame).items() if why is not None and not isinstance(why, tuple)}
        self.assertEqual(bad, {}, f"{len(bad)} functions")

    setattr(Frames, f"test_frame_{frame}", test)


for frame_name in FRAMES:
    add(frame_name)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        Path(sys.argv[2]).write_text(document())
    else:
        unittest.main()
