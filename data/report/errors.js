"use strict";
// Errors: the same one of several videos and stages is one group, with its stack, its fix and where it was seen.

const ERRORS_AT_ONCE = 50;

function errorGroups(video) {
  const groups = groupBy(inScope(data.errors, video), (row) => row.fingerprint || `${row.category}\n${row.message}`);
  return [...groups.values()].map((rows) => ({
    rows,
    first: rows[0],
    count: sum(rows, (row) => row.count || 1),
    videos: new Set(rows.map((row) => row.video)).size,
    begin: rows.reduce((least, row) => (known(row.first) && row.first < least ? row.first : least), Infinity),
    end: rows.reduce((most, row) => (known(row.last) && row.last > most ? row.last : most), -Infinity),
    messages: [...new Set(rows.map((row) => row.message))],
  }));
}

const ERROR_ORDERS = {
  "most often": (a, b) => b.count - a.count,
  "in most videos": (a, b) => b.videos - a.videos || b.count - a.count,
  "seen last": (a, b) => b.end - a.end,
  "seen first": (a, b) => a.begin - b.begin,
};

function renderErrors(video) {
  const groups = errorGroups(video);
  setCount("errors", sum(groups, (group) => group.count));
  if (!groups.length) {
    bodyOf("errors").replaceChildren(note("No error was seen."));
    return;
  }
  const list = el("div", { class: "errors" });
  const state = { order: "most often", category: null, query: "", most: ERRORS_AT_ONCE };
  const show = () => showErrors(list, groups, state, show);
  bodyOf("errors").replaceChildren(errorBar(groups, state, show), list);
  show();
}

function errorBar(groups, state, show) {
  const search = el("input", { type: "search", placeholder: "Filter", "aria-label": "Filter: errors" });
  search.addEventListener("input", () => {
    state.query = search.value.toLowerCase();
    show();
  });
  const order = el("select", { "aria-label": "Order of errors" }, Object.keys(ERROR_ORDERS).map((name) => el("option", {}, name)));
  order.addEventListener("change", () => {
    state.order = order.value;
    show();
  });
  const categories = [...groupBy(groups, (group) => group.first.category)].sort((a, b) => b[1].length - a[1].length);
  const chips = categories.map(([category, list]) => {
    const chip = el("button", { type: "button", class: "chip", "aria-pressed": "false" }, `${category || "unknown"} `,
      el("span", { class: "count" }, formatCount(sum(list, (group) => group.count))));
    chip.addEventListener("click", () => {
      state.category = state.category === category ? null : category;
      for (const other of chips) other.setAttribute("aria-pressed", String(other === chip && state.category !== null));
      show();
    });
    return chip;
  });
  return el("div", { class: "gridbar" }, search, order, chips);
}

function showErrors(list, groups, state, again) {
  const text = (group) => [...group.messages, group.first.fix, group.first.stack, ...group.rows.map((row) => `${videoName(row.video)} ${row.stage}`)].join("\n").toLowerCase();
  const shown = groups.filter((group) => (state.category === null || group.first.category === state.category) && (!state.query || text(group).includes(state.query)))
    .sort(ERROR_ORDERS[state.order]);
  const more = shown.length > state.most ? el("button", {
    type: "button",
    onclick: () => {
      state.most += ERRORS_AT_ONCE;
      again();
    },
  }, `Show more of ${plural(shown.length, "error")}`) : null;
  list.replaceChildren(...shown.slice(0, state.most).map(errorNode), ...(more ? [more] : []), ...(shown.length ? [] : [note("No error fits.")]));
}

function errorNode(group) {
  const { first } = group;
  const where = group.videos > 1 ? plural(group.videos, "video") : videoName(first.video);
  const head = el("summary", {},
    el("span", { class: "times", title: "how often" }, `${formatCount(group.count)}×`),
    el("span", { class: "what" }, el("strong", { class: "mono" }, first.message || "no message"),
      el("span", { class: "where" }, el("span", { class: "tag" }, first.category || "unknown"), ` ${[...new Set(group.rows.map((row) => row.stage).filter(Boolean))].join(", ")} · ${where}`,
        first.fix ? el("span", { class: "fix" }, ` · fix: ${first.fix}`) : null)),
    el("span", { class: "when" }, Number.isFinite(group.end) ? formatClock(group.end, 0) : ""));
  const node = el("details", { class: "error" }, head);
  whenOpened(node, () => errorBody(group));
  return node;
}

const yesNo = (flag) => (flag === null ? "not known" : flag ? "yes" : "no");

function errorBody(group) {
  const { first } = group;
  const stack = group.rows.map((row) => row.stack).find(Boolean);
  const lines = group.rows.flatMap((row) => row.last_lines);
  return el("div", { class: "inside" },
    el("dl", {}, el("dt", {}, "Suggested fix"), el("dd", {}, first.fix || "none is known"),
      el("dt", {}, "Fixable"), el("dd", {}, yesNo(first.fixable)), el("dt", {}, "Recovers by itself"), el("dd", {}, yesNo(first.auto)),
      el("dt", {}, "Seen"), el("dd", {}, `${formatMoment(group.begin)} to ${formatMoment(group.end)}`)),
    group.messages.length > 1 ? [subtitle("Variants"), el("ul", { class: "mono" }, group.messages.map((message) => el("li", {}, message)))] : null,
    stack ? [subtitle("Stack"), el("pre", { tabindex: "0", "aria-label": "Stack" }, stack)] : null,
    lines.length ? [subtitle("Last lines"), el("pre", { tabindex: "0", "aria-label": "Last lines" }, lines.join("\n"))] : null,
    subtitle("Where it was seen"), seenGrid(group));
}

function seenGrid(group) {
  return new Grid({
    label: "Where it was seen", rows: group.rows,
    columns: [
      { label: "Video", value: (row) => videoName(row.video) },
      { label: "Stage", value: (row) => row.stage, width: "9em" },
      { label: "Scenes", value: (row) => row.scenes.join(", ") },
      { label: "Times", number: true, value: (row) => row.count, width: "5em" },
      { label: "First", value: (row) => row.first, text: (row) => formatMoment(row.first), width: "15em" },
      { label: "Last", value: (row) => row.last, text: (row) => formatMoment(row.last), width: "15em" },
    ],
  }).node;
}
