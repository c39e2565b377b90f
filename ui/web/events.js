// SPDX-License-Identifier: MIT
//
// Events on the time axis: a thin line with a mark at the bottom, in every time chart.
import {colour} from './chart.js';

const COLOURS = {rate_change: '--accent', pause: '--accent', stop: '--bad', stall: '--doubt',
  starvation: '--doubt', suspension: '--doubt', overload: '--doubt', reader_behind: '--doubt',
  writer_behind: '--doubt', generator_limit: '--bad', warning: '--doubt', clock_trouble: '--bad'};
/** What somebody did, rather than what happened to the generator: drawn from top to bottom. */
const DONE = ['rate_change', 'pause', 'stop'];

export function eventColour(kind) {
  return COLOURS[kind] ?? '--muted';
}

/** Draws `events` [{at_s, kind}] into a plot; `xOf(second)` is a place on its axis. */
export function drawEvents(plot, events, xOf) {
  const {ctx, bbox} = plot;
  const [min, max] = [plot.scales.x.min, plot.scales.x.max];
  const size = 4 * devicePixelRatio;
  let lastPixel = -1;
  let lastKind = '';
  ctx.save();
  for (const event of events) {
    const x = xOf(event.at_s);
    if (x < min || x > max) continue;
    const at = Math.round(plot.valToPos(x, 'x', true));
    if (at === lastPixel && event.kind === lastKind) continue;
    [lastPixel, lastKind] = [at, event.kind];
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
