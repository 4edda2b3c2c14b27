"""Prints what a program can know of itself: the same with the recorder as without."""
import collections
import copy
import functools
import gc
import inspect
import io
import marshal
import pickle
import sys
import threading
import traceback
import types

import systematic_pipeline_converter as converter
from render_videos import VideoRenderer

method, function = VideoRenderer.render_single_scene, converter.validate_snippet_syntax
print("modules", len(sys.modules), sorted(n for n in sys.modules if "vl" in n.lower()))
print("hooks", sys.gettrace(), sys.getprofile(), threading.gettrace() if hasattr(threading, "gettrace") else None)
if hasattr(sys, "monitoring"):
    print("tools", [sys.monitoring.get_tool(i) for i in range(6)], [sys.monitoring.get_events(i) if sys.monitoring.get_tool(i) else 0 for i in range(6)])
print("kinds", inspect.isfunction(function), inspect.isfunction(method), isinstance(function, types.FunctionType), inspect.ismethod(VideoRenderer().render_video))
print("types", type(function).__name__, repr(type(function)), callable(function))
print("signatures", inspect.signature(method), inspect.signature(function), inspect.getfullargspec(function))
print("identity", method is VideoRenderer.__dict__["render_single_scene"], function is converter.__dict__["validate_snippet_syntax"])
print("names", function.__name__, function.__qualname__, function.__module__, function.__defaults__, function.__kwdefaults__, function.__closure__,
      function.__dict__, function.__doc__, function.__annotations__, dir(function) == dir(lambda: None))
print("code", function.__code__.co_code.hex(), function.__code__.co_consts[:1], function.__code__.co_names, sys.getsizeof(function))
print("source", inspect.getsource(method))
print("pickles", pickle.loads(pickle.dumps(function)) is function, pickle.loads(pickle.dumps(method)) is method,
      pickle.dumps(function) == pickle.dumps(function, pickle.DEFAULT_PROTOCOL), pickle._loads(pickle._dumps(function)) is function)
print("bytes", pickle.dumps(function), pickle.dumps(VideoRenderer().render_video))
print("copies", copy.copy(function) is function, copy.deepcopy([function])[0] is function)
print("wrapped", functools.wraps(function)(lambda: 0).__wrapped__ is function, functools.partial(function, "x")(), sys.getrefcount(method))
clone = types.FunctionType(function.__code__, function.__globals__, "clone", ("f",))
print("clone", clone("x"), clone.__name__)


def deep(n):
    return n if n == 0 else deep(n - 1)


for wanted in 900, 2000:
    try:
        print("depth", deep(wanted))
    except RecursionError as error:
        print("depth", type(error).__name__)


class Recursive(VideoRenderer):
    def render_video(self, n, video_id, quality="l"):
        return n if n == 0 else super().render_video(n - 1, video_id)


seen = []


def trace(frame, event, argument):
    seen.append((frame.f_code.co_name, event, frame.f_lineno))
    return trace


sys.settrace(trace)
function("x = 1")
sys.settrace(None)
print("traced", seen)
seen.clear()
sys.setprofile(lambda frame, event, argument: seen.append((frame.f_code.co_name, event)))
function("x = 1")
sys.setprofile(None)
print("profiled", seen)
try:
    VideoRenderer().render_video_from_snippets(2015, "x")
except RuntimeError as error:
    traceback.print_exc(file=sys.stdout)
    print("frames", len(inspect.trace()), [f.name for f in traceback.extract_tb(error.__traceback__)], error.__traceback__.tb_next.tb_next)
try:
    method()
except TypeError as error:
    print("wrong call", error)
try:
    function(1, 2, 3, four=4)
except TypeError as error:
    print("wrong call", error)
out = io.StringIO()
traceback.print_stack(file=out)
print("stack", out.getvalue())
gc.collect()
before = len(gc.get_objects())
for _ in range(100):
    function("x")
gc.collect()
print("objects", len(gc.get_objects()) - before, gc.garbage, gc.get_threshold())
print("changed", end=" ")
function.__code__ = (lambda code, filename="f": ("replaced", code)).__code__
print(function(1))
VideoRenderer.render_video = lambda self: "patched"
print(VideoRenderer().render_video())
if hasattr(sys, "monitoring"):
    sys.monitoring.use_tool_id(3, "mine")
    calls = []
    sys.monitoring.register_callback(3, sys.monitoring.events.PY_START, lambda code, offset: calls.append(code.co_name))
    sys.monitoring.set_events(3, sys.monitoring.events.PY_START)
    VideoRenderer().render_single_scene(1, 2, 3, 4)
    sys.monitoring.set_events(3, 0)
    print("monitored", calls)
heard = []
EVENTS = "builtins.id", "sys._getframe", "sys._getframemodulename", "marshal.loads", "object.__getattr__"
sys.addaudithook(lambda event, arguments: heard.append(event) if event in EVENTS else None)
id(1)
sys._getframe().f_code
marshal.loads(marshal.dumps([1]))
collections.namedtuple("T", "a")
print("audited", heard)
