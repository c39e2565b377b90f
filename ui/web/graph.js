// SPDX-License-Identifier: MIT
//
// The page: asks for the run's columns once and then for what changed, and keeps controls, charts
// and legends in step with them.
import {Chart, forgetColours} from './chart.js';
import {FAILURES, PERCENTILES, Window, formatDuration, formatMillis, formatMillisTick, formatNumber,
  resolutionFor, samplesNeeded, unsettledSeconds} from './data.js';
import {clockText, showCalm, showHead, showTrouble, showWaiting} from './head.js';
import {$, buildFailures, buildPercentiles, buildSingle, buildTraffic, element, setFailures,
  setValue, spokenValues} from './legend.js';
import {MEASURES, readView, splitKey, titleOf, writeView} from './view.js';

const POLL_MS = 1000;
const IDLE_POLL_MS = 5000;
const TIMEOUT_MS = 8000;
/** Every so many increments everything is fetched again: answers can come very late. */
const FULL_EVERY = 30;

const narrow = matchMedia('(max-width: 640px)');
const dark = matchMedia('(prefers-color-scheme: dark)');

const view = readView(location.search);
let data = null;        // the Window that is drawn
let charts = null;      // {main, traffic, errors}
let chartsOf = '';      // what they were built for
let cursor = null;      // slot under the pointer
let generation = 0;     // raised by every change that makes answers on their way useless
let increments = 0;
let failures = 0;
let timer = null;
let endpointsOf = '';

async function fetchJson(url) {
  const response = await fetch(url, {signal: AbortSignal.timeout(TIMEOUT_MS)});
  if (!response.ok) {
    const error = new Error((await response.text()).trim() || `status ${response.status}`);
    error.refused = true;
    throw error;
  }
  return response.json();
}

// ---------------------------------------------------------------------------- the shown span

function xOf(second) {
  return view.clock === 'elapsed' ? second : data.run.started_s + second;
}

function secondOf(x) {
  return view.clock === 'elapsed' ? x : x - data.run.started_s;
}

/** Seconds since the start of the run, [from, to]. */
function shownSpan() {
  if (view.zoom) return view.zoom;
  const end = Math.max(data.run.end, 10);
  return view.last ? [Math.max(0, end - view.last), Math.max(end, Math.min(view.last, 10))]
    : [0, end];
}

/** What to ask for, so that the shown span is drawn as finely as it deserves. */
function wantedWindow() {
  if (!data) return {};
  const [from, to] = shownSpan();
  const resolution = resolutionFor(to - from);
  const wholeRun = resolutionFor(data.run.end) === resolution;
  if (wholeRun) return {resolution, from: 0};
  const margin = to - from;
  const begin = Math.max(0, from - margin);
  return {resolution, from: begin - begin % resolution,
    to: view.zoom ? Math.ceil(to + margin) : null};
}

function windowFits() {
  const want = wantedWindow();
  const [from, to] = shownSpan();
  const covered = data.from <= from && (data.to == null || data.to >= Math.min(to, data.run.end));
  return data.resolution === want.resolution && covered;
}

// ---------------------------------------------------------------------------- asking

function seriesUrl(extra) {
  const query = new URLSearchParams({g: view.key});
  if (view.run) query.set('run', view.run);
  if (view.endpoint !== null) query.set('endpoint', view.endpoint);
  for (const [name, value] of Object.entries(extra)) {
    if (value !== null && value !== undefined) query.set(name, Math.floor(value));
  }
  return `/api/series?${query}`;
}

async function fetchWhole(mine) {
  const want = wantedWindow();
  const answer = await fetchJson(seriesUrl(want));
  if (mine !== generation) return;
  if (answer.run === null) {
    data = null;
    $('charts').hidden = true;
    showWaiting(answer.waiting_for, view);
    return;
  }
  data = new Window(answer);
  data.to = want.to ?? null;
  increments = 0;
  await refreshChoices(mine);
  if (mine === generation) showAll();
}

