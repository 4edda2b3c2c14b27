"""Which clients of the Claude API the tests drive, what each of them can do, and how it is started."""
import json
import shutil
import subprocess

from vl import BUILD, PROGRAMS, PYTHON, clean_environment, run

CLIENTS = PROGRAMS / "clients"
VENV, NODE = BUILD / "venv" / "bin" / "python", BUILD / "node"
CLAUDE = BUILD / "claude" / "node_modules" / ".bin" / "claude"  # the program itself, from npm
SETUP = "missing: run scripts/setup-clients"

TRUST = ("SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
ALL = ("identity", "gzip", "br", "zstd")
# name: (HTTP versions, encodings)
ABLE = {
    "py-sdk": ("1", ALL), "py-sdk_async": ("1", ALL), "py-httpx": ("12", ALL), "py-requests": ("1", ALL),
    "py-urllib": ("1", ("identity", "gzip")), "py-gnutls": ("12", ALL), "curl": ("12", ALL),
    "node-sdk": ("1", ("identity", "gzip", "br")), "node-fetch": ("1", ("identity", "gzip", "br")),
    "node-https": ("1", ("identity", "gzip", "br")),
}


def missing(name):
    """Why a client cannot run here, or None."""
    if name in ("py-gnutls", "curl"):
        tool = "pycurl" if name == "py-gnutls" else "curl"
        probe = [PYTHON, "-c", "import pycurl; assert 'GnuTLS' in pycurl.version"] if tool == "pycurl" else ["curl", "--version"]
        good = shutil.which(probe[0]) and subprocess.run(probe, capture_output=True).returncode == 0
        return None if good else f"{tool}: not installed"
    if name == "claude":
        return None if CLAUDE.exists() else f"build/claude {SETUP}"
    if name.startswith("py-"):
        return None if name == "py-urllib" or VENV.exists() else f"build/venv {SETUP}"
    if not shutil.which("node"):
        return "node: not installed"
    return None if name != "node-sdk" or (NODE / "node_modules").exists() else f"build/node {SETUP}"


def environment(standin, **more):
    ca = getattr(standin, "ca", None)
    trust = {name: ca for name in TRUST} if ca else {}
    return clean_environment(ANTHROPIC_API_KEY="sk-ant-api03-CANARY-key", NODE_FOLDER=NODE, **trust, **more)


def curl(standin, encoding, stream, http, count, words):
    body = {"model": "claude-opus-4-5", "max_tokens": 64, "stream": stream == "stream", "metadata": {"user_id": words},
            "messages": [{"role": "user", "content": "CANARY prompt"}]}
    command = ["curl", "-sS", f"--http{'2' if http == '2' else '1.1'}", "-H", f"accept-encoding: {encoding}", "-H", "x-api-key: CANARY-key",
               "-H", "content-type: application/json", "-d", json.dumps(body), "-o", "/dev/null"]
    if standin.context:
        command += ["--cacert", str(standin.ca)]
    return command + [f"{standin.url}/v1/messages?n=[1-{count}]"]


def call(name, standin, folder, encoding="identity", stream="plain", http="1", count=20, words="", shim=True, **more):
    """Runs a client; what it printed for each call (of curl: nothing) and the whole outcome."""
    kind = name.partition("-")[2]
    arguments = [standin.url, encoding, stream, http, str(count), words]
    if name == "curl":
        command = curl(standin, encoding, stream, http, count, words)
    elif name.startswith("node-"):
        command = ["node", CLIENTS / "client.mjs", kind, *arguments]
    else:
        python = PYTHON if kind in ("gnutls", "urllib") else VENV
        command = [python, CLIENTS / "client.py", kind, *arguments]
    done = run(command, folder, shim=shim, env=environment(standin, **more))
    return [json.loads(line) for line in done.stdout.splitlines()], done
