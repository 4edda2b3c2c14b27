"""A program for each row of data/error-patterns.tsv that fails in the way the row means: {pattern: (kind, text)}.

kind: python, bash, node, ffmpeg, gcc: a program of that language, run for real; text: what such a program printed, where it
cannot be made to fail here; call: evidence of a call of the API, below."""

PY = "python"
NAME = "import types\nclass Config(dict): pass\nconfig = {'a': 1}\n"

CASES = {
    "@killed_by_parent_after_limit": (PY, "import time\ntime.sleep(60)"),
    "@signal:KILL,no_killer,high_memory": (PY, "import os\nkept = bytearray(90 << 20)\nfor i in range(0, len(kept), 4096): kept[i] = 1\n"
                                               "os.environ['VLSHIM_OFF'] = '1'\nos.system(f'exec /bin/kill -9 {os.getpid()}')\nimport time\ntime.sleep(9)"),
    "@signal:SEGV": (PY, "import ctypes\nctypes.string_at(0)"),
    "@signal:ABRT": (PY, "import os\nos.abort()"),
    "@signal:BUS": ("bash", "kill -BUS $$"),
    "@signal:ILL": ("bash", "kill -ILL $$"),
    "@signal:FPE": ("bash", "kill -FPE $$"),
    "@signal:TERM|INT": ("bash", "kill -TERM $$; sleep 9"),
    "@stream_error_after_200": ("call", ""),
    "@stop_reason:max_tokens": ("call", ""),
    "@stop_reason:refusal": ("call", ""),
    "@api_host:refused|reset": ("call", ""),
    "Command '.*' timed out after": (PY, "import subprocess\nsubprocess.run(['sleep', '9'], timeout=0.1)"),
    "Rendering timeout \\(15 minutes\\)": ("text", "ERROR: Rendering timeout (15 minutes)"),
    "Render timeout after \\d+ seconds": (PY, "raise SystemExit('Render timeout after 900 seconds')"),
    "Claude (fix|cleaning) timed out": (PY, "raise SystemExit('Claude fix timed out')"),
    "ReadTimeout|ConnectTimeout": ("text", "requests.exceptions.ReadTimeout: HTTPSConnectionPool(host='h', port=443): Read timed out. (read timeout=5)"),
    "MemoryError|Cannot allocate memory": (PY, "import resource\nresource.setrlimit(resource.RLIMIT_AS, (400 << 20, 400 << 20))\nbytearray(1 << 30)"),
    "Unable to allocate .* for an array": ("text", "numpy.core._exceptions._ArrayMemoryError: Unable to allocate 7.45 GiB for an array with shape (1000000000,) and data type float64"),
    "JavaScript heap out of memory|java\\.lang\\.OutOfMemoryError": ("text", "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory"),
    "No space left on device": ("bash", "echo x > /dev/full; exit 1"),
    "Too many open files": (PY, "import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (20, 20))\nkept = [open('/dev/null') for _ in range(30)]"),
    "Disk quota exceeded": (PY, "import errno, os\nraise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT), 'media/x.mp4')"),
    "fork: .*Resource temporarily unavailable": ("text", "bash: fork: retry: Resource temporarily unavailable"),
    "can't start new thread": (PY, "raise RuntimeError(\"can't start new thread\")"),
    "Read-only file system": (PY, "import errno, os\nraise OSError(errno.EROFS, os.strerror(errno.EROFS), '/media')"),
    "IndentationError|TabError": (PY, "if True:\npass"),
    "unterminated (triple-quoted )?string": (PY, "x = 'abc"),
    "'[\\(\\[\\{]' was never closed": (PY, "x = (1,"),
    "unmatched '[\\)\\]\\}]'": (PY, "x = 1)"),
    "SyntaxWarning: invalid escape sequence": (PY, "import warnings\nwarnings.simplefilter('error')\nraise SyntaxWarning(\"invalid escape sequence '\\\\d'\")"),
    "source code (string )?cannot contain null bytes": (PY, "compile('x\\0', 'f', 'exec')"),
    "UnicodeDecodeError": (PY, "b'\\xff'.decode()"),
    "\\.\\w+:\\d+(:\\d+)?: error: ": ("gcc", "int main(void) { return x }"),
    "syntax error near unexpected token|Syntax error: ": ("bash", "if then ;; fi"),
    "SyntaxError": (PY, "x = = 1"),
    "No module named '(manimlib|manim_imports_ext)": (PY, "import manimlib"),
    "No module named '(cv2|pygame|displayer)": (PY, "import displayer"),
    "No module named 'manim'": (PY, "import sys\nsys.modules.pop('manim', None)\nsys.path[:] = [p for p in sys.path if 'packages' not in p]\nimport manim"),
    "cannot import name .*circular": (PY, "import sys, os, tempfile\nd = tempfile.mkdtemp()\nopen(d + '/aa.py', 'w').write('from bb import y\\nx = 1')\n"
                                          "open(d + '/bb.py', 'w').write('from aa import x\\ny = 1')\nsys.path.insert(0, d)\nimport aa"),
    "No module named '([^']+)'": (PY, "import nowhere_to_be_found"),
    "Cannot find (?:module|package) '([^']+)'": ("text", "Error: Cannot find module './nothing'\nRequire stack:\n- /a/b.js\n    at Module._resolveFilename (node:internal/modules/cjs/loader:1143:15)"),
    "cannot import name": (PY, "from json import nothing_of_that_name"),
    "ImportError: lib.*\\.so.*cannot open shared object": ("bash", "cd $(mktemp -d)\necho 'int x;' | gcc -shared -o libcairo_gone.so -x c -\n"
                                                                     "echo 'int y;' | gcc -shared -o wheel.so -x c - -x none -Wl,--no-as-needed -L. -lcairo_gone\n"
                                                                     "rm libcairo_gone.so\npython3 -c 'import wheel'"),
    "GLIBC_[\\d.]+' not found": ("text", "/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.38' not found (required by ./x.so)"),
    "numpy.*binary incompat|dtype size changed": (PY, "raise ValueError('numpy.dtype size changed, may indicate binary incompatibility. Expected 96 from C header, got 88 from PyObject')"),
    "name 'ShowCreation' is not defined": (PY, "ShowCreation(1)"),
    "name '(TextMobject|TexMobject)'": (PY, "TextMobject('a')"),
    "name '(reduce|deepcopy)'": (PY, "reduce(max, [1])"),
    "name '(FRAME_\\w+|\\w+_BUFF)'": (PY, "FRAME_HEIGHT / 2"),
    "name '(BLUE|RED|GREEN)_[A-E]'": (PY, "BLUE_C"),
    "name '(PiCreature\\w*|SpeechBubble|ThoughtBubble)'": (PY, "PiCreature()"),
    "name '(ContinualAnimation|FlipThroughNumbers|DelayByOrder)'": (PY, "class A(ContinualAnimation): pass"),
    "name 'InteractiveScene'": (PY, "class A(InteractiveScene): pass"),
    "name '(\\w+)' is not defined": (PY, "def construct():\n    return some_helper(1)\nconstruct()"),
    "'dict' object has no attribute 'frame_\\w+'": (PY, "{}.frame_width"),
    "'list' object has no attribute 'find'": (PY, "[].find('a')"),
    "has no attribute 'CONFIG'": (PY, "class Scene: pass\nScene.CONFIG"),
    "module 'string' has no attribute 'letters'": (PY, "import string\nstring.letters"),
    "unexpected keyword argument '(size|radius|invert|tex_template)'": (PY, "def f(): pass\nf(radius=1)"),
    "unexpected keyword argument": (PY, "def f(): pass\nf(colour=1)"),
    "unsupported operand.*'method'": (PY, "class A:\n    def f(self): pass\nA().f + 1"),
    "missing \\d+ required positional": (PY, "def f(a, b): pass\nf(1)"),
    "RecursionError": (PY, "def f(): return f()\nf()"),
    "StackOverflowError|Maximum call stack size exceeded": ("text", "/a/b.js:1\nfunction f() { return f() }\n             ^\n\nRangeError: Maximum call stack size exceeded\n    at f (/a/b.js:1:14)"),
    "AssertionError": (PY, "assert 1 == 2, 'not the same'"),
    "There are no scenes inside that module": (
        "text", "[11/25/26 03:59:55] ERROR                                       module_ops.py:90\n"
                "                                There are no scenes inside that                 \n"
                "                             module                                             \n"),
    "\\w+ is not in the script$": ("text", "Ring is not in the script"),
    "is not a valid Manim python script": ("text", "scene.txt is not a valid Manim python script."),
    "Output file not found": (PY, "raise SystemExit('Output file not found: videos/Ring.mp4')"),
    "Render completed but no output file": (PY, "raise SystemExit('Render completed but no output file')"),
    "File contains error message instead of code": (PY, "raise SystemExit('File contains error message instead of code')"),
    "No such option: --": ("text", "Error: No such option: --fps Did you mean --fp?"),
    "No such option '--": ("text", "Error: No such option '--fps'. Did you mean '--fp'?"),
    "JSONDecodeError": (PY, "import json\njson.loads('{\"a\":')"),
    "latex failed but did not produce a log": (PY, "raise ValueError('latex failed but did not produce a log file. Check your LaTeX installation.')"),
    "latex: (command )?not found": ("bash", "PATH=/nowhere\nlatex file.tex"),
    "(\\S+): (?:command )?not found$": ("bash", "some-program-that-is-not-there"),
    "fatal error: (\\S+): No such file or directory": ("gcc", "#include <nothing/of/that/name.h>"),
    "undefined reference to": ("gcc", "int elsewhere(void); int main(void) { return elsewhere(); }"),
    "ClassNotFoundException|NoClassDefFoundError": ("text", "Exception in thread \"main\" java.lang.NoClassDefFoundError: org/x/Y\n\tat Main.main(Main.java:5)\nCaused by: java.lang.ClassNotFoundException: org.x.Y\n\t... 1 more"),
    "LaTeX Error: File .* not found": ("text", "! LaTeX Error: File `standalone.cls' not found.\n\nType X to quit or <RETURN> to proceed,\nl.3 \\usepackage"),
    "inputenc Error: Unicode character": ("text", "! Package inputenc Error: Unicode character \u2200 (U+2200)\n(inputenc)                not set up for use with LaTeX.\nl.12 $\u2200"),
    "LaTeX Error: Unicode character": ("text", "! LaTeX Error: Unicode character \u2200 (U+2200)\n               not set up for use with LaTeX.\nl.12 $\u2200"),
    "Undefined control sequence": ("text", "This is pdfTeX, Version 3.141592653\n! Undefined control sequence.\nl.5 \\mathbbm\n            {1}\n? \nOutput written on x.dvi (0 errors)."),
    "Missing \\$ inserted": ("text", "! Missing $ inserted.\n<inserted text>\n                $\nl.9 a_\n     b"),
    "Double superscript|Double subscript": ("text", "! Double superscript.\nl.9 $x^2^\n         3$"),
    "Extra alignment tab|Misplaced alignment": ("text", "! Extra alignment tab has been changed to \\cr.\nl.9 a & b &"),
    "Emergency stop|Runaway argument|Missing [{}] inserted": ("text", "! Missing } inserted.\n<inserted text>\n                }\nl.10 \\end{document}"),
    "error converting to (dvi|xdv|pdf)": (PY, "raise ValueError('latex error converting to dvi. See log output above or the log file: media/Tex/a.log')"),
    "does not support converting .* to SVG": (PY, "raise ValueError('Your installation does not support converting .dvi files to SVG. Consider updating dvisvgm')"),
    "TeX capacity exceeded": ("text", "! TeX capacity exceeded, sorry [main memory size=5000000].\nl.9 x"),
    "No such file or directory: '(ffmpeg|ffprobe|yt-dlp|manim|claude)'": (PY, "import subprocess\nsubprocess.run(['yt-dlp'], env={'PATH': '/nowhere'})"),
    "Unknown encoder|Encoder not found": ("ffmpeg", "-v error -f lavfi -i color=d=0.1 -c:v nothing_of_that_name out.mp4"),
    "moov atom not found|Invalid data found when processing": ("ffmpeg", "-v error -i /etc/hostname -f null -"),
    "height not divisible by 2": ("ffmpeg", "-v error -f lavfi -i testsrc=size=480x271:d=0.1 -c:v libx264 -pix_fmt yuv420p out.mp4"),
    "Broken pipe": (PY, "import os\nr, w = os.pipe()\nos.close(r)\nos.write(w, b'x')"),
    "av\\.error|FFmpegError": ("text", "av.error.ExperimentalError: [Errno 733130664] Experimental feature: 'avcodec_open2(h264)'"),
    "No matching distribution found": ("text", "ERROR: No matching distribution found for manim==99"),
    "ResolutionImpossible|conflicting dependencies": ("text", "ERROR: Cannot install a and b because these package versions have conflicting dependencies."),
    "externally-managed-environment": ("text", "error: externally-managed-environment"),
    "Failed building wheel|metadata-generation-failed": ("text", "ERROR: Failed building wheel for pycairo"),
    "Package .* was not found in the pkg-config": ("bash", "pkg-config --print-errors --exists nothing-of-that-name"),
    "hash.*mismatch|DO NOT MATCH THE HASHES": ("text", "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."),
    "Claude CLI not (found|installed)": (PY, "raise SystemExit('Claude CLI not found')"),
    "Invalid API key|authentication_error|HTTP 401": ("text", "Invalid API key \u00b7 Please run /login"),
    "Credit balance is too low|HTTP 402": ("text", "Credit balance is too low"),
    "enforced_spend_limit_reached": ("text", "API Error: 429 {\"error\":{\"type\":\"enforced_spend_limit_reached\"}}"),
    "rate_limit_error|HTTP 429": ("text", "API Error: 429 {\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\",\"message\":\"slow down\"}}"),
    "overloaded_error|HTTP 529": ("text", "API Error: 529 {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}"),
    "prompt is too long|HTTP 413": ("text", "API Error: 400 prompt is too long: 210000 tokens > 200000 maximum"),
    "issue with the selected model|not_found_error": ("text", "There's an issue with the selected model (claude-nothing)."),
    "permission_error|HTTP 403": ("text", "API Error: 403 {\"error\":{\"type\":\"permission_error\"}}"),
    "API Error: 5\\d\\d|api_error": ("text", "API Error: 500 Internal server error"),
    "Claude did not make any changes": (PY, "raise SystemExit('Claude did not make any changes')"),
    "File not found after Claude edit": (PY, "raise SystemExit('File not found after Claude edit')"),
    "CERTIFICATE_VERIFY_FAILED": ("text", "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:992)"),
    "Name or service not known|EAI_AGAIN": (PY, "import socket\nraise socket.gaierror(socket.EAI_NONAME, 'Name or service not known')"),
    "407 Proxy Authentication": (PY, "import http.client, socket, threading\nserver = socket.create_server(('127.0.0.1', 0))\n"
                                      "def refuse():\n    one = server.accept()[0]\n    one.recv(999)\n    one.sendall(b'HTTP/1.1 407 Proxy Authentication Required\\r\\n\\r\\n')\n    one.close()\n"
                                      "threading.Thread(target=refuse).start()\nproxy = http.client.HTTPConnection(*server.getsockname())\n"
                                      "proxy.set_tunnel('example', 443)\nproxy.request('GET', '/')"),
    "HTTP Error 429": (PY, "import urllib.error\nraise urllib.error.HTTPError('http://x', 429, 'Too Many Requests', {}, None)"),
    "PermissionError|Permission denied": ("bash", "touch x; chmod 600 x; ./x"),
    "FileNotFoundError": (PY, "open('nothing_of_that_name')"),
    "AttributeError": (PY, "object().colour"),
    "(TypeError|ValueError|IndexError|KeyError|ZeroDivisionError)": (PY, "try:\n    {}['a']\nexcept KeyError:\n    1 / 0"),
    "APITimeoutError": (PY, "class APITimeoutError(Exception): pass\nAPITimeoutError.__module__ = 'anthropic'\nraise APITimeoutError('Request timed out.')"),
    "(RateLimitError|429 Client Error)": (PY, "class RateLimitError(Exception): pass\nraise RateLimitError('Error code: 429')"),
    "APIConnectionError": (PY, "class APIConnectionError(Exception): pass\nraise APIConnectionError('Connection error.')"),
    "(ImportError|ModuleNotFoundError): ": (PY, "raise ImportError('this build has no codec')"),
    "^[\\w.]*(Error|Exception)\\b": (PY, "class OddError(Exception): pass\nraise OddError('strange')"),
    "@exit_not_0_no_known_text": ("bash", "echo 'that did not work' >&2; exit 3"),
}