async function fetchIncrement(mine) {
  const settled = data.run.end - unsettledSeconds(data.run);
  const from = Math.min(data.to ?? Infinity,
    Math.max(data.from, settled - settled % data.resolution));
  const answer = await fetchJson(seriesUrl({resolution: data.resolution, from, to: data.to}));
  if (mine !== generation) return;
  const another = answer.run !== data.run.run || answer.started_s !== data.run.started_s;
  const ended = data.run.state === 'running' && answer.state !== 'running';
  if (another || ended || ++increments % FULL_EVERY === 0) {
    if (another) {
      view.zoom = null;
      await keepEndpoint(answer.run);
    }
    if (mine === generation) await fetchWhole(mine);
    return;
  }
  data.merge(answer);
  if (!windowFits()) {
    await fetchWhole(mine);
  } else {
    showAll();
  }
}

function schedule(delay) {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(poll, delay);
}

async function poll() {
  const mine = generation;
  try {
    await (data ? fetchIncrement(mine) : fetchWhole(mine));
    if (mine !== generation) return;
    failures = 0;
    if (data) showCalm(data.run, view);
    const playing = !data || data.run.state === 'running';
    schedule(playing ? POLL_MS : IDLE_POLL_MS);
  } catch (error) {
    if (mine !== generation) return;
    failures += 1;
    showTrouble(error, data?.run ?? null);
    schedule(Math.min(POLL_MS * 2 ** Math.min(failures - 1, 3), IDLE_POLL_MS));
  }
}

/** Drops what is on its way and asks anew; `keep`: what is drawn stays until an answer is there. */
function restart(keep = false) {
  generation += 1;
  if (!keep) data = null;
  const mine = generation;
  clearTimeout(timer);
  fetchWhole(mine).then(() => {
    if (mine !== generation) return;
    failures = 0;
    if (data) showCalm(data.run, view);
    schedule(data && data.run.state !== 'running' ? IDLE_POLL_MS : POLL_MS);
  }).catch((error) => {
    if (mine !== generation) return;
    failures += 1;
    showTrouble(error, data?.run ?? null);
    schedule(POLL_MS);
  });
}

// ---------------------------------------------------------------------------- choices

function fillSelect(select, options, value) {
  const wanted = JSON.stringify(options);
  if (select.dataset.options !== wanted) {
    select.dataset.options = wanted;
    select.replaceChildren(...options.map(([key, text]) => element('option', {value: key, text})));
  }
  select.value = value;
}

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
  const about = `${data.run.newest} ${data.run.run} ${data.run.state} ${data.run.end >> 4}`;
  if (about === endpointsOf) return;
  const [runs, run] = await Promise.all([fetchJson('/api/runs'),
    fetchJson(`/api/run?run=${data.run.run}`)]);
  if (mine !== generation) return;
  endpointsOf = about;
  const name = (one) => `${one.run}: ${one.label || one.file}, ${one.profile}`;
  fillSelect($('run'), [['0', `newest (run ${run.newest})`],
    ...runs.runs.reverse().map((one) => [String(one.run), name(one)])], String(view.run));
  // The address may name the endpoint in the key, as Iago's do; the choice shows it either way.
  const [base, rest] = splitKey(view.key);
  if (rest && data.run.endpoint) {
    view.key = base;
    view.endpoint = data.run.endpoint;
    fillMeasures();
    remember();
  }
  fillSelect($('endpoint'), [['0', 'all'], ...run.endpoints.map((one) => [String(one.endpoint),
    one.name])], String(data.run.endpoint));
}

/** The endpoint of the same name in another run, whose numbers may differ. */
async function keepEndpoint(run) {
  const name = $('endpoint').selectedOptions[0]?.textContent;
  if (!view.endpoint) return;
  const {endpoints} = await fetchJson(`/api/run?run=${run}`);
  view.endpoint = endpoints.find((one) => one.name === name)?.endpoint ?? 0;
}

function remember() {
  history.replaceState(null, '', writeView(view));
}

// ---------------------------------------------------------------------------- charts

function mainSeries() {
  if (!data.isMetric()) return [{label: titleOf(view.key), color: '--answered', width: 1.75}];
  return PERCENTILES.map(({name, color}, index) => ({label: name, color,
    show: view.shown.has(index)}));
}

function isMillis() {
  return data.isMetric() || view.key.endsWith('_ms');
}

