from dataclasses import dataclass
from enum import Enum
from pathlib import Path


class Category(Enum):
    SYNTAX = "syntax_error"


@dataclass
class RetryAttempt:
    attempt_number: int
    method: str
    status: str = "failed"
    error_category: Category = Category.SYNTAX


class EnhancedVideoLogger:
    def __init__(self, video_dir, video_id):
        self.video_dir, self.video_id = Path(video_dir), video_id

    def log_stage_start(self, stage, method=None, config=None):
        return "id"

    def log_stage_complete(self, stage, success, result_data=None, error=None, performance_id=None):
        pass

    def log_retry_attempt(self, stage, attempt):
        pass

    def log_validation_attempt(self, validation_type, success, errors=None, fixes_applied=None):
        pass
