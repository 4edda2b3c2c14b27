"""What the recorder costs Python programs: python_ratio.py BUILD ROUNDS, for Debian's CPython and those of scripts/setup-pythons.

A B A B in one run; a row is the ratio of the least times and the median of the ratios. Processor time, so that other
programs on the machine count little."""
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

LOADS = Path(__file__).with_name("python_loads.py")
IMPORTS = "import asyncio, json, unittest.mock, email.mime.text, http.client, xml.dom.minidom, logging.config, multiprocessing"


def environment(library, spool):
    kept = {k: v for k, v in os.environ.items() if k != "LD_PRELOAD" and not k.startswith("VLSHIM_")}
    return {**kept, "LD_PRELOAD": str(library), "VLSHIM_SPOOL": spool} if library else kept


def seconds(python, load, env):
    if load == "imports":
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([python, "-c", IMPORTS], env=env, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return float(subprocess.run([python, LOADS, load], env=env, capture_output=True, text=True, check=True).stdout)


def main():
    build, rounds = Path(sys.argv[1]).resolve(), int(sys.argv[2])
    pythons = ["/usr/bin/python3", *sorted(build.glob("pythons/*/python3.*"))]
    loads = subprocess.run([pythons[0], LOADS, "list"], capture_output=True, text=True, check=True).stdout.split()
    with tempfile.TemporaryDirectory() as spool:
        for python in pythons:
            version = subprocess.run([python, "-V"], capture_output=True, text=True, check=True).stdout.strip()
            for load in [*loads, "imports"]:
                pairs = [[seconds(python, load, environment(library, spool)) for library in (None, build / "libvlshim.so")]
                         for _ in range(rounds)]
                least = min(b for _, b in pairs) / min(a for a, _ in pairs)
                print(f"{version:15} {load:11} least {least:.3f}  median {statistics.median(b / a for a, b in pairs):.3f}", flush=True)


main()
