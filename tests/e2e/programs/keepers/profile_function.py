"""A profile function stays set until the end and keeps what its first calls raised."""
import sys
import threading


def make_profiler():
    kept = []

    def profiler(frame, event, argument):
        if len(kept) < 3:
            try:
                raise ValueError(event)
            except ValueError as error:
                kept.append(error)

    return profiler


def work(number):
    return [number] * number


sys.setprofile(make_profiler())
threading.setprofile(make_profiler())
work(3)
thread = threading.Thread(target=work, args=(4,))
thread.start()
thread.join()
print("done")
