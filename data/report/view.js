"use strict";
// The stretch of time that timeline and charts show together.

class View {
  constructor() {
    this.listeners = [];
    this.setBounds(0, 1);
  }

  /** The whole; a little room on both sides lets the first and last marks be seen. */
  setBounds(first, last) {
    const room = Math.max((last - first) * 0.01, 1000);
    this.min = first - room;
    this.max = last + room;
    this.from = this.min;
    this.to = this.max;
  }

  get span() {
    return this.to - this.from;
  }

  get zoomed() {
    return this.from > this.min || this.to < this.max;
  }

  show(from, to) {
    const span = Math.min(Math.max(to - from, 10), this.max - this.min);
    this.from = Math.min(Math.max(from, this.min), this.max - span);
    this.to = this.from + span;
    for (const listener of this.listeners) listener();
  }

  zoom(factor, around) {
    this.show(around - (around - this.from) * factor, around + (this.to - around) * factor);
  }

  pan(share) {
    this.show(this.from + this.span * share, this.to + this.span * share);
  }

  fit() {
    this.show(this.min, this.max);
  }
}

const TIME_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500].flatMap((n) => [n, n * 1e3])
  .concat([1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800].map((s) => s * 1e6))
  .sort((a, b) => a - b);

/** Round moments at most `wanted` apart, and how they are written. */
function timeTicks(view, wanted) {
  const step = TIME_STEPS.find((one) => view.span / one <= wanted) || 604800e6;
  const digits = step >= 1e6 ? 0 : step >= 1e3 ? 3 : 6;
  const ticks = [];
  for (let at = Math.ceil(view.from / step) * step; at <= view.to; at += step)
    ticks.push({ at, text: step >= 86400e6 ? formatDay(at) : formatClock(at, digits) });
  return ticks;
}

/** So that some four steps reach `top`: 1, 2 or 5 times a power of ten, or a power of two. */
function roundStep(top, binary) {
  const raw = top / 4 || 1;
  if (binary) return 2 ** Math.ceil(Math.log2(raw));
  const power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 5, 10].find((n) => n * power >= raw) * power;
}
