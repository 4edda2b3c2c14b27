"""A logs.json that is there is merged, never destroyed: what is not ours stays, in its order, before ours."""
import json
import unittest

from vl import PYTHON, Case, run

PROMISES = "9"

LEGACY = {
    "video_id": "one",
    "created_at": "2025-06-30T15:30:00.123456",
    "note of a person": {"keep": ["this", 1, 2.5, None, True, "\u00e9\U0001F4CA"]},
    "stages": {"matching": {"status": "done by hand", "by hand": True},
               "cleaning": {"status": "completed", "start_time": "2025-06-30T15:30:01", "success": True}},
    "errors": {"cleaning_syntax_error": {"category": "my own category", "message": "old", "occurrence_count": 3}},
    "retry_attempts": {"cleaning": [{"attempt_number": 7, "method": "by hand", "status": "odd"}]},
    "claude_api_usage": [{"call_id": "abc12345", "estimated_cost_usd": 0.006}],
    "validation_history": [{"type": "mine", "success": None}],
    "performance": {"cpu_percent_avg": None},
}

WORK = """
import os
os.makedirs("outputs/2015/one/validated_snippets", exist_ok=True)
for name in ("monolith_manimgl.py", "validated_snippets/S.py", "monolith_manimce.py"):
    open(f"outputs/2015/one/{name}", "w").write("x = 1")
"""


class Merge(Case):
    def setUp(self):
        super().setUp()
        run([PYTHON, "-c", WORK], self.folder)
        self.path = self.folder / "outputs" / "2015" / "one" / ".pipeline" / "logs" / "logs.json"
        self.path.parent.mkdir(parents=True)

    def fold_here(self):
        done = self.good("fold", "spool", cwd=self.folder)
        self.assertTrue(done)
        return json.loads(self.path.read_text())

    def test_what_others_wrote_stays(self):
        self.path.write_text(json.dumps(LEGACY))
        log = self.fold_here()
        self.check_schema(self.path)
        self.assertEqual(log["note of a person"], LEGACY["note of a person"])
        self.assertEqual(log["stages"]["matching"], LEGACY["stages"]["matching"])
        self.assertEqual(log["errors"]["cleaning_syntax_error"], LEGACY["errors"]["cleaning_syntax_error"])
        self.assertEqual(log["claude_api_usage"][0], LEGACY["claude_api_usage"][0])
        self.assertEqual(log["validation_history"][0], LEGACY["validation_history"][0])
        self.assertEqual(log["retry_attempts"]["cleaning"][0], LEGACY["retry_attempts"]["cleaning"][0])
        ours = [row for row in log["retry_attempts"]["cleaning"] if row.get("by") == "vlagg"]
        self.assertEqual(log["retry_attempts"]["cleaning"], LEGACY["retry_attempts"]["cleaning"] + ours)

    def test_folding_again_changes_nothing(self):
        self.path.write_text(json.dumps(LEGACY))
        self.fold_here()
        first = self.path.read_bytes()
        self.fold_here()
        self.assertEqual(self.path.read_bytes(), first)

    def test_ours_are_replaced_as_a_whole(self):
        log = self.fold_here()
        first = self.path.read_bytes()
        log["stages"]["cleaning"]["spoilt"] = "by someone"
        log["stages"]["invented"] = {"status": "completed", "by": "vlagg"}
        self.path.write_text(json.dumps(log))
        self.fold_here()
        self.assertEqual(self.path.read_bytes(), first)

    def test_an_unreadable_log_is_moved_aside_and_named(self):
        for content in b'{"video_id": "one", "stages": {"cle', b"\0\1\2\3", b"[1, 2]", b"", b'{"a": "\xff\xfe"}':
            with self.subTest(content=content):
                for path in self.path.parent.iterdir():
                    path.unlink()
                self.path.write_bytes(content)
                from vl import vlagg
                done = vlagg("fold", "spool", cwd=self.folder)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.check_schema(self.path)
                aside = [p for p in self.path.parent.iterdir() if p != self.path]
                self.assertEqual([p.read_bytes() for p in aside], [content])
                self.assertIn(aside[0].name, done.stderr.decode())

    def test_sections_of_another_shape_stay_too(self):
        odd = {"video_id": 5, "stages": ["a list"], "errors": None, "retry_attempts": {"cleaning": "text"}, "claude_api_usage": {"x": 1}}
        self.path.write_text(json.dumps(odd))
        self.good("fold", "spool", cwd=self.folder)
        log = self.check_schema(self.path)
        text = "".join(p.read_text() for p in self.path.parent.iterdir())
        for piece in "a list", '"text"', '"x"':
            self.assertIn(piece, text)
        self.assertEqual(log["video_id"], "one")

    def test_a_linked_log_and_no_leftovers(self):
        self.fold_here()
        self.assertEqual([p.name for p in self.path.parent.iterdir()], ["logs.json"])


if __name__ == "__main__":
    unittest.main()
