#!/usr/bin/env python3
"""Cleans matched code with Claude's help."""
import subprocess
import time


class CodeCleaner:
    def __init__(self, timeout=600):
        self.timeout = timeout

    def run_claude_cleaning(self, prompt, video_id, caption_dir, year, size, max_retries=3):
        model = "opus" if size > 100_000 else "sonnet"
        error = None
        for attempt in range(1, max_retries + 1):
            try:
                result = subprocess.run(["claude", "--dangerously-skip-permissions", "--model", model], input=prompt,
                                        capture_output=True, text=True, timeout=self.timeout)
                if result.returncode == 0:
                    return {"status": "completed", "error": None, "attempts": attempt}
                error = result.stderr.strip()
            except subprocess.TimeoutExpired:
                error = f"Claude cleaning timed out after {self.timeout} seconds"
            except FileNotFoundError:
                return {"status": "failed", "error": "Claude CLI not found", "attempts": attempt}
            if attempt < max_retries:
                time.sleep(20 * attempt)
        return {"status": "failed", "error": error, "attempts": max_retries}
