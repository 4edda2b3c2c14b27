class Report:
    def __init__(self):
        self.is_valid, self.errors, self.warnings = False, ["No module named 'manimlib'"], ["star import"]


class ManimCEPrecompileValidator:
    def validate_file(self, file_path, content=None):
        return Report()
