class Result:
    def __init__(self):
        self.success, self.error, self.fallback_needed = False, "Complex syntax requires Claude", True
        self.scenes_processed, self.dependencies_found = 2, ["numpy", "scipy"]


class ProgrammaticCleaner:
    def clean_video_files(self, video_id, caption_dir, year):
        return Result()
