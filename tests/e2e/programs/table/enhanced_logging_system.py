"""As theirs is called: what it writes is not the point here, what it is told is."""
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Optional


class ErrorCategory(Enum):
    RUNTIME = "runtime_error"


@dataclass
class RetryAttempt:
    attempt_number: int
    method: str
    status: str
    duration_seconds: float
    error_category: Optional[ErrorCategory] = None
    error_message: Optional[str] = None
    memory_peak_mb: Optional[float] = None
    cpu_percent: Optional[float] = None
    timestamp: Optional[str] = None


@dataclass
class ClaudeAPIMetrics:
    call_id: str
    timestamp: str
    model_used: str
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    estimated_cost_usd: float
    response_time_seconds: float
    success: bool = True
    error_message: Optional[str] = None
    rate_limited: bool = False


class EnhancedVideoLogger:
    def __init__(self, video_dir, video_id):
        self.video_dir, self.video_id = Path(video_dir), video_id

    def log_stage_start(self, stage, method=None, config=None):
        return "id"

    def log_stage_complete(self, stage, success, result_data=None, error=None, performance_id=None):
        pass

    def log_retry_attempt(self, stage, attempt):
        pass

    def log_claude_api_call(self, metrics):
        pass

    def log_validation_attempt(self, validation_type, success, errors=None, fixes_applied=None):
        pass
