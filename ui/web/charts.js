// SPDX-License-Identifier: MIT
//
// The page's time charts and its spectrum: what is in each, drawn from what the page holds. They
// share one time axis, one cursor and one zoom.
import {Chart, colour} from './chart.js';
import {FAILURES, PERCENTILES, formatDuration, formatMillis, formatMillisTick, formatNumber,
  formatShare, samplesNeeded} from './format.js';
import {drawEvents, drawWarmup} from './events.js';
import {HeatMap} from './heat.js';
import {$, buildFailures, buildLegend, buildPercentiles, buildSingle, setFailures, setText,
  setValue} from './legend.js';
import {Spectrum, joinSpectra, quantileText, spectrumText} from './spectrum.js';
import {titleOf} from './view.js';

const PARTS = [
  {id: 'lag', name: 'scheduler lag', key: 'lag_ms', color: '--part-lag'},
  {id: 'wait', name: 'connection wait', key: 'connection_wait_ms', color: '--part-wait'},
  {id: 'first', name: 'first byte', key: 'first_byte_ms', color: '--part-first'},
  {id: 'body', name: 'rest of the answer', key: 'body_ms', color: '--part-body'}];
const DASH = [5, 4];
const SERVICE_SHOWN = [1, 4, 5];
const perSecondText = (value) => `${formatNumber(value)}/s`;
const rateText = (value) => (value === null ? '\u2013' : perSecondText(value));
const millisText = (value) => (value === null ? '\u2013' : formatMillis(value));

/** Places and columns with a gap wherever an interval is missing. */
function withGaps(t, step, columns) {
  const [xs, out] = [[], columns.map(() => [])];
  t.forEach((second, k) => {
    if (k > 0 && second - t[k - 1] > step) {
      xs.push(t[k - 1] + step);
      out.forEach((column) => column.push(null));
    }
    xs.push(second);
    out.forEach((column, c) => column.push(columns[c][k]));
  });
  return [xs, out];
}

export class Charts {
  /** `page`: view, narrow(), xOf(second), on (what people do), held: {data, other, ...}. */
  constructor(page) {
    this.page = page;
    this.heat = new HeatMap();
    this.plots = null;
    this.spectrum = null;
    this.builtFor = '';
    this.cursor = null;  // slot under the pointer
    this.spectrumCursor = null;
  }

  get data() {
    return this.page.held.data;
  }

  get other() {
    return this.page.held.other;
  }

  isMetric() {
    return this.page.view.key.startsWith('metric:');
  }

  clock() {
    return this.page.view.key.startsWith('metric:client/service') ? 'service' : 'response';
  }

  isMillis() {
    return this.isMetric() || this.page.view.key.endsWith('_ms');
  }

  formatMain(value) {
    const {key} = this.page.view;
    if (this.isMillis()) return formatMillis(value);
    if (key.endsWith('_bytes')) return `${formatNumber(value / 1000)} kB/s`;
    return key.startsWith('counter:') ? perSecondText(value) : formatNumber(value);
  }

  // -------------------------------------------------------------------------- building

