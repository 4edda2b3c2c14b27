"""What reading along costs: a large download over TLS from a host that is not listed, from one that is, and of a
large answer of the API, by curl from `openssl s_server`."""
import os
import shutil
import socket
import subprocess
import tempfile
import time

BYTES = 200_000_000
LINE = "The quick brown fox says so: 0123456789, and a second time to fill the line.\\n"


def head(kind, length):
    return f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n".encode()


def write_files(folder):
    """As s_server -HTTP sends them, headers and all: 200 MB that are none of the API's, and as one answer."""
    text = (LINE * (BYTES // len(LINE) + 1))[:BYTES].rstrip("\\").encode()
    before = b'{"id": "msg_1", "model": "claude-opus-4-5", "content": [{"type": "text", "text": "'
    after = b'"}], "usage": {"input_tokens": 1, "output_tokens": 2}}'
    with open(f"{folder}/film", "wb") as film:
        film.write(head("video/mp4", len(text)) + text)
    with open(f"{folder}/answer", "wb") as answer:
        answer.write(head("application/json", len(before) + len(text) + len(after)) + before + text + after)


class Server:
    def __init__(self, folder):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-keyout",
                        f"{folder}/key", "-out", f"{folder}/cert", "-subj", "/CN=localhost"], check=True, capture_output=True)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.process = subprocess.Popen(["openssl", "s_server", "-quiet", "-HTTP", "-accept", f"127.0.0.1:{self.port}", "-cert", "cert", "-key", "key"],
                                        cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                time.sleep(0.05)

    def close(self):
        self.process.terminate()
        self.process.wait()


def apart(server):
    """A processor for each end, so that what one does is not paid by the other's caches. The client's are inherited."""
    own, *others = sorted(os.sched_getaffinity(0))
    if others:
        os.sched_setaffinity(server.process.pid, others)
        os.sched_setaffinity(0, [own])


def download(server, name, env):
    """Milliseconds of the client's processor: what waits for a busy machine does not count."""
    url = f"https://localhost:{server.port}/{name}"
    client = subprocess.Popen(["curl", "-ksS", "--http1.1", "-o", "/dev/null", url], env=env)
    _, status, used = os.wait4(client.pid, 0)
    client.returncode = os.waitstatus_to_exitcode(status)
    if client.returncode:
        raise subprocess.CalledProcessError(client.returncode, "curl")
    return (used.ru_utime + used.ru_stime) * 1000


def rows(scratch, rounds, environment, shim, row):
    """environment: without the shim. row: prints a comparison of two lists. The first row is the whole recorder's; the
    others compare it with the same that reads no connection."""
    if not (shutil.which("openssl") and shutil.which("curl")):
        return
    folder = tempfile.mkdtemp(dir=scratch)
    write_files(folder)
    server = Server(folder)
    allowed = os.sched_getaffinity(0)
    apart(server)
    blind, seeing = {"VLSHIM_CAPTURE": "none"}, {"VLSHIM_HOSTS": "localhost"}
    for label, name, before, after in (("200 MB over TLS, all that is recorded", "film", None, seeing),
                                       ("  host not listed / connections unread", "film", blind, {}),
                                       ("  host listed / connections unread", "film", blind, seeing),
                                       ("  one answer / connections unread", "answer", blind, seeing)):
        times = [], []
        for turn in range(4 * rounds):
            which = (turn ^ turn >> 1) & 1  # A B B A: what grows warm or slow does so for both
            settings, spool = (before, after)[which], tempfile.mkdtemp(dir=scratch) + "/spool"
            recorder = {} if settings is None else {"LD_PRELOAD": shim, "VLSHIM_SPOOL": spool, **settings}
            times[which].append(download(server, name, {**environment, **recorder}))
            shutil.rmtree(os.path.dirname(spool))
        row(label, "ms", *times)
    os.sched_setaffinity(0, allowed)
    server.close()
    shutil.rmtree(folder)


if __name__ == "__main__":
    print(os.path.basename(__file__), "is a part of run.py")
