"use strict";
// Draws the part of the timeline that is in sight.

const LINE_HEIGHT = 22;
const AXIS_HEIGHT = 26;
const GUTTER = 190;

/** The first item that ends at or after a moment; items of a lane lie one after the other. */
function firstEnding(items, at) {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (items[middle].end < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

class TimelineDrawing {
  constructor(timeline) {
    this.timeline = timeline;
    this.view = timeline.view;
  }

  x(at) {
    return GUTTER + ((at - this.view.from) / this.view.span) * (this.width - GUTTER);
  }

  at(x) {
    return this.view.from + ((x - GUTTER) / (this.width - GUTTER)) * this.view.span;
  }

  paint(context, width, height) {
    this.context = context;
    this.width = width;
    this.height = height;
    const { lines, top } = this.timeline;
    const first = Math.max(0, Math.floor(top / LINE_HEIGHT));
    const last = Math.min(lines.length, Math.ceil((top + height - AXIS_HEIGHT) / LINE_HEIGHT));
    this.ticks = timeTicks(this.view, (width - GUTTER) / 120);
    this.paintTicks();
    for (let i = first; i < last; i++) this.paintLine(lines[i], AXIS_HEIGHT + i * LINE_HEIGHT - top);
    this.paintAxis();
  }

  paintTicks() {
    this.context.fillStyle = colour("line");
    for (const tick of this.ticks) this.context.fillRect(Math.round(this.x(tick.at)), AXIS_HEIGHT, 1, this.height);
  }

  paintAxis() {
    const { context } = this;
    context.fillStyle = colour("panel");
    context.fillRect(0, 0, this.width, AXIS_HEIGHT);
    context.fillStyle = colour("faint");
    context.textAlign = "left";
    for (const tick of this.ticks) context.fillText(tick.text, this.x(tick.at) + 4, AXIS_HEIGHT / 2);
    context.fillStyle = colour("panel");
    context.fillRect(0, 0, GUTTER, AXIS_HEIGHT);
    context.fillStyle = colour("text");
    context.fillText(`${formatSeconds(this.view.span / 1e6)} in sight`, 10, AXIS_HEIGHT / 2);
    context.fillStyle = colour("line");
    context.fillRect(0, AXIS_HEIGHT - 1, this.width, 1);
    if (this.timeline.pointer !== null && this.timeline.pointer > GUTTER) {
      context.fillStyle = colour("faint");
      context.fillRect(this.timeline.pointer, AXIS_HEIGHT, 1, this.height);
    }
  }

  paintLine(line, y) {
    const { context } = this;
    if (line.head) {
      context.fillStyle = colour("stripe");
      context.fillRect(0, y, this.width, LINE_HEIGHT);
    }
    context.save();
    context.beginPath();
    context.rect(GUTTER, y, this.width - GUTTER, LINE_HEIGHT);
    context.clip();
    this.paintItems(line.items, y);
    context.restore();
    this.paintName(line, y);
  }

  /** Where many fall on one pixel the first is drawn, and every one that went wrong. */
  paintItems(items, y) {
    let drawn = -1;
    for (let i = firstEnding(items, this.view.from); i < items.length && items[i].start <= this.view.to; i++) {
      const one = items[i];
      const x = Math.max(this.x(one.start), GUTTER - 2);
      const width = Math.max(Math.min(this.x(one.end), this.width + 2) - x, 2);
      if (x + width < drawn && one.tone !== "bad" && one !== this.timeline.selected) continue;
      drawn = x + width;
      this.paintItem(one, x, y, width);
    }
  }

  paintItem(one, x, y, width) {
    const { context } = this;
    context.fillStyle = colour(one.tone);
    if (one.kind === "check") {
      context.beginPath();
      context.arc(x + 1, y + LINE_HEIGHT / 2, 5, 0, 7);
      context.fill();
    } else context.fillRect(x, y + 3, width > 4 ? width - 1 : width, LINE_HEIGHT - 6);
    this.paintTeeth(one, x, y, width);
    if (one === this.timeline.selected) {
      context.strokeStyle = colour("text");
      context.lineWidth = 2;
      context.strokeRect(x - 1, y + 2, width + 2, LINE_HEIGHT - 4);
    }
    if (width > 34 && one.kind !== "check") this.paintText(one.label, x + 5, y, width - 10, "on-fill");
  }

  /** What went wrong is told without colours, too: teeth below, and above where it was late. */
  paintTeeth(one, x, y, width) {
    const edge = { bad: y + LINE_HEIGHT - 7, late: y + 3 }[one.tone];
    if (edge === undefined || (one.kind !== "check" && width < 6)) return;
    const [from, to] = one.kind === "check" ? [x, x + 2] : [x + 2, x + width - 2];
    this.context.fillStyle = colour("panel");
    for (let tooth = from; tooth < to; tooth += 6) this.context.fillRect(tooth, edge, 2, 4);
  }

  paintName(line, y) {
    const { context } = this;
    context.fillStyle = colour(line.head ? "stripe" : "panel");
    context.fillRect(0, y, GUTTER, LINE_HEIGHT);
    if (line.head) {
      context.fillStyle = colour(toneOf(line.group.status));
      context.fillRect(0, y + 3, 3, LINE_HEIGHT - 6);
      this.paintText(`${line.group.open ? "▾" : "▸"} ${line.title}`, 10, y, GUTTER - 16, "text");
    } else this.paintText(line.title, 26, y, GUTTER - 32, "faint");
    context.fillStyle = colour("line");
    context.fillRect(GUTTER - 1, y, 1, LINE_HEIGHT);
  }

  paintText(text, x, y, room, tone) {
    const { context } = this;
    context.fillStyle = colour(tone);
    context.textAlign = "left";
    const most = Math.max(1, Math.floor(room / 6.2));
    let shown = text.length > most * 2 ? text.slice(0, most * 2) : text;
    while (shown.length > 1 && context.measureText(shown).width > room) shown = `${shown.slice(0, Math.max(1, shown.length - 3)).trimEnd()}…`;
    context.fillText(shown, x, y + LINE_HEIGHT / 2 + 0.5);
  }
}
