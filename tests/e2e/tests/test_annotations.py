"""A program may say itself what it does: include/vlshim.h and the exported symbols become events; without the recorder nothing."""
import json

from vl import PYTHON, Case, program, run

PROMISES = "1 8"


class Annotations(Case):
    def notes(self, argv):
        native, recorded = run(argv, self.folder, shim=False), run(argv, self.folder)
        self.assertEqual((recorded.returncode, recorded.stdout, recorded.stderr), (native.returncode, native.stdout, native.stderr))
        return [(e["video"], e["name"], e["data"]) for e in self.cat(self.folder / "spool") if e["kind"] == "note_make"]

    def test_each_call_is_an_event_of_the_video_that_was_named(self):
        notes = self.notes([program("annotated")])
        self.assertEqual([(video or None, kind) for video, kind, _ in notes],
                         [(None, "before"), ("inventing-math", "stage_start"), ("inventing-math", "retry_attempt"),
                          ("inventing-math", "stage_complete"), ("euler-poem", "named"), (None, "after")])
        self.assertEqual(json.loads(notes[1][2]), {"stage": "rendering", "method": "scene_low"})
        self.assertEqual(json.loads(notes[2][2])["attempt_number"], 2)
        self.assertNotIn("0123456789abcdef", notes[2][2])
        self.assertEqual(json.loads(notes[3][2]), {"stage": "rendering", "success": False, "error": 'no "output"\n'})

    def test_other_languages_find_the_symbols(self):
        script = ("import ctypes\ntry:\n note = ctypes.CDLL(None).vlshim_note\n note(b'retry_attempt', b'{\"n\": 1}')\n"
                  "except AttributeError: pass\nprint('done')")
        self.assertEqual([(kind, data) for _, kind, data in self.notes([PYTHON, "-c", script])], [("retry_attempt", '{"n": 1}')])

    def test_what_is_too_long_is_counted_and_harmless(self):
        script = ("import ctypes\ntry: ctypes.CDLL(None).vlshim_note(b'x', b'[' + b' ' * 99999)\nexcept AttributeError: pass")
        self.assertEqual(self.notes([PYTHON, "-c", script]), [])


if __name__ == "__main__":
    import unittest

    unittest.main()
