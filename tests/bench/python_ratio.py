"""What the recorder costs Python programs: python_ratio.py BUILD ROUNDS, for Debian's CPython and those of scripts/setup-pythons.

A B A B in one run; a row is the ratio of the least times and the median of the ratios. Processor time, so that other
programs on the machine count little; of whole programs also the time that passed, and both without spans
(VLSHIM_SPANS empty), so that what spans cost shows."""
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LOADS = Path(__file__).with_name("python_loads.py")
PROGRAMS = {
    "-c pass": "pass",
    "imports": "import asyncio, json, unittest.mock, email.mime.text, http.client, xml.dom.minidom, logging.config, multiprocessing",
}
SHORT = 5  # a short program is run so many times a round


def environment(library, spool, spans=True):
    kept = {k: v for k, v in os.environ.items() if k != "LD_PRELOAD" and not k.startswith("VLSHIM_")}
    if not library:
        return kept
    return {**kept, "LD_PRELOAD": str(library), "VLSHIM_SPOOL": spool, **({} if spans else {"VLSHIM_SPANS": ""})}


def load_seconds(python, load, env):
    return float(subprocess.run([python, LOADS, load], env=env, capture_output=True, text=True, check=True).stdout)


def program_seconds(python, program, env):
    """(processor time, time that passed) of a whole program."""
    start = time.perf_counter()
    _, status, used = os.wait4(os.posix_spawn(python, [python, "-c", program], env), 0)
    if status:
        sys.exit(f"{python} -c '{program}' ended with {status}")
    return used.ru_utime + used.ru_stime, time.perf_counter() - start


def ratio(a, b):
    return f"least {min(b) / min(a):.3f}  median {statistics.median(y / x for x, y in zip(a, b)):.3f}"


def program_rows(version, python, envs, rounds):
    for name, program in PROGRAMS.items():
        times = {env: [] for env in envs}
        for _ in range(rounds * SHORT):
            for env, variables in envs.items():
                times[env].append(program_seconds(python, program, variables))
        for kind, clock in enumerate(("processor", "passed")):
            native, *recorded = ([t[kind] for t in times[env]] for env in envs)
            for env, row in zip(("", " no spans"), recorded):
                print(f"{version:15} {name + env:17} {ratio(native, row)}  {min(native) * 1000:.2f} -> {min(row) * 1000:.2f} ms {clock}",
                      flush=True)


def main():
    build, rounds = Path(sys.argv[1]).resolve(), int(sys.argv[2])
    pythons = ["/usr/bin/python3", *map(str, sorted(build.glob("pythons/*/python3.*")))]
    loads = subprocess.run([pythons[0], LOADS, "list"], capture_output=True, text=True, check=True).stdout.split()
    with tempfile.TemporaryDirectory() as spool:
        library = build / "libvlshim.so"
        envs = {"native": environment(None, spool), "recorded": environment(library, spool),
                "no spans": environment(library, spool, spans=False)}
        for python in pythons:
            version = subprocess.run([python, "-V"], capture_output=True, text=True, check=True).stdout.strip()
            program_rows(version, python, envs, rounds)
            for load in loads:
                pairs = [[load_seconds(python, load, envs[env]) for env in ("native", "recorded")] for _ in range(rounds)]
                print(f"{version:15} {load:17} {ratio(*zip(*pairs))}", flush=True)


main()
