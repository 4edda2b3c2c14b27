"use strict";
// Mouse, wheel, touch and keyboard of the timeline.

const WHEEL_STEP = 1.0015;
const DRAG_SLACK = 4;

function listenToTimeline(timeline) {
  const { stage, view } = timeline;
  let drag = null;
  stage.addEventListener("wheel", (event) => wheel(timeline, event), { passive: false });
  stage.addEventListener("pointerdown", (event) => {
    if (event.button === 0 && event.target === timeline.image) drag = { x: event.offsetX, from: view.from, to: view.to, moved: false };
  });
  stage.addEventListener("pointermove", (event) => {
    if (drag && event.buttons & 1) dragTo(timeline, drag, event.offsetX);
    else if (event.target === timeline.image) timeline.hover(event.offsetX, event.offsetY, event);
  });
  stage.addEventListener("pointerup", (event) => {
    if (drag && !drag.moved) timeline.click(event.offsetX, event.offsetY);
    drag = null;
  });
  stage.addEventListener("pointerleave", () => {
    drag = null;
    timeline.hover(null);
  });
  stage.addEventListener("dblclick", (event) => timeline.zoomToItem(timeline.hit(event.offsetX, event.offsetY) || timeline.extentAt(event.offsetY)));
  stage.addEventListener("keydown", (event) => key(timeline, event));
}

function dragTo(timeline, drag, x) {
  if (Math.abs(x - drag.x) < DRAG_SLACK && !drag.moved) return;
  drag.moved = true;
  const moved = ((drag.x - x) / (timeline.drawing.width - GUTTER)) * (drag.to - drag.from);
  timeline.view.show(drag.from + moved, drag.to + moved);
}

/** Ctrl (or a pinch) zooms, Shift or a sideways wheel pans; else the page or the lanes scroll as ever. */
function wheel(timeline, event) {
  const { view } = timeline;
  if (event.ctrlKey || event.metaKey || event.altKey) {
    event.preventDefault();
    view.zoom(WHEEL_STEP ** event.deltaY, timeline.drawing.at(Math.max(event.offsetX, GUTTER)));
  } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
    event.preventDefault();
    view.pan((event.deltaX || event.deltaY) / 1000);
  }
}

const KEYS = {
  ArrowLeft: (timeline) => timeline.view.pan(-0.1),
  ArrowRight: (timeline) => timeline.view.pan(0.1),
  a: (timeline) => timeline.view.pan(-0.1),
  d: (timeline) => timeline.view.pan(0.1),
  "+": (timeline) => timeline.zoom(0.5),
  "=": (timeline) => timeline.zoom(0.5),
  w: (timeline) => timeline.zoom(0.5),
  "-": (timeline) => timeline.zoom(2),
  s: (timeline) => timeline.zoom(2),
  0: (timeline) => timeline.view.fit(),
  n: (timeline) => timeline.step(1),
  p: (timeline) => timeline.step(-1),
  ArrowDown: (timeline) => timeline.moveLine(1),
  ArrowUp: (timeline) => timeline.moveLine(-1),
  Enter: (timeline) => timeline.enter(),
  Escape: (timeline) => timeline.select(null),
};

function key(timeline, event) {
  const action = KEYS[event.key];
  if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  action(timeline);
}
