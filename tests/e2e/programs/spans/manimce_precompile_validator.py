class Report:
    def __init__(self):
        self.is_valid = False
        self.errors = ["no manim"]
        self.warnings = []


class ManimCEPrecompileValidator:
    def validate_file(self, file_path, content=None):
        return Report()
