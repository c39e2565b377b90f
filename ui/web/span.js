// SPDX-License-Identifier: MIT
//
// What the page holds, what of it is shown, and what has to be asked for to show it well.
import {resolutionFor} from './data.js';
import {stored} from './source.js';
import {readView} from './view.js';

export const view = readView(location.search);

/** What has been asked for and is drawn. */
export const held = {data: null, other: null, heat: null, spectrum: null, otherSpectrum: null,
  parts: null, summary: null, details: null, events: [], latest: null};

export function xOf(second) {
  return view.clock === 'elapsed' ? second : held.data.run.started_s + second;
}

export function secondOf(x) {
  return view.clock === 'elapsed' ? x : x - held.data.run.started_s;
}

export function endShown() {
  return Math.max(held.data.run.end, held.other?.run.end ?? 0, 10);
}

/** Seconds since the start of the run, [from, to]. */
export function shownSpan() {
  if (view.zoom) return view.zoom;
  const end = endShown();
  return view.last ? [Math.max(0, end - view.last), Math.max(end, Math.min(view.last, 10))]
    : [0, end];
}

/** What to ask for, so that the shown span is drawn as finely as it deserves. */
export function wantedWindow() {
  if (!held.data || stored) return {};
  const [from, to] = shownSpan();
  const resolution = resolutionFor(to - from);
  if (resolutionFor(endShown()) === resolution) return {resolution, from: 0};
  const margin = to - from;
  const begin = Math.max(0, from - margin);
  return {resolution, from: begin - begin % resolution,
    to: view.zoom ? Math.ceil(to + margin) : null};
}

export function windowFits() {
  if (stored) return true;
  const want = wantedWindow();
  const [from, to] = shownSpan();
  const {data} = held;
  const covered = data.from <= from && (data.to == null || data.to >= Math.min(to, data.run.end));
  return data.resolution === want.resolution && covered;
}

/** What the charts of the second row ask for besides run and endpoint. */
export function spanQuery() {
  if (stored || !(view.zoom || view.last)) return {};
  const [from, to] = shownSpan();
  return {from, to};
}
