"""A generator waits inside its except clause until the end; the context knows the current one."""
import contextvars

current = contextvars.ContextVar("current")


def retry(attempts):
    for attempt in range(attempts):
        try:
            raise ConnectionError(f"attempt {attempt}")
        except ConnectionError as error:
            yield error


def both():
    yield from retry(5)


waiting = retry(5)
print(next(waiting))
print(next(waiting))
current.set(waiting)
delegating = both()
print(next(delegating))
