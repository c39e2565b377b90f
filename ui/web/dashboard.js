// SPDX-License-Identifier: MIT
//
// The page: asks for what a run holds, follows it while it is played, and keeps controls, charts,
// legends and tables in step.
import {forgetColours} from './chart.js';
import {Charts} from './charts.js';
import {Control} from './control.js';
import {Window} from './data.js';
import {saveCsv, savePng} from './download.js';
import {formatDuration} from './format.js';
import {clockText, showCalm, showHead, showNow, showTotals, showTrouble, showWaiting}
  from './head.js';
import {$, element, setText, spokenValues} from './legend.js';
import {Live} from './live.js';
import {RunList, fillSelect} from './runs.js';
import {ask, stored} from './source.js';
import {endShown, held, secondOf, shownSpan, spanQuery, view, wantedWindow, windowFits, xOf}
  from './span.js';
import {EndpointTable, showErrors, showEvents, showOutcomes} from './tables.js';
import {showConnections, showStreams} from './transport.js';
import {MEASURES, splitKey, titleOf, writeView} from './view.js';

/** Answers can come very late: now and then everything is asked for again. */
const FULL_EVERY_MS = 60000;
/** What costs the server more than lines do is asked for at most so often while a run plays. */
const AUX_EVERY_MS = 2000;
const TRY_AGAIN_MS = 2000;

const narrow = matchMedia('(max-width: 700px)');
const dark = matchMedia('(prefers-color-scheme: dark)');

const named = location.pathname.startsWith('/graph/');
let generation = 0;    // raised by every change that makes answers on their way useless
let wholeAt = 0;       // when everything was asked for last
let auxAt = 0;         // when the costly charts were, and how long they took
let auxTook = 0;
let auxTimer = null;
let choicesOf = '';
let isLost = false;

const charts = new Charts({view, held, narrow: () => narrow.matches, xOf, shownSpan, remember,
  on: {onZoom, onReset, onKeyCursor}, cursorMoved: showValues});
const table = new EndpointTable(selectEndpoint);
const runs = new RunList({show: changeRun, overlay: changeOverlay});
const control = new Control(() => { if (held.data) showAll(); });
const live = new Live({heard, lost}, () => (held.data ? {run: view.run || null,
  endpoint: held.data.run.endpoint, of: held.data.run.run, next: held.data.reach()}
  : {run: view.run || null}));

// ---------------------------------------------------------------------------- asking

function about() {
  return {g: view.key, run: view.run || null, endpoint: view.endpoint};
}

/** A run's columns, and the other's where one is laid over it. */
async function fetchWhole(mine) {
  const want = wantedWindow();
  const answer = await ask('/api/series', {...about(), ...want});
  if (mine !== generation) return;
  if (answer.run === null) {
    held.data = null;
    for (const id of ['charts', 'overview', 'tables', 'actions']) $(id).hidden = true;
    showWaiting(answer.waiting_for, view);
    return;
  }
  const data = new Window(answer);
  data.to = want.to ?? null;
  data.steered = isSteered() && held.data?.run.run === answer.run;
  const changed = !held.data || held.data.run.run !== answer.run
    || held.data.run.endpoint !== answer.endpoint;
  if (changed) forgetAux();
  const first = !held.data;
  held.data = data;
  if (first && !windowFits()) {  // how long the run is, and so what a zoom takes, is known only now
    await fetchWhole(mine);
    return;
  }
  await refreshChoices(mine);
  if (mine !== generation) return;
  await fetchOther(mine);
  if (mine !== generation) return;
  wholeAt = Date.now();
  showAll();
  await fetchAux(mine);
}

async function fetchOther(mine) {
  held.other = null;
  if (!view.vs || view.vs === held.data.run.run || stored) return;
  try {
    const endpoint = await endpointLike(view.vs, $('endpoint').selectedOptions[0]?.textContent);
    const {resolution, from} = held.data;
    const answer = await ask('/api/series', {run: view.vs, endpoint, resolution, from,
      to: held.data.to});
    if (mine === generation && answer.run !== null) held.other = new Window(answer);
  } catch (error) {
    if (!error.refused) throw error;
    view.vs = 0;  // there is no such run any more
    remember();
  }
}

