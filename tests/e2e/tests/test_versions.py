"""A function that libc has in several versions does for each caller what the version does that the caller is bound to: programs that
were linked long ago, those that ask for a version, and those that ask for none."""
import collections
import platform
import re
import subprocess
import unittest

from alike import Alike
from vl import SHIM, needs, program

PROMISES = "1"

OLD = "GLIBC_2.2.5" if platform.machine() == "x86_64" else "GLIBC_2.17"
# function: its versions, as the caller names them
VERSIONS = {"posix_spawn": ["new", OLD, "GLIBC_2.15"], "posix_spawnp": ["new", OLD, "GLIBC_2.15"],
            "quick_exit": ["new", "GLIBC_2.10" if OLD == "GLIBC_2.2.5" else OLD, "GLIBC_2.24"],
            "pthread_kill": ["new", OLD, "GLIBC_2.34"]}


def versions_of(library):
    """Its functions: {name: {version: address}}; "" is no version, "@" before it the default."""
    text = subprocess.run(["readelf", "--dyn-syms", "-W", library], capture_output=True, text=True, check=True).stdout
    found = collections.defaultdict(dict)
    for address, kind, name in re.findall(r"^ *\d+: ([0-9a-f]+) +\d+ (\w+) +\w+ +\w+ .*? (?!UND)\w+ (\S+)(?: \(\d+\))?$", text, re.MULTILINE):
        if kind in ("FUNC", "IFUNC") and int(address, 16):
            name, _, version = name.partition("@")
            found[name][version] = int(address, 16)
    return found


class Versions(Alike):
    @needs("readelf", "ldd")
    def test_each_has_a_row(self):
        """Several versions of the same code are one function."""
        ldd = subprocess.run(["ldd", program("versions"), "/usr/bin/python3"], capture_output=True, text=True, check=True).stdout
        folder = re.search(r"(\S+)/libc\.so\.6 ", ldd)[1]
        ours, several = versions_of(SHIM), {}
        self.assertGreater(len(ours), 250)
        for library in "libc.so.6", "libpthread.so.0", "libdl.so.2", "librt.so.1", "libutil.so.1", "libresolv.so.2", "libanl.so.1":
            for name, versions in versions_of(f"{folder}/{library}").items():
                if name in ours and len(set(versions.values())) > 1:
                    several[name] = (library, set(versions))
        self.assertIn("quick_exit", several)
        self.assertEqual({name: ("ours", set(ours[name])) for name in several}, {name: ("ours", v) for name, (_, v) in several.items()})
        for name in several:
            self.assertEqual(len(set(ours[name].values())), len(ours[name]), name)
            self.assertIn(name, VERSIONS)

    def outcomes(self, function, how, version):
        def prepare(folder):
            (folder / "script").write_text("echo $0 $1; exit 5\n")
            (folder / "script").chmod(0o755)
        outcome = self.alike([program("versions"), how, function, version], env={"VLSHIM_VIDEO": "v"}, prepare=prepare)
        self.assertEqual(outcome[2], "")
        return outcome[:2]

    def test_callers_of_each(self):
        seen = collections.defaultdict(set)
        for function, versions in VERSIONS.items():
            for how, version in [("bound", versions[0]), ("bound", versions[1]), ("dlvsym", versions[1]), ("dlvsym", versions[2]), ("dlsym", "any")]:
                if how == "dlvsym" and version == "GLIBC_2.15" and OLD != "GLIBC_2.2.5":
                    continue
                with self.subTest(function=function, how=how, version=version):
                    for name in "native", "recorded":
                        subprocess.run(["rm", "-rf", self.folder / name])
                    outcome = self.outcomes(function, how, version)
                    seen[function].add(outcome)
                    self.assertNotIn(outcome[0], (97, 98, 99))
        if OLD == "GLIBC_2.2.5":  # they are told apart, natively too
            self.assertEqual({len(outcomes) for outcomes in seen.values()}, {2}, seen)
        events = self.cat(self.folder / "spool")
        self.assertEqual(len([e for e in events if e["kind"] == "process_exit" and e["how"] == 2]), 5)
        self.assertEqual(len([e for e in events if e["kind"] == "process_spawn" and e["path"].endswith("/script")]), 10 if OLD == "GLIBC_2.2.5" else 8)


if __name__ == "__main__":
    unittest.main()
