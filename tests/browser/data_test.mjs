// SPDX-License-Identifier: MIT
//
// The page's window of a run, without a browser: node data_test.mjs.
import assert from 'node:assert/strict';

import {Window, resolutionFor} from '../../ui/web/data.js';
import {gatherEvents} from '../../ui/web/events.js';
import {FAILURES, formatBytes, formatDuration, formatElapsed, formatMillis, formatMillisTick,
  formatNumber, formatRate, formatShare, samplesNeeded} from '../../ui/web/format.js';

/** An answer of /api/series with one row per second of `seconds`. */
function answer(seconds, change = {}) {
  const row = (value) => seconds.map(() => value);
  return {
    run: 1, state: 'running', started_s: 1000, elapsed_s: 59, end: 60, timeout_s: 30, endpoint: 0,
    target_rps: 100, planned_s: 60, profile: 'constant 100/s', resolution: 1, from: 0,
    response: {t: seconds, columns: Array.from({length: 8}, (_, k) => row(k + 1))},
    service: {t: seconds, columns: Array.from({length: 8}, (_, k) => row((k + 1) / 2))},
    traffic: {t: seconds, requests: row(100), completed: row(90), errors: row(10),
      bytes_in: row(5000), bytes_out: row(1000), outcomes: {timeout: row(7), reset: row(3)}},
    health: {t: seconds, due: row(100), sent: row(99), late: row(0), in_flight: row(4),
      connections: row(8), backlog: row(2), lag_p99_ms: row(0.05), lag_max_ms: row(0.06),
      busy_share: row(0.1), cpu_share: row(0.1), wait_share: row(0), turn_ms_max: row(0.2),
      users: row(0)},
    ...change,
  };
}

const response = (data) => data.clocks.response;

