"""A pipeline that renders, asks Claude and renders again, and logs each of these by itself: render.py MODULE [URL]"""
import importlib
import json
import subprocess
import sys
import time
import urllib.request

log = importlib.import_module(sys.argv[1])
STAGE = log.StageType.RENDERING
FOLDER = "outputs/2015/one"
logger = log.EnhancedVideoLogger(FOLDER, "one")
drop_in = hasattr(log, "create_claude_metrics")


def attempt(number, method, command):
    start = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True)
    took = time.monotonic() - start
    return done, log.RetryAttempt(number, method, "failed" if done.returncode else "success", took,
                                  error_message=done.stderr.strip().splitlines()[-1] if done.returncode else None)


def ask(url):
    """A call of the API itself, logged with the tokens of its answer."""
    start = time.monotonic()
    body = json.dumps({"model": "claude-opus-4-5", "max_tokens": 64, "messages": [{"role": "user", "content": "x"}]}).encode()
    with urllib.request.urlopen(urllib.request.Request(url + "/v1/messages", body, {"content-type": "application/json"})) as answer:
        message = json.load(answer)
    call = log.create_claude_metrics("00000001", message["model"], True, time.monotonic() - start)
    call.prompt_tokens, call.completion_tokens = message["usage"]["input_tokens"], message["usage"]["output_tokens"]
    logger.log_claude_api_call(call)


logger.log_stage_start(STAGE, method="scene_low")
manim = ["manim", "render", "code.py", "S", "-o", "S.mp4", "--quality", "l", "--media_dir", f"{FOLDER}/media"]
done, first = attempt(1, "scene_low", manim)
logger.log_retry_attempt(STAGE, first)
logger.log_validation_attempt("syntax_validation", False, errors=[first.error_message])
start = time.monotonic()
subprocess.run(["claude", "--model", "sonnet"], input="File: code.py\n", text=True, check=True, stdout=subprocess.DEVNULL)
if drop_in:
    logger.log_claude_api_call(log.create_claude_metrics("00000002", "sonnet", True, time.monotonic() - start))
done, second = attempt(2, "claude_fix", manim)
logger.log_retry_attempt(STAGE, second)
logger.log_validation_attempt("syntax_validation", True, fixes_applied=["claude_fix"])
if len(sys.argv) > 2:
    ask(sys.argv[2])
if drop_in:
    told = log.create_claude_metrics("00000003", "claude-sonnet-4-5", True, 0.001)  # one that nobody sees
    told.prompt_tokens, told.completion_tokens = 1000, 100
    logger.log_claude_api_call(told)
    try:
        raise RuntimeError("no output of S")
    except RuntimeError as e:
        logger.log_stage_complete(STAGE, False, {"scenes": 1}, log.create_error_from_exception(e))
else:
    logger.log_stage_complete(STAGE, True, {"scenes": 1})
