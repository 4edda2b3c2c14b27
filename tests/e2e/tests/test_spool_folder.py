"""Which folder may be the spool: one of ours that nobody else may write to; anything else is refused in silence."""
import os
import stat
import unittest

from vl import Case, clean_environment, run

PROMISES = "3 8"

NOBODY = 65534
as_root = unittest.skipIf(os.geteuid() != 0, "needs root to make another user's folder")


class SpoolFolder(Case):
    def record(self, spool):
        """What the program does is the same whatever the spool is; the messages that VLSHIM_DEBUG asked for."""
        debug = self.folder / "debug.txt"
        done = run(["ls", "/"], self.folder, env=clean_environment(VLSHIM_SPOOL=spool, VLSHIM_DEBUG=debug))
        native = run(["ls", "/"], self.folder, shim=False)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (native.returncode, native.stdout, b""))
        return debug.read_text() if debug.exists() else ""

    def refused(self, spool):
        before = sorted(os.listdir(spool)) if os.path.isdir(spool) else None
        self.assertIn("no folder of ours", self.record(spool))
        self.assertEqual(sorted(os.listdir(spool)) if os.path.isdir(spool) else None, before)

    def used(self, spool):
        self.assertEqual(self.record(spool), "")
        self.assertEqual(len(list((spool / "_run").glob("*.vls"))), 1)

    def test_a_new_one_is_private_and_marked(self):
        spool = self.folder / "spool"
        self.used(spool)
        self.assertEqual(stat.S_IMODE(spool.stat().st_mode), 0o700)
        self.assertEqual(stat.S_IMODE(next((spool / "_run").glob("*.vls")).stat().st_mode), 0o600)
        self.assertEqual((spool / ".gitignore").read_text(), "*\n")
        self.assertTrue((spool / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55"))

    def test_one_that_was_there_is_used(self):
        spool = self.folder / "spool"
        spool.mkdir(0o755)
        self.used(spool)

    def test_a_link_of_ours_to_a_folder_of_ours_is_used(self):
        (self.folder / "real").mkdir(0o700)
        (self.folder / "spool").symlink_to("real")
        self.used(self.folder / "spool")

    def test_what_others_may_write_to_is_refused(self):
        spool = self.folder / "spool"
        for mode in 0o777, 0o770, 0o1777:
            spool.mkdir(exist_ok=True)
            spool.chmod(mode)
            self.refused(spool)

    def test_a_file_or_a_dangling_link_is_refused(self):
        (self.folder / "file").write_text("mine")
        self.refused(self.folder / "file")
        self.assertEqual((self.folder / "file").read_text(), "mine")
        (self.folder / "link").symlink_to(self.folder / "nowhere")
        self.refused(self.folder / "link")
        self.assertFalse((self.folder / "nowhere").exists())

    @as_root
    def test_a_folder_or_link_of_another_user_is_refused(self):
        other = self.folder / "other"
        other.mkdir(0o755)
        os.chown(other, NOBODY, NOBODY)
        self.refused(other)
        (self.folder / "ours").mkdir(0o700)
        link = self.folder / "link"
        link.symlink_to("ours")
        os.chown(link, NOBODY, NOBODY, follow_symlinks=False)
        self.refused(link)

    def test_a_link_below_it_is_not_followed(self):
        spool, elsewhere = self.folder / "spool", self.folder / "elsewhere"
        self.used(spool)
        file = next((spool / "_run").glob("*.vls"))
        elsewhere.write_bytes(b"")
        file.unlink()
        file.symlink_to(elsewhere)
        self.assertIn("not recorded: ", self.record(spool))
        self.assertEqual(elsewhere.read_bytes(), b"")


if __name__ == "__main__":
    unittest.main()
