"use strict";
// The figures that vlagg wrote into the page: tables of columns, decoded into rows once.

function decodeColumn(column, strings) {
  const text = (index) => (index === null ? null : strings[index]);
  switch (column.kind) {
    case "text": return column.values.map(text);
    case "texts": return column.values.map((list) => list.map(text));
    case "flag": return column.values.map((flag) => (flag === null ? null : flag === 1));
    default: return column.values;
  }
}

function decodeTable(table, strings) {
  const names = Object.keys(table);
  const columns = names.map((name) => decodeColumn(table[name], strings));
  const rows = new Array(columns.length ? columns[0].length : 0);
  for (let i = 0; i < rows.length; i++) {
    const row = { index: i };
    for (let c = 0; c < names.length; c++) row[names[c]] = columns[c][i];
    rows[i] = row;
  }
  return rows;
}

/** The rows of a spool name their video and process; the page goes by row numbers and by start and end. */
function joinRun(data) {
  const videos = new Map(data.videos.map((row) => [row.name, row.index]).reverse());
  const processes = new Map(data.processes.map((row) => [row.process_id, row]));
  for (const row of [...data.processes, ...data.spans]) {
    row.video = videos.has(row.video) ? videos.get(row.video) : null;
    row.start = row.start_time;
    row.end = row.start + (row.duration_seconds || 0) * 1e6;
  }
  for (const row of data.processes) {
    row.parent = processes.get(row.parent_id) || null;
    row.command = [row.program, row.arguments].filter(known).join(" ") || null;
  }
  for (const row of [...data.samples, ...data.spans]) row.process = processes.get(row.process_id);
}

/** Times are microseconds since 1970 of the wall clock that the logs tell; processes is null where no spool was given. */
function readData(text) {
  const raw = JSON.parse(text);
  const data = { version: raw.version, processes: null, samples: null, spans: null, files: null };
  for (const name of Object.keys(raw.tables)) data[name] = decodeTable(raw.tables[name], raw.strings);
  for (const row of data.attempts) row.end = row.start === null ? null : row.start + (row.duration || 0) * 1e6;
  for (const row of data.calls) row.end = row.start === null ? null : row.start + (row.duration || 0) * 1e6;
  if (data.processes) joinRun(data);
  return data;
}

const known = (value) => value !== null && value !== undefined;
const data = readData(document.getElementById("data").textContent);

const byVideo = new Map();

/** What of a table belongs to the video that is shown; all where none is chosen. */
function inScope(rows, video) {
  if (video === null) return rows;
  if (!byVideo.has(rows)) byVideo.set(rows, groupBy(rows, (row) => row.video));
  return byVideo.get(rows).get(video) || [];
}

function videoName(video) {
  return video === null || !data.videos[video] ? "–" : data.videos[video].name;
}

function sum(rows, of) {
  let total = 0;
  for (const row of rows) total += of(row) || 0;
  return total;
}

/** Null where no row says anything. */
function sumKnown(rows, of) {
  return rows.some((row) => of(row) !== null) ? sum(rows, of) : null;
}

function groupBy(rows, keyOf) {
  const groups = new Map();
  for (const row of rows) {
    const key = keyOf(row);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(row);
  }
  return groups;
}
