class CodeCleaner:
    def run_claude_cleaning(self, prompt, video_id, caption_dir, year, size, max_retries=3):
        return {"status": "completed", "error": None, "attempts": 2}
