"use strict";
// What Claude did and cost: by model, stage and video, as it went, where it was refused, and each call.

function renderClaude(video, view) {
  const calls = inScope(data.calls, video);
  setCount("claude", calls.length);
  const notes = unassignedNotes();
  if (!calls.length) {
    bodyOf("claude").replaceChildren(note("No call of the Claude API was seen."), ...notes);
    return;
  }
  const unknown = calls.filter((row) => row.cost === null).length;
  bodyOf("claude").replaceChildren(
    el("dl", { class: "cards" },
      card("Calls", formatCount(calls.length), plural(calls.filter((row) => row.success === false).length, "failed call"), calls.some((row) => row.success === false) ? "bad" : "good"),
      card("Cost", formatCost(sum(calls, (row) => row.cost), calls.length, unknown), unknown ? `${plural(unknown, "call")} of unknown cost` : null),
      card("Tokens in", formatLarge(sumKnown(calls, (row) => row.input)), `${formatLarge(sumKnown(calls, (row) => row.cache_read))} from cache`),
      card("Tokens out", formatLarge(sumKnown(calls, (row) => row.output))),
      card("Refused by a limit", formatCount(calls.filter((row) => row.limited).length), plural(inScope(data.limits, video).length, "incident"))),
    ...(unknown < calls.length ? [new Chart(view, { label: "Cost so far", points: runningCost(calls), format: formatMoney, tone: "call" }).node] : []),
    el("div", { class: "columns" }, billGrid("Model", calls, (row) => row.model || row.model_requested || "unknown"),
      billGrid("Stage", calls, (row) => row.stage || "none"), video === null ? billGrid("Video", calls, (row) => videoName(row.video)) : null),
    ...limitPart(video), subtitle("Calls"), callGrid(calls, video), ...notes);
}

function runningCost(calls) {
  return stepsOf(calls.filter((row) => row.cost !== null && known(row.end)).map((row) => [row.end, row.cost]));
}

function billGrid(label, calls, keyOf) {
  const rows = [...groupBy(calls, keyOf)].map(([name, list]) => ({
    name, calls: list.length, tokens: sumKnown(list, (row) => row.tokens), cost: sum(list, (row) => row.cost), unknown: list.filter((row) => row.cost === null).length,
  }));
  const dearest = rows.reduce((most, row) => Math.max(most, row.cost), 0);
  const cost = (row) => formatCost(row.cost, row.calls, row.unknown);
  return new Grid({
    label: `Cost by ${label.toLowerCase()}`, rows, sort: 3, descending: true,
    columns: [
      { label, value: (row) => row.name },
      { label: "Calls", number: true, value: (row) => row.calls, text: (row) => formatCount(row.calls), width: "5em" },
      { label: "Tokens", number: true, value: (row) => row.tokens, text: (row) => formatLarge(row.tokens), width: "5.5em" },
      { label: "Cost", number: true, value: (row) => row.cost, text: cost, cell: (row) => barred(cost(row), row.cost / dearest), width: "7.5em" },
    ],
  }).node;
}

function limitPart(video) {
  const rows = inScope(data.limits, video);
  if (!rows.length) return [];
  return [subtitle("Rate limits"), new Grid({
    label: "Rate limits", rows,
    columns: [
      { label: "From", value: (row) => row.start, text: (row) => formatMoment(row.start), width: "15em" },
      ...(video === null ? [{ label: "Video", value: (row) => videoName(row.video) }] : []),
      { label: "Stage", value: (row) => row.stage, width: "8em" },
      { label: "Limit", value: (row) => row.limit },
      { label: "HTTP", number: true, value: (row) => row.http_status, width: "5em" },
      { label: "Refused", number: true, value: (row) => row.refused, width: "6em" },
      { label: "Lost", number: true, value: (row) => row.lost, text: (row) => formatSeconds(row.lost), width: "6em" },
      { label: "Recovered", value: (row) => yesNo(row.recovered), width: "8em" },
    ],
  }).node];
}

function callGrid(calls, video) {
  const outcome = (row) => (row.success === null ? null : row.success ? "success" : "failed");
  return new Grid({
    label: "Calls", rows: calls,
    filters: [{ label: "failed", of: (row) => row.success === false }, { label: "limited", of: (row) => row.limited === true },
      { label: "repeated", of: (row) => row.retry_of !== null }, { label: "of unknown cost", of: (row) => row.cost === null }],
    columns: [
      { label: "At", value: (row) => row.start, text: (row) => formatClock(row.start), width: "9em" },
      ...(video === null ? [{ label: "Video", value: (row) => videoName(row.video), width: "14%" }] : []),
      { label: "Stage", value: (row) => row.stage, width: "7.5em" },
      { label: "Scene", value: (row) => row.scene },
      { label: "Model", value: (row) => row.model || row.model_requested },
      { label: "Outcome", value: outcome, cell: (row) => pill(outcome(row)), width: "8.5em" },
      { label: "HTTP", number: true, value: (row) => row.http_status, width: "4.5em" },
      { label: "Tokens", number: true, value: (row) => row.tokens, text: (row) => formatCount(row.tokens), width: "6em" },
      { label: "Cost", number: true, value: (row) => row.cost, text: (row) => formatMoney(row.cost), width: "6em" },
      { label: "Time", number: true, value: (row) => row.duration, text: (row) => formatSeconds(row.duration), width: "5.5em" },
      { label: "Error", value: (row) => row.error, class: "mono" },
    ],
  }).node;
}

/** What the logs say of usage that belongs to no video: the same in each, so it is told once. */
function unassignedNotes() {
  const notes = new Set();
  for (const row of data.videos) {
    if (row.no_video_calls) notes.add(`${plural(row.no_video_calls, "call")} for no video, ${formatMoney(row.no_video_cost)}, not in these figures.`);
    if (row.ambiguous_calls) notes.add(`${plural(row.ambiguous_calls, "call")} that could not be told apart, ${formatMoney(row.ambiguous_cost)}, not in these figures.`);
  }
  return [...notes].map(note);
}
