"""Interpreters within the process keep exceptions; one is ended by the program, one is left to the end."""
import sys
import warnings

try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters

SCRIPT = """
import builtins, logging, sys

def caught(kind, *words):
    try:
        raise kind(*words)
    except kind as error:
        return error

class Keeper(logging.Handler):
    def emit(self, record):
        self.record = record

def work():
    logging.getLogger().addHandler(Keeper())
    logging.error('wrong', exc_info=caught(OSError, 'logged'))

sys.kept = builtins.kept = caught(ValueError, 'of an interpreter')
kept = caught(KeyError, 'of a module')
work()
"""


def caught(kind, *words):
    try:
        raise kind(*words)
    except kind as error:
        return error


kept = caught(ValueError, "of the first")
warnings.simplefilter("ignore")
first = interpreters.create()
interpreters.run_string(first, SCRIPT)
interpreters.destroy(first)
second = interpreters.create()
interpreters.run_string(second, SCRIPT)
print("done")
if sys.argv[1:] != ["leave"]:
    interpreters.destroy(second)
