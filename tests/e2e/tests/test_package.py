"""The Debian package: what lintian says of it, and its whole life in a Debian of its own."""
import os
import subprocess
import unittest

from vl import BUILD, ROOT, Case, needs


@needs("dpkg-deb", "dpkg-shlibdeps")
class Package(Case):
    @classmethod
    def setUpClass(cls):
        env = {**os.environ, "DEBFULLNAME": "Ada Packager", "DEBEMAIL": "ada@packagers.example.org"}
        subprocess.run(["make", "-s", f"BUILD={BUILD.relative_to(ROOT)}", "deb"], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)
        cls.package, = BUILD.glob("vlshim_*.deb")

    def test_its_maintainer_is_whoever_makes_it(self):
        done = subprocess.run(["dpkg-deb", "--field", self.package, "Maintainer"], capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout, "Ada Packager <ada@packagers.example.org>\n")

    @needs("lintian")
    def test_lintian_has_nothing_to_say(self):
        done = subprocess.run(["lintian", "--allow-root", "--fail-on", "error,warning", self.package], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_the_same_sources_give_the_same_package(self):
        first = self.package.read_bytes()
        self.setUpClass()
        self.assertEqual(self.package.read_bytes(), first)

    @needs("debootstrap")
    @unittest.skipUnless(os.geteuid() == 0, "debootstrap and chroot need root")
    def test_installs_works_by_name_and_goes_without_a_trace(self):
        done = subprocess.run([ROOT / "tests" / "deb", self.package], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)


if __name__ == "__main__":
    unittest.main()
