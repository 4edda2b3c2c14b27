"""The versions of CPython that tests run in: Debian's, and those of scripts/setup-pythons."""
from vl import BUILD, PYTHON

VERSIONS = {"3.9": None, "3.11": PYTHON, "3.12": None, "3.13": None}
for version in VERSIONS:
    VERSIONS[version] = VERSIONS[version] or BUILD / "pythons" / version / f"python{version}"
