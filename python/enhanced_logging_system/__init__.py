"""What a video pipeline says of itself, in <video>/.pipeline/logs/logs.json: a drop-in for the legacy module of this name.

    from enhanced_logging_system import EnhancedVideoLogger, StageType
    logger = EnhancedVideoLogger("outputs/2015/euler-poem", "euler-poem")
    started = logger.log_stage_start(StageType.RENDERING, method="scene_low")
    logger.log_stage_complete(StageType.RENDERING, success=True, performance_id=started)

CPython 3.8 and newer, nothing beside the standard library. Under the recorder the same words are annotations of the
recording (vlshim.h). Any thread, any number of processes.
"""
from . import notes
from .claude import create_claude_metrics
from .encode import EnhancedJSONEncoder
from .errors import create_error_from_exception
from .kinds import ClaudeAPIMetrics, ErrorCategory, ErrorDetails, PerformanceMetrics, RetryAttempt, StageType
from .monitor import PerformanceMonitor

if notes.can_be_heard():
    from .logger import EnhancedVideoLogger
else:
    from .watched import EnhancedVideoLogger

__all__ = ["ClaudeAPIMetrics", "EnhancedJSONEncoder", "EnhancedVideoLogger", "ErrorCategory", "ErrorDetails",
           "PerformanceMetrics", "PerformanceMonitor", "RetryAttempt", "StageType", "create_claude_metrics",
           "create_error_from_exception"]
