"""Another user of the interpreter's slots on code objects: NULL in all of them, its own in one, until the end."""
import ctypes
import re
import sys
import warnings  # noqa: F401

new = sys.version_info >= (3, 12)
api, libc = ctypes.pythonapi, ctypes.CDLL(None)
ask = getattr(api, "PyUnstable_Eval_RequestCodeExtraIndex" if new else "_PyEval_RequestCodeExtraIndex")
put = getattr(api, "PyUnstable_Code_SetExtra" if new else "_PyCode_SetExtra")
get = getattr(api, "PyUnstable_Code_GetExtra" if new else "_PyCode_GetExtra")
ask.argtypes, ask.restype = [ctypes.c_void_p], ctypes.c_ssize_t
put.argtypes, put.restype = [ctypes.py_object, ctypes.c_ssize_t, ctypes.c_void_p], ctypes.c_int
get.argtypes, get.restype = [ctypes.py_object, ctypes.c_ssize_t, ctypes.POINTER(ctypes.c_void_p)], ctypes.c_int
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
free = ctypes.cast(libc.free, ctypes.c_void_p)


def mark(code, slot, value):
    assert put(code, slot, value) == 0
    there = ctypes.c_void_p(1)
    assert get(code, slot, ctypes.byref(there)) == 0
    return there.value == value


def made_and_freed(slot):
    for number in range(50):
        code = compile(f"def f():\n return {number}\nf()", f"made{number}.py", "exec")
        assert mark(code, slot, None)
        exec(code, {"__name__": "made", "__file__": f"made{number}.py"})
        del code


first, second = ask(None), ask(free)
assert 0 <= first < second
made_and_freed(first)
made_and_freed(second)
for function in made_and_freed, mark, re.compile, re.match, warnings.showwarning:
    assert mark(function.__code__, first, None)
    assert mark(function.__code__, second, libc.malloc(16))
own = sys._getframe().f_code
print(mark(own, second, libc.malloc(16)), mark(own, first, None))
