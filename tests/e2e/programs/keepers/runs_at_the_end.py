"""Functions of the program that are called at every step of the interpreter's end, each for the first time."""
import atexit
import builtins
import logging
import os
import sys
import threading
import weakref


def caught(word):
    try:
        raise ValueError(word)
    except ValueError as error:
        return error


class Step:
    def __init__(self, name):
        self.name = name

    def write(self, text, out=os.write):
        out(1, text.encode())

    def __del__(self, caught=caught):
        def now():
            return caught(self.name)

        self.write(f"{now()}\n")


def at_exit():
    print("at exit", caught("first"), flush=True)


class Last(logging.Handler):
    def close(self):
        print("logging ends", caught("second"), flush=True)
        super().close()

    def emit(self, record):
        pass


def thread():
    threading.main_thread().join()
    print("a thread after the main one", caught("third"), flush=True)


at_exit_of_threads = threading.Thread(target=thread)
at_exit_of_threads.start()
atexit.register(at_exit)
logging.getLogger().addHandler(Last())
sys.step, builtins.step, sys.modules["step"] = Step("of sys"), Step("of builtins"), Step("a module")
threading.step, step = Step("of another module"), Step("of the script")
weakref.finalize(Last, lambda: print("finalized", caught("fourth"), flush=True))
Step.itself = Step("of its own class")
