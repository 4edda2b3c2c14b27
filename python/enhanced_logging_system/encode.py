"""Values of a script as JSON, and logs read and written so that what others put there stays as it was, digit by digit."""
import dataclasses
import datetime
import json
import math
import os
import re
from enum import Enum

DEPTH_MAX = 64
EXACT = "\ue000number:"  # a number that a float or an int would change, on its way from one file to the next
_EXACT_STRING = re.compile('"' + EXACT + r'([-+.0-9eE]+)"')


def plain(value, depth=0):
    """The same in JSON's own types. Whatever it is, there is an answer: a log must not fail for what it is given."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, Enum):
        return plain(value.value, depth + 1)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode("utf-8", "replace")
    if isinstance(value, os.PathLike):
        return os.fsdecode(value)
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if depth < DEPTH_MAX:
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return {f.name: plain(getattr(value, f.name, None), depth + 1) for f in dataclasses.fields(value)}
        if isinstance(value, dict):
            return {_key(k): plain(v, depth + 1) for k, v in value.items()}
        if isinstance(value, (set, frozenset)):
            return sorted((plain(v, depth + 1) for v in value), key=repr)
        if isinstance(value, (list, tuple)):
            return [plain(v, depth + 1) for v in value]
    try:
        return str(value)
    except Exception:  # a __str__ of the script's own
        return object.__repr__(value)


def _key(key):
    name = plain(key)
    return name if isinstance(name, str) else json.dumps(name)


class EnhancedJSONEncoder(json.JSONEncoder):
    """For json.dump(..., cls=EnhancedJSONEncoder): enums, dataclasses, paths, times, sets and all else."""

    def default(self, o):
        return plain(o)


def _kept(digits, read):
    try:
        same = repr(read(digits)) == digits
    except ValueError:  # more digits than Python takes
        same = False
    return read(digits) if same else EXACT + digits


def number(value):
    """One that was kept digit by digit, as a float."""
    kept = isinstance(value, str) and value.startswith(EXACT)
    return plain(float(value[len(EXACT):])) if kept else value


def load(text):
    """A document; ValueError where the text is none. NaN and Infinity, which JSON has not, become strings."""
    document = json.loads(text, parse_float=lambda d: _kept(d, float), parse_int=lambda d: _kept(d, int), parse_constant=str)
    if not isinstance(document, dict):
        raise ValueError("an object was expected")
    return document


def dump(document):
    """Bytes of a document."""
    text = _EXACT_STRING.sub(r"\1", json.dumps(document, indent=2, ensure_ascii=False))
    try:
        return (text + "\n").encode()
    except UnicodeEncodeError:  # half a surrogate, as Python has it for a byte of a file's name
        return (_EXACT_STRING.sub(r"\1", json.dumps(document, indent=2).replace("\\ue000", "\ue000")) + "\n").encode()
