// SPDX-License-Identifier: MIT
//
// One time chart: uPlot with our axes, gaps, colours, zoom and keys. Knows nothing of runs; several
// of them share a cursor and are told which span to show.
/* global uPlot */
import {formatElapsed} from './format.js';

const colours = new Map();

/** The value of a custom property of the page, in the present colour scheme. */
export function colour(name) {
  if (!colours.has(name)) {
    colours.set(name, getComputedStyle(document.documentElement).getPropertyValue(name).trim());
  }
  return colours.get(name);
}

export function forgetColours() {
  colours.clear();
}

const ELAPSED_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600,
  43200, 86400, 172800, 604800];

/** Points that have no neighbour, which no line would show. */
function isolatedPoints(u, series) {
  const [values, lonely] = [u.data[series], []];
  const [from, to] = u.series[0].idxs ?? [0, values.length - 1];
  for (let k = Math.max(from, 0); k <= to; ++k) {
    const alone = (values[k - 1] ?? null) === null && (values[k + 1] ?? null) === null;
    if ((values[k] ?? null) !== null && alone) lonely.push(k);
  }
  return lonely.length ? lonely : null;
}

export function niceBelow(value) {
  const decade = 10 ** Math.floor(Math.log10(value));
  return [5, 2, 1].map((digit) => digit * decade).find((nice) => nice <= value) ?? decade;
}

export function niceAbove(value) {
  const decade = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5].map((digit) => digit * decade).find((nice) => nice >= value) ?? 10 * decade;
}

/** Which lines of a log scale are labelled: 1, 2 and 5 of a decade while there is room for them. */
export function logLabels(splits) {
  const decades = Math.log10(splits[splits.length - 1] / splits[0]);
  const labelled = decades < 2.5 ? [1, 2, 5] : [1];
  return splits.map((value) => {
    const digit = Math.round(value / 10 ** Math.floor(Math.log10(value) + 1e-9));
    return labelled.includes(digit) ? value : null;
  });
}

/** Formats instants of the x axis: "14:02:05", with the day where it begins. */
function clockFormatter(utc) {
  const zone = utc ? {timeZone: 'UTC'} : {};
  const time = {hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...zone};
  const short = new Intl.DateTimeFormat('en-GB', time);
  const long = new Intl.DateTimeFormat('en-GB', {...time, second: '2-digit'});
  const day = new Intl.DateTimeFormat('en-GB', {day: 'numeric', month: 'short', ...zone});
  return (splits, step) => splits.map((t, k) => {
    const date = new Date(t * 1000);
    if (step >= 86400) return day.format(date);
    const text = (step < 60 ? long : short).format(date);
    const before = k > 0 ? day.format(new Date(splits[k - 1] * 1000)) : null;
    return before !== null && before !== day.format(date) ? `${text}\n${day.format(date)}` : text;
  });
}

export class Chart {
  /**
   * `options`: element, height, series [{label, color, dash, bars, width, fill}], formatTick, log,
   * clock ('local', 'utc' or 'elapsed'), xLabels, onZoom(min, max), onReset(), onCursor(index),
   * beyond(series, index): the value is slower than the chart can say. `yMax`: the scale reaches
   * at least so far. `yRange()` sets the scale of a chart that `paint(chart, plot)`s by itself.
   * `decorate(chart, plot)` draws over the lines.
   */
  constructor(options) {
    this.options = options;
    this.range = [0, 1];
    this.plot = new uPlot(this.uplotOptions(), [[], ...options.series.map(() => [])],
      options.element);
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(options.element);
    this.onKey = (event) => this.handleKey(event);
    options.element.addEventListener('keydown', this.onKey);
  }

  destroy() {
    this.observer.disconnect();
    this.options.element.removeEventListener('keydown', this.onKey);
    this.plot.destroy();
  }

  width() {
    return Math.max(this.options.element.clientWidth, 120);
  }

  resize() {
    if (this.plot.width !== this.width()) {
      this.plot.setSize({width: this.width(), height: this.options.height});
    }
  }

  uplotOptions() {
    const {options} = this;
    return {
      width: this.width(),
      height: options.height,
      tzDate: (t) => (options.clock === 'utc' ? uPlot.tzDate(new Date(t * 1e3), 'Etc/UTC')
        : new Date(t * 1e3)),
      legend: {show: false},
      padding: [8, 26, 0, 0],
      cursor: this.cursorOptions(),
      scales: {
        x: {time: options.clock !== 'elapsed', auto: false, range: () => this.range},
        y: {distr: options.log ? 3 : 1, range: (u, min, max) => this.yRange(min, max)},
      },
      axes: [this.xAxis(), this.yAxis()],
      series: [{}, ...options.series.map((one) => this.uplotSeries(one))],
      hooks: {
        setSelect: [(u) => this.handleSelect(u)],
        setCursor: [(u) => options.onCursor(u.cursor.idx ?? null)],
        drawAxes: [(u) => options.paint?.(this, u)],
        draw: [(u) => { this.drawBeyond(u); options.decorate?.(this, u); }],
      },
    };
  }

  cursorOptions() {
    return {
      y: false,
      points: {size: 7},
      drag: {x: true, y: false, setScale: false},
      bind: {dblclick: () => () => { this.options.onReset(); return null; }},
      // The cursor is shared; a zoom reaches the others through onZoom.
      sync: {key: 'macaw', setSeries: false, scales: ['x', null],
        filters: {pub: (type) => type === 'mousemove' || type === 'mouseleave'}},
    };
  }

