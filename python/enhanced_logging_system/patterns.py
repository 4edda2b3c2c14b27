"""What kind of error a text is: the evidence is error-patterns.tsv, which `vlagg fold` has too."""
import functools
import os
import re
from typing import NamedTuple, Optional

_HERE = os.path.dirname(os.path.abspath(__file__))
_PLACES = (_HERE, os.path.join(_HERE, "..", "..", "data"))
_KNOWN = {"yes": True, "no": False}


class Verdict(NamedTuple):
    category: str
    fixable: Optional[bool]
    auto_recoverable: Optional[bool]
    suggested_fix: Optional[str]


UNKNOWN = Verdict("unknown_error", None, None, None)


def table(name):
    """The rows of a table of data: lists of cells; none where the table is not there."""
    for place in _PLACES:
        try:
            with open(os.path.join(place, name), encoding="utf-8") as file:
                lines = file.read().splitlines()
        except OSError:
            continue
        return [line.split("\t") for line in lines if line.strip() and not line.startswith("#")]
    return []


@functools.lru_cache(maxsize=None)
def _rows():
    rows = []
    for cells in table("error-patterns.tsv"):
        if cells[0].startswith("@") or len(cells) < 5:
            continue  # evidence of an exit, which an exception has not
        rows.append((re.compile(cells[0]), Verdict(cells[1] + "_error", _KNOWN.get(cells[2]), _KNOWN.get(cells[3]), cells[4])))
    return rows


_NAME = re.compile(r"[\w.]*(?:Error|Exception|Timeout)$")
_DENIED = re.compile(r"(?:^|\W)(?:0|[Nn]o|zero|never|without|not|ignored?|ignores|handles?|avoids?|catch(?:es)?|except|skips) $")


def _reads_like_one(line, match):
    """The name of an error counts where an error is told by it: at the start, and followed by a colon where another is."""
    before, after = line[:match.start()], line[match.end():]
    if _DENIED.search(before) or re.match(r"\w", after) and _NAME.search(match[0]) or re.search(r"\w$", before) and re.match(r"\w", match[0]):
        return False
    if not _NAME.search(match[0]) or re.fullmatch(r"[\w.]*", before):
        return True
    return before.endswith(": ") and after.startswith(":")


def verdict(line):
    """Of a line such as `ValueError: not a number`; None: it says nothing that is known."""
    for pattern, found in _rows():
        match = next((m for m in pattern.finditer(line) if m[0] and _reads_like_one(line, m)), None)
        if match:
            return found._replace(suggested_fix=re.sub(r"\\(\d)", lambda m: match[int(m[1])] or "", found.suggested_fix))
    return None


def of_text(text):
    """Of what was printed: the last line that is known."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next((found for found in map(verdict, reversed(lines)) if found), UNKNOWN)
