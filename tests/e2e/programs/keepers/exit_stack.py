"""Context managers that are open when the program ends by sys.exit in an except clause."""
import contextlib
import contextvars
import sys


@contextlib.contextmanager
def scene(name):
    try:
        yield name
    except Exception as error:
        kept.append(error)
        raise


def render():
    stack.enter_context(scene("intro"))
    with contextlib.suppress(ValueError), scene("main"):
        raise ValueError("no such font")
    try:
        raise OSError("disk full")
    except OSError as error:
        kept.append(error)
        sys.exit(3)


kept, stack = [], contextlib.ExitStack()
contextvars.ContextVar("stack").set((kept, stack))
render()
