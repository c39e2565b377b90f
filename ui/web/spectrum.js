// SPDX-License-Identifier: MIT
//
// The percentile spectrum: latency over 1/(1-p), so that each nine has the same room.
/* global uPlot */
import {colour, logLabels, niceAbove, niceBelow} from './chart.js';
import {formatMillis, formatMillisTick} from './format.js';

/** "90 %", "99 %", "99.9 %"; places between are not labelled. */
function percentText(place) {
  const nines = Math.round(Math.log10(place));
  if (Math.abs(10 ** nines - place) > place * 1e-6) return '';
  if (nines === 0) return '0 %';
  return nines === 1 ? '90 %' : `99${nines > 2 ? `.${'9'.repeat(nines - 2)}` : ''} %`;
}

export function quantileText(place) {
  if (!(place > 1)) return 'p0';
  const percent = 100 * (1 - 1 / place);
  const digits = Math.max(0, Math.ceil(Math.log10(place)) - 1);
  return `p${Number(percent.toFixed(Math.min(digits, 8)))}`;
}

export class Spectrum {
  /** `lines`: [{color, dash, alpha}]; `onCursor(place index or null)`. */
  constructor({element, height, axisSize, log, lines, onCursor}) {
    this.element = element;
    this.height = height;
    this.log = log;
    this.end = 10;  // of the axis
    const axis = {font: '12px system-ui, sans-serif', stroke: () => colour('--muted'),
      grid: {stroke: () => colour('--grid'), width: 1}, ticks: {show: false}, gap: 6};
    this.plot = new uPlot({
      width: this.width(), height, legend: {show: false}, padding: [8, 16, 0, 0],
      cursor: {y: false, points: {size: 7}, drag: {x: false, y: false}},
      scales: {x: {time: false, distr: 3, auto: false, range: () => [1, this.end]},
        y: {distr: log ? 3 : 1, range: (u, min, max) => (log
          ? [niceBelow(min > 0 ? min : 1), niceAbove(max > 0 ? max * 1.05 : 10)]
          : [0, Math.max((max ?? 1) * 1.08, 1e-3)])}},
      axes: [
        {...axis, size: 38, space: 50,
          grid: {...axis.grid,
            filter: (u, splits) => splits.map((v) => (percentText(v) ? v : null))},
          values: (u, splits) => splits.map((v) => (v === null ? '' : percentText(v)))},
        {...axis, size: axisSize, space: 32,
          ...(log ? {filter: (u, splits) => logLabels(splits),
            grid: {...axis.grid, filter: (u, splits) => logLabels(splits)}} : {}),
          values: (u, splits) => splits.map((v) => (v === null ? '' : formatMillisTick(v)))}],
      series: [{}, ...lines.map((line) => ({stroke: () => colour(line.color), width: 1.75,
        dash: line.dash, alpha: line.alpha, points: {show: false}, spanGaps: false}))],
      hooks: {setCursor: [(u) => onCursor(u.cursor.idx ?? null)]},
    }, [[], ...lines.map(() => [])], element);
    this.observer = new ResizeObserver(() => {
      if (this.plot.width !== this.width()) {
        this.plot.setSize({width: this.width(), height: this.height});
      }
    });
    this.observer.observe(element);
    this.onKey = (event) => this.handleKey(event);
    element.addEventListener('keydown', this.onKey);
  }

  width() {
    return Math.max(this.element.clientWidth, 120);
  }

  /** `xs` ascending places, `columns` milliseconds; a log scale cannot show zero. */
  setData(xs, columns) {
    this.plot.setData([xs, ...columns.map((column) => column.map((v) => (
      v === null || (this.log && !(v > 0)) ? null : v)))], false);
    this.end = Math.max(xs[xs.length - 1] ?? 10, 10);
    this.plot.setScale('x', {min: 1, max: this.end});
    // uPlot draws the first data with the scale of none.
    requestAnimationFrame(() => { if (!this.gone) this.redraw(); });
  }

  handleKey(event) {
    const step = {ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity}[event.key];
    const xs = this.plot.data[0];
    if (!step || xs.length === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const now = this.plot.cursor.idx ?? 0;
    const index = Math.min(Math.max(now + step * (event.shiftKey ? 10 : 1), 0), xs.length - 1);
    this.plot.setCursor({left: this.plot.valToPos(xs[index], 'x'), top: 10});
  }

  redraw() {
    this.plot.redraw(true, true);
  }

  destroy() {
    this.gone = true;
    this.observer.disconnect();
    this.element.removeEventListener('keydown', this.onKey);
    this.plot.destroy();
  }
}

/** The values of two answers of /api/spectrum on common places; `other` may be null. */
export function joinSpectra(answer, other) {
  const xs = [...new Set([...answer.x, ...(other?.x ?? [])])].sort((a, b) => a - b);
  const column = (from, name) => {
    const values = new Map((from?.x ?? []).map((x, k) => [x, from[name][k]]));
    // Places of the other one lie between ours; a line goes on over them.
    return xs.map((x) => (values.has(x) ? values.get(x) : undefined));
  };
  return {xs, columns: [column(answer, 'response_ms'), column(answer, 'service_ms'),
    ...(other ? [column(other, 'response_ms'), column(other, 'service_ms')] : [])]};
}

/** The value of a column at a place, or of the nearest place before it. */
export function spectrumText(column, index) {
  for (let k = index; k >= 0; --k) {
    if (column[k] === null) return null;
    if (column[k] !== undefined) return formatMillis(column[k]);
  }
  return '\u2013';
}
