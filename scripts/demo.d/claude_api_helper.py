#!/usr/bin/env python3
"""Asks Claude to repair scene code."""
import os
import subprocess
import tempfile
from pathlib import Path


class ClaudeErrorFixer:
    def __init__(self, code_file, model="sonnet", timeout=300):
        self.code_file = Path(code_file)
        self.model = model
        self.timeout = timeout

    def _ask(self, prompt):
        result = subprocess.run(["claude", "--dangerously-skip-permissions", "--model", self.model], input=prompt,
                                capture_output=True, text=True, timeout=self.timeout)
        return result.returncode == 0, result.stderr.strip()

    def fix_render_error(self, scene, code, error, attempt_number):
        prompt = (f"The scene {scene} does not render (attempt {attempt_number}). Repair it; edit the file in place.\n"
                  f"File: {self.code_file}\n\nThe error:\n{error}\n\nThe code:\n{code}\n")
        prompt_file = Path(tempfile.gettempdir()) / f"claude_fix_prompt_{scene}_{attempt_number}.txt"
        prompt_file.write_text(prompt)
        try:
            done, problem = self._ask(prompt_file.read_text())
        except subprocess.TimeoutExpired:
            return {"success": False, "error": "Claude fix timed out", "changes_made": False}
        except FileNotFoundError:
            return {"success": False, "error": "Claude CLI not found", "changes_made": False}
        finally:
            os.unlink(prompt_file)
        changed = self.code_file.read_text() != code
        return {"success": done and changed, "error": problem or None, "changes_made": changed}
