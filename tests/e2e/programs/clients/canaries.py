"""Makes the calls that its standard input lists as JSON lines: {url, http, encoding, stream, key, cookie, words, abort}."""
import json
import os
import sys

import httpx

clients = {version: httpx.Client(http2=version == "2") for version in "12"}
for line in sys.stdin:
    job = json.loads(line)
    third = len(job["words"]) // 3
    system, tool, prompt = (" ".join(job["words"][i * third:(i + 1) * third]) for i in range(3))
    headers = {"x-api-key": job["key"], "authorization": f"Bearer {job['key']}", "cookie": f"session={job['cookie']}",
               "accept-encoding": job["encoding"], "content-type": "application/json", "x-other": job["cookie"]}
    body = {"model": "claude-opus-4-5", "max_tokens": 64, "stream": job["stream"], "system": system,
            "tools": [{"name": "t", "description": tool, "input_schema": {}}], "messages": [{"role": "user", "content": prompt}]}
    with clients[job["http"]].stream("POST", f"{job['url']}/v1/messages?beta={job['cookie']}", headers=headers, json=body) as answer:
        for piece in answer.iter_bytes():
            if job.get("abort"):
                os.abort()
    if answer.status_code != 200:
        sys.exit(1)
print("marker-of-this-test", file=sys.stderr)
