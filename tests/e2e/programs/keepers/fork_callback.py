"""Callbacks around fork hold an exception, in the parent and in the child, which ends as a program does."""
import os
import sys


def make_callback():
    try:
        raise OSError("before any fork")
    except OSError as error:
        kept = [error]

    def callback():
        try:
            raise OSError("at a fork")
        except OSError as error:
            kept.append(error)

    return callback


os.register_at_fork(before=make_callback(), after_in_parent=make_callback(), after_in_child=make_callback())
sys.stdout.flush()
child = os.fork()
if child == 0:
    print("child")
    sys.exit(5)
print("status", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
