"""What `vlagg doctor` says that will be seen of a program is what a recording of it shows, and nothing else."""
import json
import os
import shutil
import subprocess
import unittest
from pathlib import Path

import claude_clients
from loopback import alone
from standin import Standin
from vl import BUILD, PROGRAMS, PYTHON, VLAGG, Case, clean_environment, needs, run, vlagg

PROMISES = "4 5"

PYTHONS, PYTHONS_MISSING = BUILD / "pythons", "missing: run scripts/setup-pythons"
PATIENTS = PROGRAMS / "patients"


def seen(recorded):
    return "yes" if recorded else "no"


def build(out, *argv):
    head, rest = (argv[:2], argv[2:]) if argv[0] == "go" else (argv[:1], argv[1:])
    env = clean_environment(GOCACHE=BUILD / "go-cache", GO111MODULE="off", GOFLAGS=None, CGO_ENABLED="1")
    done = subprocess.run([*map(str, head), "-o", str(out), *map(str, rest)], env=env, capture_output=True, text=True)
    if done.returncode:
        raise unittest.SkipTest(f"{' '.join(head)} builds no such program: {done.stderr.strip().splitlines()[-1]}")
    return out


@needs("openssl")
class Programs(Case):
    """Each is started by a shell, which tells of those that the recorder cannot enter."""

    def doctor(self, *command):
        report = json.loads(self.good("doctor", "--json", "--", *command))
        return {what: sight["seen"] for what, sight in report["programs"][-1]["sees"].items()}

    def record(self, command, env):
        """Runs the patient against a stand-in of the API; what its recording shows, in the doctor's words."""
        standin = Standin(self.folder)
        self.addCleanup(standin.close)
        (self.folder / "marker").write_text('{"model": "claude-opus-4-5", "max_tokens": 64, "messages": []}')
        words = [str(word).replace("URL", standin.url).replace("CERTIFICATE", str(standin.ca)) for word in command]
        env = claude_clients.environment(standin, VLSHIM_HOSTS="localhost", VLSHIM_SPOOL=self.folder / "spool", **env)
        done = run(["sh", "-c", '"$0" "$@"; exit $?', *words], self.folder, env=env)
        self.assertEqual((done.returncode, len(standin.log)), (0, 1), done.stderr)
        return self.shown(words)

    def shown(self, words):
        report, events = self.io(self.folder / "spool"), self.cat(self.folder / "spool")
        patient, = [row for row in report["processes"] if row["argv"][:1] == words[:1]]
        children = [row["instrumented"] for row in report["processes"] if row["ppid"] == patient["pid"]]
        own = [event for event in events if event["pid"] == patient["pid"]]
        shown = {"process": seen(patient["exit_status"] == 0 and patient["max_rss_kb"]), "inside": seen(patient["instrumented"]),
                 "files": seen(any(event["kind"] == "file_read" and event.get("path") == str(self.folder / "marker") for event in own)),
                 "output": seen("patient says so" in "".join(event["text"] for event in own if event["kind"] == "text_print")),
                 "claude_calls": seen(any(event["kind"] == "api_usage" for event in own))}
        if "python" in words[0]:
            shown["functions"] = seen(any(event["kind"] == "span_begin" for event in own))
        return {**shown, "children": seen(any(children))} if children else shown

    def hold(self, *command, **env):
        """Every yes and no is what happens; partly says neither."""
        return self.agree(self.doctor(*command), self.record(command, env))

    def agree(self, said, shown):
        certain = {what for what in shown if said[what] != "partly"}
        self.assertEqual({what: said[what] for what in certain}, {what: shown[what] for what in certain})
        return said

    def test_system_python(self):
        said = self.hold(PYTHON, PATIENTS / "patient.py", "URL", "marker", PYTHONDONTWRITEBYTECODE="1")
        self.assertEqual((said["inside"], said["claude_calls"]), ("yes", "yes"))
        self.assertIn("functions", said)

    def hold_python(self, version):
        """OpenSSL is linked statically into the module _ssl of these, which is loaded late."""
        program = PYTHONS / version / f"python{version}"
        if not program.exists():
            self.skipTest(f"build/pythons {PYTHONS_MISSING}")
        said = self.hold(program, PATIENTS / "patient.py", "URL", "marker", PYTHONDONTWRITEBYTECODE="1")
        self.assertEqual((said["inside"], said["claude_calls"], said["functions"]), ("yes", "yes", "yes"))

    def test_python_with_openssl_1_1_inside(self):
        self.hold_python("3.9")

    def test_python_with_openssl_3_inside(self):
        for version in "3.12", "3.13":
            with self.subTest(version=version):
                self.hold_python(version)
                shutil.rmtree(self.folder / "spool")

    @needs("curl")
    def test_curl(self):
        said = self.hold("curl", "-sS", "--cacert", "CERTIFICATE", "-w", "%{stderr}patient says so\n", "-d", "@marker", "-o", "/dev/null",
                         "URL/v1/messages")
        self.assertEqual((said["inside"], said["claude_calls"]), ("yes", "yes"))

    @needs("node")
    def test_node(self):
        self.assertEqual(self.hold("node", PATIENTS / "patient.mjs", "URL", "marker")["inside"], "yes")

    def openssl_inside(self, name, *more):
        return build(self.folder / name, "gcc", "-O1", *more, PATIENTS / "patient.c", "-Wl,-Bstatic", "-lssl", "-lcrypto", "-Wl,-Bdynamic")

    @needs("gcc")
    def test_openssl_inside_and_exported(self):
        self.assertEqual(self.hold(self.openssl_inside("exporting", "-rdynamic"), "URL", "marker")["claude_calls"], "yes")

    @needs("gcc")
    def test_openssl_inside_and_hidden(self):
        self.assertEqual(self.hold(self.openssl_inside("hidden"), "URL", "marker")["claude_calls"], "partly")

    @needs("gcc")
    def test_openssl_inside_whose_code_cannot_be_changed_is_named_when_folding(self):
        """One of its functions is too short for a jump; then none is changed."""
        (self.folder / "short.c").write_text('__asm__(".globl SSL_sendfile\\n.type SSL_sendfile, @function\\nSSL_sendfile: xor %eax, %eax\\nret\\n'
                                             '.size SSL_sendfile, . - SSL_sendfile\\n");\n')
        program = self.openssl_inside("short", "-rdynamic", "-Wl,-z,muldefs", self.folder / "short.c")
        shown = self.record([program, "URL", "marker"], {"VLSHIM_VIDEO": "one"})
        self.assertEqual((shown["inside"], shown["claude_calls"]), ("yes", "no"))
        self.assertEqual([event["path"] for event in self.cat(self.folder / "spool") if event["kind"] == "tls_leave"], [str(program)])
        self.fold(self.folder / "spool", "--out", self.folder / "out")
        log, = (self.folder / "out").rglob("logs.json")
        self.assertIn(f"libssl inside {program} was left alone", " ".join(json.loads(log.read_text())["vlagg"]["warnings"]))

    @needs("gcc")
    def test_openssl_beside(self):
        program = build(self.folder / "linked", "gcc", "-O1", PATIENTS / "patient.c", "-lssl", "-lcrypto")
        self.assertEqual(self.hold(program, "URL", "marker")["claude_calls"], "yes")

    @needs("go", "gcc")
    def test_go(self):
        program = build(self.folder / "dynamic", "go", "build", PATIENTS / "patient.go")
        said = self.hold(program, "URL", "marker")
        self.assertEqual((said["inside"], said["files"], said["claude_calls"]), ("yes", "no", "no"))

    @needs("go", "gcc")
    def test_static_go(self):
        program = build(self.folder / "static", "go", "build", "-ldflags", "-linkmode external -extldflags -static", PATIENTS / "patient.go")
        self.assertEqual(self.hold(program, "URL", "marker")["inside"], "no")

    @alone
    def test_the_claude_program(self):
        """The program itself, with an environment of its own, against the stand-in: it is answered over its own TLS."""
        if why := claude_clients.missing("claude"):
            self.skipTest(why)
        standin = Standin(self.folder, text=lambda: "patient says so")
        self.addCleanup(standin.close)
        (self.folder / "home").mkdir()
        env = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder / "home"), "ANTHROPIC_BASE_URL": standin.url, "ANTHROPIC_API_KEY": "sk-ant-api03-dummy",
               "NODE_EXTRA_CA_CERTS": str(standin.ca), "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "DISABLE_AUTOUPDATER": "1",
               "VLSHIM_HOSTS": "localhost", "VLSHIM_LINES": "all", "VLSHIM_SPOOL": str(self.folder / "spool")}
        words = [str(claude_clients.CLAUDE), "--model", "sonnet"]
        done = run(["sh", "-c", '"$0" "$@"; exit $?', *words], self.folder, env=env, input=b"fix the scene")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(b"patient says so", done.stdout)
        self.assertTrue(any(row["status"] == 200 for row in standin.log))
        said = self.agree(self.doctor(*words), self.shown(words))
        self.assertEqual((said["inside"], said["files"], said["output"], said["claude_calls"]), ("yes", "partly", "no", "no"))


