// SPDX-License-Identifier: MIT
//
// The top of the page: what is being looked at, how it stands, what is in the way; and how instants
// are written.
import {formatDuration, formatElapsed, formatMillis, formatNumber, formatRate,
  formatShare, samplesNeeded} from './format.js';
import {$, element, setText} from './legend.js';
import {stored} from './source.js';
import {titleOf, writeView} from './view.js';

/** " UTC+1", or " UTC" where that is what the axis shows. */
function zoneName(date, clock) {
  if (clock === 'utc') return ' UTC';
  const parts = new Intl.DateTimeFormat('en-GB', {timeZoneName: 'shortOffset'}).formatToParts(date);
  const zone = parts.find((part) => part.type === 'timeZoneName').value;
  return ` ${zone.replace('GMT', 'UTC')}`;
}

/** A second of the run as the axis writes it. */
export function clockText(run, second, clock) {
  if (clock === 'elapsed') return formatElapsed(second);
  const zone = clock === 'utc' ? {timeZone: 'UTC'} : {};
  return new Date((run.started_s + second) * 1000)
    .toLocaleTimeString('en-GB', {hourCycle: 'h23', ...zone});
}

function setState(kind, text, title = '') {
  const state = $('state');
  state.dataset.kind = kind;
  state.title = title;
  if (state.textContent !== text) state.textContent = text;
}

function setLines(lines) {
  const wanted = lines.join('\n');
  if ($('subtitle').dataset.lines === wanted) return;
  $('subtitle').dataset.lines = wanted;
  $('subtitle').replaceChildren(...lines.map((line) => element('span', {class: 'line',
    text: line})));
}

/**
 * `details`: the answer of /api/run, or null until it is there. `control`: what is known of
 * steering the run that is played.
 */
export function showHead(run, details, view, control) {
  const title = run.label || `Run ${run.run}`;
  setText('title', title);
  document.title = `${titleOf(view.key)} \u00b7 ${title} - Macaw`;
  const started = new Date(run.started_s * 1000);
  const when = started.toLocaleString('en-GB', {dateStyle: 'medium', timeStyle: 'medium',
    ...(view.clock === 'utc' ? {timeZone: 'UTC'} : {})});
  setLines([[run.label ? `run ${run.run}` : null, `${run.file} \u2192 ${run.target}`,
    run.profile, `${when}${zoneName(started, view.clock)}`].filter(Boolean).join(' \u00b7 ')]);
  showFacts(run, details);
  showVerdict(run, control);
}

function showFacts(run, details) {
  const facts = [];
  const add = (name, value, title = '') => facts.push([name, value, title]);
  if (details?.run === run.run) {
    if (details.file_sha256) add('file', details.file_sha256.slice(0, 12), details.file_sha256);
    add('seed', String(details.seed));
    if (details.workers > 1) add('workers', String(details.workers));
  }
  add('arrivals', run.arrivals);
  if (run.users > 0) add('users', `\u2264 ${formatNumber(run.users)}`);
  if (run.warmup_s > 0) {
    add('warm-up', formatDuration(run.warmup_s), 'what was due within it is in no number');
  }
  add('connections', `\u2264 ${formatNumber(run.connections)}`);
  add('timeout', formatDuration(run.timeout_s));
  add('scheduled', formatNumber(run.scheduled));
  add('sent', formatNumber(run.sent));
  if (run.unsent > 0) add('never sent', formatNumber(run.unsent));
  if (run.rows_lost > 0) add('rows lost', formatNumber(run.rows_lost));
  const wanted = JSON.stringify(facts);
  if ($('facts').dataset.shown === wanted) return;
  $('facts').dataset.shown = wanted;
  $('facts').replaceChildren(...facts.map(([name, value, title]) => element('div', {title},
    element('dt', {text: name}), element('dd', {text: value}))));
}

/** Planned seconds; 0 where the run has no planned end. */
export function plannedSeconds(run) {
  return run.planned_s || (run.target_rps > 0 ? run.planned / run.target_rps : 0);
}

function showVerdict(run, {paused, plannedEnd}) {
  const playing = run.state === 'running';
  const planned = plannedEnd || plannedSeconds(run);
  $('verdict').dataset.kind = playing ? 'running' : run.verdict.toLowerCase();
  if (playing) {
    setState('running', `${paused ? 'paused' : 'playing'}, ${formatElapsed(run.elapsed_s)}`
      + `${planned > 0 ? ` of ${formatElapsed(planned)}` : ''}`);
    setText('reason', '');
  } else {
    const how = run.state === 'finished' ? '' : `, ${run.state}`;
    setState(run.verdict.toLowerCase(), `${run.verdict}${how}`, run.end_reason);
    const good = 'the generator kept to its schedule: what is slow here is the target';
    setText('reason', run.reason || (run.verdict === 'VALID' ? good : ''));
    setText('took', `${formatDuration(Math.round(run.elapsed_s * 10) / 10)}, `
      + `ended: ${run.end_reason}`);
  }
  $('took').hidden = playing;
  const progress = $('progress');
  progress.hidden = !playing || !(planned > 0);
  progress.max = Math.max(planned, 1);
  progress.value = Math.min(run.elapsed_s, planned);
  progress.setAttribute('aria-valuetext', $('state').textContent);
}

