#!/usr/bin/python3
"""What the shim costs: each load natively and under it, A B A B ..., minimum and median of both and of the
differences pair by pair. Only ratios and differences of one run count: machines are shared and noisy.

usage: run.py BUILD [ROUNDS]"""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

import tls

BUILD = os.path.abspath(sys.argv[1])
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 9
SHIM = f"{BUILD}/libvlshim.so"
EMPTY = f"{BUILD}/bench/empty.so"
LOAD = f"{BUILD}/bench/load"
CALLS = 1_000_000
CHUNK_PAGE = 4096


def clean_environment():
    return {k: v for k, v in os.environ.items() if not k.startswith("VLSHIM_") and k != "LD_PRELOAD"}


def spool_bytes(folder):
    return sum(os.path.getsize(os.path.join(d, f)) for d, _, files in os.walk(folder) for f in files)


def ns_a_turn(args, spool=None):
    """The load's own figure, under the shim if a spool is named."""
    env = clean_environment()
    if spool:
        env.update(LD_PRELOAD=SHIM, VLSHIM_SPOOL=spool)
    return float(subprocess.run([LOAD, *args], env=env, check=True, capture_output=True, text=True).stdout)


def row(name, unit, a, b):
    extra = [y - x for x, y in zip(a, b)]
    ratio = [y / x for x, y in zip(a, b)]
    print(f"{name:34} {min(a):9.1f} {statistics.median(a):9.1f}  {min(b):9.1f} {statistics.median(b):9.1f}"
          f"  {min(b) - min(a):+8.1f} {statistics.median(extra):+8.1f} {unit}  {statistics.median(ratio):.3f} x")


def call_rows(scratch):
    for kind, label in (("write", "write 64 B to /dev/null"), ("read", "read 1 B of /dev/zero"),
                        ("pread", "pread 4 KiB of a cached file")):
        a, b, size = [], [], 0
        for _ in range(ROUNDS):
            spool = tempfile.mkdtemp(dir=scratch) + "/spool"
            a.append(ns_a_turn([kind, str(CALLS)]))
            b.append(ns_a_turn([kind, str(CALLS)], spool))
            size = spool_bytes(spool)
            subprocess.run([f"{BUILD}/vlagg", "pack", spool], check=True, stdout=subprocess.DEVNULL)
            packed = spool_bytes(spool)
            shutil.rmtree(spool)
        row(label, "ns a call", a, b)
        print(f"{'':34} {size / CALLS:.2f} bytes an event, {packed / CALLS:.2f} packed")


def stream_rows(scratch):
    """A call that stays in the buffer is recorded nowhere: all of the difference is looking at it."""
    for kind, label in (("fwrite", "fwrite 16 B to /dev/null"), ("putc", "putc to /dev/null"),
                        ("getc", "getc of /dev/zero"), ("fprintf", "fprintf to /dev/null")):
        turns, a, b = str(10 * CALLS if kind != "fprintf" else CALLS), [], []
        for _ in range(ROUNDS):
            spool = tempfile.mkdtemp(dir=scratch) + "/spool"
            a.append(ns_a_turn([kind, turns]))
            b.append(ns_a_turn([kind, turns], spool))
            shutil.rmtree(spool)
        row(label, "ns a call", a, b)


def spawn_rows(scratch):
    """Against the same with an empty library preloaded: what is left is the shim's own. Its parent is recorded too, as in
    any pipeline, or begins the recording."""
    for label, recorded in (("posix_spawn of /bin/true, / empty .so", False), ("  from a recorded parent, / empty .so", True)):
        a, b = [], []
        for _ in range(ROUNDS):
            spool = tempfile.mkdtemp(dir=scratch) + "/spool"
            a.append(ns_a_turn(["spawn", "1000", f"LD_PRELOAD={EMPTY}"]) / 1000)
            b.append(ns_a_turn(["spawn", "1000", f"LD_PRELOAD={SHIM}", f"VLSHIM_SPOOL={spool}"], spool if recorded else None) / 1000)
            shutil.rmtree(spool)
        row(label, "us a process", a, b)


def command_row(name, command, scratch):
    import time
    a, b = [], []
    for _ in range(ROUNDS):
        for times, shim in ((a, False), (b, True)):
            env = clean_environment()
            spool = tempfile.mkdtemp(dir=scratch) + "/spool"
            if shim:
                env.update(LD_PRELOAD=SHIM, VLSHIM_SPOOL=spool)
            start = time.perf_counter()
            subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL, cwd=scratch)
            times.append((time.perf_counter() - start) * 1000)
            shutil.rmtree(spool, ignore_errors=True)
    row(name, "ms", a, b)


def main():
    print(f"{'':34} {'native':>19}  {'with the shim':>19}  {'added':>17}")
    print(f"{'':34} {'min':>9} {'median':>9}  {'min':>9} {'median':>9}  {'min':>8} {'median':>8}")
    with tempfile.TemporaryDirectory(dir=BUILD) as scratch:
        call_rows(scratch)
        stream_rows(scratch)
        spawn_rows(scratch)
        imports = "import json,decimal,email.message,http.client,unittest,xml.dom.minidom,asyncio,sqlite3,ctypes"
        tls.rows(scratch, max(ROUNDS, 7), clean_environment(), SHIM, row)
        command_row("python3 with imports", ["/usr/bin/python3", "-c", imports], scratch)


main()
