"""Calls the API as one of many Python programs would: client.py KIND URL ENCODING STREAM HTTP COUNT [USER_ID].
Prints a JSON line for each call: what it understood, or the exception's name."""
import asyncio
import json
import os
import ssl
import sys
import time

KIND, URL, ENCODING, STREAM, HTTP, COUNT = sys.argv[1:7]
WORDS = sys.argv[7] if len(sys.argv) > 7 else ""
STREAM, COUNT = STREAM == "stream", int(COUNT)
HEADERS = {"accept-encoding": ENCODING}
BODY = {"model": "claude-opus-4-5", "max_tokens": 64, "metadata": {"user_id": WORDS},
        "messages": [{"role": "user", "content": "CANARY prompt"}]}
RAW = {**HEADERS, "content-type": "application/json", "x-api-key": os.environ["ANTHROPIC_API_KEY"], "anthropic-version": "2023-06-01"}
POSTED = json.dumps({**BODY, "stream": STREAM}).encode()


def unpacked(text):
    """(id, output tokens) of a plain answer or of a stream."""
    if not STREAM:
        message = json.loads(text)
        return (message["id"], message["usage"]["output_tokens"]) if "id" in message else None
    found = [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: ")]
    return found[0]["message"]["id"], [row for row in found if row["type"] == "message_delta"][-1]["usage"]["output_tokens"]


def of_message(message):
    return message.id, message.usage.output_tokens


def sdk():
    import anthropic
    client = anthropic.Anthropic(base_url=URL, default_headers=HEADERS, timeout=30)

    def call():
        if not STREAM:
            return of_message(client.messages.create(**BODY))
        with client.messages.stream(**BODY) as stream:
            return of_message(stream.get_final_message())
    return call


def sdk_async():
    import anthropic
    loop, client = asyncio.new_event_loop(), anthropic.AsyncAnthropic(base_url=URL, default_headers=HEADERS, timeout=30)

    async def work():
        if not STREAM:
            return of_message(await client.messages.create(**BODY))
        async with client.messages.stream(**BODY) as stream:
            return of_message(await stream.get_final_message())
    return lambda: loop.run_until_complete(work())


def by_httpx():
    import httpx
    client = httpx.Client(http2=HTTP == "2", verify=ssl.create_default_context(), timeout=30)
    return lambda: unpacked(client.post(URL + "/v1/messages", content=POSTED, headers=RAW).text)


def by_requests():
    import requests
    session = requests.Session()
    return lambda: unpacked(session.post(URL + "/v1/messages", data=POSTED, headers=RAW, timeout=30).content.decode())


def by_urllib():
    import gzip
    import urllib.request

    def call():
        answer = urllib.request.urlopen(urllib.request.Request(URL + "/v1/messages", POSTED, RAW), timeout=30)
        text = answer.read()
        return unpacked((gzip.decompress(text) if ENCODING == "gzip" else text).decode())
    return call


def by_pycurl():
    import io
    import pycurl
    handle = pycurl.Curl()

    def call():
        out = io.BytesIO()
        handle.setopt(pycurl.URL, URL + "/v1/messages")
        handle.setopt(pycurl.POSTFIELDS, POSTED)
        handle.setopt(pycurl.HTTPHEADER, [f"{k}: {v}" for k, v in RAW.items()])
        handle.setopt(pycurl.ACCEPT_ENCODING, ENCODING)
        handle.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2_0 if HTTP == "2" else pycurl.CURL_HTTP_VERSION_1_1)
        handle.setopt(pycurl.CAINFO, os.environ.get("SSL_CERT_FILE", ""))
        handle.setopt(pycurl.WRITEDATA, out)
        handle.perform()
        return unpacked(out.getvalue().decode())
    return call


CALL = {"sdk": sdk, "sdk_async": sdk_async, "httpx": by_httpx, "requests": by_requests, "urllib": by_urllib, "gnutls": by_pycurl}[KIND]()
for _ in range(COUNT):
    begin = time.time()
    try:
        row = dict(zip(("id", "output"), CALL() or (None, None)))
    except Exception as problem:
        row = {"error": type(problem).__name__, "why": str(problem)}
    print(json.dumps({**row, "begin": begin, "end": time.time()}), flush=True)
