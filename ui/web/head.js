// SPDX-License-Identifier: MIT
//
// The top of the page: what is being looked at, how it stands, what is in the way; and how instants
// are written.
import {formatElapsed} from './data.js';
import {$, element} from './legend.js';
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

export function showHead(run, view) {
  const title = run.label || `Run ${run.run}`;
  $('title').textContent = title;
  document.title = `${titleOf(view.key)} \u00b7 ${title} - Macaw`;
  const started = new Date(run.started_s * 1000);
  const when = started.toLocaleString('en-GB', {dateStyle: 'medium', timeStyle: 'medium',
    ...(view.clock === 'utc' ? {timeZone: 'UTC'} : {})});
  const lines = [[run.label ? `run ${run.run}` : null, `${run.file} \u2192 ${run.target}`,
    run.profile, `${when}${zoneName(started, view.clock)}`].filter(Boolean).join(' \u00b7 ')];
  if (run.reason) lines.push(run.reason);
  setLines(lines);
  if (run.state === 'running') {
    const planned = run.planned_s || (run.target_rps > 0 ? run.planned / run.target_rps : 0);
    setState('running', `playing, ${formatElapsed(run.elapsed_s)}`
      + `${planned > 0 ? ` of ${formatElapsed(planned)}` : ''}`);
  } else {
    const how = run.state === 'finished' ? '' : `, ${run.state}`;
    setState(run.verdict.toLowerCase(), `${run.verdict}${how}`, run.end_reason);
  }
}

/** `content`: an element, or null for nothing. */
function showNotice(content) {
  const notice = $('notice');
  notice.hidden = content === null;
  if (content !== null && notice.textContent !== content.textContent) {
    notice.replaceChildren(content);
  }
}

export function showWaiting(reason, view) {
  $('title').textContent = titleOf(view.key);
  setLines([]);
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
  if (!view.run || run.newest === run.run) {
    showNotice(null);
    return;
  }
  showNotice(element('span', {text: `Run ${run.newest} is newer. `},
    element('a', {href: writeView({...view, run: 0, zoom: null}), text: 'Show the newest run'})));
}
