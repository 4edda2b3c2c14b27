"""get_summary(): what a log comes to, whoever wrote its entries. An entry that the recorder added to counts once."""
from .encode import number


def _is_recorders(entry):
    return isinstance(entry, dict) and entry.get("by") == "vlagg"


def _best(entry):
    """What the recorder saw of it, where it did, before what the script knew."""
    recorded = entry.get("recorded")
    return {**entry, **{k: v for k, v in recorded.items() if v is not None}} if _is_recorders(recorded) else entry


def _entries(section):
    """Of an object of entries, but for the recorder's second ones."""
    if not isinstance(section, dict):
        return {}
    return {k: _best(v) for k, v in section.items()
            if isinstance(v, dict) and not (_is_recorders(v) and k.endswith("_vlagg") and k[:-6] in section)}


def _rows(section):
    return [_best(row) for row in section if isinstance(row, dict)] if isinstance(section, list) else []


def _number(value):
    value = number(value)
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else 0


def _duration(stage):
    performance = stage.get("performance")
    return _number(performance.get("duration_seconds")) if isinstance(performance, dict) else 0


def _categories(errors):
    found = {}
    for error in errors.values():
        name = str(error.get("category") or "unknown_error")
        found[name] = found.get(name, 0) + (_number(error.get("occurrence_count")) or 1)
    return found


def _retries(section):
    found = {}
    for stage, rows in (section.items() if isinstance(section, dict) else ()):
        rows = _rows(rows)
        if rows:
            found[stage] = {"total_attempts": len(rows), "successful_attempts": sum(row.get("status") == "success" for row in rows),
                            "avg_duration": sum(_number(row.get("duration_seconds")) for row in rows) / len(rows)}
    return found


def summary_of(document, video_id):
    stages, errors = _entries(document.get("stages")), _entries(document.get("errors"))
    calls = _rows(document.get("claude_api_usage"))
    costs = [call.get("estimated_cost_usd") for call in calls]
    return {
        "video_id": document.get("video_id") or video_id,
        "total_stages": len(stages),
        "successful_stages": sum(stage.get("success") is True for stage in stages.values()),
        "total_errors": len(errors),
        "total_claude_calls": len(calls),
        "estimated_total_cost": sum(map(_number, costs)),
        "calls_without_cost": sum(cost is None for cost in costs),
        "processing_duration": sum(map(_duration, stages.values())),
        "error_categories": _categories(errors),
        "retry_summary": _retries(document.get("retry_attempts")),
    }
