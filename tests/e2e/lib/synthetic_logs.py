"""logs.json files as a long run of many videos would leave them, always the same ones."""
import datetime
import json
import random

STAGES = ("matching", "cleaning", "conversion", "rendering")
MODELS = ("claude-sonnet-4-5-20250929", "claude-opus-4-1-20250805", None)
ERRORS = (("syntax_error", "SyntaxError: '(' was never closed", "Close it"), ("timeout_error", "manim was killed by its parent", "Raise the limit"),
          ("import_error", "NameError: name 'ShowCreation' is not defined", "Use Create"), ("unknown_error", "exit status 3", None))
BEGIN = datetime.datetime(2026, 3, 1, 8)


def moment(seconds):
    return (BEGIN + datetime.timedelta(seconds=seconds)).isoformat()


class Log:
    """One video's, with `tries` attempts that end after some seconds each."""

    def __init__(self, number, tries):
        self.dice = random.Random(number)
        self.name, self.tries, self.at = f"video-{number:04}", tries, number * 20.0
        self.jammed = number % 2 == 0
        self.attempts, self.calls, self.checks, self.stages, self.errors = {}, [], [], {}, {}
        self.begin = self.at
        for index, stage in enumerate(STAGES):
            self.add_stage(stage, tries // 4 + (tries % 4 if index == 3 else 0))

    def add_stage(self, stage, tries):
        begin, rows = self.at, []
        for number in range(tries):
            rows.append(self.attempt(stage, number))
        status = rows[-1]["status"] if rows else "success"
        self.attempts[stage] = rows
        self.stages[stage] = {
            "status": {"success": "completed"}.get(status, status), "method": "scene_l", "start_time": moment(begin), "end_time": moment(self.at),
            "success": status == "success", "performance": {"duration_seconds": round(self.at - begin, 6), "memory_peak_mb": 90.5},
            "result_data": {}, "by": "vlagg"}

    def attempt(self, stage, number):
        took = round(self.dice.uniform(.2, 3), 6)
        status = self.dice.choices(("success", "failed", "timeout"), (8, 2, 1))[0]
        error = None if status == "success" else self.dice.choice(ERRORS)
        if error:
            self.add_error(stage, error)
        if number % 4 == 1:
            self.call(stage, took)
        row = {"attempt_number": number % 3 + 1, "method": "claude_fix" if number % 4 == 1 else "scene_l", "status": status, "duration_seconds": took,
               "error_category": error and error[0], "error_message": error and error[1], "memory_peak_mb": 90.5, "cpu_percent": 80.0,
               "timestamp": moment(self.at), "scene": f"Scene{number // 3}", "exit_status": 1 if error else 0, "auto_recovery_attempted": False,
               "claude_call_ids": [], "attempt_id": f"{number:016x}", "by": "vlagg"}
        self.checks.append({"timestamp": moment(self.at + took), "type": "render_validation", "success": not error, "errors": [error[1]] if error else [],
                            "fixes_applied": [], "auto_recovery_attempted": False, "scene": row["scene"], "by": "vlagg"})
        self.at += took
        return row

    def call(self, stage, took):
        model = self.dice.choice(MODELS)
        self.calls.append({"call_id": f"{len(self.calls):016x}", "timestamp": moment(self.at), "model_used": model, "prompt_tokens": 1000, "completion_tokens": 50,
                           "total_tokens": 1050, "estimated_cost_usd": None if model is None else .0037, "response_time_seconds": took, "success": True,
                           "error_message": None, "rate_limited": False, "stage": stage, "source": "tls", "usage": "complete", "by": "vlagg"})

    def add_error(self, stage, error):
        category, message, fix = error
        entry = self.errors.setdefault(f"{stage}_{category}", {
            "category": category, "message": message, "stack_trace": f"Traceback\n  {message}", "fixable": True, "auto_recoverable": False,
            "suggested_fix": fix, "occurrence_count": 0, "first_seen": moment(self.at), "stage": stage, "by": "vlagg"})
        entry["occurrence_count"] += 1
        entry["last_seen"] = moment(self.at)

    def jams(self):
        """Every other video was refused for a while."""
        return [{"start_time": moment(self.begin), "end_time": moment(self.begin + 4), "limit": "requests", "http_status": 429, "refused_calls": 2,
                 "seconds_lost": 3.5, "recovered": True, "stage": "matching"}] if self.jammed else []

    def document(self):
        return {"video_id": self.name, "created_at": moment(self.begin), "stages": self.stages, "errors": self.errors, "retry_attempts": self.attempts,
                "claude_api_usage": self.calls, "validation_history": self.checks, "performance": {"memory_peak_mb": 90.5, "throttling": self.jams()},
                "vlagg": {"version": "0", "events": 1, "dropped_events": 0, "processes": 1}}


def write_logs(folder, videos, tries):
    """`videos` logs with `tries` attempts each; returns the documents."""
    documents = []
    for number in range(videos):
        log = Log(number, tries)
        path = folder / log.name / ".pipeline" / "logs" / "logs.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(log.document()))
        documents.append(log.document())
    return documents
