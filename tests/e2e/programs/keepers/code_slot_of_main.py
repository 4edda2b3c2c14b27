"""The slots of the running script's own code and of modules being imported are set, then the program fails."""
import ctypes
import sys
import types

new = sys.version_info >= (3, 12)
api = ctypes.pythonapi
ask = getattr(api, "PyUnstable_Eval_RequestCodeExtraIndex" if new else "_PyEval_RequestCodeExtraIndex")
put = getattr(api, "PyUnstable_Code_SetExtra" if new else "_PyCode_SetExtra")
ask.argtypes, ask.restype = [ctypes.c_void_p], ctypes.c_ssize_t
put.argtypes, put.restype = [ctypes.py_object, ctypes.c_ssize_t, ctypes.c_void_p], ctypes.c_int

slots = [ask(None) for _ in range(20)]


def mark_all(frame):
    while frame:
        for slot in slots:
            put(frame.f_code, slot, None)
        frame = frame.f_back


class Finder:
    def find_spec(self, name, path=None, target=None):
        mark_all(sys._getframe())


sys.meta_path.insert(0, Finder())
mark_all(sys._getframe())
import fractions  # noqa: E402
import json.tool  # noqa: E402,F401

for module in list(sys.modules.values()):
    for value in list(vars(module).values()):
        if isinstance(value, types.FunctionType):
            put(value.__code__, slots[-1], None)
print(slots[-1] >= 19, fractions.Fraction(1, 2))
sys.exit(2)
