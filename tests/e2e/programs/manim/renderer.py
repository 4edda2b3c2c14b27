"""Runs manim as the pipeline does, and prints what it measured of it itself, a JSON object a line."""
import json
import os
import subprocess
import threading


def run(scene, words, **options):
    """How it ended and the last line of what it said; both outputs come through pipes."""
    child = subprocess.Popen(["manim", *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    said = {}
    readers = [threading.Thread(target=lambda name=name, pipe=pipe: said.update({name: pipe.read()}))
               for name, pipe in (("stdout", child.stdout), ("stderr", child.stderr))]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    print(json.dumps({"scene": scene, "status": child.returncode, "peak_kb": usage.ru_maxrss,
                      "cpu_seconds": usage.ru_utime + usage.ru_stime, **said}), flush=True)
    return child.returncode, said["stderr"].strip().split("\n")[-1]
