"""The same view of a spool as strace_log.py gives of strace's log."""
import collections
import signal

from strace_log import Process


def programs_of(events):
    """Each pid's programs in order; one that the recorder could not enter is known from the exec or the spawn."""
    programs, waiting = collections.defaultdict(list), {}
    for event in events:
        pid, kind = event["pid"], event["kind"]
        if kind == "process_exec":
            waiting[pid] = event["path"]
        elif kind == "exec_fail":
            waiting.pop(pid, None)
        elif kind == "process_start" and event["how"] == 0:
            programs[pid].append(event["exe"])
            waiting.pop(pid, None)
        elif kind == "process_spawn" and event["path"] and event["child"] and not event["error"]:
            waiting.setdefault(("spawned", event["child"]), event["path"])
    for pid, path in waiting.items():
        if isinstance(pid, int):
            programs[pid].append(path)
        elif not programs[pid[1]]:
            programs[pid[1]].append(path)
    return programs


def read_spool(events, rows):
    """events: of vlagg cat; rows: the processes of vlagg io."""
    processes, programs = {}, programs_of(events)
    for row in rows:
        process = processes[row["pid"]] = Process(row["pid"])
        process.parent, process.programs = row["ppid"], programs[row["pid"]]
        process.end = row["exit_status"] if row["signal"] is None else signal.Signals(row["signal"]).name
    for event in events:
        if event["kind"] in ("file_read", "file_write") and event.get("path"):
            what = "read" if event["kind"] == "file_read" else "written"
            processes[event["pid"]].io[event["path"], what] += event["bytes"]
    for process in processes.values():
        process.parent = process.parent if process.parent in processes else None
    return processes