  build() {
    const {view} = this.page;
    const narrow = this.page.narrow();
    const about = [view.key, view.log, view.clock, narrow, this.data.run.run,
      this.data.run.endpoint, Boolean(this.other)].join(' ');
    if (about === this.builtFor && this.plots) return;
    this.builtFor = about;
    this.destroy();
    const {on, xOf} = this.page;
    const common = {clock: view.clock, axisSize: narrow ? 52 : 66, xLabels: true, ...on,
      onCursor: () => {}, height: narrow ? 150 : 170,
      decorate: (chart, plot) => {
        drawWarmup(plot, this.data.run.warmup_s, xOf);
        drawEvents(plot, this.page.held.events, xOf);
      }};
    const time = (id, options) => new Chart({...common, element: $(`${id}-chart`), ...options});
    this.plots = {
      main: time('main', {height: narrow ? 260 : 310, log: view.log, series: this.mainSeries(),
        formatTick: this.isMillis() ? formatMillisTick : (v) => this.formatMain(v),
        beyond: (series, slot) => this.isBeyond(series, slot),
        onCursor: (index) => this.moveCursor(index)}),
      heat: time('heat', {height: narrow ? 200 : 230, log: true, formatTick: formatMillisTick,
        series: [{label: 'requests', color: '--answered', width: 0}],
        yRange: () => this.heat.yRange(), paint: (chart, plot) => this.heat.paint(plot, xOf),
        onCursor: (index) => this.showHeatValue(index)}),
      traffic: time('traffic', {formatTick: perSecondText, series: this.doubled([
        {label: 'answered', color: '--answered', width: 1.75},
        {label: 'errors', color: '--bad', width: 1.5}], [
        {label: 'target', color: '--target', dash: [6, 4], width: 1.5}])}),
      errors: time('errors', {formatTick: perSecondText, series: FAILURES.map((name) => ({
        label: name, color: `--${name}`, bars: true}))}),
      service: time('service', {log: view.log, formatTick: formatMillisTick,
        beyond: (series, slot) => this.serviceIsBeyond(series, slot),
        series: this.doubled(SERVICE_SHOWN.map((k) => ({label: PERCENTILES[k].name,
          color: PERCENTILES[k].color})))}),
      parts: time('parts', {formatTick: formatMillisTick, series: [...PARTS].reverse()
        .map(({name, color}) => ({label: name, color, area: true, width: 1})),
      onCursor: (index) => this.showParts(index)}),
      flight: time('flight', {formatTick: formatNumber, yMax: 4, series: [
        {label: 'connections', color: '--target', dash: [6, 4], width: 1.5},
        {label: 'in flight', color: '--answered', width: 1.75},
        {label: 'waiting', color: '--p99', width: 1.75},
        {label: 'users', color: '--p75', width: 1.5}]}),
      health: time('health', {formatTick: formatMillisTick, yMax: 1, series: [
        {label: 'lag max', color: '--target', width: 1.25},
        {label: 'lag p99', color: '--p75', width: 1.75}],
      decorate: (chart, plot) => {
        this.paintHealth(plot);
        common.decorate(chart, plot);
      }}),
    };
    const lines = [{color: '--p99'}, {color: '--p50'}];
    this.spectrum = new Spectrum({element: $('spectrum-chart'), height: narrow ? 220 : 250,
      axisSize: narrow ? 52 : 66, log: true,
      lines: this.other ? [...lines, ...lines.map((one) => ({...one, dash: DASH, alpha: 0.7}))]
        : lines,
      onCursor: (index) => { this.spectrumCursor = index; this.showSpectrumValues(); }});
    this.buildLegends();
  }

  destroy() {
    Object.values(this.plots ?? {}).forEach((chart) => chart.destroy());
    this.spectrum?.destroy();
    this.plots = null;
    this.cursor = null;
    this.spectrumCursor = null;
  }

  /** Lines, and the same dashed where another run is laid over them. */
  doubled(series, alone = []) {
    const others = series.map((one) => ({...one, dash: DASH, alpha: 0.6, width: 1.5}));
    return [...alone, ...series, ...(this.other ? others : [])];
  }

  mainSeries() {
    if (!this.isMetric()) {
      return this.doubled([{label: titleOf(this.page.view.key), color: '--answered'}]);
    }
    return this.doubled(PERCENTILES.map(({name, color}, index) => ({label: name, color,
      show: this.page.view.shown.has(index)})));
  }

