"""EnhancedVideoLogger: the log of one video."""
import os
import uuid
from pathlib import Path

from . import changes, claude, notes
from .encode import plain
from .errors import details
from .kinds import now
from .monitor import PerformanceMonitor
from .store import store_of
from .summary import summary_of


class VideoLog:
    """The methods stand here, under another name than the one that scripts use: those of EnhancedVideoLogger the recorder
    watches by itself, and what is said would be told twice."""

    def __init__(self, video_dir, video_id=None):
        self.video_dir = Path(video_dir)
        self.video_id = str(video_id) if video_id is not None else self.video_dir.name
        self.log_dir = self.video_dir / ".pipeline" / "logs"
        self.log_file = self.log_dir / "logs.json"
        self.performance_monitor = PerformanceMonitor()
        self._folder = os.path.abspath(self.video_dir)
        self._operations = {}
        self._store = store_of(self.log_file)
        if not self.log_file.exists():
            self._change(lambda document: None)

    def _change(self, change):
        created = now()

        def whole(document):
            changes.complete(document, self.video_id, created)
            change(document)

        self._store.update(whole)

    def _note(self, kind, said):
        named = {"video_id": os.path.basename(self._folder), "video_dir": self._folder}
        if self.video_id != named["video_id"]:
            named["id"] = self.video_id
        notes.make(kind, {**named, **said})

    def log_stage_start(self, stage, method=None, config=None):
        """Returns the performance_id that log_stage_complete() takes."""
        stage, method, config, at = plain(stage), plain(method), plain(config), now()
        performance_id = f"{self.video_id}_{stage}_{uuid.uuid4().hex[:8]}"
        notes.work_on(self._folder)
        self._note("stage_start", {"stage": stage, "method": method, "config": config, "timestamp": at})
        self._change(lambda document: changes.start_stage(document, stage, method, config, at))
        self._operations[stage] = self.performance_monitor.start_monitoring(performance_id)
        return performance_id

    def log_stage_complete(self, stage, success, result_data=None, error=None, performance_id=None):
        """error: ErrorDetails, an exception or a text. What was measured is that of performance_id, or of the stage's last start."""
        stage, success, result_data, at = plain(stage), bool(success), plain(result_data), now()
        last_started = self._operations.pop(stage, None)
        metrics = self.performance_monitor.stop_monitoring(performance_id or last_started)
        performance = plain(metrics) if metrics else None
        failure = plain(details(error))
        self._note("stage_complete", {"stage": stage, "success": success, "result_data": result_data, "error": failure,
                                      "performance": performance, "timestamp": at})
        notes.work_on(None)
        self._change(lambda document: changes.end_stage(document, stage, success, result_data, failure, performance, at))

    def log_retry_attempt(self, stage, attempt):
        stage, attempt = plain(stage), plain(attempt)
        took = attempt.get("duration_seconds")
        memory, cpu = self.performance_monitor.lately(took if isinstance(took, (int, float)) else 0)
        for key, value in (("memory_peak_mb", memory), ("cpu_percent", cpu)):
            if attempt.get(key) is None:
                attempt[key] = value
        if took is None:
            attempt.pop("duration_seconds", None)
        self._note("retry_attempt", {"stage": stage, "attempt": attempt})
        self._change(lambda document: changes.add(document, ("retry_attempts", stage), attempt))

    def log_claude_api_call(self, metrics):
        call = claude.complete(plain(metrics))
        self._note("claude_api_call", {"call": call})
        self._change(lambda document: changes.add(document, ("claude_api_usage",), call))

    def log_validation_attempt(self, type=None, success=None, errors=None, fixes_applied=None, validation_type=None):
        check = changes.validation(plain(validation_type if type is None else type), success, plain(errors), plain(fixes_applied), now())
        self._note("validation_attempt", {"validation_type" if key == "type" else key: value for key, value in check.items()})
        self._change(lambda document: changes.add(document, ("validation_history",), check))

    def get_summary(self):
        return summary_of(self._store.read(), self.video_id)


class EnhancedVideoLogger(VideoLog):
    """EnhancedVideoLogger(video_dir, video_id): its words are in video_dir/.pipeline/logs/logs.json as soon as they are said."""
