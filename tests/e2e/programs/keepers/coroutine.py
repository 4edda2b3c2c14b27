"""Coroutines and an async generator that are never finished; the context knows them."""
import contextvars
import warnings

warnings.simplefilter("ignore")
unfinished = contextvars.ContextVar("unfinished")


class Later:
    def __await__(self):
        yield self


async def fetch(name):
    try:
        raise TimeoutError(name)
    except TimeoutError:
        await Later()


async def pages(count):
    for page in range(count):
        try:
            {}[page]
        except KeyError as error:
            yield error


begun = fetch("first")
print(type(begun.send(None)).__name__)
stream = pages(3)
step = stream.__anext__()
try:
    step.send(None)
except StopIteration as stop:
    print(repr(stop.value))
never = fetch("second")
unfinished.set([begun, step, stream, never])
