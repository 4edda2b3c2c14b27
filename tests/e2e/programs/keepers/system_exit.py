"""Ends with a status of its own while an exception is being handled and a thread still works."""
import contextvars
import sys
import threading
import time

kept = []
contextvars.ContextVar("kept").set(kept)


def work():
    time.sleep(0.02)
    try:
        raise ValueError("late")
    except ValueError as error:
        kept.append(error)


threading.Thread(target=work).start()
try:
    {}["x"]
except KeyError as error:
    kept.append(error)
    try:
        sys.exit(7)
    except SystemExit as end:
        kept.append(end)
        raise