# Look like errors and are none, on standard error of a program that ends well; in one that fails they are not why.
LOOKALIKES = """\
Memory usage: 300 MB
memory is a wonderful thing
The MemoryErrorHandler is loaded
0 errors, 0 warnings
0 SyntaxErrors found
no MemoryError was seen
error-free since 2015
timeout=30
ReadTimeout=30
read_timeout: 5, ConnectTimeout=3.05
settings: retries=3, Timeout after 30 s if idle
validation passed for all scenes
Validation: 12 of 12
def on_timeout(error):
    except MemoryError:
    except (SyntaxError, ValueError) as problem:
    raise ValueError("never reached")
class SyntaxErrorReporter:
from errors import RateLimitError, AttributeError;
handle_FileNotFoundError registered
test_broken_pipe ... ok
INFO: PermissionError handled by retry 1
DEBUG:urllib3: ReadTimeout on attempt 1, again
2026-01-01 00:00:00,000 INFO app: name 'ShowCreation' is not defined in old code, replaced
INFO No module named 'cv2', going on without it
importing modules: 100%
ERRORS: 0
errors=0 failures=0
No ERROR in the last run
Last ERROR count was 0
if no ERROR appears, all is well
rendering Error: a Short Film, scene 3
The Error Bars scene has 12 frames
ErrorBars drawn
SyntaxError: 0
MemoryError: none
ignored AttributeErrors: 3
avoids RecursionError by a loop
without Broken pipe since v2
Exceptional quality
exception-safe mode is on
RateLimitError() is the class to catch
caught nothing but 'KeyError' once
killed 0 processes
CRITICAL_SECTION entered
fatal attraction, take 2
HTTP 2000 requests served
the FileNotFoundError test passed
crash course in topology
""".splitlines()

