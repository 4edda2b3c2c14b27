"use strict";
// What the timeline shows: each video a group of tracks, each track as many lanes as things happened side by side.

const NO_ROWS = [];
const TRACKS = [
  { name: "Stages", items: (video) => inScope(data.stages, video).map(stageItem) },
  { name: "Attempts", items: (video) => inScope(data.attempts, video).map(attemptItem) },
  { name: "Validations", items: (video) => inScope(data.checks, video).map(checkItem) },
  { name: "Claude calls", items: (video) => inScope(data.calls, video).map(callItem) },
  { name: "Rate limits", items: (video) => inScope(data.limits, video).map(limitItem) },
  { name: "Functions", items: (video) => inScope(data.spans || NO_ROWS, video).map(spanItem) },
  { name: "Processes", items: (video) => inScope(data.processes || NO_ROWS, video).map(processItem) },
];

/** start and end in microseconds; tone: a colour of theme.css; kind: which details there are. */
const item = (kind, row, label, tone, status, start, end) => ({ kind, row, label, tone, status, start, end });

function stageItem(row) {
  const end = known(row.end) ? row.end : row.start + (row.duration || 0) * 1e6;
  return item("stage", row, row.name, toneOf(row.status), row.status, row.start, end);
}

function attemptItem(row) {
  const label = [row.scene || row.stage, `#${row.number}`, row.method].filter(Boolean).join(" · ");
  return item("attempt", row, label, toneOf(row.status), row.status, row.start, row.end);
}

function checkItem(row) {
  const tone = row.success === null ? "none" : row.success ? "good" : "bad";
  const status = row.success === null ? "not known" : row.success ? "passed" : "failed";
  return item("check", row, [row.type, row.scene].filter(Boolean).join(" · "), tone, status, row.at, row.at);
}

function callItem(row) {
  const status = row.success === null ? "not known" : row.success ? "success" : "failed";
  const tone = row.limited ? "late" : row.success === false ? "bad" : "call";
  return item("call", row, row.model || row.model_requested || "Claude", tone, status, row.start, row.end);
}

function limitItem(row) {
  return item("limit", row, row.limit || "rate limit", "late", row.recovered ? "recovered" : "not recovered", row.start, row.end);
}

function processItem(row) {
  const bad = row.signal !== null || (row.exit_status !== null && row.exit_status !== 0);
  const status = !known(row.end_time) ? "no end seen" : row.signal !== null ? `signal ${row.signal}` : `exit ${row.exit_status}`;
  return item("process", row, row.program || row.command || `pid ${row.pid}`, bad ? "bad" : "process", status, row.start, row.end);
}

function spanItem(row) {
  const tone = row.ended === null ? "open" : row.ended === "returned" ? "span" : "bad";
  return item("span", row, row.function.replace(/^.*[:.]/, ""), tone, row.ended || "no end seen", row.start, row.end);
}

/** Each item goes to the first lane that is free when it begins; its row is drawn there. */
function packLanes(items) {
  const lanes = [];
  const placed = items.filter((one) => known(one.start)).sort((a, b) => a.start - b.start || b.end - a.end);
  for (const one of placed) {
    let lane = lanes.find((other) => other.until <= one.start);
    if (!lane) lanes.push((lane = { items: [], until: -Infinity }));
    lane.items.push(one);
    lane.until = Math.max(one.end, one.start + 1);
  }
  return lanes.map((lane) => lane.items);
}

function tracksOf(video) {
  const tracks = TRACKS.map((track) => ({ name: track.name, lanes: packLanes(track.items(video)) }));
  return tracks.filter((track) => track.lanes.length);
}

/** The lines below each other: a head for every group, then its lanes where it is open. */
class Group {
  constructor(name, video, status, rows) {
    Object.assign(this, { name, video, status, open: false });
    this.brief = packLanes(rows.map(stageItem)).flat().sort((a, b) => a.start - b.start);
  }

  get tracks() {
    if (!this.made) this.made = this.video === null ? runTracks() : tracksOf(this.video);
    return this.made;
  }

  lines() {
    const head = { group: this, head: true, items: this.open ? [] : this.brief, title: this.name };
    if (!this.open) return [head];
    const lanes = this.tracks.flatMap((track) => track.lanes.map((items, i) => ({ group: this, items, title: i ? "" : track.name, track: track.name })));
    return [head, ...lanes];
  }
}

/** Processes that work for no video, or for several. */
function runTracks() {
  const rows = (data.processes || NO_ROWS).filter((row) => row.video === null);
  return [{ name: "Processes", lanes: packLanes(rows.map(processItem)) }].filter((track) => track.lanes.length);
}

function groupsOf(video) {
  const groups = data.videos.filter((row) => video === null || row.index === video)
    .map((row) => new Group(row.name, row.index, row.status, inScope(data.stages, row.index)));
  if (video === null && (data.processes || []).some((row) => row.video === null)) groups.push(new Group("no video", null, null, []));
  return groups;
}
