"""Each VLSHIM_* variable does what libvlshim(7) says of it: video, paths, hosts, and which lines of the output are kept."""
import contextlib
import socket
import unittest

from vl import PYTHON, Case, clean_environment, run

PROMISES = "8"

# prints what it is told: STREAM TEXT STATUS
PRINT = "import sys; getattr(sys, sys.argv[1]).write(sys.argv[2].replace('_', ' ') * int(sys.argv[3]) + '\\n'); sys.exit(int(sys.argv[4]))"
MARKED = "[RENDER]"


class Settings(Case):
    def record(self, *words, **settings):
        spool = self.folder / f"spool-{len(list(self.folder.iterdir()))}"
        env = clean_environment(VLSHIM_SPOOL=spool, **{f"VLSHIM_{name}": value for name, value in settings.items()})
        run(words, self.folder, env=env)
        return spool

    def printed(self, stream, text, times=1, status=0, **settings):
        """Output lines that were kept, and all bytes of the recording. In argv the text reads otherwise."""
        spool = self.record(PYTHON, "-S", "-c", PRINT, stream, text.replace(" ", "_"), times, status, **settings)
        lines = [event["text"] for event in self.cat(spool) if event["kind"] == "text_print"]
        return lines, b"".join(path.read_bytes() for path in spool.rglob("*.vls"))

    # ---- lines ----

    def test_no_lines(self):
        for stream in "stdout", "stderr":
            lines, everything = self.printed(stream, f"{MARKED} some words", status=3, LINES="none")
            self.assertEqual(lines, [])
            self.assertNotIn(b"some words", everything)

    def test_all_lines(self):
        self.assertEqual(self.printed("stdout", "some words", LINES="all")[0], ["some words\n"])

    def test_marked_lines(self):
        self.assertEqual("".join(self.printed("stderr", "some words")[0]), "some words\n")
        self.assertEqual(self.printed("stdout", f"{MARKED} some words")[0], [f"{MARKED} some words"])
        self.assertEqual(self.printed("stdout", "some words")[0], [])

    def test_the_bounds_of_lines(self):
        """A piece is 4 KiB at the most, and a process's are 1 MiB."""
        lines, _ = self.printed("stderr", "x" * 99 + " ", 30_000)
        self.assertEqual(max(map(len, lines)), 4096)
        self.assertEqual(sum(map(len, lines)), 1 << 20)

    def test_the_end_of_the_output(self):
        """The last of standard output is kept until it is known that all went well."""
        _, everything = self.printed("stdout", "last words", status=3)
        self.assertIn(b"last words\n", everything)
        _, everything = self.printed("stdout", "last words", status=0)
        self.assertNotIn(b"last words", everything)

    # ---- videos ----

    def videos(self, script, **settings):
        (self.folder / "outputs/2015/film").mkdir(parents=True, exist_ok=True)
        (self.folder / "data/captions/2015/talk").mkdir(parents=True, exist_ok=True)
        (self.folder / "clips/song").mkdir(parents=True, exist_ok=True)
        spool = self.record("sh", "-c", script, **settings)
        return {event["path"].rpartition("/")[2]: event["video"] for event in self.cat(spool) if event["kind"] == "file_write" and "path" in event}

    def test_where_videos_are(self):
        script = "echo >outputs/2015/film/a; echo >data/captions/2015/talk/b; cd /; echo >$OLDPWD/outputs/2015/film/c; echo >$OLDPWD/d"
        self.assertEqual(self.videos(script), {"a": "film", "b": "talk", "c": "film", "d": "film"})

    def test_patterns(self):
        script = "echo >clips/song/a; echo >outputs/2015/film/b"
        self.assertEqual(self.videos(script, VIDEO_PATHS="clips/{video}/"), {"a": "song", "b": "song"})

    def test_one_video(self):
        self.assertEqual(self.videos("echo >outputs/2015/film/a; echo >b; sh -c 'echo >c'", VIDEO="named"), {"a": "named", "b": "named", "c": "named"})

    # ---- hosts ----

    def spoken_to(self, hosts):
        """Whether a request to a server of ours was read."""
        with socket.create_server(("127.0.0.1", 0), backlog=4) as server, contextlib.ExitStack() as stack:
            port = server.getsockname()[1]
            code = (f"import socket; s = socket.create_connection(('127.0.0.1', {port}));"
                    "s.sendall(b'POST /v1/messages HTTP/1.1\\r\\nhost: x\\r\\ncontent-length: 2\\r\\n\\r\\n{}'); s.close()")
            stack.callback(server.close)
            spool = self.record(PYTHON, "-S", "-c", code, HOSTS=hosts.format(port=port))
        return any(event["kind"] == "api_request" for event in self.cat(spool))

    def test_hosts(self):
        for hosts, read in ("127.0.0.1", True), ("a.example,127.0.*", True), ("127.0.0.1:{port}", True), ("127.0.0.1:1", False), \
                ("a.example", False), ("api.anthropic.com", False):
            with self.subTest(hosts=hosts):
                self.assertEqual(self.spoken_to(hosts), read)


if __name__ == "__main__":
    unittest.main()
