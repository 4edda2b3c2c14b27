"""The versions of CPython that tests run in: Debian's, and those of scripts/setup-pythons; or PYTHONS="3.14=/usr/bin/python3.14 ..."."""
import os
from pathlib import Path

from vl import BUILD, PYTHON

VERSIONS = {"3.9": None, "3.11": PYTHON, "3.12": None, "3.13": None}
for version in VERSIONS:
    VERSIONS[version] = VERSIONS[version] or BUILD / "pythons" / version / f"python{version}"
if os.environ.get("PYTHONS"):
    VERSIONS = dict(word.split("=") for word in os.environ["PYTHONS"].split())


def libraries(python):
    """Where one that is not Debian's has the libraries of its modules, ctypes' among them: LD_LIBRARY_PATH."""
    folder = Path(python).parent
    return None if folder.is_relative_to("/usr") else folder
