// SPDX-License-Identifier: MIT
//
// The page's window of a run, without a browser: node data_test.mjs.
import assert from 'node:assert/strict';

import {FAILURES, Window, formatDuration, formatElapsed, formatMillis, formatMillisTick,
  formatNumber, resolutionFor, samplesNeeded, unsettledSeconds} from '../../ui/web/data.js';

/** An answer of /api/series with one row per second of `seconds`. */
function answer(seconds, change = {}) {
  const row = (value) => seconds.map(() => value);
  return {
    run: 1, state: 'running', started_s: 1000, elapsed_s: 59, end: 60, timeout_s: 30, endpoint: 0,
    target_rps: 100, planned_s: 60, profile: 'constant 100/s', resolution: 1, from: 0,
    key: 'metric:client/request_latency_ms',
    series: {t: seconds, columns: Array.from({length: 8}, (_, k) => row(k + 1))},
    traffic: {t: seconds, requests: row(100), completed: row(90), errors: row(10),
      outcomes: {timeout: row(7), reset: row(3)}},
    due: {t: seconds, requests: row(100)},
    ...change,
  };
}

const tests = {
  'missing seconds are gaps'() {
    const data = new Window(answer([0, 1, 4]));
    assert.deepEqual(data.seconds(), [0, 1, 2, 3, 4]);
    assert.deepEqual(data.columns[1], [2, 2, null, null, 2]);
    assert.deepEqual(data.completed, [90, 90, null, null, 90]);
    assert.deepEqual(data.has.map(Boolean), [true, true, false, false, true]);
  },

  'an increment replaces what it covers and leaves the rest'() {
    const data = new Window(answer([0, 1, 2, 3]));
    const late = answer([2, 3, 5], {from: 2});
    late.series.columns[1] = [20, 30, 50];
    data.merge(late);
    assert.deepEqual(data.columns[1], [2, 2, 20, 30, null, 50]);
    data.merge(answer([2], {from: 2}));
    assert.deepEqual(data.columns[1], [2, 2, 2]);
    assert.equal(data.has.length, 3);
    data.merge(answer([], {from: 2}));
    assert.equal(data.length, 2);
  },

  'beyond the timeout is not a gap'() {
    const one = answer([0]);
    one.series.columns[5] = [null];
    const data = new Window(one);
    assert.equal(data.columns[5][0], null);
    assert.equal(data.has[0], true);
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
    assert.deepEqual(data.perSecond(data.completed), [9, 9]);
    data.key = 'counter:client/requests';
    assert.deepEqual(data.mainColumns()[0], [0.1, 0.1]);
  },

  'the target is constant, counted, or of one endpoint'() {
    assert.deepEqual(new Window(answer([0, 2])).targetColumn(), [100, 100, 100]);
    assert.deepEqual(new Window(answer([0, 2], {planned_s: 1})).targetColumn(), [100, null, null]);
    assert.deepEqual(new Window(answer([0, 2], {profile: 'ramp'})).targetColumn(),
      [100, null, 100]);
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

  'resolutions and what may still change'() {
    assert.deepEqual([60, 4000, 4001, 40001, 86400, 1e7].map(resolutionFor),
      [1, 1, 10, 60, 60, 600]);
    assert.equal(unsettledSeconds({timeout_s: 1}), 40);
    assert.equal(unsettledSeconds({timeout_s: 120}), 130);
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