  xAxis() {
    const {clock, xLabels} = this.options;
    const format = clockFormatter(clock === 'utc');
    return {
      show: true,
      size: xLabels ? 38 : 10,
      font: '12px system-ui, sans-serif',
      stroke: () => colour('--muted'),
      grid: {stroke: () => colour('--grid'), width: 1},
      ticks: {show: false},
      gap: 6,
      space: 74,
      ...(clock === 'elapsed' ? {incrs: ELAPSED_STEPS} : {}),
      values: (u, splits, axis, space, step) => {
        if (!xLabels) return splits.map(() => '');
        return clock === 'elapsed' ? splits.map(formatElapsed) : format(splits, step);
      },
    };
  }

  yAxis() {
    const {formatTick, axisSize, height} = this.options;
    return {
      size: axisSize,
      font: '12px system-ui, sans-serif',
      stroke: () => colour('--muted'),
      grid: {stroke: () => colour('--grid'), width: 1,
        ...(this.options.log ? {filter: (u, splits) => logLabels(splits)} : {})},
      ticks: {show: false},
      gap: 6,
      space: height > 200 ? 40 : 24,
      ...(this.options.log ? {filter: (u, splits) => logLabels(splits)} : {}),
      values: (u, splits) => splits.map((v) => (v === null ? '' : formatTick(v))),
    };
  }

  uplotSeries(one) {
    return {
      label: one.label,
      stroke: () => colour(one.color),
      fill: one.bars || one.area ? () => colour(one.color) : undefined,
      width: one.bars ? 0 : (one.width ?? 1.75),
      dash: one.dash,
      alpha: one.alpha,
      show: one.show ?? true,
      spanGaps: false,
      paths: one.bars ? uPlot.paths.bars({size: [0.86, 24], align: 0}) : undefined,
      points: {show: false, size: 5, fill: () => colour(one.color),
        filter: one.bars ? () => null : isolatedPoints},
    };
  }

  yRange(min, max) {
    if (this.options.yRange) return this.options.yRange();
    if (this.options.log) {
      if (!(max > 0)) return [0.1, 100];
      // The next 1, 2 or 5 instead of whole decades, which would flatten most runs.
      const low = niceBelow(min);
      return [low, niceAbove(Math.max(max, low * 4))];
    }
    return [0, Math.max(max > 0 ? max * 1.08 : 1, this.options.yMax ?? 0)];
  }

  /** `xs` ascending, `columns` as the series; null is a gap. A log scale cannot show zero. */
  setData(xs, columns) {
    const shown = this.options.log && !this.options.paint
      ? columns.map((column) => column.map((v) => (v !== null && v > 0 ? v : null))) : columns;
    this.plot.setData([xs, ...shown], false);
    this.show(...this.range);
  }

  show(min, max) {
    this.range = [min, max > min ? max : min + 1];
    this.plot.setScale('x', {min: this.range[0], max: this.range[1]});
  }

  setShown(series, show) {
    this.plot.setSeries(series + 1, {show});
  }

  redraw() {
    this.plot.redraw(true, true);
  }

  handleSelect(u) {
    const {left, width} = u.select;
    if (width < 4) return;
    const [min, max] = [u.posToVal(left, 'x'), u.posToVal(left + width, 'x')];
    u.setSelect({left: 0, width: 0, top: 0, height: 0}, false);
    this.options.onZoom(min, max);
  }

  /** Seconds whose percentile lies beyond the timeout: a mark at the top, in the line's colour. */
  drawBeyond(u) {
    const {beyond, series} = this.options;
    if (!beyond) return;
    const {ctx, bbox} = u;
    const size = 5 * devicePixelRatio;
    ctx.save();
    u.data[0].forEach((x, k) => {
      if (x < this.range[0] || x > this.range[1]) return;
      const at = u.valToPos(x, 'x', true);
      series.forEach((one, s) => {
        if (!u.series[s + 1].show || !beyond(s, k)) return;
        ctx.fillStyle = colour(one.color);
        ctx.beginPath();
        ctx.moveTo(at - size * 0.8, bbox.top + size * 1.4);
        ctx.lineTo(at + size * 0.8, bbox.top + size * 1.4);
        ctx.lineTo(at, bbox.top);
        ctx.fill();
      });
    });
    ctx.restore();
  }

  moveCursor(step) {
    const u = this.plot;
    const xs = u.data[0];
    if (xs.length === 0) return;
    const first = xs.findIndex((x) => x >= this.range[0]);
    let last = xs.length - 1;
    while (last > 0 && xs[last] > this.range[1]) --last;
    const now = u.cursor.idx ?? (step < 0 ? last + 1 : first - 1);
    const index = Math.min(Math.max(now + step, Math.max(first, 0)), last);
    u.setCursor({left: u.valToPos(xs[index], 'x'), top: 10});
    this.options.onKeyCursor(index);
  }

  handleKey(event) {
    const wide = event.shiftKey ? 10 : 1;
    const [min, max] = this.range;
    const u = this.plot;
    const middle = u.cursor.idx == null ? (min + max) / 2 : u.data[0][u.cursor.idx];
    const zoom = (factor) => this.options.onZoom(middle - (middle - min) * factor,
      middle + (max - middle) * factor);
    const actions = {
      ArrowLeft: () => this.moveCursor(-wide),
      ArrowRight: () => this.moveCursor(wide),
      Home: () => this.moveCursor(-Infinity),
      End: () => this.moveCursor(Infinity),
      '+': () => zoom(0.5),
      '=': () => zoom(0.5),
      '-': () => zoom(2),
      Escape: () => this.options.onReset(),
    };
    if (event.ctrlKey || event.metaKey || event.altKey || !actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  }
}
