"use strict";
// Everything that is known of what was chosen in the timeline.

const DETAILS = {
  stage: (row) => [["Method", row.method], ["Scenes", known(row.scenes) ? `${row.scenes_good} of ${row.scenes}` : null],
    ["Peak memory", known(row.memory_peak_mb) ? formatMegabytes(row.memory_peak_mb) : null],
    ["CPU", known(row.cpu_avg) ? `${formatPercent(row.cpu_avg)}, at most ${formatPercent(row.cpu_peak)}` : null], ["Error", row.error]],
  attempt: (row) => [["Stage", row.stage], ["Scene", row.scene], ["Attempt", row.number], ["Method", row.method], ["Exit status", row.exit_status],
    ["Peak memory", known(row.memory_peak_mb) ? formatMegabytes(row.memory_peak_mb) : null], ["CPU", known(row.cpu) ? formatPercent(row.cpu) : null],
    ["Tried again without help", row.recovery ? "yes" : null], ["Claude", known(row.cost) ? `${plural(row.calls.length, "call")}, ${formatMoney(row.cost)}` : null],
    ["Error", row.error]],
  check: (row) => [["Type", row.type], ["Scene", row.scene], ["Fixes applied", row.fixes.join(", ")], ["Errors", row.errors.join("\n")]],
  call: (row) => [["Model", row.model || row.model_requested], ["Stage", row.stage], ["Scene", row.scene], ["HTTP status", row.http_status],
    ["Tokens", known(row.tokens) ? `${formatCount(row.input)} in, ${formatCount(row.output)} out, ${formatCount(row.cache_read)} from cache` : null],
    ["Cost", known(row.cost) ? formatMoney(row.cost) : "not known"], ["First token after", known(row.first_token) ? formatSeconds(row.first_token) : null],
    ["Waited before", known(row.wait) ? formatSeconds(row.wait) : null], ["Known from", row.source], ["Error", row.error]],
  limit: (row) => [["Limit", row.limit], ["HTTP status", row.http_status], ["Calls refused", row.refused], ["Time lost", formatSeconds(row.lost)], ["Stage", row.stage]],
  process: (row) => [["pid", `${row.pid} on ${row.host}`], ["Parent", row.parent && processName(row.parent)], ["Command", row.command],
    ["CPU time", known(row.cpu_seconds) ? formatSeconds(row.cpu_seconds) : null],
    ["Peak memory", known(row.memory_peak_kb) ? formatBytes(row.memory_peak_kb * 1024) : null],
    ["Read", known(row.read_bytes) ? formatBytes(row.read_bytes) : null], ["Written", known(row.written_bytes) ? formatBytes(row.written_bytes) : null],
    ["Seen", row.instrumented ? "from inside" : "from its parent alone"]],
  span: (row) => [["Function", row.function], ["Process", row.process && processName(row.process)], ["Thread", row.tid],
    ["Arguments", row.arguments], ["Result", row.result]],
};

const MONO = new Set(["Error", "Errors", "Command", "Function", "Arguments", "Result"]);

function processName(row) {
  return `${row.program || "process"} (${row.pid})`;
}

function detailsOf(one) {
  const rows = [["Status", one.status], ["Video", videoName(one.row.video)], ["Began", formatMoment(one.start)],
    ["Took", one.end > one.start ? formatSeconds((one.end - one.start) / 1e6) : null], ...DETAILS[one.kind](one.row)];
  const list = rows.filter(([, value]) => known(value) && value !== "")
    .map(([name, value]) => [el("dt", {}, name), el("dd", { class: MONO.has(name) ? "mono" : null }, String(value))]);
  return [el("h3", {}, el("i", { class: `dot ${one.tone}` }), one.label), el("dl", {}, list)];
}
