// SPDX-License-Identifier: MIT
//
// The window of a run that the page holds, how it is brought up to date, and how numbers are
// written. No DOM, no network: what comes in are answers of /api/series.

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
export const FAILURES = ['http_error', 'wrong_answer', 'refused', 'reset', 'malformed', 'timeout',
  'shed', 'unfinished'];

/** Seconds that late answers may still change: the timeout, and time for them to be stored. */
export function unsettledSeconds(answer) {
  return Math.max(40, Math.ceil(answer.timeout_s || 0) + 10);
}

/** Points that a window holds at most, as on the server. */
const POINTS_MAX = 4000;

export function resolutionFor(seconds) {
  return [1, 10, 60].find((resolution) => seconds / resolution <= POINTS_MAX) ?? 600;
}

/**
 * A run from second `from` on, one slot per `resolution` seconds. A slot without a row is a gap:
 * null in every column. `has` tells a percentile beyond the timeout (null with a row) from a gap.
 */
export class Window {
  constructor(answer) {
    this.key = answer.key;
    this.resolution = answer.resolution;
    this.from = answer.from;
    this.columns = answer.series.columns.map(() => []);
    this.has = [];
    this.requests = [];
    this.completed = [];
    this.errors = [];
    this.due = [];
    this.outcomes = Object.fromEntries(FAILURES.map((name) => [name, []]));
    this.length = 0;
    this.merge(answer);
  }

  /** Replaces everything from `answer.from` on: what is missing there is a gap. */
  merge(answer) {
    this.run = answer;
    const first = Math.max(0, (answer.from - this.from) / this.resolution);
    const stamps = [answer.series.t, answer.traffic.t, answer.due.t];
    const last = Math.max(-1, ...stamps.map((t) => (t.length ? this.slot(t[t.length - 1]) : -1)));
    this.length = Math.max(first, last + 1);
    for (const column of this.all()) {
      column.length = Math.min(column.length, first);
      while (column.length < this.length) column.push(null);
    }
    this.fill(answer.series.t, answer.series.columns, this.columns);
    answer.series.t.forEach((t) => { this.has[this.slot(t)] = true; });
    const {traffic, due} = answer;
    this.fill(traffic.t, [traffic.requests, traffic.completed, traffic.errors],
      [this.requests, this.completed, this.errors]);
    const names = Object.keys(traffic.outcomes);
    this.fill(traffic.t, names.map((name) => traffic.outcomes[name]),
      names.map((name) => this.outcomes[name]));
    this.fill(due.t, [due.requests], [this.due]);
    this.dropUnfinished(answer);
  }

  /** A slot that is still being filled would look like a drop. */
  dropUnfinished(answer) {
    if (answer.state !== 'running') return;
    const over = answer.end - 1;  // whole seconds that have passed
    while (this.length > 0 && this.second(this.length) > over) this.length -= 1;
    for (const column of this.all()) column.length = this.length;
  }

  all() {
    return [...this.columns, this.has, this.requests, this.completed, this.errors, this.due,
      ...Object.values(this.outcomes)];
  }

  slot(second) {
    return (second - this.from) / this.resolution;
  }

  second(slot) {
    return this.from + slot * this.resolution;
  }

  fill(stamps, sources, targets) {
    stamps.forEach((t, row) => {
      const slot = this.slot(t);
      if (slot < 0) return;
      sources.forEach((source, k) => { targets[k][slot] = source[row]; });
    });
  }

  seconds() {
    return Array.from({length: this.length}, (_, slot) => this.second(slot));
  }

  isMetric() {
    return this.key.startsWith('metric:');
  }

  /** Counts of a slot as a rate, so that a resolution does not change what is drawn. */
  perSecond(column) {
    return column.map((value) => (value === null ? null : value / this.resolution));
  }

  /** The main chart's columns: counters as rates. */
  mainColumns() {
    if (this.key.startsWith('counter:')) return this.columns.map((c) => this.perSecond(c));
    return this.columns;
  }

  /**
   * What should have been sent. A constant rate is known; other laws are what the scheduler
   * counted, and of one endpoint what was due among its requests.
   */
  targetColumn() {
    const {run} = this;
    if (run.endpoint !== 0) return this.perSecond(this.requests);
    if (run.target_rps > 0 && run.profile.startsWith('constant')) {
      const end = run.planned_s > 0 ? Math.min(run.planned_s, run.end) : run.end;
      return this.seconds().map((second) => (second < end ? run.target_rps : null));
    }
    return this.perSecond(this.due);
  }

  /** Stacked from the last to the first: column k holds failure k and those after it. */
  stackedFailures() {
    let above = new Array(this.length).fill(0);
    const stacked = [];
    for (const name of [...FAILURES].reverse()) {
      const column = this.outcomes[name];
      above = above.map((sum, slot) => sum + (column[slot] ?? 0) / this.resolution);
      stacked.unshift(above.map((sum) => (sum > 0 ? sum : null)));
    }
    return stacked;
  }

  /** Seconds [from, to]. */
  failuresIn(name, from, to) {
    return this.outcomes[name].reduce((sum, count, slot) => (
      this.second(slot) >= from && this.second(slot) <= to ? sum + (count ?? 0) : sum), 0);
  }

  /** The last slot within [from, to] that holds something; -1 for none. */
  latest(from, to) {
    for (let slot = this.length - 1; slot >= 0; --slot) {
      const shown = this.second(slot) >= from && this.second(slot) <= to;
      if (shown && (this.has[slot] || this.requests[slot] > 0)) return slot;
    }
    return -1;
  }
}

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
