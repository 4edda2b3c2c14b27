"""Daemon threads are stopped wherever they are: one waits in an except clause, one raises without end."""
import threading
import time

begun = threading.Event()


def waits():
    try:
        raise OSError("in a thread")
    except OSError as error:
        kept = [error]
        begun.set()
        time.sleep(3600)
        print(kept)


def raises():
    while True:
        try:
            int("x")
        except ValueError as error:
            kept = error
        try:
            raise KeyError(kept)
        except KeyError:
            pass


for target in waits, raises, raises:
    threading.Thread(target=target, daemon=True).start()
begun.wait()
time.sleep(0.02)
print("main ends")
