// SPDX-License-Identifier: MIT
//
// The heat map: time across, latency up, how many requests as colour. Paints into a chart whose
// axes, cursor and zoom are those of the others.
import {colour, niceAbove, niceBelow} from './chart.js';
import {formatDuration, formatMillis, formatNumber} from './format.js';

/** Of the strip at the top that holds failures, in CSS pixels. */
const FAILED_STRIP = 8;

/** The lowest nanosecond of a bucket: `perOctave` of them for each power of two. */
export function bucketLowest(bucket, perOctave) {
  if (bucket < perOctave) return bucket;
  const shift = Math.floor(bucket / perOctave) - 1;
  return (bucket - perOctave * shift) * 2 ** shift;
}

export class HeatMap {
  constructor() {
    this.answer = null;
    this.buckets = [0, 1];
    this.most = 1;
  }

  /** `answer` of /api/heat. */
  set(answer) {
    this.answer = answer;
    let [low, high, most] = [Infinity, -Infinity, 1];
    for (const [first, ...counts] of answer.columns) {
      if (first === undefined) continue;
      low = Math.min(low, first);
      high = Math.max(high, first + counts.length);
      for (const count of counts) most = Math.max(most, count);
    }
    this.buckets = low <= high ? [low, high] : [160, 168];
    this.most = most;
    this.rows = new Map(answer.t.map((t, k) => [t, k]));
  }

  empty() {
    return !this.answer || this.answer.t.length === 0;
  }

  /** Of the log scale, in milliseconds. */
  yRange() {
    const per = this.answer?.per_octave ?? 8;
    const low = Math.max(bucketLowest(this.buckets[0], per), 1) / 1e6;
    const high = bucketLowest(this.buckets[1], per) / 1e6;
    return [niceBelow(low), niceAbove(Math.max(high, low * 4))];
  }

  /** `xOf(second)`: its place on the axis. */
  paint(plot, xOf) {
    if (this.empty()) return;
    const {answer} = this;
    const {ctx, bbox} = plot;
    const [min, max] = [plot.scales.x.min, plot.scales.x.max];
    const edges = this.edges(plot);
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    const shades = this.shades();
    answer.columns.forEach(([first, ...counts], k) => {
      const x = xOf(answer.t[k]);
      if (x + answer.resolution < min || x > max) return;
      const left = Math.round(plot.valToPos(x, 'x', true));
      const right = Math.round(plot.valToPos(x + answer.resolution, 'x', true));
      const width = Math.max(right - left, 1);
      counts.forEach((count, j) => {
        if (count === 0) return;
        const top = edges.get(first + j + 1);
        ctx.fillStyle = shades[this.level(count)];
        ctx.fillRect(left, top, width, Math.max(edges.get(first + j) - top, 1));
      });
      if (answer.failures[k] > 0) {
        ctx.fillStyle = colour('--bad');
        ctx.fillRect(left, bbox.top, width, FAILED_STRIP * devicePixelRatio);
      }
    });
    ctx.restore();
  }

  /** Pixel rows between buckets. */
  edges(plot) {
    const edges = new Map();
    for (let bucket = this.buckets[0]; bucket <= this.buckets[1]; ++bucket) {
      const ms = Math.max(bucketLowest(bucket, this.answer.per_octave), 1) / 1e6;
      edges.set(bucket, Math.round(plot.valToPos(ms, 'y', true)));
    }
    return edges;
  }

  /** Counts spread over decades: the eye sees a tail of one in a thousand. */
  level(count) {
    return Math.round(15 * Math.log1p(count) / Math.log1p(this.most));
  }

  shades() {
    const stops = [0, 1, 2, 3, 4].map((k) => colour(`--heat${k}`));
    return Array.from({length: 16}, (_, level) => {
      const place = (level / 15) * (stops.length - 1);
      const k = Math.min(Math.floor(place), stops.length - 2);
      return mix(stops[k], stops[k + 1], place - k);
    });
  }

  /** What a second holds, in words. */
  describe(second, timeout) {
    const row = this.rows?.get(second - second % (this.answer?.resolution ?? 1));
    if (row === undefined) return '';
    const [first, ...counts] = this.answer.columns[row];
    const total = counts.reduce((sum, count) => sum + count, 0);
    const failures = this.answer.failures[row];
    const parts = [];
    if (total > 0) {
      const peak = counts.indexOf(Math.max(...counts));
      const at = (k) => formatMillis(bucketLowest(first + k, this.answer.per_octave) / 1e6);
      parts.push(`most often ${at(peak)} to ${at(peak + 1)}`);
      parts.push(`slowest up to ${at(counts.length)}`);
    }
    if (failures > 0) parts.push(`${formatNumber(failures)} failed (> ${formatDuration(timeout)})`);
    return parts.join(', ');
  }
}

function mix(a, b, share) {
  const parse = (hex) => [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16));
  const [from, to] = [parse(a), parse(b)];
  return `rgb(${from.map((v, k) => Math.round(v + (to[k] - v) * share)).join(' ')})`;
}