# What a real latex says of these files, by pattern of the row.
LATEX = {
    "LaTeX Error: File .* not found": r"\documentclass{nothing-of-that-name}\begin{document}x\end{document}",
    "LaTeX Error: Unicode character": "\\documentclass{article}\\begin{document}\u2200\\end{document}",
    "TeX capacity exceeded": r"\documentclass{article}\begin{document}\def\a{\a x}\a\end{document}",
    "Undefined control sequence": r"\documentclass{article}\begin{document}$\nothingofthatname$\end{document}",
    "Missing \\$ inserted": r"\documentclass{article}\begin{document}a_b\end{document}",
    "Double superscript|Double subscript": r"\documentclass{article}\begin{document}$x^2^3$\end{document}",
    "Extra alignment tab|Misplaced alignment": r"\documentclass{article}\begin{document}\begin{tabular}{l}a & b\end{tabular}\end{document}",
    "Emergency stop|Runaway argument|Missing [{}] inserted": r"\documentclass{article}\begin{document}$\frac{1}{2$\end{document}",
}

# Programs of other languages: {name: (kind, text, category, message, what the stack trace holds)}.
FOREIGN = {
    "gcc": ("gcc", "int main(void) {\n    return x;\n}\n", "syntax_error", "error: ‘x’ undeclared", "return x;"),
    "group": (PY, "import sys\nif sys.version_info < (3, 11): sys.exit('ExceptionGroup: no')\n"
                  "raise ExceptionGroup('two', [ValueError('a'), NameError(\"name 'reduce' is not defined\")])",
              "import_error", "NameError: name 'reduce' is not defined", "ValueError: a"),
    "cause": (PY, "try:\n    open('nothing_of_that_name')\nexcept OSError as e:\n    raise RuntimeError('no input') from e",
              "runtime_error", "FileNotFoundError: ", "The above exception was the direct cause"),
    "handled": (PY, "try:\n    1 / 0\nexcept ZeroDivisionError:\n    raise KeyError('a')", "runtime_error", "Error: ",
                "During handling of the above exception"),
    "caret": (PY, "x = (1 +* 2)", "syntax_error", "SyntaxError: invalid syntax", "^"),
    "plain box": ("text", "+--------------------- Traceback (most recent call last) ----------------------+\n"
                          "| /a/scene.py:3 in construct                                                   |\n"
                          "|   3     self.play(ShowCreation(Circle()))                                   |\n"
                          "+------------------------------------------------------------------------------+\n"
                          "NameError: name 'ShowCreation' is not defined", "import_error",
                  "NameError: name 'ShowCreation' is not defined", "/a/scene.py:3 in construct"),
    "wrapped box": ("text", "\u256d" + " Traceback (most recent call last) ".center(37, "\u2500") + "\u256e\n\u2502 /a/b.py:3 in construct              \u2502\n"
                            "\u2570" + "\u2500" * 37 + "\u256f\nTypeError: construct() got an\nunexpected keyword argument 'radius'", "runtime_error",
                    "TypeError: construct() got an unexpected keyword argument 'radius'", "/a/b.py:3"),
    "java": ("text", "Exception in thread \"main\" java.lang.IllegalStateException: no film\n\tat Film.make(Film.java:7)\n\tat Film.main(Film.java:3)\n"
                     "Caused by: java.lang.NullPointerException: reel\n\tat Reel.load(Reel.java:2)\n\t... 2 more", "runtime_error",
             "java.lang.", "Caused by: java.lang.NullPointerException"),
    "shell in a function": ("bash", "render() { nothing-of-that-name; }\nrender", "dependency_error", "nothing-of-that-name: command not found", "nothing-of-that-name"),
    "limit of timeout(1)": ("bash", "exec timeout 0.3 sleep 9", "timeout_error", "", ""),
    "a child's signal by a shell's status": ("bash", "python3 -c 'import os; os.abort()'\nexit $?", "runtime_error", "", ""),
}
NODE = {
    "node": ("node", "function play() { throw new TypeError('no film') }\nplay()", "runtime_error", "TypeError: no film", "at play"),
    "node module": ("node", "require('./nothing')", "import_error", "Cannot find module './nothing'", "Require stack"),
    "node rejection": ("node", "async function f() { undefinedThing() }\nf()", "runtime_error", "ReferenceError: undefinedThing is not defined", "at f"),
}