/** What comes late of a window that is coarser than a second. */
async function fetchIncrement(mine) {
  const {data} = held;
  const settled = Math.max(data.reach() - 60, data.from);
  const from = settled - settled % data.resolution;
  const answer = await ask('/api/series', {...about(), run: data.run.run,
    resolution: data.resolution, from, to: data.to});
  if (mine !== generation || answer.run !== data.run.run) return;
  data.merge(answer);
  wholeAt = Math.max(wholeAt, Date.now() - FULL_EVERY_MS / 2);
  showAll();
}

function forgetAux() {
  Object.assign(held, {heat: null, spectrum: null, otherSpectrum: null, parts: null,
    summary: null, events: [], latest: null});
}

/** The tables, and the charts that are made from distributions and rows. */
async function fetchAux(mine) {
  const started = performance.now();
  const {run} = held.data.run;
  const endpoint = held.data.run.endpoint;
  const clock = view.key.startsWith('metric:client/service') ? 'service' : 'response';
  const query = {run, endpoint, ...spanQuery()};
  const [summary, heat, spectrum, parts] = await Promise.all([ask('/api/summary', {run}),
    ask('/api/heat', {...query, clock}), ask('/api/spectrum', query), ask('/api/parts', query)]);
  const otherSpectrum = held.other ? await ask('/api/spectrum', {...query, run: held.other.run.run,
    endpoint: held.other.run.endpoint}) : null;
  if (mine !== generation) return;
  auxTook = performance.now() - started;
  auxAt = Date.now();
  Object.assign(held, {summary, heat, spectrum, parts, otherSpectrum, events: summary.events});
  held.data.steered = isSteered();
  charts.draw();
  charts.redraw();
  if (!view.zoom) charts.show(...shownSpan());
  showTables();
  showTiles();
}

/** Soon, and not more often than the server can bear. */
function auxSoon() {
  if (auxTimer) return;
  const wait = Math.max(AUX_EVERY_MS, auxTook * 20) - (Date.now() - auxAt);
  auxTimer = setTimeout(() => {
    auxTimer = null;
    if (held.data && !document.hidden) fetchAux(generation).catch(() => {});
  }, Math.max(wait, 0));
}

/** Drops what is on its way and asks anew; `keep`: what is drawn stays until an answer is there. */
async function restart(keep = false) {
  generation += 1;
  const mine = generation;
  if (!keep) held.data = null;
  live.close();
  try {
    await fetchWhole(mine);
    if (mine !== generation) return;
    isLost = false;
    if (held.data) showCalm(held.data.run, view);
    if (!stored) live.open();
  } catch (error) {
    if (mine !== generation) return;
    showTrouble(error, held.data?.run ?? null);
    if (!error.refused) setTimeout(() => { if (mine === generation) restart(true); }, TRY_AGAIN_MS);
  }
  control.refresh(held.data?.run.state === 'running');
}

// ---------------------------------------------------------------------------- following

function heard(name, message) {
  if (isLost) {
    isLost = false;
    if (held.data) showCalm(held.data.run, view);
  }
  if (name === 'second') hearSecond(message);
  else if (name === 'run') hearRun(message);
  else if (name === 'end' && held.data?.run.state === 'running') restart(/*keep=*/true);
  else if (name === 'beat') control.refresh(held.data?.run.state === 'running');
  else if (name === 'newer' && held.data) {
    held.data.run.newest = message.newest;
    refreshChoices(generation).then(() => showCalm(held.data.run, view));
  }
}

function hearSecond(message) {
  const {data} = held;
  if (!data || message.run !== data.run.run || message.endpoint !== data.run.endpoint) return;
  held.latest = new Window(message);
  const follows = data.resolution === 1 && data.to === null && message.from <= data.reach();
  const {response, service, traffic, health, resolution, from, ...run} = message;
  if (follows) data.merge(message);
  else data.run = {...data.run, ...run};
  const behind = data.to === null && data.run.end - data.reach() > data.resolution;
  if (Date.now() - wholeAt > FULL_EVERY_MS || !windowFits() || (follows === false && behind
    && data.resolution === 1)) {
    restart(/*keep=*/true);
    return;
  }
  if (!follows && behind) fetchIncrement(generation).catch(() => {});
  showAll();
  auxSoon();
  control.refresh(true);
}

async function hearRun(message) {
  const {data} = held;
  if (data && data.run.run !== message.run) {
    view.zoom = null;
    await keepEndpoint(message.run).catch(() => { view.endpoint = 0; });
    remember();
  }
  restart();
}

