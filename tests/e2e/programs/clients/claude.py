#!/usr/bin/python3
"""Like a claude program whose TLS can be read: asks the API with what its standard input says, and writes a transcript of it."""
import datetime
import json
import os
import pathlib
import sys
import urllib.request

prompt, session = sys.stdin.read(), f"session-{os.getpid()}"
folder = pathlib.Path(os.environ["CLAUDE_CONFIG_DIR"], "projects", "".join(c if c.isalnum() else "-" for c in os.getcwd()))
folder.mkdir(parents=True, exist_ok=True)


def put(**row):
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    with open(folder / f"{session}.jsonl", "a") as out:
        out.write(json.dumps({"sessionId": session, "cwd": os.getcwd(), "timestamp": now, **row}, separators=(",", ":")) + "\n")


put(type="user", message={"role": "user", "content": prompt})
for _ in range(3):
    asked = {"model": "claude-opus-4-5", "max_tokens": 64, "messages": [{"role": "user", "content": prompt}]}
    request = urllib.request.Request(os.environ["API"] + "/v1/messages", json.dumps(asked).encode(), {"content-type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        message = json.load(answer)
        for _ in range(2):  # as it does: the same message in several rows
            put(type="assistant", requestId=answer.headers["request-id"], message=message)
