// SPDX-License-Identifier: MIT
//
// Events on the time axis: a thin line with a mark at the bottom, in every time chart.
import {colour} from './chart.js';

const COLOURS = {rate_change: '--accent', pause: '--accent', resume: '--accent', stop: '--bad',
  stall: '--doubt', starvation: '--doubt', suspension: '--doubt', overload: '--doubt',
  reader_behind: '--doubt', writer_behind: '--doubt', generator_limit: '--bad', warning: '--doubt',
  clock_trouble: '--bad', steal: '--doubt', throttling: '--doubt'};
/** What somebody did, rather than what happened to the generator: drawn from top to bottom. */
const DONE = ['rate_change', 'pause', 'resume', 'stop'];

export function eventColour(kind) {
  return COLOURS[kind] ?? '--muted';
}

/** Draws `events` [{at_s, kind}] into a plot; `xOf(second)` is a place on its axis. */
export function drawEvents(plot, events, xOf) {
  const {ctx, bbox} = plot;
  const [min, max] = [plot.scales.x.min, plot.scales.x.max];
  const size = 4 * devicePixelRatio;
  const lastOf = {};  // where the last mark of a kind is
  ctx.save();
  for (const event of events) {
    const x = xOf(event.at_s);
    if (x < min || x > max) continue;
    const at = Math.round(plot.valToPos(x, 'x', true));
    // Marks of a kind do not run into each other; the list has them all.
    if (at - (lastOf[event.kind] ?? -Infinity) < size * 2) continue;
    lastOf[event.kind] = at;
    const bottom = bbox.top + bbox.height;
    ctx.strokeStyle = colour(eventColour(event.kind));
    ctx.fillStyle = ctx.strokeStyle;
    ctx.lineWidth = devicePixelRatio;
    if (DONE.includes(event.kind)) {
      ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
      ctx.beginPath();
      ctx.moveTo(at + 0.5, bbox.top);
      ctx.lineTo(at + 0.5, bottom);
      ctx.stroke();
    }
    ctx.beginPath();
    ctx.moveTo(at - size, bottom);
    ctx.lineTo(at + size, bottom);
    ctx.lineTo(at, bottom - size * 1.6);
    ctx.fill();
  }
  ctx.restore();
}

/** Shades the seconds that are in no number of the run. */
export function drawWarmup(plot, warmup, xOf) {
  if (!(warmup > 0)) return;
  const {ctx, bbox} = plot;
  const from = Math.max(plot.valToPos(xOf(0), 'x', true), bbox.left);
  const to = Math.min(plot.valToPos(xOf(warmup), 'x', true), bbox.left + bbox.width);
  if (to <= from) return;
  ctx.save();
  ctx.globalAlpha = 0.16;
  ctx.fillStyle = colour('--muted');
  ctx.fillRect(from, bbox.top, to - from, bbox.height);
  ctx.restore();
}

/** Seconds between events that are told as one. */
const TOGETHER_S = 5;

/** Events of a kind that follow each other closely, as one: {...first, count, value: longest}. */
export function gatherEvents(events) {
  const gathered = [];
  let lastAt = -Infinity;
  for (const event of events) {
    const before = gathered[gathered.length - 1];
    const joins = before && before.kind === event.kind && event.has_length
      && event.at_s - lastAt <= TOGETHER_S;
    lastAt = event.at_s;
    if (joins) {
      before.count += event.count;
      before.value = Math.max(before.value, event.value);
    } else {
      gathered.push({...event});
    }
  }
  return gathered;
}
