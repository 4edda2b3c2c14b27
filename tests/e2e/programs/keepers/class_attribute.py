"""Classes, their metaclass and a class of an extension's type hold exceptions; types go last of all."""
import collections
import contextvars
import enum


def caught(kind, *words):
    try:
        raise kind(*words)
    except kind as error:
        return error


class Meta(type):
    error = caught(TypeError, "of a metaclass")


class Film(metaclass=Meta):
    error = caught(ValueError, "of a class")


class Mode(enum.Enum):
    FAST = caught(KeyError, "of an enumeration")


class Names(collections.OrderedDict):
    error = caught(IndexError, "of a dictionary")


class Special(Exception):
    error = caught(Exception, "of an exception")


Special.own = caught(Special, "of itself")
contextvars.ContextVar("kinds").set([Film, Mode, Names, Special])
print(Film.error, Meta.error, Mode.FAST.value, Names.error, Special.own)
