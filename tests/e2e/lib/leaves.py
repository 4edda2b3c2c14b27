"""Every leaf of a JSON document, digit by digit, and which of them another document has."""
import json


class Digits(str):
    """A number as it is written."""


def exact(text):
    return json.loads(text, parse_int=Digits, parse_float=Digits, object_pairs_hook=lambda pairs: dict(pairs))


def leaves(value, path=()):
    """[(path, value)]; empty lists and objects are leaves, too."""
    if isinstance(value, dict) and value:
        return [leaf for key, inner in value.items() for leaf in leaves(inner, (*path, key))]
    if isinstance(value, list) and value:
        return [leaf for i, inner in enumerate(value) for leaf in leaves(inner, (*path, i))]
    return [(path, (type(value).__name__, value))]


def holds(new, old):
    """Whether an entry has all that another has; it may have more."""
    have = dict(leaves(new))
    empty = {path for path, value in leaves(old) if value[1] in ({}, [])}
    return all(have.get(path) == value or path in empty for path, value in leaves(old))


def lost(old, new, moved=()):
    """Leaves of an old log that the new one has not where they were. Lists may have grown, in order; keys that stand in `moved`
    are below <key>_legacy."""
    missing = []
    for path, value in leaves(old):
        at = new
        for depth, step in enumerate(path):
            if isinstance(step, int):
                rows = at if isinstance(at, list) else []
                at = next((row for row in rows[step:] if holds(row, inside(old, path[:depth + 1]))), None)
            else:
                at = at.get(f"{step}_legacy" if path[:depth + 1] in moved else step) if isinstance(at, dict) else None
        found = (type(at).__name__, at)
        if found != value and not (value[1] in ({}, []) and type(at) is type(value[1])):
            missing.append((path, value[1], at))
    return missing


def inside(document, path):
    for step in path:
        document = document[step]
    return document