function formatMain(value) {
  if (isMillis()) return formatMillis(value);
  if (view.key.endsWith('_bytes')) return `${formatNumber(value / 1000)} kB/s`;
  return view.key.startsWith('counter:') ? `${formatNumber(value)}/s` : formatNumber(value);
}

function buildCharts() {
  const about = [data.key, view.log, view.clock, narrow.matches, data.run.run, data.run.endpoint]
    .join(' ');
  if (about === chartsOf && charts) return;
  chartsOf = about;
  Object.values(charts ?? {}).forEach((chart) => chart.destroy());
  cursor = null;
  const common = {clock: view.clock, axisSize: narrow.matches ? 56 : 68, onZoom, onCursor, onReset,
    onKeyCursor};
  const perSecond = (value) => `${formatNumber(value)}/s`;
  charts = {
    main: new Chart({...common, element: $('main-chart'), height: narrow.matches ? 270 : 330,
      log: view.log, series: mainSeries(), xLabels: true,
      formatTick: isMillis() ? formatMillisTick : formatMain, beyond: isBeyond}),
    traffic: new Chart({...common, element: $('traffic-chart'), height: 132, xLabels: true,
      formatTick: perSecond, series: [
        {label: 'target', color: '--target', dash: [6, 4], width: 1.5},
        {label: 'answered', color: '--answered', width: 1.75}]}),
    errors: new Chart({...common, element: $('errors-chart'), height: 132, xLabels: true,
      formatTick: perSecond, series: FAILURES.map((name) => ({label: name, color: `--${name}`,
        bars: true}))}),
  };
  buildLegends();
}

function isBeyond(series, slot) {
  return data.isMetric() && data.has[slot] === true && data.columns[series][slot] === null;
}

function drawCharts() {
  const xs = data.seconds().map(xOf);
  charts.main.setData(xs, data.mainColumns());
  charts.traffic.setData(xs, [data.targetColumn(), data.perSecond(data.completed)]);
  charts.errors.setData(xs, data.stackedFailures());
  $('errors-figure').classList.toggle('empty',
    !FAILURES.some((name) => data.failuresIn(name, 0, Infinity)));
  showSpan();
}

function showSpan() {
  const [from, to] = shownSpan().map(xOf);
  Object.values(charts).forEach((chart) => chart.show(from, to));
  $('reset').hidden = !view.zoom;
  showBeyondNote();
}

function showAll() {
  $('charts').hidden = false;
  showHead(data.run, view);
  buildCharts();
  drawCharts();
  showValues();
  $('main-title').textContent = titleOf(view.key)
    + (data.run.endpoint ? ` of ${$('endpoint').selectedOptions[0]?.textContent ?? ''}` : '');
  $('endpoint-label').hidden = /^(gauge:|counter:requests_sent)/.test(view.key);
  const what = `${$('main-title').textContent} over time`;
  $('main-chart').setAttribute('aria-label', what);
  $('traffic-chart').setAttribute('aria-label', 'Throughput over time');
  $('errors-chart').setAttribute('aria-label', 'Failed requests over time');
}

// ---------------------------------------------------------------------------- legends

function buildLegends() {
  if (data.isMetric()) {
    buildPercentiles(view.shown, (index, on) => {
      view.shown[on ? 'add' : 'delete'](index);
      charts.main.setShown(index, on);
      showBeyondNote();
      remember();
    });
  } else {
    buildSingle(titleOf(view.key));
  }
  buildTraffic(data.run.endpoint ? 'due' : 'target');
  buildFailures();
}

/** The values of the slot under the cursor, else of the latest one that is shown and over. */
function showValues() {
  const [from, to] = shownSpan();
  const slot = cursor ?? data.latest(from, to);
  const valid = slot >= 0 && slot < data.length;
  const at = (column) => (valid ? column[slot] ?? null : null);
  const length = data.resolution > 1 ? ` + ${formatDuration(data.resolution)}` : '';
  $('when').textContent = valid ? `${cursor === null ? 'latest: ' : ''}`
    + `${clockText(data.run, data.second(slot), view.clock)}${length}` : 'no requests yet';
  data.mainColumns().forEach((column, k) => showMain(k, slot, at(column)));
  const rate = (value) => (value === null ? '\u2013' : `${formatNumber(value)}/s`);
  setValue('target', rate(at(data.targetColumn())));
  setValue('answered', rate(at(data.perSecond(data.completed))));
  const counts = {};
  for (const name of FAILURES) {
    counts[name] = cursor === null ? data.failuresIn(name, from, to) : at(data.outcomes[name]) ?? 0;
  }
  const ever = new Set(FAILURES.filter((name) => data.failuresIn(name, 0, Infinity) > 0));
  setFailures(counts, ever, cursor === null ? 'in all that is shown' : '');
}

