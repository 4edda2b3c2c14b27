"use strict";
// The timeline: lanes on a canvas as high as the window; an empty block gives the scroll bar its length.

const TIMELINE_HEIGHT = 460;
const TIMELINE_PRINTED = 1500;
const OPEN_AT_ONCE = 6;

class Timeline {
  constructor(view, groups) {
    this.view = view;
    this.groups = groups;
    this.selected = null;
    this.line = 0;
    this.pointer = null;
    this.most = TIMELINE_HEIGHT;
    for (const group of groups) group.open = groups.length <= OPEN_AT_ONCE;
    this.build();
    this.drawing = new TimelineDrawing(this);
    this.layOut();
    this.canvas = new Canvas(this.image, this.height, (context, width, height) => this.drawing.paint(context, width, height));
    view.listeners.push(() => this.canvas.ask());
    this.scroller.addEventListener("scroll", () => this.canvas.ask());
    listenToTimeline(this);
  }

  build() {
    this.image = el("canvas", { "aria-hidden": "true" });
    this.filler = el("div", { class: "filler" });
    this.scroller = el("div", { class: "lanes", tabindex: "-1" }, this.image, this.filler);
    this.stage = el("div", {
      class: "stage", tabindex: "0", role: "application", "aria-label": "Timeline", "aria-describedby": "timeline-help",
    }, this.scroller);
    this.details = el("aside", { class: "details", "aria-label": "Details", "aria-live": "polite" });
    this.showDetails(null);
    this.node = el("div", { class: "timeline" }, this.toolbar(), el("div", { class: "split" }, this.stage, this.details),
      el("p", { class: "help", id: "timeline-help" },
        "Drag or Shift + wheel to pan, Ctrl + wheel to zoom, double click to zoom to one thing or, beside it, to its video. With the keyboard: ← → pan, + − zoom, 0 all, ",
        "n and p next and previous, ↑ ↓ lanes, Enter opens a group or zooms to what is chosen, Esc lets go."));
  }

  toolbar() {
    const button = (label, title, action) => el("button", { type: "button", title, "aria-label": title, onclick: action }, label);
    const legend = [["good", "completed"], ["bad", "failed"], ["late", "timeout, rate limit"], ["open", "not over"], ["call", "Claude call"], ...(data.processes ? [["process", "process"]] : []), ...(data.spans && data.spans.length ? [["span", "function"]] : [])];
    return el("div", { class: "gridbar" },
      button("+", "Zoom in", () => this.zoom(0.5)), button("−", "Zoom out", () => this.zoom(2)),
      button("All", "Show all of the time", () => this.view.fit()),
      button("Open all", "Open all groups", () => this.openAll(true)), button("Close all", "Close all groups", () => this.openAll(false)),
      el("span", { class: "legend" }, legend.map(([tone, text]) => el("span", {}, el("i", { class: `dot ${tone}` }), text))));
  }

  /** Lines anew after a group was opened or closed. */
  layOut() {
    this.lines = this.groups.flatMap((group) => group.lines());
    const whole = AXIS_HEIGHT + this.lines.length * LINE_HEIGHT;
    this.height = Math.min(this.most, Math.max(whole, 160));
    this.scroller.style.height = `${this.height}px`;
    this.filler.style.height = `${Math.max(0, whole - this.height)}px`;
    if (this.canvas) {
      this.canvas.height = this.height;
      this.canvas.ask();
    }
  }

  print(on) {
    this.most = on ? TIMELINE_PRINTED : TIMELINE_HEIGHT;
    this.scroller.scrollTop = 0;
    this.layOut();
    this.canvas.draw();
  }

  get top() {
    return this.scroller.scrollTop;
  }

  openAll(open) {
    for (const group of this.groups) group.open = open;
    this.layOut();
  }

  toggle(group) {
    group.open = !group.open;
    this.layOut();
  }

  zoom(factor) {
    const { selected, view } = this;
    const middle = (view.from + view.to) / 2;
    const at = selected && selected.start <= view.to && selected.end >= view.from ? (selected.start + selected.end) / 2 : middle;
    view.zoom(factor, at);
  }

