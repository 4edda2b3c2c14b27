"""Calls without TLS to a listed host, and calls through proxies, are recorded once each, and other connections are not read."""
import http.server
import json
import shutil
import threading
import unittest

import claude_clients
from claude_clients import VENV
from proxy import Proxy
from standin import Standin
from vl import PYTHON, Case, needs, program, run, vlagg

BODY = json.dumps({"model": "claude-opus-4-5", "max_tokens": 64, "messages": [{"role": "user", "content": "CANARY prompt"}]})
ASK = """
import os, socket, sys
def ask(sock):
    body = os.environ["BODY"].encode()
    text = b"POST /v1/messages HTTP/1.1\\r\\nhost: x\\r\\ncontent-type: application/json\\r\\ncontent-length: %d\\r\\n\\r\\n" % len(body) + body
    send(sock, text)
    answer = b""
    while not answer.endswith(b"\\r\\n0\\r\\n\\r\\n"):
        part = receive(sock)
        assert part
        answer += part
send, receive = socket.socket.sendall, lambda sock: sock.recv(4096)
address = ("127.0.0.1", int(sys.argv[1]))
"""


class Recorded(Case):
    def serve(self, **options):
        standin = Standin(self.folder, **options)
        self.addCleanup(standin.close)
        return standin

    def run_with(self, standin, command, **settings):
        settings = {"VLSHIM_HOSTS": "localhost", "VLSHIM_SPOOL": self.folder / "spool", "VLSHIM_VIDEO": "one", "BODY": BODY, **settings}
        done = run(command, self.folder, env=claude_clients.environment(standin, **settings))
        self.assertEqual(done.returncode, 0, done.stderr)

    def calls(self):
        done = vlagg("fold", self.folder / "spool", "--out", self.folder / "out", "--utc")
        self.assertEqual(done.returncode, 0, done.stderr)
        [path] = (self.folder / "out").rglob("logs.json")
        return json.loads(path.read_text())["claude_api_usage"]

    def clear(self):
        for name in "spool", "out":
            shutil.rmtree(self.folder / name)

    def hold(self, standin, source):
        self.assertGreater(len(standin.log), 0)
        self.assertEqual(
            [(row["request_id"], row["completion_tokens"], row["usage"], row["http_status"], row["source"]) for row in self.calls()],
            [(row["request_id"], row["usage"]["output_tokens"], "complete", 200, source) for row in standin.log])


class Plain(Recorded):
    def ask(self, code, **settings):
        standin = self.serve(tls=False)
        self.run_with(standin, [PYTHON, "-c", ASK + code, str(standin.port)], **settings)
        return standin

    def test_every_way_to_move_bytes_over_a_socket(self):
        ways = ("lambda s, t: [os.write(s.fileno(), t[i:i + 50]) for i in range(0, len(t), 50)], lambda s: os.read(s.fileno(), 999)",
                "lambda s, t: s.sendmsg([t[:30], t[30:]]), lambda s: s.recvmsg(2000)[0]",
                "lambda s, t: os.writev(s.fileno(), [t[:7], t[7:]]), lambda s: (b := bytearray(600), n := os.readv(s.fileno(), [b]), bytes(b[:n]))[2]",
                "lambda s, t: s.sendto(t, address), lambda s: s.recvfrom(1500)[0]",
                "lambda s, t: s.send(t), lambda s: (s.recv(10, socket.MSG_PEEK), s.recv(10))[1]")
        for way in ways:
            with self.subTest(way=way):
                self.hold(self.ask(f"send, receive = {way}\ns = socket.create_connection(address)\nask(s); ask(s)"), "plain")
                self.clear()

    def test_real_clients(self):
        for name in ("py-urllib", "py-sdk", "py-sdk_async", "py-requests", "curl", "node-fetch"):
            if claude_clients.missing(name):
                continue
            with self.subTest(name=name):
                standin = self.serve(tls=False)
                _, done = claude_clients.call(name, standin, self.folder, "gzip", "stream", count=3, VLSHIM_SPOOL=self.folder / "spool",
                                              VLSHIM_HOSTS=f"localhost:{standin.port}", VLSHIM_VIDEO="one")
                self.assertEqual(done.returncode, 0, done.stderr)
                self.hold(standin, "plain")
                self.clear()

    def test_another_port_of_the_host_is_not_read(self):
        self.ask("ask(socket.create_connection(address))", VLSHIM_HOSTS="localhost:1")
        self.assertFalse(any(event["kind"].startswith("api_") for event in self.cat(self.folder / "spool")))

    @needs("gcc")
    def test_a_thread_that_asks_and_another_that_reads_the_answers(self):
        """Neither waits for the other; each of several connections is told whole."""
        for turn in range(5):
            standin = self.serve(tls=False)
            self.run_with(standin, [program("pipelined"), str(standin.port), "60"])
            self.assertEqual(len(standin.log), 60)
            self.hold(standin, "plain")
            self.clear()

    def test_a_forked_worker_and_its_parent_each_tell_their_own(self):
        self.hold(self.ask("""
s = socket.create_connection(address)
ask(s)
if os.fork() == 0:
    ask(socket.create_connection(address))
    s.close()
    os._exit(0)
os.wait()
ask(s)
"""), "plain")

    def test_a_forked_worker_that_uses_the_number_of_its_parents_connection_again(self):
        self.hold(self.ask("""
s = socket.create_connection(address)
ask(s)
if os.fork() == 0:
    number = s.fileno()
    s.close()
    s = socket.create_connection(address)
    assert s.fileno() == number
    ask(s)
    os._exit(0)
os.wait()
ask(s)
"""), "plain")

    def test_what_is_no_http_is_left_alone(self):
        standin = self.serve(tls=False)
        code = ASK + "s = socket.create_connection(address); s.sendall(b'\\x16\\x03\\x01 no TLS either'); s.close(); ask(socket.create_connection(address))"
        self.run_with(standin, [PYTHON, "-c", code, str(standin.port)])
        self.hold(standin, "plain")


