"""The program ends by an exception that has another one as its cause, in a thread's time."""
import contextvars


def read(path):
    try:
        return open(path)
    except OSError as error:
        raise RuntimeError("cannot render") from error


def render():
    try:
        read("/nowhere/film.py")
    except RuntimeError as error:
        failures.append(error)
        raise


failures = []
contextvars.ContextVar("failures").set(failures)
render()
