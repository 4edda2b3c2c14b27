"""Exceptions in groups, with notes, split and kept."""
import contextvars

kept = []
last = contextvars.ContextVar("last")


def work():
    errors = []
    for kind in ValueError, KeyError, OSError:
        try:
            raise kind(kind.__name__)
        except kind as error:
            error.add_note("seen")
            errors.append(error)
    raise ExceptionGroup("several", errors)


def split():
    try:
        work()
    except* ValueError as group:
        kept.append(group)
    except* (KeyError, OSError) as group:
        kept.append(group)


split()
last.set(kept)
print([str(group) for group in kept])