  buildLegends() {
    const {view} = this.page;
    if (this.isMetric()) {
      buildPercentiles(view.shown, (index, on) => {
        view.shown[on ? 'add' : 'delete'](index);
        this.plots.main.setShown(index, on);
        if (this.other) this.plots.main.setShown(index + PERCENTILES.length, on);
        this.showBeyondNote();
        this.page.remember();
      }, Boolean(this.other));
    } else {
      buildSingle(titleOf(view.key), Boolean(this.other));
    }
    buildLegend('traffic-legend', [
      {name: this.data.run.endpoint || this.data.run.users ? 'due' : 'target',
        color: '--target', kind: 'dashed', id: 'target'},
      {name: 'answered', color: '--answered', id: 'answered'},
      {name: 'errors', color: '--bad', id: 'errors'}]);
    buildLegend('service-legend', SERVICE_SHOWN.map((k) => ({name: PERCENTILES[k].name,
      color: PERCENTILES[k].color, id: `service-${k}`})));
    buildLegend('parts-legend', PARTS.map(({name, color, id}) => ({name, color, kind: 'bar',
      id: `part-${id}`})));
    buildLegend('flight-legend', [
      {name: 'in flight', color: '--answered', id: 'in-flight'},
      {name: 'connections', color: '--target', kind: 'dashed', id: 'connections'},
      {name: 'waiting', color: '--p99', id: 'waiting', title: 'due, and without a connection'},
      ...(this.data.run.users ? [{name: 'users', color: '--p75', id: 'users'}] : [])]);
    buildLegend('health-legend', [
      {name: 'lag p99', color: '--p75', id: 'lag-p99'},
      {name: 'max', color: '--target', id: 'lag-max'},
      {name: 'loop busy', color: 'transparent', kind: 'none', id: 'busy'},
      {name: 'waited for CPU', color: 'transparent', kind: 'none', id: 'starved'}]);
    buildLegend('spectrum-legend', [
      {name: 'response time', color: '--p99', id: 'spectrum-response'},
      {name: 'service time', color: '--p50', id: 'spectrum-service'}]);
    buildFailures();
  }

  // -------------------------------------------------------------------------- drawing

  /** Columns of this run and, where there is one, of the other, of one length. */
  joined(columns, others) {
    if (!this.other) return columns;
    const length = Math.max(this.data.length, this.other.length);
    const padded = (column) => [...column, ...new Array(length - column.length).fill(null)];
    return [...columns, ...others].map(padded);
  }

  draw() {
    const {data, other, plots} = this;
    const {key} = this.page.view;
    const length = Math.max(data.length, other?.length ?? 0);
    const xs = Array.from({length}, (_, slot) => this.page.xOf(data.second(slot)));
    plots.main.setData(xs, this.joined(data.columnsOf(key), other?.columnsOf(key)));
    const traffic = (of) => [of.perSecond(of.traffic.completed), of.perSecond(of.traffic.errors)];
    plots.traffic.setData(xs, this.joined([data.targetColumn(), ...traffic(data)],
      other && traffic(other)));
    const service = (of) => SERVICE_SHOWN.map((k) => of.clocks.service.columns[k]);
    plots.service.setData(xs, this.joined(service(data), other && service(other)));
    const own = xs.slice(0, data.length);
    plots.errors.setData(own, data.stackedFailures());
    const {health} = data;
    plots.flight.setData(own, [health.connections, health.in_flight, health.backlog,
      health.users.map((users) => (data.run.users ? users : null))]);
    plots.health.setData(own, [health.lag_max_ms, health.lag_p99_ms]);
    const failed = FAILURES.some((name) => data.failuresIn(name, 0, Infinity));
    $('errors-figure').classList.toggle('empty', !failed);
    this.drawHeat();
    this.drawParts();
    this.drawSpectrum();
  }

  drawHeat() {
    const {heat} = this.page.held;
    if (!heat || !this.plots) return;
    this.heat.set(heat);
    this.plots.heat.setData(heat.t.map(this.page.xOf), [heat.t.map(() => null)]);
    this.showHeatValue(null);
  }

  drawParts() {
    const {parts} = this.page.held;
    if (!parts || !this.plots) return;
    const sums = [];
    PARTS.forEach(({key}, k) => {
      sums.push(parts[key].map((ms, row) => ms + (k > 0 ? sums[k - 1][row] : 0)));
    });
    const [t, columns] = withGaps(parts.t, parts.resolution, sums.reverse());
    this.partsAt = t;
    this.plots.parts.setData(t.map(this.page.xOf), columns);
    this.showParts(null);
    const note = parts.rows_stored === 'errors' ? 'only rows of errors were stored'
      : parts.t.length === 0 ? 'no rows of successes' : 'mean of the successes, from the rows';
    setText('parts-note', note);
  }

