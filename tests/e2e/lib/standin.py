"""A stand-in for the Claude API on loopback: real TLS, HTTP/1.1 and HTTP/2, every way to answer or to fail.

It notes each answer in `log`, a list of dicts, to compare with. What to do is said in the request's metadata.user_id, words
of the form name=value: case (a status, error_event, reset, silence), key (a request that is repeated), fails (how often)."""
import collections
import itertools
import json
import random
import socket
import ssl
import struct
import subprocess
import threading
import time
import zlib

from listener import Listener

MODELS = ["claude-opus-4-5-20251101", "claude-sonnet-4-5-20250929", "claude-haiku-4-5-20251001"]
KINDS = {400: "invalid_request_error", 401: "authentication_error", 429: "rate_limit_error", 500: "api_error", 529: "overloaded_error"}
ENCODINGS = ("identity", "gzip", "deflate", "br", "zstd")


def certificate(folder):
    """Key and certificate of localhost, signed by itself: the certificate is its own CA."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-keyout", key, "-out", cert, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-addext", "keyUsage=critical,digitalSignature,keyCertSign"],
                   check=True, capture_output=True)
    return key, cert


class Squeezer:
    """A body in pieces, each of which can be unpacked when it arrives."""

    def __init__(self, encoding):
        self.encoding = encoding
        if encoding in ("gzip", "deflate"):
            self.of = zlib.compressobj(6, zlib.DEFLATED, 31 if encoding == "gzip" else 15)
        elif encoding == "br":
            import brotli
            self.of = brotli.Compressor()
        elif encoding == "zstd":
            import zstandard
            self.of = zstandard.ZstdCompressor().compressobj()

    def piece(self, data, last):
        if self.encoding == "identity":
            return data
        if self.encoding in ("gzip", "deflate"):
            return self.of.compress(data) + self.of.flush(zlib.Z_FINISH if last else zlib.Z_SYNC_FLUSH)
        if self.encoding == "br":
            return self.of.process(data) + (self.of.finish() if last else self.of.flush())
        import zstandard
        return self.of.compress(data) + self.of.flush(zstandard.COMPRESSOBJ_FLUSH_FINISH if last else zstandard.COMPRESSOBJ_FLUSH_BLOCK)


def usage_of(chance):
    of_5m, of_1h = chance.randrange(5000), chance.randrange(3000)
    return {"input_tokens": chance.randrange(1, 9000), "output_tokens": chance.randrange(1, 4000),
            "cache_creation_input_tokens": of_5m + of_1h, "cache_read_input_tokens": chance.randrange(20000),
            "cache_creation": {"ephemeral_5m_input_tokens": of_5m, "ephemeral_1h_input_tokens": of_1h},
            "server_tool_use": {"web_search_requests": chance.randrange(3), "web_fetch_requests": 0}, "service_tier": "standard"}


def event(name, **fields):
    return f"event: {name}\ndata: {json.dumps({'type': name, **fields})}\n\n".encode()


def stream_events(message):
    begun = {**message, "content": [], "stop_reason": None, "usage": {**message["usage"], "output_tokens": 1}}
    yield event("message_start", message=begun)
    yield event("content_block_start", index=0, content_block={"type": "text", "text": ""})
    yield event("ping")
    for word in message["content"][0]["text"].split():
        yield event("content_block_delta", index=0, delta={"type": "text_delta", "text": word + " "})
    yield event("content_block_stop", index=0)
    yield event("message_delta", delta={"stop_reason": "end_turn", "stop_sequence": None},
                usage={"output_tokens": message["usage"]["output_tokens"]})
    yield event("message_stop")


class Answer:
    def __init__(self, server, headers, body):
        asked = json.loads(body)
        words = dict(word.split("=", 1) for word in asked.get("metadata", {}).get("user_id", "").split() if "=" in word)
        words = {**server.usual, **words}
        self.case, self.streaming = words.get("case", "ok"), bool(asked.get("stream"))
        with server.lock:
            number, chance = next(server.numbers), server.chance
            usage, model = usage_of(chance), chance.choice(MODELS)
            server.tries[words.get("key")] += 1
            if "fails" in words and server.tries[words.get("key")] > int(words["fails"]):
                self.case = "ok"
        accepted = [word.split(";")[0].strip() for word in headers.get("accept-encoding", "").split(",")]
        self.encoding = next((word for word in accepted if word in ENCODINGS), "identity")
        self.request_id, self.message_id = f"req_{number:06}", f"msg_{number:06}"
        self.status = int(self.case.split("_")[0]) if self.case[:3].isdigit() else 200
        self.headers = [("request-id", self.request_id), ("set-cookie", server.cookie())]
        self.note = {"request_id": self.request_id, "status": self.status, "case": self.case, "encoding": self.encoding,
                     "streaming": self.streaming, "begin": time.time(), "requested": asked["model"],
                     "retry_count": headers.get("x-stainless-retry-count"), "user_id": asked.get("metadata", {}).get("user_id")}
        if self.status == 200:
            self.note.update(message_id=self.message_id, model=model, usage=usage)
            self.answer(model, usage, server.text())
        else:
            self.refuse()
        if self.encoding != "identity":
            self.headers.append(("content-encoding", self.encoding))

    def answer(self, model, usage, text):
        message = {"id": self.message_id, "type": "message", "role": "assistant", "model": model, "stop_reason": "end_turn",
                   "stop_sequence": None, "content": [{"type": "text", "text": text}], "usage": usage}
        if self.streaming:
            self.parts = list(stream_events(message))
            self.headers.append(("content-type", "text/event-stream; charset=utf-8"))
        else:
            text = json.dumps(message).encode()
            self.parts = [text[i:i + 777] for i in range(0, len(text), 777)]
            self.headers.append(("content-type", "application/json"))
        if self.case == "error_event":
            self.parts[5:] = [event("error", error={"type": "overloaded_error", "message": "Overloaded"})]
        elif self.case in ("reset", "silence"):
            del self.parts[len(self.parts) // 2:]

    def refuse(self):
        said = "the monthly limit is reached" if self.case == "429_cap" else "as the test asked"
        error = {"type": "error", "error": {"type": KINDS[self.status], "message": said}, "request_id": self.request_id}
        if self.case == "429_cap":
            error["error"]["details"] = {"error_code": "enforced_spend_limit_reached"}
            self.headers.append(("x-should-retry", "false"))
        elif self.status == 429:
            self.headers += [("retry-after", "1"), ("anthropic-ratelimit-requests-remaining", "0")]
        self.headers.append(("content-type", "application/json"))
        self.parts = [json.dumps(error).encode()]

    def pieces(self):
        squeezer = Squeezer(self.encoding)
        for i, part in enumerate(self.parts):
            last = i + 1 == len(self.parts) and self.case not in ("reset", "silence")
            yield squeezer.piece(part, last)
            if self.streaming:
                time.sleep(0.0005)


class Standin(Listener):
    def __init__(self, folder, seed=1, tls=True, silence=60, case="ok", fails=None, text=lambda: "CANARY answer " * 40,
                 cookie=lambda: "session=CANARY-cookie"):
        self.lock, self.numbers, self.chance = threading.Lock(), itertools.count(1), random.Random(seed)
        self.tries, self.log, self.silence = collections.Counter(), [], silence
        self.text, self.cookie = text, cookie
        self.usual = {"case": case} if fails is None else {"case": case, "fails": fails}
        context = None
        if tls:
            key, self.ca = certificate(folder)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.ca, key)
            context.set_alpn_protocols(["h2", "http/1.1"])
        self.listen(context)

    def serve(self, sock):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            sock = self.secured(sock)
            if self.context and sock.selected_alpn_protocol() == "h2":
                self.speak_2(sock)
            else:
                with sock.makefile("rb") as reader:
                    while self.speak_1(sock, reader):
                        pass
        except (OSError, ConnectionError, EOFError):
            pass
        finally:
            sock.close()

    def done(self, answer):
        with self.lock:
            self.log.append({**answer.note, "end": time.time()})

    def break_off(self, sock, answer):
        """True: the answer ends here, unfinished."""
        if answer.case not in ("reset", "silence"):
            return False
        if answer.case == "silence":
            time.sleep(self.silence)
        else:
            time.sleep(0.1)  # what was sent before is not overtaken by the reset
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.done(answer)
        return True

    def speak_1(self, sock, reader):
        line = reader.readline()
        if not line:
            return False
        headers = {}
        for row in iter(reader.readline, b"\r\n"):
            name, colon, value = row.decode("latin-1").partition(":")
            if not colon:
                raise EOFError
            headers[name.lower()] = value.strip()
        if headers.get("expect") == "100-continue":
            sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        answer = Answer(self, headers, self.body_1(reader, headers))
        answer.note["http"] = 1
        close = headers.get("connection") == "close"
        head = [*answer.headers, ("connection", "close") if close else ("transfer-encoding", "chunked")]
        sock.sendall(f"HTTP/1.1 {answer.status} X\r\n".encode() + b"".join(f"{k}: {v}\r\n".encode() for k, v in head) + b"\r\n")
        for piece in answer.pieces():
            for part in (piece[:7], piece[7:]):
                if part:
                    sock.sendall(part if close else b"%x;odd=1\r\n%b\r\n" % (len(part), part))
        if self.break_off(sock, answer):
            return False
        answer_end = b"" if close else b"0\r\n\r\n"
        self.done(answer)
        sock.sendall(answer_end)
        return not close

    @staticmethod
    def body_1(reader, headers):
        if headers.get("transfer-encoding") != "chunked":
            return reader.read(int(headers.get("content-length", 0)))
        body = b""
        while size := int(reader.readline().split(b";")[0], 16):
            body += reader.read(size)
            reader.readline()
        reader.readline()
        return body

    def speak_2(self, sock):
        from h2.config import H2Configuration
        from h2.connection import H2Connection
        from h2 import events
        link = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        link.initiate_connection()
        sock.sendall(link.data_to_send())
        asked = {}
        while data := sock.recv(65536):
            for what in link.receive_data(data):
                if isinstance(what, events.RequestReceived):
                    asked[what.stream_id] = (dict(what.headers), bytearray())
                elif isinstance(what, events.DataReceived):
                    asked[what.stream_id][1].extend(what.data)
                    link.acknowledge_received_data(what.flow_controlled_length, what.stream_id)
                elif isinstance(what, events.StreamEnded):
                    headers, body = asked.pop(what.stream_id)
                    if not self.answer_2(sock, link, what.stream_id, Answer(self, headers, body)):
                        return
            sock.sendall(link.data_to_send())

    def answer_2(self, sock, link, stream, answer):
        answer.note["http"] = 2
        link.send_headers(stream, [(":status", str(answer.status)), *answer.headers])
        for piece in answer.pieces():
            link.send_data(stream, piece)
            sock.sendall(link.data_to_send())
        if self.break_off(sock, answer):
            return False
        self.done(answer)
        link.end_stream(stream)
        sock.sendall(link.data_to_send())
        return True