def results_line(number):
    usage = {"input_tokens": 100 + number, "output_tokens": 10 + number, "service_tier": "batch"}
    message = {"id": f"msg_{number}", "model": "claude-opus-4-5", "stop_reason": "end_turn", "usage": usage}
    failed = {"type": "errored", "error": {"type": "error", "error": {"type": "api_error", "message": "as the test asked"}}}
    return json.dumps({"custom_id": str(number), "result": failed if number == 2 else {"type": "succeeded", "message": message}})


class Results(http.server.BaseHTTPRequestHandler):
    """A batch's results, the same whenever they are asked for."""
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = "\n".join(map(results_line, range(4))).encode()
        self.send_response(200)
        self.send_header("content-type", "application/x-jsonl")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Batches(Recorded):
    def test_results_that_are_downloaded_twice_count_once(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Results)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        code = "import sys, urllib.request\nfor _ in range(2): urllib.request.urlopen(sys.argv[1]).read()"
        for _ in range(2):
            done = run([PYTHON, "-c", code, f"http://localhost:{server.server_port}/v1/messages/batches/b_1/results"], self.folder,
                       env=claude_clients.clean_environment(VLSHIM_HOSTS="localhost", VLSHIM_SPOOL=self.folder / "spool", VLSHIM_VIDEO="one"))
            self.assertEqual(done.returncode, 0, done.stderr)
        calls = [(row.get("message_id"), row["prompt_tokens"], row.get("error_type")) for row in self.calls()]
        self.assertEqual(sorted(calls, key=str), sorted([*[(None, None, None)] * 4, (None, None, "api_error"), ("msg_0", 100, None), ("msg_1", 101, None), ("msg_3", 103, None)], key=str))


@needs("openssl", "curl")
class Proxies(Recorded):
    def proxied(self, secure):
        standin = self.serve()
        proxy = Proxy((standin.ca, self.folder / "key.pem") if secure else None)
        self.addCleanup(proxy.close)
        return standin, proxy

    def by_curl(self, standin, proxy):
        command = claude_clients.curl(standin, "identity", "plain", "1", 3, "")
        self.run_with(standin, [*command, "--proxy", proxy.url, "--proxy-cacert", standin.ca, "--noproxy", ""])
        self.assertEqual(proxy.opened, [f"localhost:{standin.port}"])
        self.hold(standin, "tls")

    def test_tls_inside_a_tunnel(self):
        self.by_curl(*self.proxied(False))

    def test_tls_inside_tls(self):
        self.by_curl(*self.proxied(True))

    @unittest.skipUnless(VENV.exists(), f"build/venv {claude_clients.SETUP}")
    def test_tls_inside_tls_by_python(self):
        standin, proxy = self.proxied(True)
        code = ("import httpx, os, ssl, sys; c = httpx.Client(proxy=httpx.Proxy(sys.argv[2], ssl_context=ssl.create_default_context()),"
                " verify=ssl.create_default_context());"
                "[c.post(sys.argv[1], content=os.environ['BODY'], headers={'content-type': 'application/json'}).json()['id'] for _ in range(3)]")
        self.run_with(standin, [VENV, "-c", code, standin.url + "/v1/messages", proxy.url])
        self.hold(standin, "tls")


if __name__ == "__main__":
    unittest.main()
