"""What each word of a script does to the document. Whatever stands there that it does not concern, stays."""

_SECTIONS = (("stages", dict), ("errors", dict), ("retry_attempts", dict), ("claude_api_usage", list), ("validation_history", list))
_OF_A_RUN = ("status", "method", "config", "start_time", "end_time", "success", "performance", "result_data", "error")

_COUNTS = ("temp_files_created", "temp_files_cleaned")  # a log has them where they are known


def _set_aside(document, key):
    """A section of another shape moves to <section>_legacy, as `vlagg fold` has it."""
    aside, number = f"{key}_legacy", 1
    while aside in document:
        number += 1
        aside = f"{key}_legacy_{number}"
    document[aside] = document[key]


def complete(document, video_id, created):
    document.setdefault("video_id", video_id)
    document.setdefault("created_at", created)
    for key, kind in _SECTIONS:
        if key in document and not isinstance(document[key], kind):
            _set_aside(document, key)
            document[key] = kind()
        document.setdefault(key, kind())


def _place(section, key):
    """An entry of a section: what the recorder made of it goes, that is told anew when it folds."""
    entry = section.get(key)
    if not isinstance(entry, dict) or entry.get("by") == "vlagg":
        kept = {} if entry is None or isinstance(entry, dict) else {"legacy": entry}
        entry = section[key] = kept
    if isinstance(entry.get("recorded"), dict) and entry["recorded"].get("by") == "vlagg":
        del entry["recorded"]
    return entry


def start_stage(document, stage, method, config, at):
    """What an earlier run of the stage came to is kept, as its previous_runs."""
    entry = _place(document["stages"], stage)
    before = {key: entry.pop(key) for key in _OF_A_RUN if key in entry}
    entry.update(status="running", method=method, start_time=at)
    if config is not None:
        entry["config"] = config if isinstance(config, dict) else {"value": config}
    if before:
        previous = entry.setdefault("previous_runs", [])
        previous.append(before) if isinstance(previous, list) else entry.update(previous_runs=[previous, before])


def end_stage(document, stage, success, result_data, failure, performance, at):
    """What the start said stays."""
    entry = _place(document["stages"], stage)
    entry.setdefault("start_time", at)
    entry.update(status="completed" if success else "failed", end_time=at, success=success)
    if performance:
        entry["performance"] = {k: v for k, v in performance.items() if k not in ("start_time", "end_time") and not (v is None and k in _COUNTS)}
    if result_data is not None:
        entry["result_data"] = result_data if isinstance(result_data, dict) else {"value": result_data}
    if failure:
        entry["error"] = failure
        add_error(document["errors"], stage, failure)


def add_error(errors, stage, failure):
    """One entry for a stage and a category; errors of several texts are its variants."""
    entry = _place(errors, f"{stage}_{failure['category']}")
    if not entry.get("message"):
        entry.update(failure)
        return
    count = failure.get("occurrence_count") or 1
    variants = entry.get("variants")
    if entry["message"] != failure["message"] and not isinstance(variants, list):
        variants = entry["variants"] = [{k: v for k, v in entry.items() if k != "category"}]
    if isinstance(variants, list):
        _add_variant(variants, failure, count)
    entry["occurrence_count"] = (entry["occurrence_count"] if isinstance(entry.get("occurrence_count"), int) else 1) + count
    entry["last_seen"] = failure["last_seen"]


def _add_variant(variants, failure, count):
    same = next((v for v in variants if isinstance(v, dict) and v.get("message") == failure["message"]), None)
    if same is None:
        variants.append({k: v for k, v in failure.items() if k != "category"})
        return
    same["occurrence_count"] = (same["occurrence_count"] if isinstance(same.get("occurrence_count"), int) else 1) + count
    same["last_seen"] = failure["last_seen"]


def _list(value):
    return [] if value is None else [str(v) for v in value] if isinstance(value, list) else [str(value)]


def validation(kind, success, errors, fixes_applied, at):
    fixes = _list(fixes_applied)
    return {"timestamp": at, "type": str(kind), "success": None if success is None else bool(success), "errors": _list(errors),
            "fixes_applied": fixes, "auto_recovery_attempted": bool(fixes)}


def add(document, where, row):
    for key in where[:-1]:
        document = document[key]
    rows = document.get(where[-1])
    if rows is not None and not isinstance(rows, list):
        _set_aside(document, where[-1])
        rows = None
    if rows is None:
        rows = document[where[-1]] = []
    rows.append(row)
