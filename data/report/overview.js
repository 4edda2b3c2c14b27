"use strict";
// The videos at a glance, and what they come to together.

function renderOverview(video, choose) {
  const rows = video === null ? data.videos : [data.videos[video]];
  bodyOf("overview").replaceChildren(statusBar(rows), cardsOf(rows),
    ...(video === null ? [videoGrid(choose), folded("Stages of all videos", () => stageGrid(null))] : [subtitle("Stages"), stageGrid(video)]));
}

/** How the videos, or the stages of one video, ended: a bar of shares. */
function statusBar(rows) {
  const counted = rows.length > 1 ? rows : inScope(data.stages, rows.length ? rows[0].index : null);
  const groups = [...groupBy(counted, (row) => row.status)].sort((a, b) => b[1].length - a[1].length);
  const parts = groups.map(([status, list]) => {
    const part = el("span", { class: toneOf(status), title: `${list.length} ${status}` });
    part.style.flexGrow = list.length;
    return part;
  });
  const words = groups.map(([status, list]) => el("span", {}, pill(status), ` ${formatCount(list.length)}`));
  return el("div", { class: "outcome" }, el("div", { class: "share", "aria-hidden": "true" }, parts),
    el("p", { class: "shares" }, `${plural(counted.length, rows.length > 1 ? "video" : "stage")}: `, words));
}

function cardsOf(rows) {
  const total = (key) => sum(rows, (row) => row[key]);
  const unknown = total("calls_without_cost");
  const peak = rows.reduce((most, row) => Math.max(most, row.memory_peak_mb || 0), 0);
  const bad = total("errors");
  return el("dl", { class: "cards" },
    rows.length > 1 ? card("Completed", `${rows.filter((row) => row.status === "completed").length} / ${rows.length}`, "videos") : null,
    card("Stages", `${formatCount(total("stages_good"))} / ${formatCount(total("stages"))}`, "went well"),
    card("Attempts", formatCount(total("attempts")), `${formatCount(total("recovery_good"))} of ${formatCount(total("recovery_attempted"))} recovered`),
    card("Errors", formatCount(bad), plural(total("error_kinds"), "kind"), bad ? "bad" : "good"),
    card("Claude calls", formatCount(total("calls"))),
    card("Cost", formatCost(total("cost"), total("calls"), unknown), unknown ? `${plural(unknown, "call")} of unknown cost` : null),
    card("Time in stages", formatSeconds(total("duration"))),
    card("Peak memory", peak ? formatMegabytes(peak) : DASH));
}

/** A square a stage, in its tone. */
function stageSquares(row) {
  const list = inScope(data.stages, row.index);
  const words = list.map((stage) => `${stage.name}: ${stage.status}`).join(", ");
  return el("span", { class: "squares", role: "img", "aria-label": words, title: words },
    list.map((stage) => el("i", { class: `square ${toneOf(stage.status)}` })));
}

function videoGrid(choose) {
  const longest = data.videos.reduce((most, row) => Math.max(most, row.duration || 0), 0);
  const dearest = data.videos.reduce((most, row) => Math.max(most, row.cost || 0), 0);
  const cost = (row) => formatCost(row.cost, row.calls, row.calls_without_cost);
  const statuses = [...new Set(data.videos.map((row) => row.status))].sort();
  return new Grid({
    label: "Videos", rows: data.videos, pick: (row) => choose(row.index), empty: "No video fits.",
    filters: statuses.map((status) => ({ label: status, of: (row) => row.status === status })),
    columns: [
      { label: "Video", value: (row) => row.name, width: "24%" },
      { label: "Status", value: (row) => row.status, cell: (row) => pill(row.status), width: "9.5em" },
      { label: "Stages", value: (row) => row.stages_good / (row.stages || 1), text: (row) => `${row.stages_good}/${row.stages}`,
        cell: (row) => el("span", {}, stageSquares(row), ` ${row.stages_good}/${row.stages}`), width: "9em" },
      { label: "Attempts", number: true, value: (row) => row.attempts, width: "7.5em" },
      { label: "Errors", number: true, value: (row) => row.errors, width: "6.5em",
        cell: (row) => (row.errors ? el("span", { class: "text-bad" }, formatCount(row.errors)) : "0") },
      { label: "Calls", number: true, value: (row) => row.calls, width: "6em" },
      { label: "Cost", number: true, value: (row) => row.cost, text: cost, cell: (row) => barred(cost(row), row.cost / dearest) },
      { label: "Time", number: true, value: (row) => row.duration, text: (row) => formatSeconds(row.duration),
        cell: (row) => barred(formatSeconds(row.duration), row.duration / longest) },
    ],
  }).node;
}

function stageGrid(video) {
  const name = { label: "Video", value: (row) => videoName(row.video), width: "16%" };
  const columns = [
    { label: "Stage", value: (row) => row.name, width: "8em" },
    { label: "Status", value: (row) => row.status, cell: (row) => pill(row.status), width: "9.5em" },
    { label: "Method", value: (row) => row.method, width: "9em" },
    { label: "Began", value: (row) => row.start, text: (row) => formatClock(row.start), width: "9em" },
    { label: "Time", number: true, value: (row) => row.duration, text: (row) => formatSeconds(row.duration), width: "6em" },
    { label: "Scenes", number: true, value: (row) => row.scenes, text: (row) => (known(row.scenes) ? `${row.scenes_good}/${row.scenes}` : DASH), width: "5.5em" },
    { label: "Memory", number: true, value: (row) => row.memory_peak_mb, text: (row) => formatMegabytes(row.memory_peak_mb), width: "6em" },
    { label: "CPU", number: true, value: (row) => row.cpu_avg, text: (row) => formatPercent(row.cpu_avg), width: "5em" },
    { label: "Read", number: true, value: (row) => row.read_mb, text: (row) => formatMegabytes(row.read_mb), width: "6em" },
    { label: "Written", number: true, value: (row) => row.write_mb, text: (row) => formatMegabytes(row.write_mb), width: "6em" },
    { label: "Error", value: (row) => row.error, class: "mono" },
  ];
  return new Grid({ label: "Stages", rows: inScope(data.stages, video), columns: video === null ? [name, ...columns] : columns }).node;
}
