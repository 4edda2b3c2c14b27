class ValidationFailureRecovery:
    def auto_fix_validation_failure(self, code, error_msg, scene):
        return code + "#", True, ["import added", "name changed"]
