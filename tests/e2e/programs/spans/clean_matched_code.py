class CodeCleaner:
    def run_claude_cleaning(self, prompt, video_id, caption_dir, year, size, max_retries=3):
        return {"status": "failed", "error": "x" * 9000, "attempts": [{"n": n} for n in range(500)]}
