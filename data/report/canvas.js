"use strict";
// Canvases at the screen's resolution, in the theme's colours, drawn again when either changes.

const canvases = new Set();

/** The colour of a custom property of theme.css, as a canvas understands it. */
const colours = { probe: null, known: new Map() };
function colour(name) {
  if (!colours.known.has(name)) {
    if (!colours.probe) colours.probe = document.body.appendChild(el("span", { hidden: true }));
    colours.probe.style.color = `var(--${name})`;
    colours.known.set(name, getComputedStyle(colours.probe).color);
  }
  return colours.known.get(name);
}

function redrawCanvases() {
  colours.known.clear();
  for (const canvas of canvases) canvas.draw();
}

class Canvas {
  /** paint(context, width, height) in CSS pixels. */
  constructor(node, height, paint) {
    this.node = node;
    this.height = height;
    this.paint = paint;
    this.waiting = false;
    canvases.add(this);
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(node);
  }

  draw() {
    const width = this.node.clientWidth;
    if (!width) return;
    const ratio = window.devicePixelRatio || 1;
    const [pixelsWide, pixelsHigh] = [Math.round(width * ratio), Math.round(this.height * ratio)];
    if (this.node.width !== pixelsWide || this.node.height !== pixelsHigh) {
      this.node.width = pixelsWide;
      this.node.height = pixelsHigh;
      this.node.style.height = `${this.height}px`;
    }
    const context = this.node.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, this.height);
    context.font = "12px system-ui, sans-serif";
    context.textBaseline = "middle";
    this.paint(context, width, this.height);
  }

  /** Once before the next picture, however often it is asked for. */
  ask() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.draw();
    });
  }

  close() {
    canvases.delete(this);
    this.observer.disconnect();
  }
}
