"""Children get the environment as the program gives it, but for LD_PRELOAD and VLSHIM_*; entries of the program's own stay; the
recorder prints nothing, and its own messages go to no link."""
import re

from alike import Alike
from vl import PYTHON, SHIM, Case, clean_environment, run

PROMISES = "1 4"

SHOW = "tr '\\\\0' '\\\\n' </proc/self/environ"

# one way after the other to begin a child with an environment
WAYS = f"""
import os, subprocess
show = ["/bin/sh", "-c", "{SHOW}; echo"]
def then(what):
    print("--", flush=True)
    what()
def forked(run, *words):
    pid = os.fork()
    if pid == 0:
        run(*words)
    os.waitpid(pid, 0)
def all_ways(env):
    then(lambda: subprocess.run(show, env=env))
    then(lambda: os.waitpid(os.posix_spawn(show[0], show, env), 0))
    then(lambda: forked(os.execve, show[0], show, env))
    then(lambda: forked(os.execvpe, "sh", show, env))
def own_ways():
    then(lambda: subprocess.run(show))
    then(lambda: os.system(show[2]))
    then(lambda: print(os.popen(show[2]).read(), flush=True))
    then(lambda: forked(os.execv, show[0], show))
"""


def without_ours(text):
    """The recorder's entries are no concern of the program's; what stands between others may be a colon or a space."""
    kept = []
    for line in text.splitlines():
        if line.startswith("LD_PRELOAD="):
            entries = [entry for entry in re.split("[: ]", line.partition("=")[2]) if entry and entry != str(SHIM)]
            line = f"LD_PRELOAD={':'.join(entries)}" if entries else ""
        if line and not line.startswith("VLSHIM_"):
            kept.append(line)
    return "\n".join(kept)


class Environment(Alike):
    def same(self, script, contains):
        outcome = self.alike([PYTHON, "-S", "-c", WAYS + script], hide=without_ours)
        self.assertEqual((outcome[0], outcome[2]), (0, ""))
        self.assertIn(contains, outcome[1])
        return outcome[1]

    def test_in_its_order_with_all_that_is_in_it(self):
        self.same("all_ways({'Z': '1', 'A': 'two words', 'EMPTY': '', 'LINES': 'a\\tb'}); own_ways()", "Z=1\nA=two words\nEMPTY=\n")

    def test_an_empty_one(self):
        self.same("all_ways({})", "--\n")

    def test_a_large_one(self):
        self.same("all_ways({f'V{i}': 'x' * 100 for i in range(9000)})", "V8999=xxx")

    def test_what_a_program_preloads_itself(self):
        for entries in "libm.so.6", "libm.so.6:libdl.so.2", "libm.so.6 libdl.so.2", "libm.so.6:":
            with self.subTest(entries=entries):
                said = self.same(f"all_ways({{'LD_PRELOAD': {entries!r}}}); os.environ['LD_PRELOAD'] = {entries!r}; own_ways()", "libm.so.6")
                self.assertEqual(said.count("libm.so.6"), 8)

    def test_what_a_program_takes_away(self):
        self.same("os.environ.pop('LD_PRELOAD', None); own_ways(); os.environ.clear(); own_ways(); os.environ['NEW'] = 'x'; own_ways()", "NEW=x")
        self.instrumented("sh")

    def test_children_of_system_are_followed(self):
        self.followed("os.system('head -c 1 /dev/zero')")

    def test_children_of_popen_are_followed(self):
        self.followed("import ctypes; libc = ctypes.CDLL(None); libc.popen.restype = ctypes.c_void_p\n"
                      "libc.pclose(ctypes.c_void_p(libc.popen(b'head -c 1 /dev/zero', b'r')))")

    def followed(self, call):
        run([PYTHON, "-S", "-c", f"import os\nfor name in list(os.environ): os.unsetenv(name)\n{call}"], self.folder)
        rows = self.io(self.folder / "spool")["processes"]
        self.assertEqual([row["instrumented"] for row in rows if row["argv"] and row["argv"][0] == "head"], [True], rows)

    def test_a_relative_entry_is_made_absolute(self):
        """Children may begin in another folder."""
        (self.folder / "deeper").mkdir()
        for name in "libvlshim.so", "libvldeep.so":
            (self.folder / name).symlink_to(SHIM.parent.resolve() / name)
        env = clean_environment(LD_PRELOAD="./libvlshim.so")
        done = run(["sh", "-c", "cd deeper; env | grep LD_PRELOAD; head -c 1 /dev/zero >/dev/null"], self.folder, shim=False, env=env)
        self.assertEqual((done.stdout, done.stderr), (f"LD_PRELOAD={self.folder}/libvlshim.so\n".encode(), b""))
        self.instrumented("head")

    def test_variables_set_by_the_hundred(self):
        self.same("[os.putenv(f'P{i % 300}', 'x' * (i % 50)) for i in range(5000)]; [os.unsetenv(f'P{i}') for i in range(290)]; own_ways()", "P299=")


class Messages(Case):
    def test_none_without_being_asked(self):
        for settings in {"VLSHIM_MAX_MB": "x", "VLSHIM_LINES": "x", "VLSHIM_FULL": "x", "VLSHIM_CAPTURE": "x"}, {"VLSHIM_SPOOL": "/dev/null"}, \
                {"VLSHIM_STATE": "2,zz,"}, {"VLSHIM_VIDEO_PATHS": ":::{video}{video}"}, {"TZ": ":/nowhere"}, {"VLSHIM_VIDEO": "../x/" + "y" * 5000}:
            with self.subTest(settings=list(settings)):
                done = run(["sh", "-c", "echo out; exit 3"], self.folder, env=clean_environment(**{"VLSHIM_SPOOL": self.folder / "spool", **settings}))
                self.assertEqual((done.returncode, done.stdout, done.stderr), (3, b"out\n", b""))

    def test_no_link_is_followed_for_them(self):
        target, link = self.folder / "target", self.folder / "link"
        link.symlink_to(target)
        env = {"VLSHIM_SPOOL": self.folder / "spool", "VLSHIM_LINES": "wrong"}
        run(["true"], self.folder, env=clean_environment(VLSHIM_DEBUG=link, **env))
        self.assertFalse(target.exists())
        run(["true"], self.folder, env=clean_environment(VLSHIM_DEBUG=target, **env))
        self.assertIn("VLSHIM_LINES", target.read_text())
        self.assertEqual(target.stat().st_mode & 0o777, 0o600)


if __name__ == "__main__":
    import unittest
    unittest.main()
