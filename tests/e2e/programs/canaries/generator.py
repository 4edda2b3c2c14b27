"""generator.py WORDS HOW [err]: prints marked words, and ends by HOW: a status, a signal's name, an exception, or never."""
import os
import signal
import sys
import time

words, how = open(sys.argv[1]).read().split(), sys.argv[2]
for stream in (sys.stdout, sys.stderr) if sys.argv[3:] else (sys.stdout,):
    print("[RENDER] the prompt:", " ".join(words), file=stream, flush=True)
    stream.write(" ".join(words)[:100])  # no end of the line
    stream.flush()
if how == "raise" and sys.argv[3:]:  # else what it prints leads elsewhere, and is kept as printed
    raise RuntimeError(" ".join(words))
while how == "never":
    print(" ".join(words), flush=True)
    time.sleep(0.001)
if how.startswith("SIG"):
    os.kill(os.getpid(), getattr(signal, how))
sys.exit(int(how) if how.isdigit() else 0)