class Judgements(Case):
    """What is told of files by themselves, and how it ends."""

    def last(self, *command):
        return json.loads(self.good("doctor", "--json", "--", *command, cwd=self.folder))["programs"][-1]

    def why_not(self, *command):
        sight = self.last(*command)["sees"]["inside"]
        self.assertEqual(sight["seen"], "no")
        return sight["why"]

    @needs("gcc")
    def test_static(self):
        source = self.folder / "a.c"
        source.write_text("int main(void) { return 0; }\n")
        self.assertIn("statically", self.why_not(build(self.folder / "a", "gcc", "-static", source)))

    @needs("gcc")
    def test_another_machine(self):
        source = self.folder / "a.c"
        source.write_text("int main(void) { return 0; }\n")
        self.assertIn("another machine", self.why_not(build(self.folder / "a", "gcc", "-m32", source)))

    @needs("musl-gcc")
    def test_musl(self):
        source = self.folder / "a.c"
        source.write_text("int main(void) { return 0; }\n")
        self.assertIn("another C library", self.why_not(build(self.folder / "a", "musl-gcc", source)))

    @unittest.skipIf(os.geteuid(), "root: not running as it")
    def test_setuid(self):
        shutil.copy("/bin/true", self.folder / "true")
        os.chown(self.folder / "true", 65534, 65534)
        os.chmod(self.folder / "true", 0o4755)
        self.assertIn("more rights", self.why_not(self.folder / "true"))

    def test_python_without_its_symbols(self):
        program = self.folder / "python3.11"
        program.write_bytes(Path(PYTHON).read_bytes().replace(b"PySys_AddAuditHook\0", b"PySys_AddAuditHooX\0"))
        program.chmod(0o755)
        self.assertEqual(self.last(program)["sees"]["functions"]["seen"], "no")

    def test_a_file_that_is_no_program(self):
        (self.folder / "a").write_bytes(b"\x7fELF and nothing more")
        (self.folder / "a").chmod(0o755)
        self.assertIn("neither a program nor a script", self.why_not(self.folder / "a"))

    def script(self, name, first):
        path = self.folder / name
        path.write_text(f"{first}\nprint()\n")
        path.chmod(0o755)
        return path

    def paths(self, *command):
        report = json.loads(self.good("doctor", "--json", "--", *command, cwd=self.folder))
        return [program["path"] for program in report["programs"]]

    def test_interpreters_and_wrappers_are_followed(self):
        python, env = (os.path.realpath(path) for path in (PYTHON, "/usr/bin/env"))
        timeout, shell = (os.path.realpath(shutil.which(name)) for name in ("timeout", "sh"))
        direct, by_env = self.script("direct", f"#! {PYTHON} -u"), self.script("by_env", f"#!/usr/bin/env -S {PYTHON} -u")
        self.assertEqual(self.paths(direct), [str(direct), python])
        self.assertEqual(self.paths(by_env, "x"), [str(by_env), env, python])
        self.assertEqual(self.paths("env", "-u", "A", "B=c", "timeout", "-k", "5", "10", "./direct"), [env, timeout, str(direct), python])
        self.assertEqual(self.paths("sh", "-c", f"A=1 exec {PYTHON} x.py"), [shell, python])

    def test_a_shell_script_says_what_to_ask_next(self):
        for command in ([self.script("a", "#!/bin/sh")], [self.script("b", "#!/usr/bin/env sh")], ["sh", "-c", "cd /tmp && python3"], ["sh", "x.sh"]):
            self.assertIn("ask about the programs that it starts", self.last(*command)["note"])

    def test_scripts_without_end_end(self):
        path = self.folder / "again"
        path.write_text(f"#!{path}\n")
        path.chmod(0o755)
        self.assertLessEqual(len(self.paths(path)), 16)

    def test_what_is_not_there_is_an_error(self):
        for command in (["no-such-program"], [self.script("lost", "#!/no/such/interpreter")]):
            done = vlagg("doctor", "--", *command)
            self.assertEqual((done.returncode, done.stdout), (3, b""))
            self.assertIn(b"is no program that can be executed", done.stderr)
        self.assertEqual(vlagg("doctor", "--jso").returncode, 0)
        self.assertEqual(vlagg("doctor", "--no-such-option").returncode, 2)