// ---------------------------------------------------------------------------- tiles

function setTile(id, value, note, kind = '') {
  setText(`tile-${id}`, value);
  setText(`tile-${id}-note`, note);
  $(`tile-${id}`).className = kind;
}

function errorTile(figures) {
  setTile('errors', formatNumber(figures.errors),
    figures.errors > 0 ? `${formatShare(figures.errors, figures.requests)} of `
      + `${formatNumber(figures.requests)} requests`
      : `of ${formatNumber(figures.requests)} requests`, figures.errors > 0 ? 'bad' : '');
}

/** Percentile number `index` of PERCENTILES, from `count` samples. */
function percentileTile(id, index, value, count, timeout, note) {
  if (!(count > 0)) {
    setTile(id, '\u2013', note);
    return;
  }
  const text = value === null ? `> ${formatDuration(timeout)}` : formatMillis(value);
  const few = count < samplesNeeded(index);
  setTile(id, `${few ? '~' : ''}${text}`, few ? `of only ${formatNumber(count)}` : note,
    value === null ? 'bad' : few ? 'few' : '');
}

const TILES = [['p50', 1, 0], ['p95', 4, 2], ['p99', 5, 3]];

/** Of a run that is over: the whole of it, as the summary says. */
export function showTotals(run, figures, data) {
  const {response_ms: response} = figures;
  const achieved = run.achieved_rps;
  if (figures.endpoint === 0) {
    setTile('rate', `${formatRate(achieved)}/s`, run.target_rps > 0
      ? `${formatShare(achieved, run.target_rps)} of ${formatRate(run.target_rps)}/s`
      : run.users > 0 ? 'an outcome: closed loop' : 'no target', '');
  } else {
    const seconds = Math.max(run.elapsed_s - run.warmup_s, 1e-9);
    setTile('rate', `${formatNumber(figures.requests / seconds)}/s`,
      'of this endpoint');
  }
  const peak = data.health.in_flight.reduce((most, n) => Math.max(most, n ?? 0), 0);
  setTile('flight', formatNumber(peak), 'peak, once a second');
  errorTile(figures);
  for (const [id, index, place] of TILES) {
    percentileTile(id, index, response[place], figures.requests, run.timeout_s, 'of the whole run');
  }
}

/** While it plays: its latest whole second `slot` of `data`, and the errors so far. */
export function showNow(data, slot, figures) {
  const {run, traffic, health, resolution} = data;
  const at = (column) => (slot >= 0 ? column[slot] ?? null : null);
  const rate = at(traffic.completed);
  const target = at(data.targetColumn());
  setTile('rate', rate === null ? '\u2013' : `${formatNumber(rate / resolution)}/s`,
    target === null ? 'answered' : `answered, of ${formatNumber(target)}/s`);
  let last = data.length - 1;
  while (last > 0 && health.in_flight[last] === null) --last;
  const flight = health.in_flight[last] ?? null;
  setTile('flight', flight === null ? '\u2013' : formatNumber(flight),
    health.backlog[last] > 0 ? `${formatNumber(health.backlog[last])} wait`
      : run.users > 0 ? `of ${formatNumber(health.users[last] ?? 0)} users` : 'now');
  if (figures) errorTile(figures);
  for (const [id, index] of TILES) {
    percentileTile(id, index, at(data.clocks.response.columns[index]), at(traffic.requests) ?? 0,
      run.timeout_s, 'in the last second');
  }
}

// ---------------------------------------------------------------------------- notices

/** `content`: an element, or null for nothing. */
function showNotice(content) {
  const notice = $('notice');
  notice.hidden = content === null;
  if (content !== null && notice.textContent !== content.textContent) {
    notice.replaceChildren(content);
  }
}

export function showWaiting(reason, view) {
  setText('title', titleOf(view.key));
  setLines([]);
  $('verdict').dataset.kind = '';
  $('progress').hidden = true;
  $('took').hidden = true;
  setState('', 'waiting for a run');
  showNotice(element('span', {text: `Nothing to draw yet: ${reason}. Asking again every second.`}));
}

/** `run`: what is drawn, or null. */
export function showTrouble(error, run) {
  if (error.refused) {
    showNotice(element('span', {text: error.message}));
    return;
  }
  if (!run || run.state === 'running') setState('', 'out of reach');
  const upTo = run ? ` What is drawn reaches up to ${formatElapsed(run.end)}.` : '';
  showNotice(element('span', {text: 'No answer: the replayer has ended or cannot be reached; '
    + `asking again.${upTo} "replay serve" shows stored runs at any time.`}));
}

/** All is well; says so where a newer run than the chosen one is there. */
export function showCalm(run, view) {
  if (stored || !view.run || run.newest === run.run) {
    showNotice(null);
    return;
  }
  showNotice(element('span', {text: `Run ${run.newest} is newer. `},
    element('a', {href: writeView({...view, run: 0, zoom: null}), text: 'Show the newest run'})));
}
