"use strict";
// Memory, processor time and work side by side as they went, and how long each kind of work took.

function renderResources(video, view) {
  const parts = [workersChart(video, view)];
  if (data.processes) parts.push(...processCharts(video, view));
  else parts.push(note("Memory and processor time as they went are not in a logs.json: give vlagg report the spool to see them. What the logs tell of each stage is in the overview."));
  bodyOf("resources").replaceChildren(...parts, subtitle("Kinds of work"), operationGrid(video), ...tempNotes(video));
}

function workersChart(video, view) {
  const rows = inScope(data.attempts, video).filter((row) => known(row.start) && row.end > row.start);
  const points = stepsOf(rows.flatMap((row) => [[row.start, 1], [row.end, -1]]));
  return new Chart(view, { label: "Attempts side by side", points, format: formatCount, whole: true, tone: "accent" }).node;
}

function processCharts(video, view) {
  const processes = inScope(data.processes, video);
  const samples = groupBy(data.samples, (row) => row.process);
  const of = (row) => samples.get(row) || [];
  return [
    new Chart(view, { label: "Memory of all processes", points: stepsOf(processes.flatMap((row) => memoryChanges(row, of(row)))), format: formatBytes, binary: true, tone: "process" }).node,
    new Chart(view, { label: "Processor time, 100 % is one processor", points: stepsOf(processes.flatMap((row) => cpuChanges(row, of(row)))), format: formatPercent, tone: "open" }).node,
    note("Taken from what the recorder saw of each process in passing; between two looks memory is drawn as it was at the first, processor time as evenly spread. " +
      "Of a process without a look at its memory its peak stands for all of its life."),
  ];
}

function memoryChanges(row, samples) {
  const looks = samples.filter((sample) => known(sample.memory_kb) && sample.at < row.end).map((sample) => [sample.at, sample.memory_kb * 1024]);
  if (!looks.length) return known(row.memory_peak_kb) ? [[row.start, row.memory_peak_kb * 1024], [row.end, -row.memory_peak_kb * 1024]] : [];
  const changes = [];
  let before = 0;
  looks.forEach(([at, bytes], i) => {
    changes.push([i === 0 ? row.start : at, bytes - before]);
    before = bytes;
  });
  return [...changes, [row.end, -before]];
}

/** The kernel counts processor time in ticks of some milliseconds: between looks closer than this it tells nothing. */
const CPU_APART = 20000;

function cpuLooks(row, samples) {
  const looks = [[row.start, 0]];
  for (const sample of samples) if (sample.at - looks[looks.length - 1][0] >= CPU_APART) looks.push([sample.at, sample.user_seconds + sample.system_seconds]);
  if (!known(row.cpu_seconds)) return looks;
  if (looks.length > 1 && row.end - looks[looks.length - 1][0] < CPU_APART) looks.pop();
  return [...looks, [row.end, row.cpu_seconds]];
}

function cpuChanges(row, samples) {
  const looks = cpuLooks(row, samples);
  const changes = [];
  for (let i = 1; i < looks.length; i++) {
    const [from, used] = looks[i - 1];
    const [to, now] = looks[i];
    const percent = to > from && now > used ? ((now - used) / ((to - from) / 1e6)) * 100 : 0;
    if (percent) changes.push([from, percent], [to, -percent]);
  }
  return changes;
}

function operationGrid(video) {
  const groups = groupBy(inScope(data.operations, video), (row) => `${row.stage}\n${row.kind}\n${row.name}`);
  const rows = [...groups.values()].map((list) => ({
    name: list[0].name, kind: list[0].kind, stage: list[0].stage, count: sum(list, (row) => row.count), total: sum(list, (row) => row.total),
    max: Math.max(...list.map((row) => row.max || 0)), memory: Math.max(...list.map((row) => row.memory_peak_mb || 0)) || null,
    videos: new Set(list.map((row) => row.video)).size, bad: list.filter((row) => row.success === false).length,
  }));
  const longest = rows.reduce((most, row) => Math.max(most, row.total), 0);
  return new Grid({
    label: "Kinds of work", rows, sort: 4, descending: true, empty: "No operation was seen.",
    columns: [
      { label: "Work", value: (row) => row.name },
      { label: "Kind", value: (row) => row.kind, width: "7em" },
      { label: "Stage", value: (row) => row.stage, width: "9em" },
      { label: "Times", number: true, value: (row) => row.count, text: (row) => formatCount(row.count), width: "6em" },
      { label: "Time in all", number: true, value: (row) => row.total, text: (row) => formatSeconds(row.total), cell: (row) => barred(formatSeconds(row.total), row.total / longest), width: "12em" },
      { label: "Average", number: true, value: (row) => row.total / row.count, text: (row) => formatSeconds(row.total / row.count), width: "7em" },
      { label: "Longest", number: true, value: (row) => row.max, text: (row) => formatSeconds(row.max), width: "7em" },
      { label: "Memory", number: true, value: (row) => row.memory, text: (row) => formatMegabytes(row.memory), width: "8em" },
      { label: "Videos", number: true, value: (row) => row.videos, width: "6em" },
      { label: "Failed in", number: true, value: (row) => row.bad, width: "7em" },
    ],
  }).node;
}

function tempNotes(video) {
  const videos = video === null ? data.videos : [data.videos[video]];
  const left = videos.flatMap((row) => row.temp_left);
  const head = note(`Temporary files: ${formatCount(sum(videos, (row) => row.temp_created))} made, ${formatCount(sum(videos, (row) => row.temp_cleaned))} removed again, ${formatCount(left.length)} left.`);
  return left.length ? [head, el("ul", { class: "mono small" }, left.slice(0, 50).map((path) => el("li", {}, path)))] : [head];
}
