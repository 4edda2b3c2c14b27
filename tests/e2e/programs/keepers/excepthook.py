"""An excepthook that remembers; the program ends by an exception after it caught another."""
import contextvars
import sys


class Hook:
    def __init__(self):
        self.seen = []

    def __call__(self, kind, error, traceback):
        self.seen.append(error)
        print("ended by", kind.__name__, error)


def careful():
    try:
        raise OSError("caught")
    except OSError as error:
        sys.excepthook.seen.append(error)


sys.excepthook = Hook()
careful()
contextvars.ContextVar("hook").set(sys.excepthook)
raise RuntimeError("not caught")
