"use strict";
// Building the page: text only ever becomes text nodes and attributes that are no code.

/** el("a", {class: "x", title: "y", onclick: f}, "text", node, null) */
function el(tag, properties, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return node;
}

const bodyOf = (section) => document.querySelector(`#${section} .body`);

function setCount(section, count) {
  const place = document.querySelector(`.tabs a[href="#${section}"] .count`);
  if (place) place.textContent = count ? formatCount(count) : "";
}

/** Every status has one of six tones: colours are the tone's, and a sign says the same without colour. */
const TONES = {
  completed: "good", success: "good", failed: "bad", timeout: "late", running: "open", interrupted: "open", skipped: "none",
};
const SIGNS = { good: "✓", bad: "✗", late: "!", open: "…", none: "–" };
const toneOf = (status) => TONES[status] || "none";

function pill(status) {
  const tone = toneOf(status);
  return el("span", { class: `pill ${tone}` }, el("span", { "aria-hidden": "true" }, SIGNS[tone]), ` ${status || "not known"}`);
}

function note(text) {
  return el("p", { class: "note" }, text);
}

function subtitle(text) {
  return el("h3", {}, text);
}

const fillers = new WeakMap();

/** What is inside a details node is only made when the reader, or the printer, opens it. */
function whenOpened(node, make) {
  fillers.set(node, make);
  node.addEventListener("toggle", () => node.open && fillDetails(node));
}

function fillDetails(node) {
  const make = fillers.get(node);
  fillers.delete(node);
  if (make) node.append(make());
}

function folded(title, make) {
  const node = el("details", { class: "folded" }, el("summary", {}, title));
  whenOpened(node, make);
  return node;
}

/** A bar that shows a share of 1, with its figure in front. */
function barred(text, share) {
  const bar = el("span", { class: "bar", "aria-hidden": "true" });
  bar.style.width = `${Math.max(0, Math.min(1, share || 0)) * 100}%`;
  return el("span", { class: "barred" }, bar, el("span", {}, text));
}

function card(label, value, more, tone) {
  return el("div", { class: `card ${tone || ""}` }, el("dt", {}, label), el("dd", {}, value, more ? el("small", {}, more) : null));
}
