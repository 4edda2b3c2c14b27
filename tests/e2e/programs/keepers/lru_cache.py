"""A cache of results, some of which are exceptions."""
import codecs
import functools


@functools.lru_cache(maxsize=None)
def parse(text):
    try:
        return float(text)
    except ValueError as error:
        return error


@functools.singledispatch
def show(value):
    return repr(value)


@show.register(Exception)
def _(value):
    return f"failed: {value}"


codecs.register(functools.lru_cache(maxsize=8)(lambda name: parse(name) and None))
for text in "1", "x", "x", "y":
    print(show(parse(text)))
del parse.__wrapped__
try:
    "x".encode("no-such-codec")
except LookupError as error:
    print(error)
