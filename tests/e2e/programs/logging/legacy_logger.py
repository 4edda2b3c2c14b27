"""A logger as the legacy pipeline has one: dataclasses, a whole file rewritten at each word, and what it gets wrong."""
import dataclasses
import json
from datetime import datetime
from enum import Enum
from pathlib import Path


class StageType(Enum):
    RENDERING = "rendering"


@dataclasses.dataclass
class RetryAttempt:
    attempt_number: int
    method: str
    status: str
    duration_seconds: float
    error_category: str = None
    error_message: str = None
    memory_peak_mb: float = None
    cpu_percent: float = None
    timestamp: str = None

    def __post_init__(self):
        self.timestamp = datetime.now().isoformat()


class EnhancedVideoLogger:
    def __init__(self, video_dir, video_id):
        self.video_dir, self.video_id = Path(video_dir), video_id
        self.log_file = self.video_dir / ".pipeline" / "logs" / "logs.json"
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        self.logs = {"video_id": video_id, "created_at": datetime.now().isoformat(), "stages": {}, "errors": {}, "retry_attempts": {},
                     "claude_api_usage": [], "validation_history": []}

    def save(self):
        self.log_file.write_text(json.dumps(self.logs))

    def log_stage_start(self, stage, method=None, config=None):
        self.logs["stages"][stage.value] = {"status": "in_progress", "method": method, "start_time": datetime.now().isoformat()}
        self.save()

    def log_stage_complete(self, stage, success, result_data=None, error=None, performance_id=None):
        self.logs["stages"][stage.value] = {"status": "completed" if success else "failed", "end_time": datetime.now().isoformat(), "success": success}
        self.save()

    def log_retry_attempt(self, stage, attempt):
        self.logs["retry_attempts"].setdefault(stage.value, []).append(dataclasses.asdict(attempt))
        self.save()

    def log_validation_attempt(self, validation_type, success, errors=None, fixes_applied=None):
        self.logs["validation_history"].append({"timestamp": datetime.now().isoformat(), "type": validation_type, "success": success,
                                                "errors": errors or [], "fixes_applied": fixes_applied or []})
        self.save()