class Machine(Case):
    def findings(self, **more):
        done = subprocess.run([str(VLAGG), "doctor", "--json"], cwd=self.folder, env=clean_environment(**more), capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return {row["what"]: row for row in json.loads(done.stdout)["machine"]}

    def test_the_parts_of_the_recorder_are_found(self):
        found = self.findings()
        for what, name in (("recorder", "libvlshim.so"), ("parsers", "libvldeep.so"), ("helper", "vlshim-unwind")):
            self.assertEqual((found[what]["fine"], Path(found[what]["found"]).name), ("yes", name))
        self.assertIn(found["clock"]["fine"], ("yes", "partly"))

    def test_a_vlagg_alone_says_what_it_lacks(self):
        shutil.copy(VLAGG, self.folder / "vlagg")
        done = subprocess.run([self.folder / "vlagg", "doctor"], cwd=self.folder, env=clean_environment(), capture_output=True, text=True)
        self.assertIn("no      recorder", done.stdout)

    def test_where_it_would_record(self):
        for name, mode, fine in (("own", 0o700, "yes"), ("open", 0o777, "no")):
            (self.folder / name).mkdir()
            (self.folder / name).chmod(mode)
            self.assertEqual(self.findings(VLSHIM_SPOOL=self.folder / name)["spool"]["fine"], fine)
        self.assertIn("to be made", self.findings()["spool"]["found"])
        self.assertEqual(self.findings(VLSHIM_SPOOL="/no/such/folder/spool")["spool"]["fine"], "no")
        self.assertEqual(self.findings(VLSHIM_OFF="1")["settings"]["fine"], "no")

    def test_people_read_the_same(self):
        text = self.good("doctor", "--", PYTHON).decode()
        self.assertIn("ELF 64-bit", text)
        self.assertIn("yes     inside", text)


if __name__ == "__main__":
    unittest.main()
