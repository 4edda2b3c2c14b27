"""Libraries outside of the interpreter hold functions of the program: a database, a sort by ctypes."""
import contextvars
import ctypes
import sqlite3


class Keeper:
    def __init__(self):
        self.kept = []

    def __call__(self, *words):
        try:
            raise ValueError(len(words))
        except ValueError as error:
            self.kept.append(error)
        return 0


def ask():
    database = sqlite3.connect(":memory:")
    database.create_function("keep", 1, Keeper())
    sqlite3.register_converter("kept", Keeper())
    sqlite3.register_adapter(complex, Keeper())
    print(database.execute("select keep(1)").fetchall())
    return database


def sort():
    order = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(Keeper())
    numbers = (ctypes.c_int * 4)(4, 3, 2, 1)
    ctypes.CDLL(None).qsort(numbers, 4, 4, order)
    return order


database, order = ask(), sort()
contextvars.ContextVar("order").set((database, order))
print("done")