function showMain(series, slot, value) {
  const beyond = isBeyond(series, slot);
  if (value === null && !beyond) {
    setValue(series, '\u2013');
    return;
  }
  const text = beyond ? `> ${formatDuration(data.run.timeout_s)}` : formatMain(value);
  const count = data.requests[slot] ?? 0;
  if (data.isMetric() && count < samplesNeeded(series)) {
    setValue(series, `~${text}`, 'few',
      `of only ${count} requests; ${PERCENTILES[series].name} takes ${samplesNeeded(series)}`);
  } else {
    setValue(series, text, beyond ? 'beyond' : '');
  }
}

function showBeyondNote() {
  const [from, to] = shownSpan();
  const any = [...view.shown].some((series) => data.has.some((_, slot) => isBeyond(series, slot)
    && data.second(slot) >= from && data.second(slot) <= to));
  $('beyond').hidden = !any;
  $('beyond').textContent = `\u25b2 slower than ${formatDuration(data.run.timeout_s)}: `
    + 'a failed request counts as slower than any answer';
}

// ---------------------------------------------------------------------------- what people do

function onCursor(index) {
  if (!data || !charts || index === cursor) return;
  cursor = index;
  showValues();
}

function onKeyCursor() {
  $('spoken').textContent = `${$('when').textContent}: ${spokenValues()}`;
}

function onZoom(min, max) {
  const [from, to] = [Math.floor(secondOf(min)), Math.ceil(secondOf(max))];
  const end = Math.max(data.run.end, 10);
  const width = Math.max(to - from, 2);
  if (width >= end) {
    onReset();
    return;
  }
  const begin = Math.min(Math.max(from, 0), end - width);
  view.zoom = [begin, begin + width];
  spanChanged();
}

function onReset() {
  view.zoom = null;
  spanChanged();
}

function spanChanged() {
  remember();
  if (!data) return;
  if (windowFits()) {
    showSpan();
    showValues();
  } else {
    restart(/*keep=*/true);
  }
}

async function onRun() {
  view.run = Number($('run').value);
  view.zoom = null;
  await keepEndpoint(view.run || data.run.newest).catch(() => { view.endpoint = 0; });
  remember();
  endpointsOf = '';
  restart();
}

function onControl() {
  view.key = $('measure').value;
  view.endpoint = Number($('endpoint').value || 0);
  remember();
  endpointsOf = '';
  restart();
}

function start() {
  fillMeasures();
  $('log').checked = view.log;
  $('clock').value = view.clock;
  $('last').value = view.last ?? '';
  $('controls').addEventListener('submit', (event) => event.preventDefault());
  $('run').addEventListener('change', onRun);
  $('measure').addEventListener('change', onControl);
  $('endpoint').addEventListener('change', onControl);
  const redraw = () => { remember(); if (data) showAll(); };
  $('log').addEventListener('change', () => { view.log = $('log').checked; redraw(); });
  $('clock').addEventListener('change', () => { view.clock = $('clock').value; redraw(); });
  $('last').addEventListener('change', () => {
    view.last = Number($('last').value) || null;
    view.zoom = null;
    spanChanged();
  });
  $('reset').addEventListener('click', onReset);
  narrow.addEventListener('change', () => { if (data) showAll(); });
  dark.addEventListener('change', () => {
    forgetColours();
    Object.values(charts ?? {}).forEach((chart) => chart.redraw());
  });
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) clearTimeout(timer);
    else restart(/*keep=*/true);
  });
  restart();
}

if (document.body.dataset.mode === 'chart') start();
