"""Whatever TLS library a program uses, and however it came by it, its calls are recorded as the server notes them."""
import json
import shutil
import subprocess
import unittest
from pathlib import Path

import claude_clients
from claude_clients import CLIENTS, VENV
from standin import Standin
from vl import BUILD, PYTHON, Case, needs, run, vlagg


def bundled(wheel, pattern):
    """A library that a wheel brings along, or None."""
    found = sorted(VENV.parent.parent.glob(f"lib/python3*/site-packages/{wheel}/{pattern}"))
    return found[0] if found else None


OFFICIAL = claude_clients.NODE / "node_modules" / "node" / "bin" / "node"
OLD = bundled("psycopg2_binary.libs", "libssl-*.so.1.1")
SYSTEM = next(iter(sorted(Path("/usr/lib").glob("*/libssl.so.3"))), None)
RUBY = """require "net/http"; require "json"
http = Net::HTTP.new("localhost", ARGV[0].to_i); http.use_ssl = true; http.ca_file = ENV["SSL_CERT_FILE"]
http.start { 3.times { http.post("/v1/messages", ARGV[1], "content-type" => "application/json").body } }"""
PHP = """for ($i = 0; $i < 3; $i++) file_get_contents("https://localhost:$argv[1]/v1/messages", false, stream_context_create(["http" =>
["method" => "POST", "header" => "content-type: application/json", "content" => $argv[2]], "ssl" => ["cafile" => getenv("SSL_CERT_FILE")]]));"""
PERL = """use IO::Socket::SSL; my $s = IO::Socket::SSL->new(PeerAddr => "localhost:$ARGV[0]", SSL_ca_file => $ENV{SSL_CERT_FILE}) or die;
for (1..3) { print $s "POST /v1/messages HTTP/1.1\\r\\nhost: x\\r\\ncontent-type: application/json\\r\\ncontent-length: ", length $ARGV[1], "\\r\\n\\r\\n", $ARGV[1];
my $all = ""; while ($all !~ /\\r\\n0\\r\\n\\r\\n$/) { my $n = sysread($s, my $part, 4096) or die; $all .= $part } }"""
BODY = json.dumps({"model": "claude-opus-4-5", "max_tokens": 64, "messages": [{"role": "user", "content": "CANARY prompt"}]})


def has(*command):
    return shutil.which(command[0]) and subprocess.run(command, capture_output=True).returncode == 0


