class ClaudeErrorFixer:
    def fix_render_error(self, scene, code, error, attempt_number=1, **more):
        return {"success": True, "error": None, "changes_made": {"lines": [1, 2], "code": "not to be kept"}}