  zoomToItem(one) {
    if (!one) return;
    const room = Math.max((one.end - one.start) * 0.2, 1000);
    this.view.show(one.start - room, one.end + room);
  }

  lineAt(y) {
    return y < AXIS_HEIGHT ? -1 : Math.floor((y - AXIS_HEIGHT + this.top) / LINE_HEIGHT);
  }

  /** The item below the pointer, with two pixels of slack. */
  hit(x, y) {
    const line = this.lines[this.lineAt(y)];
    if (!line || x < GUTTER) return null;
    const slack = this.drawing.at(x + 3) - this.drawing.at(x);
    const at = this.drawing.at(x);
    const found = line.items[firstEnding(line.items, at - slack * 2)];
    return found && found.start <= at + slack ? found : null;
  }

  /** From when to when the group of a line was at work. */
  extentAt(y) {
    const line = this.lines[this.lineAt(y)];
    if (!line || !line.group.brief.length) return null;
    const { brief } = line.group;
    return { start: brief[0].start, end: brief.reduce((most, one) => Math.max(most, one.end), 0) };
  }

  hover(x, y, event) {
    this.pointer = x;
    this.canvas.ask();
    const one = x === null ? null : this.hit(x, y);
    showTip(one && `${one.label}\n${one.status} · ${formatSeconds((one.end - one.start) / 1e6)} · ${formatClock(one.start)}`, event);
  }

  click(x, y) {
    const line = this.lines[this.lineAt(y)];
    this.stage.focus({ preventScroll: true });
    if (!line) return;
    this.line = this.lines.indexOf(line);
    if (line.head && x < GUTTER) this.toggle(line.group);
    else this.select(this.hit(x, y));
  }

  select(one) {
    this.selected = one;
    this.showDetails(one);
    this.canvas.ask();
  }

  showDetails(one) {
    this.details.replaceChildren(...(one ? detailsOf(one) : [note("Choose something in the timeline to see more of it.")]));
  }

  /** The next or previous item of the line, or of the next line that has one. */
  step(by) {
    const line = this.lines[this.line];
    if (!line) return;
    const index = line.items.indexOf(this.selected) + by;
    if (this.selected && line.items[index]) this.choose(line.items[index]);
    else if (!this.selected && line.items.length) this.choose(line.items[by > 0 ? 0 : line.items.length - 1]);
    else if (this.lines[this.line + by]) {
      this.line += by;
      this.selected = null;
      this.step(by);
    }
  }

  moveLine(by) {
    this.line = Math.min(Math.max(this.line + by, 0), this.lines.length - 1);
    const line = this.lines[this.line];
    const at = this.selected ? this.selected.start : this.view.from;
    const one = line.items[Math.min(firstEnding(line.items, at), line.items.length - 1)] || null;
    this.reveal();
    if (one) this.choose(one);
    else {
      this.select(null);
      this.details.replaceChildren(subtitle(line.title), note(line.head ? "Enter opens or closes the group." : ""));
    }
  }

  /** Selects, and moves the view so far that it is in sight. */
  choose(one) {
    this.select(one);
    this.reveal();
    if (one.end < this.view.from || one.start > this.view.to) {
      const half = this.view.span / 2;
      this.view.show((one.start + one.end) / 2 - half, (one.start + one.end) / 2 + half);
    }
  }

  reveal() {
    const y = this.line * LINE_HEIGHT;
    const room = this.height - AXIS_HEIGHT - LINE_HEIGHT;
    if (y < this.top) this.scroller.scrollTop = y;
    else if (y > this.top + room) this.scroller.scrollTop = y - room;
    this.canvas.ask();
  }

  enter() {
    const line = this.lines[this.line];
    if (line && line.head) this.toggle(line.group);
    else this.zoomToItem(this.selected);
  }
}

function showTip(text, event) {
  const tip = document.getElementById("tip");
  tip.hidden = !text;
  if (!text) return;
  tip.textContent = text;
  tip.style.left = `${Math.min(event.clientX + 14, window.innerWidth - tip.offsetWidth - 8)}px`;
  tip.style.top = `${Math.min(event.clientY + 16, window.innerHeight - tip.offsetHeight - 8)}px`;
}
