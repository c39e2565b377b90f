// SPDX-License-Identifier: MIT
//
// Names, colours and how numbers are written. No DOM, no network.

export const PERCENTILES = [
  {name: 'p25', color: '--p25'},
  {name: 'p50', color: '--p50'},
  {name: 'p75', color: '--p75'},
  {name: 'p90', color: '--p90'},
  {name: 'p95', color: '--p95'},
  {name: 'p99', color: '--p99'},
  {name: 'p99.9', color: '--p999'},
  {name: 'p99.99', color: '--p9999'},
];

const QUANTILES = [0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999];

/** Samples that a percentile takes for a two-sided 95 % interval, as in the console: p99 368. */
export function samplesNeeded(index) {
  const q = QUANTILES[index];
  return Math.ceil(Math.log(0.025) / Math.log(Math.max(q, 1 - q)));
}

/** Outcomes other than ok, in the order in which they are stacked. */
export const FAILURES = ['http_error', 'grpc_error', 'wrong_answer', 'refused', 'reset',
  'malformed', 'timeout', 'shed', 'unfinished'];

function threeDigits(value) {
  const digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return value.toFixed(digits);
}

/** "12.3 \u00b5s", "4.56 ms", "1.20 s": as the console writes it. */
export function formatMillis(ms) {
  const ns = Math.round(ms * 1e6);
  if (ns < 1000) return `${ns} ns`;
  if (ns < 999500) return `${threeDigits(ns / 1e3)} \u00b5s`;
  if (ns < 999500000) return `${threeDigits(ns / 1e6)} ms`;
  return `${threeDigits(ns / 1e9)} s`;
}

/** An axis tick: no needless zeros. */
export function formatMillisTick(ms) {
  if (ms === 0) return '0';
  const short = (value) => String(Number(value.toPrecision(4)));
  if (ms < 1) return `${short(ms * 1e3)} \u00b5s`;
  return ms < 1000 ? `${short(ms)} ms` : `${short(ms / 1e3)} s`;
}

export function formatNumber(value) {
  const digits = Number.isInteger(value) || value >= 1000 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', {maximumFractionDigits: digits});
}

/** "30 s", "1 min 30 s", "2 h" */
export function formatDuration(seconds) {
  if (seconds < 60) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  const parts = [[Math.floor(whole / 3600), 'h'], [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's']];
  return parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`).join(' ');
}

/** "0:12", "1:02:03" */
export function formatElapsed(seconds) {
  const two = (value) => String(value).padStart(2, '0');
  const whole = Math.floor(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** "12,345 B", "1.20 MB" */
export function formatBytes(bytes) {
  const unit = [[1e9, 'GB'], [1e6, 'MB'], [1e3, 'kB']].find(([size]) => bytes >= size);
  return unit ? `${threeDigits(bytes / unit[0])} ${unit[1]}` : `${formatNumber(bytes)} B`;
}

/** "0.12 %", "12.3 %", as many digits as it takes not to say 0 or 100 of what is neither. */
export function formatShare(part, whole) {
  if (!(whole > 0)) return '\u2013';
  const percent = (100 * part) / whole;
  for (let digits = percent >= 10 ? 1 : 2; digits < 5; ++digits) {
    const text = percent.toFixed(digits);
    const lies = (Number(text) === 0 && part > 0) || (Number(text) === 100 && part < whole);
    if (!lies) return `${Number(text)} %`;
  }
  return part > whole / 2 ? '> 99.99 %' : '< 0.0001 %';
}

/** A rate of a run in four digits, as the summary writes it: "91.67", "12,346". */
export function formatRate(perSecond) {
  if (!(perSecond > 0)) return '0';
  const rounded = perSecond >= 10000 ? Math.round(perSecond) : Number(perSecond.toPrecision(4));
  return rounded.toLocaleString('en-US', {maximumFractionDigits: 12});
}
