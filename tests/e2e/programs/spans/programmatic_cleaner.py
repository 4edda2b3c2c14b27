from dataclasses import dataclass, field


@dataclass
class Result:
    success: bool
    error: str = ""
    fallback_needed: bool = False
    scenes_processed: int = 0
    dependencies_found: list = field(default_factory=list)

    @property
    def fallback_reason(self):
        raise AssertionError("nobody asks for this")


class ProgrammaticCleaner:
    def clean_video_files(self, video_id, caption_dir, year=2015):
        return Result(False, "too hard", True, 2, ["scipy"])
