"""The last two modules that the interpreter clears are sys and builtins; codecs go later."""
import builtins
import codecs
import sys


def work(number):
    try:
        raise ValueError(number)
    except ValueError as error:
        return error


builtins.kept = work(1)
sys.kept = work(2)
sys.modules["kept"] = work(3)
sys.last_value = work(4)
sys.ps1 = work(5)
codecs.register_error("vl-kept", work(6).with_traceback)
print("done")
