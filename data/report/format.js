"use strict";
// Figures as people read them. What is not known is a dash.

const DASH = "–";

function formatCount(value) {
  return known(value) ? value.toLocaleString("en-US") : DASH;
}

/** 26,000 or 1.3 M: for counts whose last digits tell nothing. */
function formatLarge(value) {
  return known(value) && value >= 1e5 ? new Intl.NumberFormat("en-US", { notation: "compact", maximumSignificantDigits: 3 }).format(value) : formatCount(value);
}

function formatSeconds(seconds) {
  if (!known(seconds)) return DASH;
  if (seconds === 0) return "0 s";
  if (seconds < 0.001) return `${(seconds * 1e6).toFixed(0)} µs`;
  if (seconds < 1) return `${(seconds * 1000).toFixed(seconds < 0.01 ? 1 : 0)} ms`;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  const whole = Math.round(seconds);
  const two = (number) => String(number).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${two(whole % 60)}s`;
  return `${formatCount(Math.floor(whole / 3600))}h ${two(Math.floor((whole % 3600) / 60))}m`;
}

function formatBytes(bytes) {
  if (!known(bytes)) return DASH;
  const units = ["B", "KB", "MB", "GB", "TB"];
  let unit = 0;
  while (bytes >= 1024 && unit < units.length - 1) {
    bytes /= 1024;
    unit++;
  }
  return `${unit === 0 ? bytes : bytes.toFixed(bytes < 10 ? 2 : 1)} ${units[unit]}`;
}

const formatMegabytes = (megabytes) => (known(megabytes) ? formatBytes(Math.round(megabytes * 1048576)) : DASH);

function formatMoney(dollars) {
  if (!known(dollars)) return DASH;
  const digits = dollars >= 10 ? 2 : 4;
  return `$${dollars.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}

/** Of several calls together; a question mark where the cost of some is not known. */
function formatCost(dollars, calls, unknown) {
  return calls > 0 && unknown === calls ? "?" : formatMoney(dollars) + (unknown ? " + ?" : "");
}

const formatPercent = (percent) => (known(percent) ? `${percent.toFixed(percent < 10 ? 1 : 0)} %` : DASH);

const isoOf = (micros) => new Date(Math.floor(micros / 1000)).toISOString();
const formatDay = (micros) => isoOf(micros).slice(0, 10);

function formatClock(micros, digits = 3) {
  if (!known(micros)) return DASH;
  const fraction = String(Math.floor(micros) % 1e6).padStart(6, "0").slice(0, digits);
  return isoOf(micros).slice(11, 19) + (digits ? `.${fraction}` : "");
}

function formatMoment(micros) {
  return known(micros) ? `${formatDay(micros)} ${formatClock(micros)}` : DASH;
}

/** "1 error", "2 errors". */
function plural(count, word) {
  return `${formatCount(count)} ${word}${count === 1 ? "" : "s"}`;
}
