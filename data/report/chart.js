"use strict";
// A quantity over time as a stepped area, on the view that all charts and the timeline share.

const CHART_HEIGHT = 130;
const CHART_LEFT = 64;
const CHART_BOTTOM = 20;

/** The last step at or before a moment: points are [time, value], sorted by time. */
function stepAt(points, at) {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle][0] <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** From changes [time, difference] to steps [time, value]. */
function stepsOf(changes) {
  changes.sort((a, b) => a[0] - b[0]);
  const points = [];
  let value = 0;
  for (const [at, difference] of changes) {
    value += difference;
    const last = points[points.length - 1];
    if (last && last[0] === at) last[1] = value;
    else points.push([at, value]);
  }
  return points.map(([at, height]) => [at, Math.abs(height) < 1e-9 ? 0 : height]);
}

class Chart {
  /** options: {label, points, format: value => string, tone: a colour of theme.css,
   *  binary: steps of powers of two, whole: of whole numbers} */
  constructor(view, options) {
    Object.assign(this, options);
    this.view = view;
    this.pointer = null;
    const peak = this.points.reduce((most, point) => Math.max(most, point[1]), 0);
    this.summary = `highest ${this.format(peak)}`;
    this.image = el("canvas", { role: "img", "aria-label": `${this.label}: ${this.summary}` });
    this.now = el("span", { class: "now" }, this.summary);
    this.node = el("figure", { class: "chart" }, el("figcaption", {}, el("strong", {}, this.label), this.now), this.image);
    this.canvas = new Canvas(this.image, CHART_HEIGHT, (context, width, height) => this.paint(context, width, height));
    this.image.addEventListener("pointermove", (event) => this.point(event.offsetX));
    this.image.addEventListener("pointerleave", () => this.point(null));
    view.listeners.push(() => this.canvas.ask());
  }

  point(x) {
    this.pointer = x === null || x < CHART_LEFT ? null : x;
    if (this.pointer === null) this.now.textContent = this.summary;
    else {
      const at = this.view.from + ((x - CHART_LEFT) / (this.image.clientWidth - CHART_LEFT)) * this.view.span;
      const index = stepAt(this.points, at);
      this.now.textContent = `${this.format(index < 0 ? 0 : this.points[index][1])} at ${formatClock(at)}`;
    }
    this.canvas.ask();
  }

  /** The highest value within each pixel: what is short must not vanish. */
  heights(width) {
    const heights = new Float64Array(Math.max(1, Math.ceil(width)));
    let index = stepAt(this.points, this.view.from);
    for (let x = 0; x < heights.length; x++) {
      const until = this.view.from + ((x + 1) / heights.length) * this.view.span;
      let most = index < 0 ? 0 : this.points[index][1];
      while (index + 1 < this.points.length && this.points[index + 1][0] < until) most = Math.max(most, this.points[++index][1]);
      heights[x] = most;
    }
    return heights;
  }

  paint(context, width, height) {
    const heights = this.heights(width - CHART_LEFT);
    const bottom = height - CHART_BOTTOM;
    const step = Math.max(roundStep(Math.max(...heights), this.binary), this.whole ? 1 : 0);
    const top = Math.max(step, Math.ceil(Math.max(...heights) / step) * step);
    const y = (value) => bottom - (value / top) * (bottom - 8);
    this.paintAxes(context, width, bottom, step, top, y);
    const line = new Path2D();
    heights.forEach((value, x) => {
      line.lineTo(CHART_LEFT + x, y(value));
      line.lineTo(CHART_LEFT + x + 1, y(value));
    });
    const area = new Path2D(line);
    area.lineTo(width, bottom);
    area.lineTo(CHART_LEFT, bottom);
    context.globalAlpha = 0.25;
    context.fillStyle = colour(this.tone);
    context.fill(area);
    context.globalAlpha = 1;
    context.strokeStyle = colour(this.tone);
    context.lineWidth = 1.25;
    context.stroke(line);
    if (this.pointer !== null) this.paintPointer(context, bottom);
  }

  paintAxes(context, width, bottom, step, top, y) {
    context.fillStyle = colour("faint");
    context.strokeStyle = colour("line");
    context.textAlign = "right";
    for (let value = 0; value <= top * 1.001; value += step) {
      context.fillText(this.format(value), CHART_LEFT - 8, y(value));
      context.fillRect(CHART_LEFT, Math.round(y(value)), width - CHART_LEFT, 0.25);
    }
    context.textAlign = "center";
    for (const tick of timeTicks(this.view, (width - CHART_LEFT) / 110)) {
      const x = CHART_LEFT + ((tick.at - this.view.from) / this.view.span) * (width - CHART_LEFT);
      context.fillRect(x, bottom, 1, 4);
      if (x > CHART_LEFT + 30 && x < width - 30) context.fillText(tick.text, x, bottom + 12);
    }
  }

  paintPointer(context, bottom) {
    context.fillStyle = colour("text");
    context.fillRect(this.pointer, 4, 1, bottom - 4);
  }
}
