"""The words and the records of a log. None is what is not known."""
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Optional, Union


def now():
    """Local time without offset, as the whole log has it."""
    return datetime.now().isoformat()


class StageType(Enum):
    MATCHING = "matching"
    CLEANING = "cleaning"
    CONVERSION = "conversion"
    RENDERING = "rendering"
    VALIDATION = "validation"


class ErrorCategory(Enum):
    SYNTAX_ERROR = "syntax_error"
    IMPORT_ERROR = "import_error"
    RUNTIME_ERROR = "runtime_error"
    VALIDATION_ERROR = "validation_error"
    DEPENDENCY_ERROR = "dependency_error"
    TIMEOUT_ERROR = "timeout_error"
    RESOURCE_ERROR = "resource_error"
    CLAUDE_API_ERROR = "claude_api_error"
    UNKNOWN_ERROR = "unknown_error"
    # the same by their short names
    SYNTAX = "syntax_error"
    IMPORT = "import_error"
    RUNTIME = "runtime_error"
    VALIDATION = "validation_error"
    DEPENDENCY = "dependency_error"
    TIMEOUT = "timeout_error"
    RESOURCE = "resource_error"
    CLAUDE_API = "claude_api_error"
    UNKNOWN = "unknown_error"


@dataclass
class PerformanceMetrics:
    """Of this process and all below it. Times in seconds since 1970, memory in MiB, CPU in percent of one core."""

    start_time: float
    end_time: Optional[float] = None
    duration_seconds: Optional[float] = None
    memory_start_mb: Optional[float] = None
    memory_peak_mb: Optional[float] = None
    memory_end_mb: Optional[float] = None
    cpu_percent_avg: Optional[float] = None
    cpu_percent_peak: Optional[float] = None
    disk_io_read_mb: Optional[float] = None
    disk_io_write_mb: Optional[float] = None
    temp_files_created: Optional[int] = None
    temp_files_cleaned: Optional[int] = None


@dataclass
class ErrorDetails:
    category: Union[ErrorCategory, str]
    message: str
    stack_trace: Optional[str] = None
    fixable: Optional[bool] = None
    auto_recoverable: Optional[bool] = None
    suggested_fix: Optional[str] = None
    occurrence_count: int = 1
    first_seen: Optional[str] = None
    last_seen: Optional[str] = None

    def __post_init__(self):
        self.first_seen = self.first_seen or now()
        self.last_seen = self.last_seen or self.first_seen


@dataclass
class RetryAttempt:
    attempt_number: int
    method: str
    status: str
    duration_seconds: Optional[float] = None
    error_category: Optional[Union[ErrorCategory, str]] = None
    error_message: Optional[str] = None
    memory_peak_mb: Optional[float] = None
    cpu_percent: Optional[float] = None
    timestamp: Optional[str] = None

    def __post_init__(self):
        self.timestamp = self.timestamp or now()


@dataclass
class ClaudeAPIMetrics:
    call_id: str
    timestamp: Optional[str] = None
    model_used: Optional[str] = None
    prompt_tokens: Optional[int] = None
    completion_tokens: Optional[int] = None
    total_tokens: Optional[int] = None
    estimated_cost_usd: Optional[float] = None
    response_time_seconds: Optional[float] = None
    success: bool = True
    error_message: Optional[str] = None
    rate_limited: bool = False

    def __post_init__(self):
        self.timestamp = self.timestamp or now()
