"use strict";
// Bytes, memory and time by process, and bytes by file.

const NO_SPOOL = "Not in a logs.json: give vlagg report the spool to see this.";

function renderProcesses(video) {
  if (!data.processes) {
    bodyOf("processes").replaceChildren(note(NO_SPOOL));
    return;
  }
  const rows = inScope(data.processes, video);
  setCount("processes", rows.length);
  const end = (row) => (!known(row.end_time) ? "no end seen" : row.signal !== null ? `signal ${row.signal}` : `exit ${row.exit_status}`);
  bodyOf("processes").replaceChildren(new Grid({
    label: "Processes", rows, sort: 2,
    filters: [{ label: "failed", of: (row) => row.signal !== null || (row.exit_status !== null && row.exit_status !== 0) },
      { label: "seen from outside alone", of: (row) => row.instrumented === false }],
    columns: [
      { label: "Program", value: (row) => row.program || row.command, width: "11%" },
      { label: "pid", number: true, value: (row) => row.pid, width: "5.5em" },
      { label: "Began", value: (row) => row.start, text: (row) => formatClock(row.start), width: "9em" },
      { label: "Time", number: true, value: (row) => row.duration_seconds, text: (row) => formatSeconds(row.duration_seconds), width: "6em" },
      { label: "End", value: end, cell: (row) => el("span", { class: row.signal || row.exit_status ? "text-bad" : null }, end(row)), width: "7em" },
      { label: "CPU", number: true, value: (row) => row.cpu_seconds, text: (row) => formatSeconds(row.cpu_seconds), width: "6em" },
      { label: "Peak", number: true, value: (row) => row.memory_peak_kb, text: (row) => (known(row.memory_peak_kb) ? formatBytes(row.memory_peak_kb * 1024) : DASH), width: "6em" },
      { label: "Read", number: true, value: (row) => row.read_bytes, text: (row) => formatBytes(row.read_bytes), width: "6em" },
      { label: "Written", number: true, value: (row) => row.written_bytes, text: (row) => formatBytes(row.written_bytes), width: "6em" },
      ...(video === null ? [{ label: "Video", value: (row) => (row.video === null ? null : videoName(row.video)), width: "11%" }] : []),
      { label: "Command", value: (row) => row.command, class: "mono" },
    ],
  }).node);
}

/** All rows of a path together: it may have been filed under several videos. */
function filesOf(video) {
  if (video !== null) return inScope(data.files, video);
  return [...groupBy(data.files, (row) => row.path).values()].map((list) => ({
    path: list[0].path, renamed_to: list[0].renamed_to, read: sum(list, (row) => row.read), written: sum(list, (row) => row.written),
    reads: sum(list, (row) => row.reads), writes: sum(list, (row) => row.writes),
  }));
}

function renderFiles(video) {
  if (!data.files) {
    bodyOf("files").replaceChildren(note(NO_SPOOL));
    return;
  }
  const rows = filesOf(video);
  setCount("files", rows.length);
  const most = (key) => rows.reduce((top, row) => Math.max(top, row[key]), 0);
  const [mostRead, mostWritten] = [most("read"), most("written")];
  bodyOf("files").replaceChildren(new Grid({
    label: "Files", rows, sort: 4, descending: true,
    filters: [{ label: "written", of: (row) => row.written > 0 }, { label: "read", of: (row) => row.read > 0 }, { label: "renamed", of: (row) => row.renamed_to !== null }],
    columns: [
      { label: "Path", value: (row) => row.path, cell: (row) => el("bdi", {}, row.path), class: "mono path" },
      { label: "Renamed to", value: (row) => row.renamed_to, cell: (row) => el("bdi", {}, row.renamed_to || DASH), class: "mono path", width: "22%" },
      { label: "Read", number: true, value: (row) => row.read, text: (row) => formatBytes(row.read), cell: (row) => barred(formatBytes(row.read), row.read / mostRead), width: "8em" },
      { label: "Reads", number: true, value: (row) => row.reads, text: (row) => formatCount(row.reads), width: "6em" },
      { label: "Written", number: true, value: (row) => row.written, text: (row) => formatBytes(row.written), cell: (row) => barred(formatBytes(row.written), row.written / mostWritten), width: "8em" },
      { label: "Writes", number: true, value: (row) => row.writes, text: (row) => formatCount(row.writes), width: "6em" },
    ],
  }).node);
}
