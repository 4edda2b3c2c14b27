"use strict";
// Ladders: what was tried for each scene of a stage, step by step; and what was checked.

function laddersOf(video) {
  const groups = groupBy(inScope(data.attempts, video), (row) => `${row.video}\n${row.stage}\n${row.scene || ""}`);
  return [...groups.values()].map((steps) => {
    steps.sort((a, b) => a.start - b.start || a.number - b.number);
    const last = steps[steps.length - 1];
    return { steps, video: steps[0].video, stage: steps[0].stage, scene: steps[0].scene, status: last.status, tries: steps.length, time: sum(steps, (step) => step.duration) };
  });
}

function ladder(row) {
  return el("ol", { class: "ladder" }, row.steps.map((step) => el("li", {
    class: `step ${toneOf(step.status)}`,
    title: [`${step.number}. ${step.method || "?"}: ${step.status}, ${formatSeconds(step.duration)}`, step.error].filter(Boolean).join("\n"),
  }, `${step.method || "?"} `, el("span", { "aria-label": step.status }, SIGNS[toneOf(step.status)]), el("small", {}, ` ${formatSeconds(step.duration)}`))));
}

const ladderText = (row) => row.steps.map((step) => `${step.method} ${step.status} ${step.error || ""}`).join(" → ");

function renderAttempts(video) {
  const rows = laddersOf(video);
  const videos = video === null ? data.videos : [data.videos[video]];
  const total = (key) => sum(videos, (row) => row[key]);
  setCount("attempts", total("attempts"));
  const grid = new Grid({
    label: "Attempts per stage and scene", rows, sort: video === null ? 4 : 3, descending: true, empty: "No attempt was seen.",
    filters: [
      { label: "more than one", of: (row) => row.tries > 1 },
      { label: "recovered", of: (row) => row.tries > 1 && toneOf(row.status) === "good" },
      { label: "not in the end", of: (row) => toneOf(row.status) !== "good" },
    ],
    columns: [
      ...(video === null ? [{ label: "Video", value: (row) => videoName(row.video), width: "17%" }] : []),
      { label: "Stage", value: (row) => row.stage, width: "8em" },
      { label: "Scene", value: (row) => row.scene, width: "14%" },
      { label: "Ended", value: (row) => row.status, cell: (row) => pill(row.status), width: "9em" },
      { label: "Tries", number: true, value: (row) => row.tries, width: "5em" },
      { label: "Time", number: true, value: (row) => row.time, text: (row) => formatSeconds(row.time), width: "6em" },
      { label: "Ladder", value: (row) => ladderText(row), cell: ladder },
    ],
  });
  bodyOf("attempts").replaceChildren(el("dl", { class: "cards" },
    card("Attempts", formatCount(total("attempts")), plural(rows.length, "ladder")),
    card("Tried again", formatCount(total("recovery_attempted")), `${formatCount(total("recovery_good"))} went well`),
    card("Fixes by Claude", formatCount(total("fixes")), `${formatCount(total("fixes_good"))} worked`)), grid.node);
}

function renderChecks(video) {
  const rows = inScope(data.checks, video);
  setCount("checks", rows.length);
  const outcome = (row) => (row.success === null ? null : row.success ? "success" : "failed");
  const types = [...groupBy(rows, (row) => row.type)];
  const grid = new Grid({
    label: "Validations", rows, empty: "No validation was seen.",
    filters: [{ label: "failed", of: (row) => row.success === false }, { label: "after a fix", of: (row) => row.fixes.length > 0 },
      { label: "recovery attempted", of: (row) => row.recovery === true }],
    columns: [
      { label: "At", value: (row) => row.at, text: (row) => formatClock(row.at), width: "9em" },
      ...(video === null ? [{ label: "Video", value: (row) => videoName(row.video), width: "17%" }] : []),
      { label: "Type", value: (row) => row.type, width: "13em" },
      { label: "Scene", value: (row) => row.scene, width: "13%" },
      { label: "Outcome", value: outcome, cell: (row) => pill(outcome(row)), width: "9em" },
      { label: "Fixes applied", value: (row) => row.fixes.join(", ") || null, width: "10em" },
      { label: "Errors", value: (row) => row.errors.join("; ") || null, class: "mono" },
    ],
  });
  bodyOf("checks").replaceChildren(el("dl", { class: "cards" }, types.map(([type, list]) => {
    const bad = list.filter((row) => row.success === false).length;
    return card(type || "not named", formatCount(list.length), bad ? `${formatCount(bad)} failed` : "none failed", bad ? "bad" : "good");
  })), grid.node);
}
