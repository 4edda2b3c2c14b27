class ClaudeErrorFixer:
    def fix_render_error(self, scene, code, error, attempt_number=1):
        return {"success": True, "error": None, "changes_made": ["ShowCreation is Create"], "code": "not to be kept"}