function lost() {
  isLost = true;
  showTrouble(new Error('lost'), held.data?.run ?? null);
}

// ---------------------------------------------------------------------------- choices

function fillMeasures() {
  const [base] = splitKey(view.key);
  const select = $('measure');
  select.replaceChildren(...MEASURES.map(({group, items}) => element('optgroup', {label: group},
    ...items.map(([key, text]) => element('option', {value: key, text})))));
  if (![...select.options].some((option) => option.value === base)) {
    select.append(element('option', {value: view.key, text: titleOf(view.key)}));
  }
  select.value = [...select.options].some((o) => o.value === view.key) ? view.key : base;
}

/** Runs and endpoints, asked for only when there may be new ones. */
async function refreshChoices(mine) {
  const {run} = held.data;
  const now = `${run.newest} ${run.run} ${run.state} ${run.end >> 4} ${view.run} ${view.vs}`;
  if (now !== choicesOf || !held.details) {
    const [list, details] = await Promise.all([ask('/api/runs'), ask('/api/run', {run: run.run})]);
    if (mine !== generation) return;
    choicesOf = now;
    held.details = details;
    runs.set(list.runs, {shown: run.run, asked: view.run, vs: view.vs});
  }
  // The address may name the endpoint in the key, as Iago's do; the choice shows it either way.
  const [base, rest] = splitKey(view.key);
  if (rest && run.endpoint) {
    view.key = base;
    view.endpoint = run.endpoint;
    fillMeasures();
    remember();
  }
  const offered = held.details.endpoints.filter((one) => !stored
    || stored.endpoints[one.endpoint]);
  fillSelect($('endpoint'), [['0', 'all'], ...offered.map((one) => [String(one.endpoint),
    one.name])], String(run.endpoint));
}

/** The endpoint of the same name in another run, whose numbers may differ. */
async function endpointLike(run, name) {
  const {endpoints} = await ask('/api/run', {run});
  return endpoints.find((one) => one.name === name)?.endpoint ?? 0;
}

async function keepEndpoint(run) {
  if (!view.endpoint) return;
  view.endpoint = await endpointLike(run, $('endpoint').selectedOptions[0]?.textContent);
}

function remember() {
  if (stored) return;
  const search = writeView(view, named);
  history.replaceState(null, '', search === '?' ? location.pathname : search);
}

// ---------------------------------------------------------------------------- showing

function showAll() {
  const {data} = held;
  for (const id of ['charts', 'overview', 'tables', 'actions']) $(id).hidden = false;
  showHead(data.run, held.details, view, control);
  charts.build();
  charts.draw();
  const name = $('endpoint').selectedOptions[0]?.textContent ?? '';
  const of = data.run.endpoint && charts.isMetric() ? ` of ${name}` : '';
  setText('main-title', titleOf(view.key) + of);
  setText('heat-title', `Heat map of ${charts.clock()} times`);
  for (const figure of document.querySelectorAll('figure')) {
    figure.querySelector('.chart').setAttribute('aria-label',
      `${figure.querySelector('h2').textContent} over time`);
  }
  if (stored) $('export').hidden = true;
  else $('export').href = `/export/${data.run.run}.html`;
  showSpan();
  showValues();
  showTiles();
}

function showSpan() {
  charts.show(...shownSpan());
  $('reset').hidden = !view.zoom;
}

function figuresShown() {
  return held.summary?.endpoints.find((row) => row.endpoint === held.data.run.endpoint) ?? null;
}

function isSteered() {
  return held.events.some(({kind}) => ['rate_change', 'pause'].includes(kind));
}

function showTiles() {
  const {data, latest} = held;
  const figures = figuresShown();
  if (data.run.state === 'running') {
    const of = latest ?? data;
    of.steered = data.steered;
    showNow(of, of.latest(0, Infinity), figures);
  } else if (figures) {
    showTotals(data.run, figures, data);
  }
}

function showTables() {
  const {summary, data} = held;
  const selected = data.run.endpoint;
  table.set(summary.endpoints, data.run, selected);
  const figures = figuresShown();
  if (figures) showOutcomes(summary, figures, selected);
  showErrors(summary, selected, showMoment);
  showEvents(summary, showMoment);
  showConnections(summary);
  showStreams(summary, selected);
}

