"""Exit handlers hold what was caught, catch more, and one of them fails."""
import atexit
import contextvars


def convert(text):
    try:
        return int(text)
    except ValueError as error:
        atexit.register(report, error)


def report(error):
    try:
        raise RuntimeError("at exit") from error
    except RuntimeError as inner:
        reports.append(inner)
    print("at exit:", error)


def fail():
    raise OSError("an exit handler fails")


reports = []
contextvars.ContextVar("reports").set(reports)
atexit.register(fail)
convert("one")
convert("two")