@needs("openssl")
class Libraries(Case):
    def setUp(self):
        super().setUp()
        self.standin = Standin(self.folder)
        self.addCleanup(self.standin.close)

    def environment(self, **more):
        settings = {"VLSHIM_HOSTS": "localhost", "VLSHIM_SPOOL": self.folder / "spool", "VLSHIM_VIDEO": "one", **more}
        return claude_clients.environment(self.standin, **settings)

    def calls(self):
        folded = vlagg("fold", self.folder / "spool", "--out", self.folder / "out", "--utc")
        self.assertEqual(folded.returncode, 0, folded.stderr)
        [path] = (self.folder / "out").rglob("logs.json")
        return json.loads(path.read_text())["claude_api_usage"]

    def hold(self, command, **settings):
        """All that the server noted is in the log, once, whole."""
        before = len(self.standin.log)
        done = run(command, self.folder, env=self.environment(**settings))
        self.assertEqual(done.returncode, 0, done.stderr)
        noted = self.standin.log[before:]
        self.assertGreater(len(noted), 0)
        calls = self.calls()
        self.assertEqual([(row["request_id"], row["prompt_tokens"], row["completion_tokens"], row["usage"], row["http_status"], row["source"]) for row in calls],
                         [(row["request_id"], row["usage"]["input_tokens"], row["usage"]["output_tokens"], "complete", 200, "tls") for row in noted])
        self.assertNotIn(b"CANARY", b"".join(path.read_bytes() for path in (self.folder / "spool").rglob("*") if path.is_file() and command[0] == PYTHON))
        return calls

    def by_ctypes(self, library, *options):
        return [PYTHON, CLIENTS / "by_ctypes.py", library, self.standin.url, "3", *options]

    @unittest.skipUnless(SYSTEM, "libssl3: not installed")
    def test_pointers_that_a_program_looks_up_itself(self):
        self.assertEqual(self.hold(self.by_ctypes(SYSTEM))[0]["host"], f"localhost:{self.standin.port}")

    @unittest.skipUnless(SYSTEM, "libssl3: not installed")
    def test_what_is_looked_at_before_it_is_read_counts_once(self):
        self.hold(self.by_ctypes(SYSTEM, "peek"))

    @unittest.skipUnless(SYSTEM, "libssl3: not installed")
    def test_a_library_that_comes_after_the_connection(self):
        self.hold(self.by_ctypes(SYSTEM, "early"))

    @unittest.skipUnless(SYSTEM, "libssl3: not installed")
    def test_a_copy_under_the_name_that_wheels_give(self):
        copy = self.folder / "libssl-1a2b3c4d.so.3"
        shutil.copy(SYSTEM, copy)
        self.hold(self.by_ctypes(copy))

    @unittest.skipUnless(SYSTEM, "libssl3: not installed")
    def test_a_connection_without_a_server_name_is_its_address(self):
        self.hold(self.by_ctypes(SYSTEM, "unnamed"), VLSHIM_HOSTS="127.0.0.1,[::1]")

    @unittest.skipUnless(OLD, f"psycopg2-binary {claude_clients.SETUP}")
    def test_openssl_1_1_of_a_wheel(self):
        self.hold(self.by_ctypes(OLD))

    @unittest.skipUnless(OLD, f"psycopg2-binary {claude_clients.SETUP}")
    def test_two_libraries_in_one_process_each_in_use(self):
        code = ("import ssl, sys, urllib.request, os; sys.argv = sys.argv[1:]\n"
                "def ask(): return urllib.request.urlopen(urllib.request.Request(sys.argv[2] + '/v1/messages', os.environ['BODY'].encode(),"
                " {'content-type': 'application/json'})).read()\n"
                "ask(); exec(compile(open(sys.argv[0]).read(), sys.argv[0], 'exec')); ask()")
        self.hold([VENV, "-c", code, CLIENTS / "by_ctypes.py", OLD, self.standin.url, "2"], BODY=BODY)

    def test_ssl_write_ex2_of_openssl_3_3_inside_a_module(self):
        """Debian's OpenSSL has no such function; the one that a Python brings inside its module _ssl has."""
        program = BUILD / "pythons" / "3.13" / "python3.13"
        if not program.exists():
            self.skipTest("build/pythons missing: run scripts/setup-pythons")
        module, = program.parent.glob("lib/python3.13/lib-dynload/_ssl.*.so")
        self.hold([program, *self.by_ctypes(module, "ex2")[1:]], LD_LIBRARY_PATH=program.parent)  # libffi

    @needs("gcc")
    @unittest.skipUnless(SYSTEM, "libssl3: not installed")
    def test_early_data(self):
        """The question of a resumed connection goes with the client's first flight."""
        program = self.folder / "early"
        subprocess.run(["gcc", "-O1", "-o", program, CLIENTS / "early.c", "-lssl", "-lcrypto"], check=True)
        with subprocess.Popen([program, "serve", self.folder], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
            self.addCleanup(server.kill)
            done = run([program, "ask", server.stdout.readline().strip()], self.folder, env=self.environment())
            heard = server.communicate()[1].split("\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(heard[0], "early: 0")
        self.assertNotEqual(heard[1], "early: 0")
        self.assertEqual([(row["message_id"], row["prompt_tokens"], row["completion_tokens"], row["usage"]) for row in self.calls()],
                         [("msg_1", 7, 1, "complete"), ("msg_2", 7, 2, "complete")])

    @unittest.skipUnless(OFFICIAL.exists(), f"node@22 {claude_clients.SETUP}")
    def test_openssl_inside_the_executable(self):
        for kind in "fetch", "https":
            self.hold([OFFICIAL, CLIENTS / "client.mjs", kind, self.standin.url, "identity", "plain", "1", "3"])
            shutil.rmtree(self.folder / "spool")

    @unittest.skipUnless(has("ruby", "-ropenssl", "-e", "1"), "ruby: not installed")
    def test_ruby(self):
        self.hold(["ruby", "-e", RUBY, str(self.standin.port), BODY])

    @unittest.skipUnless(has("php", "-r", 'exit(extension_loaded("openssl") ? 0 : 1);'), "php-cli: not installed")
    def test_php(self):
        self.hold(["php", "-r", PHP, "--", str(self.standin.port), BODY])

    @unittest.skipUnless(has("perl", "-MIO::Socket::SSL", "-e", "1"), "libio-socket-ssl-perl: not installed")
    def test_perl(self):
        self.hold(["perl", "-e", PERL, str(self.standin.port), BODY])


if __name__ == "__main__":
    unittest.main()
