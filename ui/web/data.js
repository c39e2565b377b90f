// SPDX-License-Identifier: MIT
//
// The window of a run that the page holds, and how it is brought up to date. No DOM, no network:
// what comes in are answers of /api/series.
import {FAILURES} from './format.js';

/** Points that a window holds at most, as on the server. */
const POINTS_MAX = 4000;

export function resolutionFor(seconds) {
  return [1, 10, 60].find((resolution) => seconds / resolution <= POINTS_MAX) ?? 600;
}

const HEALTH = ['due', 'sent', 'late', 'in_flight', 'connections', 'backlog', 'lag_p99_ms',
  'lag_max_ms', 'busy_share', 'cpu_share', 'wait_share', 'turn_ms_max', 'users'];
/** What the health rows know of a key. */
const OF_HEALTH = {'counter:requests_sent': 'sent', 'gauge:client/pending': 'in_flight',
  'gauge:client/connections': 'connections', 'gauge:queue_depth': 'backlog',
  'gauge:lag_p99_ms': 'lag_p99_ms'};

/**
 * A run from second `from` on, one slot per `resolution` seconds. A slot without a row is a gap:
 * null in every column. `has` tells a percentile beyond the timeout (null with a row) from a gap.
 */
export class Window {
  constructor(answer) {
    this.resolution = answer.resolution;
    this.from = answer.from;
    this.clocks = {};
    for (const clock of ['response', 'service']) {
      this.clocks[clock] = {columns: answer[clock].columns.map(() => []), has: []};
    }
    this.traffic = {requests: [], completed: [], errors: [], bytes_in: [], bytes_out: []};
    this.outcomes = Object.fromEntries(FAILURES.map((name) => [name, []]));
    this.health = Object.fromEntries(HEALTH.map((name) => [name, []]));
    this.length = 0;
    /** Somebody has changed the rate or paused: the plan says nothing of the target any more. */
    this.steered = false;
    this.merge(answer);
  }

  /** Takes over everything from the answer's first second on. */
  merge(answer) {
    const {response, service, traffic, health, ...run} = answer;
    this.run = run;
    const first = Math.max(this.slot(answer.from), 0);
    const last = (stamps) => (stamps.length ? this.slot(stamps[stamps.length - 1]) + 1 : 0);
    for (const column of this.all()) column.length = Math.min(column.length, first);
    this.length = Math.max(Math.min(this.length, first), last(traffic.t), last(health.t));
    for (const column of this.all()) {
      while (column.length < this.length) column.push(null);
    }
    for (const [name, {t, columns}] of [['response', response], ['service', service]]) {
      const clock = this.clocks[name];
      this.fill(t, columns, clock.columns);
      this.fill(t, [t.map(() => true)], [clock.has]);
    }
    const names = Object.keys(this.traffic);
    this.fill(traffic.t, names.map((name) => traffic[name]), names.map((n) => this.traffic[n]));
    const failed = Object.keys(traffic.outcomes);
    this.fill(traffic.t, failed.map((name) => traffic.outcomes[name]),
      failed.map((name) => this.outcomes[name]));
    this.fill(health.t, HEALTH.map((name) => health[name]), HEALTH.map((n) => this.health[n]));
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
    const {response, service} = this.clocks;
    return [...response.columns, response.has, ...service.columns, service.has,
      ...Object.values(this.traffic), ...Object.values(this.outcomes),
      ...Object.values(this.health)];
  }

  slot(second) {
    return (second - this.from) / this.resolution;
  }

  second(slot) {
    return this.from + slot * this.resolution;
  }

  /** The second up to which slots are there. */
  reach() {
    return this.second(this.length);
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

  /** Counts of a slot as a rate, so that a resolution does not change what is drawn. */
  perSecond(column) {
    const rates = column.map((value) => (value === null ? null : value / this.resolution));
    const last = this.length - 1;
    const share = this.lastShare();
    // The rest of a run that ended within its last slot: a rate of its own, or too short for one.
    if (last >= 0 && share < 1 && rates[last] !== null) {
      rates[last] = share < 0.5 ? null : rates[last] / share;
    }
    return rates;
  }

  /** How much of the last slot the run lasted; 1 as long as it plays. */
  lastShare() {
    const {state, elapsed_s: elapsed} = this.run;
    if (state === 'running' || this.length === 0) return 1;
    const share = (elapsed - this.second(this.length - 1)) / this.resolution;
    return share > 0.98 || share < 0 ? 1 : share;
  }

  /** The columns of a key: eight of a metric, else one; counters as rates. */
  columnsOf(key) {
    if (key.startsWith('metric:client/request')) return this.clocks.response.columns;
    if (key.startsWith('metric:')) return this.clocks.service.columns;
    if (OF_HEALTH[key]) {
      const column = this.health[OF_HEALTH[key]];
      return [key.startsWith('counter:') ? this.perSecond(column) : column];
    }
    return [this.perSecond(this.counterColumn(key.replace('counter:client/', '')))];
  }

  counterColumn(name) {
    const {requests, errors, bytes_in: bytesIn, bytes_out: bytesOut} = this.traffic;
    if (name === 'success') return requests.map((n, k) => (n === null ? null : n - errors[k]));
    const failure = name.replace('failures/', '');
    if (FAILURES.includes(failure)) {
      return this.outcomes[failure].map((n, k) => (requests[k] === null ? null : n ?? 0));
    }
    return {requests, failures: errors, received_bytes: bytesIn, sent_bytes: bytesOut}[name]
      ?? requests.map(() => null);
  }

  /** Whether a percentile lies beyond the timeout: there is a row, and no number in it. */
  isBeyond(clock, column, slot) {
    const {columns, has} = this.clocks[clock];
    return has[slot] === true && columns[column][slot] === null;
  }

  /**
   * What should have been sent. A constant rate is known; other laws are what the scheduler
   * counted, and of one endpoint what was due among its requests.
   */
  targetColumn() {
    const {run} = this;
    if (run.endpoint !== 0) return this.perSecond(this.traffic.requests);
    if (this.hasConstantTarget()) {
      const end = run.planned_s > 0 ? Math.min(run.planned_s, run.end) : run.end;
      return this.seconds().map((second) => (second < end ? run.target_rps : null));
    }
    return this.perSecond(this.health.due);
  }

  hasConstantTarget() {
    return !this.steered && this.run.target_rps > 0 && this.run.profile.startsWith('constant');
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
      if (shown && (this.clocks.response.has[slot] || this.traffic.requests[slot] > 0)) return slot;
    }
    return -1;
  }
}
