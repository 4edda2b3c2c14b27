"""A signal handler is an object that the interpreter holds; it keeps what it interrupted."""
import contextvars
import os
import signal


class Handler:
    def __init__(self):
        self.seen = []

    def __call__(self, number, frame):
        try:
            raise InterruptedError(number)
        except InterruptedError as error:
            self.seen.append(error)


def work():
    os.kill(os.getpid(), signal.SIGUSR1)
    os.kill(os.getpid(), signal.SIGUSR1)


signal.signal(signal.SIGUSR1, Handler())
contextvars.ContextVar("handler").set(signal.getsignal(signal.SIGUSR1))
work()
print(len(signal.getsignal(signal.SIGUSR1).seen))
