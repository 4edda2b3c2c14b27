"""Where the recorder meets a state that it does not understand it turns itself off in that process; the program does not notice,
and the fold says so."""
import json
import shutil

from alike import Alike, built
from vl import PATIENCE, PYTHON, SHIM, clean_environment, program, run, vlagg

PROMISES = "1 3"

SAID = "turned itself off there"


class NotUnderstood(Alike):
    def confused(self, what, **options):
        self.assertEqual(self.alike([program("confused"), what], env={"VLSHIM_VIDEO": "v"}, **options)[:2], (4, "3\n1 done\n"))
        return self.folded()

    def folded(self):
        done = vlagg("fold", self.folder / "spool", "--out", self.folder / "logs")
        self.assertEqual(done.returncode, 0, done.stderr)
        log = json.loads(next((self.folder / "logs").rglob("logs.json")).read_text())["vlagg"]
        told = [row for row in log["damage"] if SAID in row["what"]]
        self.assertEqual(bool(told), "NOT_UNDERSTOOD" in log["dropped_by_reason"])
        self.assertEqual(SAID in done.stderr.decode(), bool(told))
        return log["dropped_by_reason"]

    def test_a_chunk_that_somebody_else_has_written_into(self):
        self.assertEqual(self.confused("scribbled")["NOT_UNDERSTOOD"], 1)
        self.instrumented("sh")

    def test_a_process_in_another_ones_memory(self):
        self.assertEqual(self.confused("shared")["NOT_UNDERSTOOD"], 1)
        self.instrumented("sh")

    def test_a_chunk_that_is_anothers_now_is_let_go(self):
        dropped = self.confused("given_away")
        self.assertGreater(dropped["SPOOL_LOST"], 0)
        self.assertNotIn("NOT_UNDERSTOOD", dropped)
        self.assertGreater(len([e for e in self.cat(self.folder / "spool") if e["kind"] == "file_write"]), 4000)

    def test_a_control_page_of_another_kind(self):
        """As a later version may write it: nothing is added to its file."""
        spool = self.folder / "spool"  # a file's name is that of its folder's inode, too
        run(["true"], self.folder, env=clean_environment(VLSHIM_SPOOL=spool, VLSHIM_VIDEO="v"))
        first = {p: p.read_bytes() for p in spool.rglob("*") if p.is_file()}
        good = next((spool / "_run").glob("*.vls"))
        for at, value in (4, 99), (5, 1), (0, 0x55), (168 + 7, 0x12):
            with self.subTest(at=at):
                for p in spool.rglob("*"):
                    if p.is_file():
                        p.write_bytes(first[p]) if p in first else p.unlink()
                bytes_before = bytearray(first[good])
                bytes_before[at] = value
                good.write_bytes(bytes_before)
                size = {p: p.stat().st_size for p in spool.rglob("*.vls")}
                outcome = self.alike([program("confused"), ""], env={"VLSHIM_VIDEO": "v"})
                self.assertEqual(outcome[:2], (4, "3\n1 done\n"))
                self.assertEqual({p: p.stat().st_size for p in size}, size)
                self.assertGreaterEqual(self.folded()["NOT_UNDERSTOOD"], 2)

    def test_a_list_of_libraries_that_is_taken_away(self):
        """Before the recorder begins, and after: what it forwards to is found all the same."""
        hides = built("hides.so", "-shared", "-fPIC", source="hides.c")
        for preload in f"{hides}:{{}}", f"{{}}:{hides}":
            with self.subTest(preload=preload):
                outcome = self.alike([program("confused"), ""], preload=preload, env={"HIDES": "1"}, timeout=max(10, PATIENCE // 4))
                self.assertEqual(outcome[:2], (4, "3\n1 done\n"))

    def test_two_copies_record_once(self):
        copy = self.folder / "copy" / "libvlshim.so"
        copy.parent.mkdir()
        shutil.copy(SHIM, copy)
        for preload in f"{copy}:{{}}", f"{{}}:{copy}":
            with self.subTest(preload=preload):
                done = run([PYTHON, "-S", "-c", "import os\nfor _ in range(50): os.write(1, b'.')"], self.folder, shim=False,
                           env=clean_environment(LD_PRELOAD=preload.format(SHIM), VLSHIM_SPOOL=self.folder / "spool"))
                self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"." * 50, b""))
                writes = [e for e in self.cat(self.folder / "spool") if e["kind"] == "file_write"]
                self.assertEqual(len(writes), 50)
                shutil.rmtree(self.folder / "spool")


if __name__ == "__main__":
    import unittest
    unittest.main()
