from claude_api_helper import ClaudeErrorFixer


class VideoRenderer:
    tries = iter([{"status": "failed", "error": "NameError: name 'ShowCreation' is not defined", "duration": 0.5, "file_size": None,
                   "exit_code": 1},
                  {"status": "success", "error": None, "duration": 2.5, "file_size": 123456, "exit_code": 0}])

    def render_video(self, year, video_id, quality="l"):
        words = "outputs/2015/rendered/code/Ring.py", "Ring", "Ring.mp4", quality
        failed = self.render_single_scene(*words)
        ClaudeErrorFixer().fix_render_error("Ring", "not to be kept", failed["error"], attempt_number=2)
        self.render_single_scene(*words)
        return {"status": "completed", "scenes_rendered": ["Ring"]}

    def render_video_from_snippets(self, year, video_id, **options):
        raise RuntimeError("no snippets") from FileNotFoundError(2, "No such file", "validated_snippets")

    def render_single_scene(self, code_file, scene_name, output_file, quality):
        return next(self.tries)
