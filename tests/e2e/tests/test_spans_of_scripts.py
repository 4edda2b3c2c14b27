"""A span rule for functions of a script that is run itself: each call is told, whatever the script does before it defines them,
between, and however it calls them."""
import json
import re
import unittest
from pathlib import Path

from pythons import VERSIONS
from test_spans import SpansCase, short

PROMISES = "3"

RULES = {"spans": [{"id": "solve", "function": [f"*:{before}solve" for before in ("", "*.", "*.<locals>.")], "arguments": ["n"]}]}
SOLVE = "def solve(n):\n    print('solved', n)\n    return n\n"

# name: (the script, the n of each call in order)
SCRIPTS = {
    # what is done before the first def
    "options": ("import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--n', type=int, default=1)\n"
                "options = parser.parse_args()\n" + SOLVE + "solve(options.n)\n", [1]),
    "options by getopt": ("import getopt, sys\nwords = getopt.getopt(sys.argv[1:], 'n:')\n" + SOLVE + "solve(len(words))\n", [2]),
    "a client": ("import urllib.request, ssl\nopener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=ssl.create_default_context()))\n"
                 + SOLVE + "solve(1)\n", [1]),
    "a client of its own": ("import collections\nclass Client:\n    def __init__(self, depth):\n        self.inner = Client(depth - 1) if depth else None\n"
                            "        self.names = collections.OrderedDict.fromkeys(str(i) for i in range(200))\n"
                            "client = Client(40)\n" + SOLVE + "solve(1)\n", [1]),
    "a program": ("import subprocess\nprint(subprocess.run(['sh', '-c', 'echo from a program'], capture_output=True).stdout)\n" + SOLVE + "solve(1)\n", [1]),
    "programs in a pool": ("import concurrent.futures, subprocess\nwith concurrent.futures.ThreadPoolExecutor(4) as pool:\n"
                           "    print(list(pool.map(lambda n: subprocess.run(['true']).returncode, range(8))))\n" + SOLVE + "solve(1)\n", [1]),
    "long imports": ("import asyncio, email.message, http.server, logging.handlers, multiprocessing.pool, unittest.mock, xml.dom.minidom\n"
                     + SOLVE + "solve(1)\n", [1]),
    "imports one by one": ("".join(f"import {name}\n" for name in ("json", "decimal", "fractions", "statistics", "csv", "zipfile", "tarfile", "difflib",
                                                                  "pdb", "doctest", "smtplib", "ftplib", "imaplib", "shlex", "plistlib"))
                           + SOLVE + "solve(1)\n", [1]),
    "imports that fail": ("for name in 'no_such_a', 'no_such_b', 'os.no_such':\n    try:\n        __import__(name)\n    except ImportError:\n        pass\n"
                          + SOLVE + "solve(1)\n", [1]),
    "a loop of calls": ("import math\ndef step(x):\n    return math.sqrt(x) + 1\nx = 0\nfor i in range(30000):\n    x = step(x)\n"
                        + SOLVE + "solve(1)\n", [1]),
    "a loop without calls": ("x = 0\nfor i in range(300000):\n    x += i\n" + SOLVE + "solve(1)\n", [1]),
    "a long comprehension": ("import string\nnames = [string.capwords('a film %d' % i) for i in range(20000)]\n" + SOLVE + "solve(1)\n", [1]),
    "long work in C": ("x = sum(range(3000000))\ny = sorted(range(300000), reverse=True)\n" + SOLVE + "solve(1)\n", [1]),
    "a wait": ("import time\ntime.sleep(0.05)\n" + SOLVE + "solve(1)\n", [1]),
    "threads": ("import threading, time\ndef beat():\n    for _ in range(20000):\n        threading.current_thread()\n"
                "beats = [threading.Thread(target=beat) for _ in range(3)]\n[b.start() for b in beats]\n[b.join() for b in beats]\n"
                + SOLVE + "solve(1)\n", [1]),
    "a thread that goes on": ("import threading\nstop = threading.Event()\nthread = threading.Thread(target=stop.wait)\nthread.start()\n" + SOLVE
                              + "solve(1)\nstop.set()\n", [1]),
    "files and patterns": ("import os, re, tempfile\nwith tempfile.TemporaryDirectory() as folder:\n    for i in range(50):\n"
                           "        with open(os.path.join(folder, 'f%d' % i), 'w') as f:\n            f.write(re.sub('(a|b)+%d' % i, 'c', 'ab%d' % i))\n"
                           + SOLVE + "solve(1)\n", [1]),
    "a log": ("import logging\nlogging.basicConfig(level=logging.DEBUG, format='%(message)s')\nfor i in range(300):\n    logging.debug('line %d', i)\n"
              + SOLVE + "solve(1)\n", [1]),
    "exceptions": ("for i in range(3000):\n    try:\n        int('x')\n    except ValueError:\n        pass\n" + SOLVE + "solve(1)\n", [1]),
    "a data class": ("import dataclasses, enum, typing\n@dataclasses.dataclass(order=True)\nclass Film:\n    name: str\n    year: int = 2015\n"
                     "class Mode(enum.Enum):\n    FAST = 1\n" + SOLVE + "solve(Film('a').year)\n", [2015]),
    # what is done between
    "work between": (SOLVE + "import argparse\nargparse.ArgumentParser().parse_args()\nsolve(1)\nx = [i for i in range(100000)]\nsolve(2)\n", [1, 2]),
    "a def late, a call early": ("def other(n):\n    return n\nfor i in range(5000):\n    other(i)\n" + SOLVE + "for i in range(3):\n    solve(i)\n", [0, 1, 2]),
    "defined again": (SOLVE + "solve(1)\n" + SOLVE + "solve(2)\n", [1, 2]),
    "defined again later": (SOLVE + "solve(1)\nimport unittest.mock, argparse\nargparse.ArgumentParser().parse_args()\n" + SOLVE + "solve(2)\n", [1, 2]),
    # the only call
    "nothing but the call": (SOLVE + "solve(1)\n", [1]),
    "under the guard": (SOLVE + "if __name__ == '__main__':\n    solve(1)\n", [1]),
    "the status": ("import sys\n" + SOLVE + "sys.exit(solve(3))\n", [3]),
    "the status under the guard": (SOLVE + "if __name__ == '__main__':\n    raise SystemExit(solve(3))\n", [3]),
    "an expression": (SOLVE + "print(solve(1) + solve(2))\n", [1, 2]),
    "a comprehension": (SOLVE + "print([solve(n) for n in range(3)])\n", [0, 1, 2]),
    "by map": (SOLVE + "print(list(map(solve, range(3))))\n", [0, 1, 2]),
    "as a key": (SOLVE + "print(sorted([2, 1], key=solve))\n", [2, 1]),
    "by a partial": ("import functools\n" + SOLVE + "functools.partial(solve, n=4)()\n", [4]),
    "in a thread": ("import threading\n" + SOLVE + "t = threading.Thread(target=solve, args=(1,))\nt.start()\nt.join()\n", [1]),
    "in a pool": ("from concurrent.futures import ThreadPoolExecutor\n" + SOLVE + "with ThreadPoolExecutor(1) as pool:\n    print(list(pool.map(solve, range(3))))\n",
                  [0, 1, 2]),
    "at exit": ("import atexit\n" + SOLVE + "atexit.register(solve, 1)\n", [1]),
    "by a main": (SOLVE + "def main():\n    solve(1)\nmain()\n", [1]),
    "of its own": ("def solve(n):\n    print(n)\n    return solve(n - 1) if n else 0\nsolve(3)\n", [3, 2, 1, 0]),
    "with words by name": ("def solve(first, *more, n, **rest):\n    print(n)\nsolve(1, 2, 3, n=4, m=5)\n", [4]),
    "that fails": ("def solve(n):\n    raise ValueError(n)\nsolve(1)\n", [1]),
    "that leaves": ("import os\ndef solve(n):\n    os._exit(n)\nsolve(5)\n", [5]),
    "a generator": ("def solve(n):\n    for i in range(n):\n        yield i\nprint(list(solve(3)))\n", [3]),
    "a coroutine": ("import asyncio\nasync def solve(n):\n    await asyncio.sleep(0)\n    print(n)\nasyncio.run(solve(1))\n", [1]),
    "coroutines of a main": ("import asyncio\nasync def solve(n):\n    await asyncio.sleep(0)\n    print(n)\nasync def main():\n"
                             "    for n in range(3):\n        await solve(n)\nasyncio.run(main())\n", [0, 1, 2]),
    # where it is
    "a method": ("class Solver:\n    def solve(self, n):\n        print(n)\nSolver().solve(1)\n", [1]),
    "methods of kinds": ("class Solver:\n    @staticmethod\n    def solve(n):\n        print(n)\nclass Other:\n    @classmethod\n    def solve(cls, n):\n"
                         "        print(n)\nSolver.solve(1)\nOther().solve(2)\n", [1, 2]),
    "a method inherited": ("class Base:\n    def solve(self, n):\n        print(n)\nclass Solver(Base):\n    def solve(self, n):\n        super().solve(n + 1)\n"
                           "Solver().solve(1)\n", [1, 2]),
    "decorated": ("import functools\ndef twice(f):\n    @functools.wraps(f)\n    def inside(n):\n        return f(n), f(n)\n    return inside\n@twice\n" + SOLVE
                  + "solve(1)\n", [1, 1]),
    "cached": ("import functools\n@functools.lru_cache(maxsize=None)\n" + SOLVE + "solve(1)\nsolve(1)\nsolve(2)\n", [1, 2]),
    "under a condition": ("import sys\nif sys.version_info > (3,):\n    def solve(n):\n        print(n)\nelse:\n    def solve(n):\n        pass\nsolve(1)\n", [1]),
    "after a try": ("try:\n    import no_such_module\nexcept ImportError:\n    def solve(n):\n        print(n)\nsolve(1)\n", [1]),
    "within a with": ("import contextlib\nwith contextlib.suppress(ValueError):\n    def solve(n):\n        print(n)\n    solve(1)\n", [1]),
    "in a loop": ("for i in range(3):\n    def solve(n):\n        print(n)\n    solve(i)\n", [0, 1, 2]),
    "under another name": (SOLVE + "run = solve\ndel solve\nrun(1)\n", [1]),
    "in a table": (SOLVE + "table = {'solve': solve}\ndel solve\ntable['solve'](1)\n", [1]),
    "made again and again": ("def make():\n    def solve(n):\n        print(n)\n    return solve\nfor i in range(4):\n    make()(i)\n", [0, 1, 2, 3]),
    "kept and called later": ("def make(i):\n    def solve(n):\n        print(n + i)\n    return solve\nfor solve in [make(i) for i in range(3)]:\n"
                              "    solve(1)\n", [1, 1, 1]),
    "within a function": ("def main():\n    def solve(n):\n        print(n)\n    solve(1)\n    solve(2)\nmain()\n", [1, 2]),
}