# What manim and its parts say themselves, in the environment that scripts/setup-manim makes.
MANIM = {
    "\\w+ is not in the script$": "printf 'from manim import *\\nclass A(Scene): pass\\nclass B(Scene): pass\\n' >two.py; manim render two.py Ring",
    "No such option '--": "manim render --nothing-of-that-name x.py",
    "is not a valid Manim python script": "echo x >scene.txt; manim render scene.txt Ring",
    "Unable to allocate .* for an array": "python3 -c 'import numpy; numpy.ones(10 ** 14)'",
    "av\\.error|FFmpegError": "python3 -c 'import av; av.open(\"/nothing/of/that/name\")'",
}

# What pip says itself; nothing is fetched.
PIP = {
    "No matching distribution found": "pip install --no-index nothing-of-that-name",
    "Failed building wheel|metadata-generation-failed": "echo 'raise SystemExit(1)' >setup.py; pip install --no-index --no-build-isolation .",
    "hash.*mismatch|DO NOT MATCH THE HASHES": "echo 'from setuptools import setup; setup(name=\"film\", version=\"1\")' >setup.py; python3 setup.py -q sdist\n"
                                              "echo \"film==1 --hash=sha256:$(printf '%064d' 1)\" >wanted; pip install --no-index --no-build-isolation -f dist -r wanted",
    "ResolutionImpossible|conflicting dependencies": "mkdir a b\necho 'from setuptools import setup; setup(name=\"a\", version=\"1\", install_requires=[\"b==2\"])' >a/setup.py\n"
                                                     "echo 'from setuptools import setup; setup(name=\"b\", version=\"1\")' >b/setup.py\n"
                                                     "pip install --no-index --no-build-isolation ./a ./b",
}

# Calls of the API that fail in the way of an evidence row: {pattern: [what the server does]}.
MESSAGE = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-4-5-20250929", "content": [], "stop_sequence": None,
           "usage": {"input_tokens": 12, "output_tokens": 3}}
CALLS = {
    "@stream_error_after_200": "stream_error",
    "@stop_reason:max_tokens": "max_tokens",
    "@stop_reason:refusal": "refusal",
    "@api_host:refused|reset": "reset",
}
