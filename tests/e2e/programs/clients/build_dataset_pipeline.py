"""A pipeline that asks the claude program once for each video, at the same time: VIDEO:LIMIT:PROMPT...

The prompt goes to its standard input through a pipe, or from a file where it begins with "<"; the answer is kept."""
import os
import subprocess
import sys
import threading
import time


def ask(video, limit, prompt):
    os.makedirs(f"outputs/2015/{video}", exist_ok=True)
    with open(f"outputs/2015/{video}/monolith_manimgl.py", "w") as out:
        out.write("x = 1\n")
    given = {"input": prompt.encode()}
    if prompt.startswith("<"):
        with open(f"{video}.prompt", "w") as out:
            out.write(prompt[1:])
        given = {"stdin": open(f"{video}.prompt")}
    try:
        answer = subprocess.run(["claude", "--model", "sonnet"], stdout=subprocess.PIPE, timeout=float(limit), **given).stdout
        with open(f"{video}.answer", "wb") as out:
            out.write(answer)
    except subprocess.TimeoutExpired:
        pass


jobs = [threading.Thread(target=ask, args=word.split(":", 2)) for word in sys.argv[1:]]
for job in jobs:
    job.start()
    time.sleep(0.5)
for job in jobs:
    job.join()
