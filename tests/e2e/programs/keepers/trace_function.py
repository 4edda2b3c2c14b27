"""A trace function stays set until the end and keeps the exceptions that it is told of."""
import sys


def make_tracer():
    kept = []

    def tracer(frame, event, argument):
        if event == "exception" and len(kept) < 10:
            kept.append(argument)
        return tracer

    return tracer


def work(text):
    try:
        return int(text)
    except ValueError:
        return None


sys.settrace(make_tracer())
print(work("1"), work("one"))
