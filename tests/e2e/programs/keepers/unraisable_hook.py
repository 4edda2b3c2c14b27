"""A hook keeps what destructors raised."""
import contextvars
import sys

kept = []
contextvars.ContextVar("kept").set(kept)


class Leaky:
    def __del__(self):
        raise ValueError("from a destructor")


def hook(unraisable):
    kept.append(unraisable.exc_value)
    print("lost", unraisable.exc_value)


sys.unraisablehook = hook
del hook


def work():
    Leaky()


work()
print(len(kept))
