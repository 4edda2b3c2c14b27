from clean_matched_code import CodeCleaner
from programmatic_cleaner import ProgrammaticCleaner


class HybridCleaner:
    checks = iter([(False, "SyntaxError: '(' was never closed (Scene, line 3)"), (True, None)])

    def _clean_single_video(self, video_id, caption_dir, match_data, year, mode="hybrid"):
        done = ProgrammaticCleaner().clean_video_files(video_id, caption_dir, year)
        if mode == "claude":
            return {"status": "failed", "method": mode, "error": self._fall(video_id, caption_dir, match_data, year)}
        made = self._fallback_to_claude(video_id, caption_dir, match_data, year, claude_mode="fallback")
        return {"status": made["status"], "method": "claude_fallback", "scenes_processed": 3, "dependencies_found": done.dependencies_found,
                "files_inlined": 4, "validation_errors": ["'(' was never closed"], "retry_attempts": 1, "error": made["error"],
                "code": "not to be kept"}

    def _fall(self, *words):
        return self._fallback_to_claude(*words, claude_mode="fallback")["error"]

    def _fallback_to_claude(self, video_id, caption_dir, match_data, year, claude_mode):
        if caption_dir == "fallen":
            return {"status": "failed", "method": claude_mode, "error": "Claude did not make any changes", "prompt": "not to be kept"}
        path = "outputs/2015/cleaned/monolith_manimgl.py"
        with open(path, "w") as out:
            out.write("x = 1\n")
        self._validate_output_syntax(path)
        asked = CodeCleaner().run_claude_cleaning("not to be kept", video_id, caption_dir, year, 100, max_retries=3)
        self._validate_output_syntax(path)
        return {"status": asked["status"], "method": claude_mode, "error": None}

    def _validate_output_syntax(self, file_path):
        return next(self.checks)
