#!/usr/bin/env python3
"""Cleans matched code: programmatically first, with Claude where that is not enough."""
import argparse
import json
import logging
from pathlib import Path

from clean_matched_code import CodeCleaner
from programmatic_cleaner import ProgrammaticCleaner

logger = logging.getLogger(__name__)


class HybridCleaner:
    def __init__(self, base_dir, timeout=600):
        self.base_dir = Path(base_dir)
        self.programmatic_cleaner = ProgrammaticCleaner(base_dir)
        self.claude_cleaner = CodeCleaner(timeout)

    def _clean_single_video(self, video_id, caption_dir, match_data, year, mode="hybrid"):
        target = self.base_dir / "outputs" / str(year) / caption_dir / "monolith_manimgl.py"
        source = self.base_dir / match_data["primary_file"]
        first = self.programmatic_cleaner.clean_video_files(source, target)
        result = {"video_id": video_id, "status": "completed", "method": "programmatic", "retry_attempts": 0,
                  "scenes_processed": first.scenes_processed, "dependencies_found": first.dependencies_found,
                  "files_inlined": first.files_inlined, "validation_errors": [], "error": None}
        if first.success or mode == "programmatic":
            result.update(status="completed" if first.success else "failed", error=first.error or None)
        else:
            logger.warning("%s: programmatic cleaning is not enough (%s), asking Claude", caption_dir, first.error)
            fallback = self._fallback_to_claude(video_id, caption_dir, year, target, first.error, mode)
            result.update(fallback, retry_attempts=1)
        valid, error = self._validate_output_syntax(target)
        if not valid:
            result.update(status="failed", error=error, validation_errors=[error])
        return result

    def _fallback_to_claude(self, video_id, caption_dir, year, target, problem, claude_mode):
        prompt = (f"Clean this ManimGL file so that it needs nothing but manimlib. Edit it in place.\n"
                  f"File: {target}\nProblem: {problem}\n\n{target.read_text()}")
        answer = self.claude_cleaner.run_claude_cleaning(prompt, video_id, caption_dir, year, len(prompt))
        return {"status": answer["status"], "method": "claude_fallback", "error": answer["error"]}

    def _validate_output_syntax(self, file_path):
        try:
            compile(file_path.read_text(), str(file_path), "exec")
            return True, None
        except SyntaxError as problem:
            return False, f"SyntaxError: {problem}"

    def clean_video(self, caption_dir, year, mode="hybrid"):
        match_data = json.loads((self.base_dir / "outputs" / str(year) / caption_dir / "matches.json").read_text())
        return self._clean_single_video(match_data["video_id"], caption_dir, match_data, year, mode)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--year", type=int, default=2015)
    parser.add_argument("--video", required=True)
    parser.add_argument("--mode", choices=["hybrid", "programmatic"], default="hybrid")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    print(json.dumps(HybridCleaner(Path.cwd()).clean_video(options.video, options.year, options.mode), indent=2))


if __name__ == "__main__":
    main()
