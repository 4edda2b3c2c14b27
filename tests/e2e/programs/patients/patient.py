"""Reads a file, prints a line on standard error, starts a program, asks the Claude API once: URL FILE."""
import json
import os
import subprocess
import sys
import urllib.request

from systematic_pipeline_converter import validate_snippet_syntax

url, name = sys.argv[1:]
validate_snippet_syntax("1", name)
fd = os.open(name, os.O_RDONLY)
os.read(fd, 4096)
print("patient says so", file=sys.stderr)
subprocess.run(["/bin/true"], check=True)
body = {"model": "claude-opus-4-5", "max_tokens": 64, "messages": [{"role": "user", "content": "a prompt"}]}
urllib.request.urlopen(urllib.request.Request(f"{url}/v1/messages", json.dumps(body).encode(), {"content-type": "application/json"})).read()
