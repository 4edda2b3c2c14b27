"""Runs a test where there is no network but loopback: whatever a program does, it reaches nobody."""
import ctypes
import fcntl
import functools
import os
import socket
import struct
import threading
import unittest

CLONE_NEWNET = 0x40000000
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1


def leave():
    """The calling thread, and what it starts from now on, in a network of its own."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        raise unittest.SkipTest(f"a network namespace: {os.strerror(ctypes.get_errno())}")
    with socket.socket() as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


def alone(test):
    """A thread of its own has a network of its own; the tests beside it keep theirs."""
    @functools.wraps(test)
    def inside(self):
        outcome = []

        def work():
            try:
                leave()
                test(self)
            except BaseException as problem:  # told in the thread that waits
                outcome.append(problem)
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        if outcome:
            raise outcome[0]
    return inside