const tests = {
  'missing seconds are gaps'() {
    const data = new Window(answer([0, 1, 4]));
    assert.deepEqual(data.seconds(), [0, 1, 2, 3, 4]);
    assert.deepEqual(response(data).columns[1], [2, 2, null, null, 2]);
    assert.deepEqual(data.traffic.completed, [90, 90, null, null, 90]);
    assert.deepEqual(response(data).has.map(Boolean), [true, true, false, false, true]);
  },

  'an increment replaces what it covers and leaves the rest'() {
    const data = new Window(answer([0, 1, 2, 3]));
    const late = answer([2, 3, 5], {from: 2});
    late.response.columns[1] = [20, 30, 50];
    data.merge(late);
    assert.deepEqual(response(data).columns[1], [2, 2, 20, 30, null, 50]);
    data.merge(answer([2], {from: 2}));
    assert.deepEqual(response(data).columns[1], [2, 2, 2]);
    assert.equal(response(data).has.length, 3);
    data.merge(answer([], {from: 2}));
    assert.equal(data.length, 2);
  },

  'beyond the timeout is not a gap'() {
    const one = answer([0]);
    one.response.columns[5] = [null];
    const data = new Window(one);
    assert.equal(response(data).columns[5][0], null);
    assert.equal(response(data).has[0], true);
  },

  'a slot that is still being filled is left out'() {
    const length = (end, change = {}) => new Window(answer([0, 10, 20],
      {resolution: 10, end, ...change})).length;
    assert.equal(length(27), 2);  // 26 whole seconds have passed
    assert.equal(length(30), 2);
    assert.equal(length(31), 3);
    assert.equal(length(27, {state: 'finished'}), 3);
    assert.equal(new Window(answer([57, 58, 59], {from: 57})).length, 2);
  },

  'counts become rates'() {
    const data = new Window(answer([0, 10], {resolution: 10, state: 'finished'}));
    assert.deepEqual(data.perSecond(data.traffic.completed), [9, 9]);
    assert.deepEqual(data.columnsOf('counter:client/requests')[0], [10, 10]);
  },

  'a run that ends within a slot does not seem to get slower'() {
    const ended = (elapsed) => new Window(answer([0, 1, 2], {state: 'finished',
      elapsed_s: elapsed, end: 3}));
    const rates = (elapsed) => ended(elapsed).perSecond(ended(elapsed).traffic.completed);
    assert.deepEqual(rates(2.999), [90, 90, 90]);
    assert.deepEqual(rates(2.75), [90, 90, 120]);
    assert.deepEqual(rates(2.01), [90, 90, null]);
  },

  'every key has its columns'() {
    const data = new Window(answer([0, 2]));
    assert.equal(data.columnsOf('metric:client/request_latency_ms').length, 8);
    assert.equal(data.columnsOf('metric:client/service_latency_ms')[1][0], 1);
    const first = (key) => data.columnsOf(key).map((column) => [column[0], column[1]]);
    assert.deepEqual(first('counter:client/success'), [[90, null]]);
    assert.deepEqual(first('counter:client/failures'), [[10, null]]);
    assert.deepEqual(first('counter:client/failures/timeout'), [[7, null]]);
    assert.deepEqual(first('counter:client/failures/shed'), [[0, null]]);
    assert.deepEqual(first('counter:client/received_bytes'), [[5000, null]]);
    assert.deepEqual(first('counter:requests_sent'), [[99, null]]);
    assert.deepEqual(first('gauge:client/pending'), [[4, null]]);
    assert.deepEqual(first('gauge:queue_depth'), [[2, null]]);
    assert.deepEqual(first('gauge:lag_p99_ms'), [[0.05, null]]);
  },

  'the target is constant, counted, or of one endpoint'() {
    assert.deepEqual(new Window(answer([0, 2])).targetColumn(), [100, 100, 100]);
    assert.deepEqual(new Window(answer([0, 2], {planned_s: 1})).targetColumn(), [100, null, null]);
    assert.deepEqual(new Window(answer([0, 2], {profile: 'ramp'})).targetColumn(),
      [100, null, 100]);
    const steered = new Window(answer([0, 2]));
    steered.steered = true;
    assert.deepEqual(steered.targetColumn(), [100, null, 100]);
    assert.deepEqual(new Window(answer([0, 2], {endpoint: 3, target_rps: 7})).targetColumn(),
      [100, null, 100]);
  },

  'failures are stacked in one order'() {
    const stacked = new Window(answer([0])).stackedFailures();
    assert.deepEqual(stacked.map((column) => column[0]),
      FAILURES.map((name, k) => (k <= FAILURES.indexOf('reset') ? 10
        : k <= FAILURES.indexOf('timeout') ? 7 : null)));
  },

  'failures within a span'() {
    const data = new Window(answer([0, 1, 2, 3]));
    assert.equal(data.failuresIn('timeout', 0, Infinity), 28);
    assert.equal(data.failuresIn('timeout', 1, 2), 14);
    assert.equal(data.failuresIn('shed', 0, Infinity), 0);
  },

  'the latest second that holds something'() {
    const at = (seconds, change, from = 0, to = Infinity) => new Window(answer(seconds, change))
      .latest(from, to);
    assert.equal(at([57, 58, 59], {from: 57}), 1);
    assert.equal(at([57, 58, 59], {from: 57, state: 'finished'}), 2);
    assert.equal(at([0, 1, 5], {}, 0, 3), 1);
    assert.equal(at([], {}), -1);
  },

  'a message of the stream replaces from its first second on'() {
    const data = new Window(answer([0, 1, 2], {end: 4}));
    data.merge(answer([2, 3], {from: 2, end: 5}));
    assert.equal(data.length, 4);
    assert.equal(data.reach(), 4);
    assert.deepEqual(data.health.in_flight, [4, 4, 4, 4]);
  },

  'shares and bytes'() {
    assert.deepEqual([[1, 3], [1, 100000], [99999, 100000], [0, 5], [5, 5], [1, 0]]
      .map(([part, whole]) => formatShare(part, whole)),
    ['33.3 %', '0.001 %', '99.999 %', '0 %', '100 %', '\u2013']);
    assert.deepEqual([12, 4120, 5.25e6].map(formatBytes), ['12 B', '4.12 kB', '5.25 MB']);
  },

  'events of a kind that follow each other closely are told as one'() {
    const stall = (at, value) => ({at_s: at, kind: 'stall', has_length: true, value, count: 1});
    const change = {at_s: 4, kind: 'rate_change', has_length: false, value: 0, count: 1};
    assert.deepEqual(gatherEvents([stall(1, 5), stall(3, 9), change, change, stall(6, 1),
      stall(20, 2)]).map(({at_s: at, kind, count, value}) => [at, kind, count, value]), [
      [1, 'stall', 2, 9], [4, 'rate_change', 1, 0], [4, 'rate_change', 1, 0], [6, 'stall', 1, 1],
      [20, 'stall', 1, 2]]);
  },

  'resolutions'() {
    assert.deepEqual([60, 4000, 4001, 40001, 86400, 1e7].map(resolutionFor),
      [1, 1, 10, 60, 60, 600]);
  },

  'samples needed'() {
    assert.deepEqual([0, 1, 2, 3, 4, 5, 6, 7].map(samplesNeeded),
      [13, 6, 13, 36, 72, 368, 3688, 36887]);
  },

  'numbers'() {
    assert.deepEqual([0.0005, 0.9284, 0.9996, 4.5556, 45.06, 999.4, 999.96, 1234, 30000]
      .map(formatMillis), ['500 ns', '928 \u00b5s', '1.00 ms', '4.56 ms', '45.1 ms', '999 ms',
      '1.00 s', '1.23 s', '30.0 s']);
    assert.deepEqual([0, 0.5, 2, 250, 1500].map(formatMillisTick),
      ['0', '500 \u00b5s', '2 ms', '250 ms', '1.5 s']);
    assert.deepEqual([0, 12, 0.125, 45.67, 12345.6].map(formatNumber),
      ['0', '12', '0.13', '45.7', '12,346']);
    assert.deepEqual([0, 91.6667, 100, 0.51234, 12345.6].map(formatRate),
      ['0', '91.67', '100', '0.5123', '12,346']);
    assert.deepEqual([0.5, 30, 90, 3600].map(formatDuration),
      ['0.5 s', '30 s', '1 min 30 s', '1 h']);
    assert.deepEqual([0, 75, 3723].map(formatElapsed), ['0:00', '1:15', '1:02:03']);
  },
};

let failed = 0;
for (const [name, body] of Object.entries(tests)) {
  try {
    body();
    console.log(`ok      ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n${error.stack}`);
  }
}
process.exit(failed ? 1 : 0);
