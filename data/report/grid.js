"use strict";
// A table to sort and filter. However many rows there are, only those in sight are in the document.

const ROW_HEIGHT = 30;
const ROWS_AT_ONCE = 60; // fewer are simply all there
const ROWS_WITHOUT_FILTER = 8;
const ROWS_PRINTED = 150;
const grids = new Set();

/**
 * columns: [{label, value: row => what to sort by, text: row => string (default: value), cell: row => node,
 *            number: true (right-aligned, descending first), width: "12em"}]
 * options: {label, columns, rows, sort: index or -1, descending, pick: row => void,
 *           filters: [{label, of: row => bool}], empty}
 */
class Grid {
  constructor(options) {
    Object.assign(this, { sort: -1, descending: false, empty: "Nothing to show.", filters: [] }, options);
    this.query = "";
    this.filter = null;
    this.printing = false;
    this.build();
    this.update();
    grids.add(this);
  }

  build() {
    this.body = el("tbody");
    this.heads = this.columns.map((column, index) => this.head(column, index));
    const columns = this.columns.map((column) => {
      const node = el("col");
      if (column.width) node.style.width = column.width;
      return node;
    });
    this.table = el("table", {}, el("caption", { class: "unseen" }, this.label), el("colgroup", {}, columns),
      el("thead", {}, el("tr", {}, this.heads)), this.body);
    this.scroller = el("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": this.label }, this.table);
    this.scroller.addEventListener("scroll", () => this.fill());
    this.found = el("span", { class: "found", role: "status" });
    const small = this.rows.length <= ROWS_WITHOUT_FILTER && !this.filters.some((filter) => this.rows.some(filter.of));
    this.node = el("div", { class: "grid", "data-table": this.label }, small ? null : this.bar(), this.scroller);
  }

  head(column, index) {
    const button = el("button", { type: "button", onclick: () => this.sortBy(index) }, column.label);
    return el("th", { scope: "col", class: column.number ? "number" : null, title: column.title }, button);
  }

  bar() {
    const search = el("input", { type: "search", placeholder: "Filter", "aria-label": `Filter: ${this.label}` });
    search.addEventListener("input", () => {
      this.query = search.value.toLowerCase();
      this.update();
    });
    const buttons = this.filters.map((filter) => this.filterButton(filter));
    return el("div", { class: "gridbar" }, search, buttons, this.found);
  }

  filterButton(filter) {
    const count = this.rows.filter(filter.of).length;
    const button = el("button", { type: "button", class: "chip", "aria-pressed": "false" }, `${filter.label} `,
      el("span", { class: "count" }, formatCount(count)));
    button.addEventListener("click", () => {
      this.filter = this.filter === filter ? null : filter;
      for (const other of this.node.querySelectorAll(".chip")) other.setAttribute("aria-pressed", "false");
      button.setAttribute("aria-pressed", String(this.filter === filter));
      this.update();
    });
    return button;
  }

  sortBy(index) {
    this.descending = this.sort === index ? !this.descending : Boolean(this.columns[index].number);
    this.sort = index;
    this.update();
  }

  searched(row) {
    return this.columns.filter((column) => !column.number).map((column) => textOf(column, row)).join("\n");
  }

  /** Filters, sorts, and begins at the top. What is not known comes last either way. */
  update() {
    let rows = this.filter ? this.rows.filter(this.filter.of) : this.rows;
    if (this.query) rows = rows.filter((row) => this.searched(row).toLowerCase().includes(this.query));
    if (this.sort >= 0) rows = sorted(rows, this.columns[this.sort].value, this.descending);
    this.shown = rows;
    this.heads.forEach((head, index) => {
      if (index === this.sort) head.setAttribute("aria-sort", this.descending ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    this.found.textContent = rows.length === this.rows.length ? plural(rows.length, "row")
      : `${formatCount(rows.length)} of ${plural(this.rows.length, "row")}`;
    this.table.setAttribute("aria-rowcount", String(rows.length + 1));
    this.scroller.scrollTop = 0;
    this.range = null;
    this.fill();
  }

  window() {
    if (this.printing) return [0, Math.min(this.shown.length, ROWS_PRINTED)];
    if (this.shown.length <= ROWS_AT_ONCE) return [0, this.shown.length];
    const first = Math.max(0, Math.floor(this.scroller.scrollTop / ROW_HEIGHT) - 10);
    return [first, Math.min(this.shown.length, first + ROWS_AT_ONCE)];
  }

  fill() {
    const [first, last] = this.window();
    if (this.range && this.range[0] === first && this.range[1] === last) return;
    this.range = [first, last];
    const nodes = this.shown.slice(first, last).map((row, i) => this.row(row, first + i));
    if (!this.shown.length) nodes.push(el("tr", {}, el("td", { class: "empty", colspan: this.columns.length }, this.empty)));
    this.body.replaceChildren(this.spacer(first), ...nodes, this.spacer(this.printing ? 0 : this.shown.length - last));
    if (this.printing && last < this.shown.length)
      this.body.append(el("tr", {}, el("td", { colspan: this.columns.length }, `and ${plural(this.shown.length - last, "row")} more`)));
  }

  spacer(rows) {
    const cell = el("td", { colspan: this.columns.length });
    cell.style.height = `${rows * ROW_HEIGHT}px`;
    return el("tr", { class: "spacer", "aria-hidden": "true" }, cell);
  }

  row(row, index) {
    const cells = this.columns.map((column, i) => {
      const text = textOf(column, row);
      const content = column.cell ? column.cell(row) : text;
      const shown = this.pick && i === 0 ? el("button", { type: "button", class: "link" }, content) : content;
      return el("td", { class: column.number ? "number" : column.class, title: text }, shown);
    });
    const node = el("tr", { "aria-rowindex": index + 2 }, cells);
    if (this.pick) {
      node.classList.add("pickable");
      node.addEventListener("click", () => this.pick(row));
    }
    return node;
  }

  print(on) {
    this.printing = on;
    this.range = null;
    this.fill();
  }
}

function textOf(column, row) {
  const value = column.text ? column.text(row) : column.value(row);
  return known(value) ? String(value) : DASH;
}

function sorted(rows, valueOf, descending) {
  const keyed = rows.map((row) => ({ row, value: valueOf(row) }));
  const sign = descending ? -1 : 1;
  keyed.sort((a, b) => {
    if (!known(a.value) || !known(b.value)) return known(b.value) - known(a.value);
    return a.value < b.value ? -sign : a.value > b.value ? sign : 0;
  });
  return keyed.map((one) => one.row);
}

function startGrids() {
  window.addEventListener("beforeprint", () => grids.forEach((grid) => grid.print(true)));
  window.addEventListener("afterprint", () => grids.forEach((grid) => grid.print(false)));
}