/** The values of the slot under the cursor, else of the latest one that is shown and over. */
function showValues() {
  const {data} = held;
  const [from, to] = shownSpan();
  const slot = charts.slot(from, to);
  const valid = slot >= 0 && slot < data.length;
  const length = data.resolution > 1 ? ` + ${formatDuration(data.resolution)}` : '';
  setText('when', valid ? `${charts.cursor === null ? 'latest: ' : ''}`
    + `${clockText(data.run, data.second(slot), view.clock)}${length}` : 'no requests yet');
  charts.showValues(from, to);
}

// ---------------------------------------------------------------------------- what people do

function onKeyCursor() {
  setText('spoken', `${$('when').textContent}: ${spokenValues()}`);
}

function zoomTo(from, to) {
  const end = endShown();
  const width = Math.max(to - from, 2);
  if (width >= end) {
    onReset();
    return;
  }
  const begin = Math.min(Math.max(from, 0), end - width);
  view.zoom = [begin, begin + width];
  spanChanged();
}

function onZoom(min, max) {
  zoomTo(Math.floor(secondOf(min)), Math.ceil(secondOf(max)));
}

function showMoment(second) {
  zoomTo(Math.floor(second) - 15, Math.ceil(second) + 15);
  $('main-figure').scrollIntoView({block: 'start', behavior: 'smooth'});
}

function onReset() {
  view.zoom = null;
  spanChanged();
}

function spanChanged() {
  remember();
  if (!held.data) return;
  if (windowFits()) {
    showSpan();
    showValues();
    if (!stored) fetchAux(generation).catch(() => {});
  } else {
    restart(/*keep=*/true);
  }
}

async function changeRun(run) {
  view.run = run;
  view.zoom = null;
  if (view.vs === run) view.vs = 0;
  await keepEndpoint(run || held.data.run.newest).catch(() => { view.endpoint = 0; });
  choicesOf = '';
  remember();
  restart();
}

function changeOverlay(run) {
  view.vs = run;
  choicesOf = '';
  remember();
  restart(/*keep=*/true);
}

function selectEndpoint(endpoint) {
  if (endpoint === held.data?.run.endpoint) return;
  if (stored && !stored.endpoints[endpoint]) {
    showTrouble(Object.assign(new Error('this file does not hold the charts of that endpoint'),
      {refused: true}), held.data.run);
    return;
  }
  view.endpoint = endpoint;
  remember();
  restart(/*keep=*/true);
}

function onMeasure() {
  view.key = $('measure').value;
  view.endpoint = Number($('endpoint').value || 0);
  remember();
  restart(/*keep=*/true);
}

function listen() {
  const on = (id, event, act) => $(id).addEventListener(event, act);
  const redraw = () => { remember(); if (held.data) showAll(); };
  on('controls', 'submit', (event) => event.preventDefault());
  on('run', 'change', () => changeRun(Number($('run').value)));
  on('vs', 'change', () => changeOverlay(Number($('vs').value)));
  on('measure', 'change', onMeasure);
  on('endpoint', 'change', () => selectEndpoint(Number($('endpoint').value)));
  on('log', 'change', () => { view.log = $('log').checked; redraw(); });
  on('clock', 'change', () => { view.clock = $('clock').value; redraw(); });
  on('last', 'change', () => {
    view.last = Number($('last').value) || null;
    view.zoom = null;
    spanChanged();
  });
  on('reset', 'click', onReset);
  on('csv', 'click', () => saveCsv(held.data, ...shownSpan()));
  for (const button of document.querySelectorAll('button.png')) {
    button.setAttribute('aria-label', 'save this chart as PNG');
    button.addEventListener('click', () => savePng(button.closest('figure'), held.data.run));
  }
  narrow.addEventListener('change', () => { if (held.data) showAll(); });
  dark.addEventListener('change', () => {
    forgetColours();
    charts.redraw();
  });
  document.addEventListener('visibilitychange', () => {
    if (stored) return;
    if (document.hidden) live.close();
    else restart(/*keep=*/true);
  });
}

function start() {
  fillMeasures();
  $('log').checked = view.log;
  $('clock').value = view.clock;
  $('last').value = view.last ?? '';
  if (stored) {
    for (const id of ['run-label', 'runs-button', 'keys']) $(id).hidden = true;
    document.querySelector('.brand').removeAttribute('href');
  }
  listen();
  restart();
}

if (document.body.dataset.mode === 'chart') start();