# What libvlshim(7) says is not seen: before 3.12 calls that only another function makes of one within it, since then those
# of a function made anew by the same def at the same place of calling.
UNSEEN_BEFORE, UNSEEN_SINCE = {"within a function"}, {"in a loop", "made again and again"}


class Scripts:
    """One class for each version, below, with a test for each script."""

    def setUp(self):
        super().setUp()
        if not Path(self.python).exists():
            self.skipTest(f"CPython {self.version}: not installed (scripts/setup-pythons)")

    def told(self, script, calls, words=("script.py",)):
        rules = self.folder / "spans.json"
        rules.write_text(json.dumps(RULES))
        recorded, said = self.record(self.python, *words, script=script, given="\n", VLSHIM_SPANS=rules, PYTHONWARNINGS="ignore")
        rows = [(short(function), json.loads(begin["arguments"]).get("n")) for function, begin, _ in recorded.rows()]
        self.assertEqual(rows, [("solve", n) for n in calls], said)

    def test_run_in_other_ways(self):
        script = SCRIPTS["nothing but the call"][0]
        ways = {"a module": ["-m", "script"], "by runpy": ["-c", "import runpy; runpy.run_path('script.py', run_name='__main__')"],
                "by exec": ["-c", "exec(compile(open('script.py').read(), 'script.py', 'exec'))"], "optimized": ["-OO", "script.py"],
                "with -i": ["-i", "script.py"], "developing": ["-X", "dev", "script.py"], "by a profiler": ["-m", "cProfile", "-o", "out", "script.py"]}
        for way, words in ways.items():
            with self.subTest(way=way):
                self.clear()
                self.told(script, [1], words)

    def test_a_folder_is_run(self):
        script = SCRIPTS["nothing but the call"][0]
        self.told("import pathlib, runpy\npathlib.Path('__main__.py').write_text(%r)\nrunpy.run_path('.', run_name='__main__')\n" % script, [1])

    def test_deep_recursion(self):
        """From 3.11 on it takes no stack, and the recorder none either while functions are looked for."""
        depth = 500 if self.version == "3.9" else 100000
        self.told(f"import sys\nsys.setrecursionlimit(200000)\ndef down(n):\n    return n and down(n - 1)\ndown({depth})\n" + SCRIPTS["nothing but the call"][0], [1])

    def clear(self):
        super().setUp()


for version, python in VERSIONS.items():
    tests = {"test_" + re.sub(r"\W+", "_", name): lambda self, row=row: self.told(*row) for name, row in SCRIPTS.items()
             if name not in (UNSEEN_BEFORE if version in ("3.9", "3.11") else UNSEEN_SINCE)}
    name = f"Scripts{version.replace('.', '_')}"
    globals()[name] = type(name, (Scripts, SpansCase), {"version": version, "python": python, **tests})

if __name__ == "__main__":
    unittest.main()
