"""Leaving programs alone, and following them: VLSHIM_OFF, VLSHIM_SKIP, an environment that was emptied."""
import os
import unittest

from vl import SHIM, Case, clean_environment, run

PROMISES = "1 4"


class WaysOut(Case):
    def programs(self, spool="spool"):
        """Instrumented programs by the last part of their first word."""
        rows = self.io(self.folder / spool)["processes"]
        return sorted(os.path.basename(row["argv"][0]) for row in rows if row["argv"] and row["instrumented"])

    def test_off_does_nothing(self):
        done = run(["sh", "-c", "cat /dev/null; echo $LD_PRELOAD"], self.folder, env=clean_environment(VLSHIM_OFF=1))
        self.assertEqual(done.stdout.decode().strip(), str(SHIM))
        self.assertEqual(os.listdir(self.folder), [])

    def test_off_for_one_child(self):
        run(["sh", "-c", "VLSHIM_OFF=1 cat /dev/null; ls / >/dev/null"], self.folder)
        self.assertEqual(self.programs(), ["ls", "sh"])

    def test_a_skipped_program_is_left_alone_and_its_children_are_followed(self):
        run(["sh", "-c", "env true; ls / >/dev/null"], self.folder, env=clean_environment(VLSHIM_SKIP="env,nothing"))
        names = self.programs()
        self.assertIn("ls", names)
        self.assertNotIn("env", names)
        run(["sh", "-c", "timeout 9 head -c 1 /dev/zero; true"], self.folder, env=clean_environment(VLSHIM_SKIP="timeout", VLSHIM_SPOOL="other"))
        self.assertIn("head", self.programs("other"))
        self.assertNotIn("timeout", self.programs("other"))

    def test_an_emptied_environment_is_followed(self):
        run(["sh", "-c", "env -i /bin/sh -c '/bin/cat /dev/null; exit 3'; unset LD_PRELOAD; head -c 1 /dev/zero >/dev/null"], self.folder)
        self.assertEqual([name for name in self.programs() if name in ("cat", "head")], ["cat", "head"])

    def test_an_entry_of_the_programs_own_stays(self):
        script = "LD_PRELOAD=libm.so.6 sh -c 'echo $LD_PRELOAD; grep -c libm.so /proc/self/maps'"
        done = run(["bash", "-c", script], self.folder)
        entries, mapped = done.stdout.decode().split("\n")[:2]
        self.assertIn("libm.so.6", entries)
        self.assertGreater(int(mapped), 0)


if __name__ == "__main__":
    unittest.main()
