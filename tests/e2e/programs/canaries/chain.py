"""chain.py HOW COMMAND: the program's own pipe, FIFO or socket between a generator and the claude program, in either order."""
import os
import shlex
import socket
import subprocess
import sys

how, generator = sys.argv[1], shlex.split(sys.argv[2])
claude = ["claude", "-p"]
if how == "generator first":
    first = subprocess.Popen(generator, stdout=subprocess.PIPE)
    second = subprocess.Popen(claude, stdin=first.stdout, stdout=subprocess.DEVNULL)
elif how == "claude first":
    second = subprocess.Popen(claude, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    first = subprocess.Popen(generator, stdout=second.stdin)
elif how == "both outputs":
    first = subprocess.Popen(generator + ["err"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    second = subprocess.Popen(claude, stdin=first.stdout, stdout=subprocess.DEVNULL)
elif how == "socket":
    ours, theirs = socket.socketpair()
    first = subprocess.Popen(generator, stdout=ours)
    second = subprocess.Popen(claude, stdin=theirs, stdout=subprocess.DEVNULL)
    ours.close(), theirs.close()
elif how == "fifo":
    os.mkfifo("named")
    second = subprocess.Popen(["sh", "-c", "claude -p <named >/dev/null"])
    first = subprocess.Popen(["sh", "-c", sys.argv[2] + " >named"])
for process in first, second:
    if process.stdin:
        process.stdin.close()
    if process.stdout:
        process.stdout.close()
first.wait(), second.wait()
