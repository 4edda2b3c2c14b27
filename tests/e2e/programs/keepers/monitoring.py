"""Callbacks of sys.monitoring keep the exceptions that they are told of; the tool is never given back."""
import sys

events = sys.monitoring.events


def make_callback():
    kept = []

    def raised(code, offset, error):
        if len(kept) < 10:
            kept.append(error)

    return raised


def work(text):
    try:
        return int(text)
    except ValueError:
        return None


sys.monitoring.use_tool_id(sys.monitoring.PROFILER_ID, "keeper")
for event in events.RAISE, events.EXCEPTION_HANDLED, events.PY_UNWIND:
    sys.monitoring.register_callback(sys.monitoring.PROFILER_ID, event, make_callback())
sys.monitoring.set_events(sys.monitoring.PROFILER_ID, events.RAISE | events.EXCEPTION_HANDLED | events.PY_UNWIND)
print(work("1"), work("one"))