  drawSpectrum() {
    const {spectrum, otherSpectrum} = this.page.held;
    if (!spectrum || !this.spectrum) return;
    this.joinedSpectrum = joinSpectra(spectrum, this.other ? otherSpectrum : null);
    const {xs, columns} = this.joinedSpectrum;
    const wanted = this.other ? 4 : 2;
    while (columns.length < wanted) columns.push(xs.map(() => null));
    this.spectrum.setData(xs, columns);
    this.showSpectrumValues();
  }

  show(from, to) {
    const [min, max] = [from, to].map(this.page.xOf);
    Object.values(this.plots).forEach((chart) => chart.show(min, max));
    this.showBeyondNote();
  }

  redraw() {
    Object.values(this.plots ?? {}).forEach((chart) => chart.redraw());
    this.spectrum?.redraw();
  }

  /** Of each slot in one look: did the generator keep to the schedule? */
  paintHealth(plot) {
    const {health, traffic, resolution} = this.data;
    const {ctx, bbox} = plot;
    const height = 5 * devicePixelRatio;
    ctx.save();
    for (let slot = 0; slot < this.data.length; ++slot) {
      if (health.lag_p99_ms[slot] === null) continue;
      const x = this.page.xOf(this.data.second(slot));
      const left = Math.max(plot.valToPos(x, 'x', true), bbox.left);
      const right = Math.min(plot.valToPos(x + resolution, 'x', true), bbox.left + bbox.width);
      if (right <= left) continue;
      const late = (health.late[slot] ?? 0) / Math.max(traffic.requests[slot] ?? 0, 1);
      const doubt = late > 0.01 || health.lag_p99_ms[slot] > 10;
      ctx.fillStyle = colour(late > 0.05 ? '--bad' : doubt ? '--doubt' : '--good');
      ctx.fillRect(left, bbox.top, Math.max(right - left, 1), height);
    }
    ctx.restore();
  }

  // -------------------------------------------------------------------------- values

  isBeyond(series, slot) {
    if (!this.isMetric()) return false;
    const count = PERCENTILES.length;
    const of = series < count ? this.data : this.other;
    return of?.isBeyond(this.clock(), series % count, slot) ?? false;
  }

  serviceIsBeyond(series, slot) {
    const count = SERVICE_SHOWN.length;
    const of = series < count ? this.data : this.other;
    return of?.isBeyond('service', SERVICE_SHOWN[series % count], slot) ?? false;
  }

  moveCursor(index) {
    if (index === this.cursor) return;
    this.cursor = index;
    this.page.cursorMoved();
  }

  /** The slot under the cursor, else the latest one of [from, to] that is over; -1 for none. */
  slot(from, to) {
    return this.cursor ?? this.data.latest(from, to);
  }

  showValues(from, to) {
    const {data} = this;
    const slot = this.slot(from, to);
    const at = (column) => (slot >= 0 && slot < data.length ? column[slot] ?? null : null);
    data.columnsOf(this.page.view.key).forEach((column, k) => this.showMain(k, slot, at(column)));
    setValue('target', rateText(at(data.targetColumn())));
    setValue('answered', rateText(at(data.perSecond(data.traffic.completed))));
    setValue('errors', rateText(at(data.perSecond(data.traffic.errors))));
    for (const k of SERVICE_SHOWN) {
      this.showPercentile(`service-${k}`, k, slot, at(data.clocks.service.columns[k]), 'service');
    }
    const {health} = data;
    const number = (column) => (at(column) === null ? '\u2013' : formatNumber(at(column)));
    setValue('in-flight', number(health.in_flight));
    setValue('connections', number(health.connections));
    setValue('waiting', number(health.backlog));
    if (data.run.users) setValue('users', number(health.users));
    setValue('lag-p99', millisText(at(health.lag_p99_ms)));
    setValue('lag-max', millisText(at(health.lag_max_ms)));
    const share = (column) => (at(column) === null ? '\u2013' : formatShare(at(column), 1));
    setValue('busy', share(health.busy_share));
    setValue('starved', share(health.wait_share));
    const counts = {};
    for (const name of FAILURES) {
      counts[name] = this.cursor === null ? data.failuresIn(name, from, to)
        : at(data.outcomes[name]) ?? 0;
    }
    const ever = new Set(FAILURES.filter((name) => data.failuresIn(name, 0, Infinity) > 0));
    setFailures(counts, ever, this.cursor === null ? 'in all that is shown' : '');
  }

