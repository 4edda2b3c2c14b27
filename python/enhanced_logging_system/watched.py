"""EnhancedVideoLogger for a Python without ctypes: the recorder watches methods of this name, and so hears what is said."""
from .logger import VideoLog


class EnhancedVideoLogger(VideoLog):
    def log_stage_start(self, stage, method=None, config=None):
        return super().log_stage_start(stage, method, config)

    def log_stage_complete(self, stage, success, result_data=None, error=None, performance_id=None):
        super().log_stage_complete(stage, success, result_data, error, performance_id)

    def log_retry_attempt(self, stage, attempt):
        super().log_retry_attempt(stage, attempt)

    def log_claude_api_call(self, metrics):
        super().log_claude_api_call(metrics)

    def log_validation_attempt(self, type=None, success=None, errors=None, fixes_applied=None, validation_type=None):
        super().log_validation_attempt(type, success, errors, fixes_applied, validation_type)
