"use strict";
// Where the figures come from, and what is missing from them.

function renderAbout() {
  const different = (key) => [...new Set(data.videos.flatMap((row) => row[key]).filter(known))].join(", ") || DASH;
  const dropped = data.videos.reduce((most, row) => Math.max(most, row.dropped || 0), 0);
  const rows = [
    ["Made by", `vlagg ${data.version}`], ["Made from", data.processes ? "a spool" : "logs.json files"], ["Logs written by", `vlagg ${different("version")}`],
    ["Rules", different("rules")], ["Prices", different("prices")], ["Hosts", different("hosts")],
    ["Events", formatCount(sum(data.videos, (row) => row.events))], ["Events that were not recorded", formatCount(dropped)],
  ];
  const warnings = new Set(data.videos.flatMap((row) => row.warnings));
  const damages = new Set(data.damages.map((row) => `${row.file}, ${plural(row.bytes || 0, "byte")} at offset ${formatCount(row.offset)}: ${row.what}`));
  bodyOf("about").replaceChildren(
    el("dl", { class: "facts" }, rows.map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])),
    ...[...warnings].map(note),
    ...(damages.size ? [subtitle("What could not be read"), el("ul", { class: "mono small" }, [...damages].map((text) => el("li", {}, text)))] : []),
    note("Times are those of the recording host's clock, as the logs tell them. A dash stands for what is not known. The file needs no network and sends nothing."));
}
