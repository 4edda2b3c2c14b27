import functools
from pathlib import Path


def timed(function):
    @functools.wraps(function)
    def around(*arguments, **named):
        return function(*arguments, **named)
    return around


class HybridCleaner:
    @timed
    def _clean_single_video(self, video_id, caption_dir, match_data, year, mode="hybrid"):
        made = self._fallback_to_claude(video_id, caption_dir, match_data, year, claude_mode="fallback")
        self._validate_output_syntax(Path("outputs") / str(year) / caption_dir / "monolith_manimgl.py")
        return {"status": made["status"], "method": "claude", "scenes_processed": 3, "dependencies_found": ["numpy", ("a", 1.5)],
                "files_inlined": None, "validation_errors": [], "retry_attempts": True, "error": "key sk-ant-0123456789abcdef0123",
                "content": "not to be kept", "other": object()}

    def _fallback_to_claude(self, video_id, caption_dir, match_data, year, claude_mode):
        return {"status": "completed", "method": claude_mode, "error": None, "prompt": "not to be kept"}

    @staticmethod
    def _validate_output_syntax(file_path):
        return True, None