  showMain(series, slot, value) {
    if (this.isMetric()) {
      this.showPercentile(series, series, slot, value, this.clock());
    } else {
      setValue(series, value === null ? '\u2013' : this.formatMain(value));
    }
    if (!this.other) return;
    const there = this.other.columnsOf(this.page.view.key)[series][slot] ?? null;
    const beyond = this.isBeyond(series + PERCENTILES.length, slot);
    const text = there === null ? (beyond ? `> ${formatDuration(this.other.run.timeout_s)}`
      : '\u2013') : this.formatMain(there);
    setValue(`${series}-other`, text, 'other', `run ${this.other.run.run}`);
  }

  showPercentile(id, percentile, slot, value, clock) {
    const beyond = slot >= 0 && this.data.isBeyond(clock, percentile, slot);
    if (value === null && !beyond) {
      setValue(id, '\u2013');
      return;
    }
    const text = beyond ? `> ${formatDuration(this.data.run.timeout_s)}` : formatMillis(value);
    const count = this.data.traffic.requests[slot] ?? 0;
    if (count < samplesNeeded(percentile)) {
      setValue(id, `~${text}`, 'few', `of only ${count} requests; ${PERCENTILES[percentile].name} `
        + `takes ${samplesNeeded(percentile)}`);
    } else {
      setValue(id, text, beyond ? 'beyond' : '');
    }
  }

  showHeatValue(index) {
    const {heat} = this.page.held;
    setText('heat-value', index === null || !heat?.t[index] && heat?.t[index] !== 0
      ? 'stronger: more requests' : this.heat.describe(heat.t[index], this.data.run.timeout_s));
  }

  showParts(index) {
    const {parts} = this.page.held;
    if (!parts) return;
    const row = index === null ? parts.t.length - 1 : parts.t.indexOf(this.partsAt[index]);
    for (const {id, key} of PARTS) {
      setValue(`part-${id}`, row >= 0 ? formatMillis(parts[key][row]) : '\u2013', '',
        row >= 0 ? `mean of ${formatNumber(parts.rows[row])} requests` : '');
    }
  }

  showSpectrumValues() {
    const {spectrum} = this.page.held;
    if (!this.joinedSpectrum || !spectrum) return;
    const {xs, columns} = this.joinedSpectrum;
    const index = this.spectrumCursor;
    if (index === null || xs[index] === undefined) {
      setText('spectrum-note', `${formatNumber(spectrum.count)} requests`);
      setValue('spectrum-response', '');
      setValue('spectrum-service', '');
      return;
    }
    setText('spectrum-note', quantileText(xs[index]));
    const text = (column) => spectrumText(column, index)
      ?? `> ${formatDuration(this.data.run.timeout_s)}`;
    const pair = (k) => (columns.length > 2 ? `${text(columns[k])} (${text(columns[k + 2])})`
      : text(columns[k]));
    setValue('spectrum-response', pair(0));
    setValue('spectrum-service', pair(1));
  }

  showBeyondNote() {
    const [from, to] = this.page.shownSpan();
    const any = this.isMetric() && [...this.page.view.shown].some((series) => (
      this.data.clocks[this.clock()].has.some((_, slot) => this.isBeyond(series, slot)
        && this.data.second(slot) >= from && this.data.second(slot) <= to)));
    $('beyond').hidden = !any;
    $('beyond').textContent = `\u25b2 slower than ${formatDuration(this.data.run.timeout_s)}: `
      + 'a failed request counts as slower than any answer';
  }
}
