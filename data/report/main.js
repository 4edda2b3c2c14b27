"use strict";
// Puts the page together, for all videos or for one.

const timeView = new View();
let timeline = null;

/** From the first to the last moment of what is shown. */
function boundsOf(video) {
  let [first, last] = [Infinity, -Infinity];
  const take = (at) => {
    if (!known(at)) return;
    first = Math.min(first, at);
    last = Math.max(last, at);
  };
  for (const table of [data.stages, data.attempts, data.calls, data.limits, data.processes || NO_ROWS, data.spans || NO_ROWS])
    for (const row of table)
      if (video === null || row.video === video) [row.start, row.end].forEach(take);
  for (const row of data.checks) if (video === null || row.video === video) take(row.at);
  return first <= last ? [first, last] : [0, 1e6];
}

function showHead(video, [first, last]) {
  const one = video !== null ? videoName(video) : data.videos.length === 1 ? data.videos[0].name : null;
  const title = one === null ? plural(data.videos.length, "video") : one;
  const hosts = new Set((video === null ? data.videos : [data.videos[video]]).flatMap((row) => row.hosts));
  document.title = `${title} – vlagg report`;
  document.getElementById("title").textContent = title;
  document.getElementById("when").textContent =
    [first > 1e6 ? `${formatDay(first)} ${formatClock(first, 0)} to ${formatDay(last) === formatDay(first) ? "" : `${formatDay(last)} `}${formatClock(last, 0)}` : null,
      first > 1e6 ? formatSeconds((last - first) / 1e6) : null, hosts.size ? [...hosts].join(", ") : null].filter(Boolean).join(" · ");
}

function show(video) {
  for (const canvas of [...canvases]) canvas.close();
  grids.clear();
  timeView.listeners = [];
  const bounds = boundsOf(video);
  timeView.setBounds(...bounds);
  showHead(video, bounds);
  document.getElementById("scope").value = video === null ? "" : String(video);
  renderOverview(video, choose);
  timeline = new Timeline(timeView, groupsOf(video));
  bodyOf("timeline").replaceChildren(timeline.node);
  renderErrors(video);
  renderAttempts(video);
  renderChecks(video);
  renderClaude(video, timeView);
  renderResources(video, timeView);
  renderProcesses(video);
  renderFiles(video);
}

function choose(video) {
  show(video);
  document.getElementById("overview").scrollIntoView();
}

function startScope() {
  const select = document.getElementById("scope");
  select.append(el("option", { value: "" }, `all ${plural(data.videos.length, "video")}`),
    ...data.videos.map((row) => el("option", { value: String(row.index) }, row.name)));
  select.addEventListener("change", () => choose(select.value === "" ? null : Number(select.value)));
}

/** On paper the timeline is as long as it is, and what can be opened is open. */
function startPrint() {
  let opened = [];
  window.addEventListener("beforeprint", () => {
    timeline.print(true);
    opened = [...document.querySelectorAll("details:not([open])")].slice(0, ERRORS_AT_ONCE);
    for (const node of opened) {
      fillDetails(node);
      node.open = true;
    }
  });
  window.addEventListener("afterprint", () => {
    timeline.print(false);
    for (const node of opened) node.open = false;
  });
}

/** The tab of the section that is being read. */
function startTabs() {
  const tabs = new Map([...document.querySelectorAll(".tabs a")].map((tab) => [tab.getAttribute("href").slice(1), tab]));
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries)
      if (entry.isIntersecting) for (const [name, tab] of tabs) tab.toggleAttribute("aria-current", name === entry.target.id);
  }, { rootMargin: "-20% 0px -70% 0px" });
  for (const name of tabs.keys()) seen.observe(document.getElementById(name));
}

startScope();
startPrint(); // before the tables, so that those in what it opens are printed, too
startGrids();
show(data.videos.length === 1 ? 0 : null);
renderAbout();
startTheme();
startTabs();
showTheme();
