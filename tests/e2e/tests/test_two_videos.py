"""Two threads render a scene of the same name for two videos at once; each fails and recovers in its own way."""
import unittest

from vl import Case, clean_environment, run

RENDER = '''
import subprocess
import sys
import threading
from pathlib import Path

TOGETHER = threading.Barrier(2, timeout=60)


class VideoRenderer:
    def render_single_scene(self, code_file, scene_name, output_file, quality):
        TOGETHER.wait()
        media = output_file.parent.parent / "media"
        done = subprocess.run(["manim", "render", str(code_file), scene_name, "-o", output_file.name, "--media_dir", str(media),
                               "--quality", quality], capture_output=True, text=True)
        made = media / output_file.name
        if done.returncode == 0:
            made.rename(output_file)
        return {"status": "failed" if done.returncode else "success", "error": done.stderr.strip() or None,
                "exit_code": done.returncode}

    def render_video(self, year, video_id, helped):
        folder = Path("outputs") / str(year) / video_id
        for part in "code", "media", "videos":
            (folder / part).mkdir(parents=True, exist_ok=True)
        code = folder / "code" / "Ring.py"
        code.write_text(video_id)
        result = self.render_single_scene(code, "Ring", folder / "videos" / "Ring.mp4", "l")
        if helped:
            subprocess.run(["claude", "--model", "sonnet"], input="help", capture_output=True, text=True)
        result = self.render_single_scene(code, "Ring", folder / "videos" / "Ring.mp4", "l")
        return {"status": "completed" if result["status"] == "success" else "failed", "error": result["error"]}


threads = [threading.Thread(target=VideoRenderer().render_video, args=(2015, video, video == "alpha")) for video in ("alpha", "beta")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
'''
MANIM = """#!/usr/bin/python3
import pathlib, sys
code, scene, media = sys.argv[2], sys.argv[3], pathlib.Path(sys.argv[sys.argv.index("--media_dir") + 1])
tried = media / "tried"
if tried.exists():
    (media / (scene + ".mp4")).write_text("film")
    sys.exit(0)
tried.touch()
ShowCreation if "alpha" in code else [][1]
"""
CLAUDE = "#!/bin/sh\ncat >/dev/null\n"


class TwoVideos(Case):
    def setUp(self):
        super().setUp()
        (self.folder / "bin").mkdir()
        for name, text in ("manim", MANIM), ("claude", CLAUDE):
            (self.folder / "bin" / name).write_text(text)
            (self.folder / "bin" / name).chmod(0o755)
        (self.folder / "render_videos.py").write_text(RENDER)

    def logs(self, **environment):
        path = f"{self.folder}/bin:/usr/local/bin:/usr/bin:/bin"
        done = run(["python3", "render_videos.py"], self.folder, env=clean_environment(PATH=path, PYTHONDONTWRITEBYTECODE="1", **environment))
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.fold("spool", cwd=self.folder)
        return [self.check_schema(self.folder / "outputs/2015" / video / ".pipeline/logs/logs.json") for video in ("alpha", "beta")]

    def attempts(self, log):
        return [(row["scene"], row["attempt_number"], row["method"], row["status"], row["error_category"], row["auto_recovery_attempted"])
                for row in log["retry_attempts"]["rendering"]]

    def check(self, alpha, beta):
        self.assertEqual(self.attempts(alpha), [("Ring", 1, "scene_l", "failed", "import_error", False),
                                                ("Ring", 2, "claude_fix", "success", None, False)])
        self.assertEqual(self.attempts(beta), [("Ring", 1, "scene_l", "failed", "runtime_error", False),
                                               ("Ring", 2, "scene_l", "success", None, True)])
        for log, key, word in (alpha, "rendering_import_error", "ShowCreation"), (beta, "rendering_runtime_error", "IndexError"):
            self.assertEqual(list(log["errors"]), [key])
            self.assertIn(word, log["errors"][key]["message"])
            self.assertIn(word, log["errors"][key]["stack_trace"])
            self.assertEqual(log["errors"][key]["occurrence_count"], 1)
            self.assertEqual({name: stage["status"] for name, stage in log["stages"].items()}, {"rendering": "completed"})
        self.assertEqual([len(log["claude_api_usage"]) for log in (alpha, beta)], [1, 0])
        self.assertEqual([[(row["type"], row["success"], row["fixes_applied"]) for row in log["validation_history"]] for log in (alpha, beta)],
                         [[("render_validation", True, ["claude_fix"])], [("render_validation", True, [])]])
        fixes = [[(row["fix"], row["error_category"], row["worked"]) for row in log["summary"]["recovery"]["fixes"]] for log in (alpha, beta)]
        self.assertEqual(fixes, [[("claude_fix", "import_error", 1)], [("retry", "runtime_error", 1)]])

    def test_with_functions(self):
        self.check(*self.logs())

    def test_without_functions(self):
        self.check(*self.logs(VLSHIM_SPANS=""))


if __name__ == "__main__":
    unittest.main()
