"""create_error_from_exception, and ErrorDetails out of what else a script calls an error."""
import dataclasses
import traceback

from . import patterns
from .encode import plain
from .kinds import ErrorCategory, ErrorDetails

_GENERAL = patterns.Verdict("runtime_error", None, None, "See the stack trace")


def _names(kind):
    """As a traceback has it, and those that it is a kind of."""
    for one in kind.__mro__:
        if issubclass(one, BaseException) and one not in (BaseException, Exception, object):
            yield one.__qualname__ if one.__module__ in ("builtins", "__main__") else f"{one.__module__}.{one.__qualname__}"


def _message(exception):
    try:
        return str(exception)
    except Exception:  # a __str__ of the script's own
        return ""


def _line(name, message):
    first = next((line for line in message.splitlines() if line.strip()), "")
    return f"{name}: {first.strip()}" if first else name


def _causes(exception):
    """The exception and those that it was made of, the latest first."""
    seen = []
    while exception is not None and exception not in seen:
        seen.append(exception)
        exception = exception.__cause__ or (None if exception.__suppress_context__ else exception.__context__)
    return seen


def _verdict(exception):
    """By its own line, else by what it is a kind of; an error that says nothing of itself, by its cause."""
    general = None
    for one in _causes(exception):
        for name in _names(type(one)):
            found = patterns.verdict(_line(name, _message(one)))
            if found and found.fixable is not None:
                return found
            general = general or found
    return general or (_GENERAL if isinstance(exception, Exception) else patterns.UNKNOWN)


def create_error_from_exception(exc, context=None):
    """ErrorDetails of an exception; context: what was being done, such as a stage's name, for one that says nothing."""
    found = _verdict(exc)
    name = next(_names(type(exc)), type(exc).__qualname__)
    message = _message(exc)
    text = f"{name}: {message}" if message else f"{name} in {plain(context)}" if context else name
    return ErrorDetails(
        category=ErrorCategory(found.category), message=text,
        stack_trace="".join(traceback.format_exception(type(exc), exc, exc.__traceback__)), fixable=found.fixable,
        auto_recoverable=found.auto_recoverable, suggested_fix=found.suggested_fix)


def details(error):
    """ErrorDetails of whatever a script gave as its error; None of None."""
    if error is None or isinstance(error, ErrorDetails):
        return error
    if isinstance(error, BaseException):
        return create_error_from_exception(error)
    if isinstance(error, dict) and error.get("message"):
        known = {f.name for f in dataclasses.fields(ErrorDetails)}
        found = patterns.of_text(str(error["message"]))
        return ErrorDetails(**{"category": found.category, **{k: v for k, v in error.items() if k in known}})
    found = patterns.of_text(str(error))
    return ErrorDetails(ErrorCategory(found.category), str(error), None, found.fixable, found.auto_recoverable, found.suggested_fix)
