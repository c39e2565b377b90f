// SPDX-License-Identifier: MIT
//
// Opens the graph in headless Chromium over made runs: node graph_test.mjs PROGRAMS ARTIFACTS.
// Screenshots stay in ARTIFACTS. Exit code 77: skipped.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {mkdirSync} from 'node:fs';
import {join} from 'node:path';

import {formatMillis} from '../../ui/web/format.js';
import {Fixture, Suite, launchBrowser, pixelsOf} from './fixture.mjs';

const [programs, artifacts] = process.argv.slice(2);
const program = join(programs, 'ui_fixture');
const GRAPH = '/graph/?g=metric:client/request_latency_ms';
const KEY = 'metric:client/request_latency_ms';
const MAIN = '#main-chart';
const complaints = [];
let unreachable = false;  // then the browser logs refused connections

mkdirSync(artifacts, {recursive: true});
const browser = await launchBrowser();

async function openPage(fixture, path, options = {}) {
  const page = await browser.newPage({viewport: {width: 1280, height: 1080}, colorScheme: 'light',
    timezoneId: 'Europe/Berlin', ...options});
  page.on('console', (message) => {
    // That canvases are read often is this test's own doing.
    const ours = message.text().startsWith('Canvas2D: Multiple readback')
      || (unreachable && /ERR_CONNECTION_(REFUSED|RESET)/.test(message.text()))
      || message.location().url.endsWith('/api/control');  // not there: nothing to steer
    if (['error', 'warning'].includes(message.type()) && !ours) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.stack));
  page.on('request', (request) => {
    if (!request.url().startsWith(fixture.url)) complaints.push(`foreign: ${request.url()}`);
  });
  await page.goto(fixture.url + path);
  return page;
}

async function openChart(fixture, path, options) {
  const page = await openPage(fixture, path, options);
  await page.waitForSelector(`${MAIN} canvas`);
  await settled(page);
  return page;
}

/** Waits until what was asked of uPlot has been drawn. */
async function settled(page) {
  await page.evaluate(() => new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(resolve));
  }));
}

function shot(page, name) {
  return page.screenshot({path: join(artifacts, `graph-${name}.png`), fullPage: true});
}

function text(page, selector) {
  return page.locator(selector).textContent();
}

function sqlite(database, query) {
  return JSON.parse(execFileSync('sqlite3', ['-json', database, query], {encoding: 'utf8'}));
}

async function overflow(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
}

const tests = {};

tests['the legend equals /graph_data equals SQL'] = async (fixture) => {
  const page = await openChart(fixture, `${GRAPH}&p=1,4,5,6`);
  const rows = (await fixture.json(`/graph_data/${KEY}?p=1,4,5,6`))[KEY];
  const [t, ...values] = rows[rows.length - 1];
  const [row] = sqlite(fixture.database,
    'SELECT p50_ms, p95_ms, p99_ms, p999_ms FROM second_latency WHERE second = 59');
  assert.deepEqual(values, [row.p50_ms, row.p95_ms, row.p99_ms, row.p999_ms]);
  const shown = await Promise.all([1, 4, 5, 6].map((k) => text(page, `#value-${k}`)));
  // 100 requests are too few for p99 and p99.9, which is marked.
  assert.deepEqual(shown, values.map((ms, k) => `${k < 2 ? '' : '~'}${formatMillis(ms)}`));
  const clock = new Date(t * 1000).toLocaleTimeString('en-GB', {timeZone: 'Europe/Berlin'});
  assert.equal(await text(page, '#when'), `latest: ${clock}`);
  assert.equal(await text(page, '#title'), 'Run 2');
  assert.equal(await text(page, '#state'), 'VALID');
  assert.match(await text(page, '#subtitle'), /out\.txt \u2192 127\.0\.0\.1:8080 .*UTC\+1$/);
  const [failed] = sqlite(fixture.database,
    "SELECT sum(count) AS n FROM outcomes WHERE endpoint = 'all' AND outcome = 'timeout'");
  assert.equal(await text(page, '#value-timeout'), String(failed.n));
  assert.equal(await text(page, '#value-answered'), '100/s');
  await shot(page, 'light');
  await page.close();
};

tests['lines are drawn, keep their colours, and have gaps'] = async (fixture) => {
  const page = await openChart(fixture, `${GRAPH}&log=1`);
  const [p50, p99] = [await pixelsOf(page, MAIN, '--p50'), await pixelsOf(page, MAIN, '--p99')];
  assert.ok(p50.count > 400, `p50: ${p50.count} pixels`);
  assert.ok(p99.count > 400, `p99: ${p99.count} pixels`);
  assert.ok(p50.y > p99.y, 'p50 lies below p99');
  assert.equal((await pixelsOf(page, MAIN, '--p25')).count, 0);
  // Nothing was due in seconds 20 to 24: a hole of about 6/60 of the width.
  const steps = p50.columns.slice(1).map((x, k) => x - p50.columns[k]);
  assert.ok(Math.max(...steps) > 70, `widest hole: ${Math.max(...steps)} pixels`);

  await page.locator('#legend label', {hasText: 'p50'}).click();
  await page.locator('#legend label', {hasText: 'p25'}).click();
  await settled(page);
  assert.match(page.url(), /p=0,4,5/);
  assert.equal((await pixelsOf(page, MAIN, '--p50')).count, 0);
  assert.ok((await pixelsOf(page, MAIN, '--p25')).count > 400);
  const after = await pixelsOf(page, MAIN, '--p99');
  const common = after.columns.filter((x) => p99.columns.includes(x));
  assert.ok(common.length > p99.columns.length * 0.95, 'p99 is where it was, in its colour');
  await page.reload();
  await page.waitForSelector(`${MAIN} canvas`);
  assert.equal(await page.isChecked('#legend label:nth-child(1) input'), true);
  assert.equal(await page.isChecked('#legend label:nth-child(2) input'), false);

  for (const [chart, property] of [['#traffic-chart', '--answered'], ['#errors-chart', '--timeout'],
    ['#errors-chart', '--http_error']]) {
    assert.ok((await pixelsOf(page, chart, property)).count > 50, `${chart} ${property}`);
  }
  await page.close();
};

tests['log scale'] = async (fixture) => {
  const page = await openChart(fixture, `${GRAPH}&p=1`);
  const linear = await pixelsOf(page, MAIN, '--p50');
  await page.check('#log');
  await settled(page);
  const log = await pixelsOf(page, MAIN, '--p50');
  // The one slow second presses all others to the ground of the linear scale.
  assert.ok(linear.y - log.y > 15, `linear ${linear.y}, log ${log.y}`);
  assert.match(page.url(), /log=1/);
  await page.uncheck('#log');
  assert.doesNotMatch(page.url(), /log=1/);
  await page.close();
};

tests['endpoints'] = async (fixture) => {
  const page = await openChart(fixture, GRAPH);
  await page.selectOption('#endpoint', {label: '/js/action/new'});
  await page.waitForFunction(() => document.getElementById('main-title').textContent
    === 'Response time of /js/action/new');
  const key = `${KEY}/js/action/new`;
  const rows = (await fixture.json(`/graph_data/${key}?p=1`))[key];
  assert.equal(await text(page, '#value-1'), formatMillis(rows[rows.length - 1][1]));
  assert.match(page.url(), /endpoint=2/);
  await page.close();
  // Iago's way to say the same.
  const iago = await openChart(fixture, `/graph/?g=${key}`);
  await iago.waitForFunction(() => document.getElementById('endpoint').value === '2');
  assert.equal(await text(iago, '#value-1'), formatMillis(rows[rows.length - 1][1]));
  await iago.close();
};

tests['zoom by mouse and keys'] = async (fixture) => {
  const page = await openChart(fixture, `${GRAPH}&clock=elapsed`);
  const box = await page.locator(`${MAIN} .u-over`).boundingBox();
  const at = (second) => box.x + box.width * second / 60;
  await page.mouse.move(at(30), box.y + 60);
  await page.mouse.down();
  await page.mouse.move(at(45), box.y + 80, {steps: 5});
  await page.mouse.up();
  await page.waitForFunction(() => location.search.includes('zoom='));
  const [from, to] = new URL(page.url()).searchParams.get('zoom').split('-').map(Number);
  assert.ok(Math.abs(from - 30) <= 1 && Math.abs(to - 45) <= 1, `zoom ${from} to ${to}`);
  await page.mouse.move(at(2), box.y - 300);
  assert.equal(await text(page, '#when'), `latest: 0:${to}`);
  await page.click('#reset');
  assert.doesNotMatch(page.url(), /zoom=/);

  await page.focus(MAIN);
  await page.keyboard.press('Home');
  assert.equal(await text(page, '#when'), '0:00');
  for (let k = 0; k < 52; ++k) await page.keyboard.press('ArrowRight');
  assert.equal(await text(page, '#when'), '0:52');
  assert.equal(await text(page, '#value-5'), '~> 30 s');
  assert.match(await text(page, '#spoken'), /^0:52: p50 > 30 s, p95 > 30 s, p99 ~> 30 s$/);
  await page.keyboard.press('+');
  assert.match(page.url(), /zoom=\d+-\d+/);
  await page.keyboard.press('Escape');
  assert.doesNotMatch(page.url(), /zoom=/);
  await page.close();
};

tests['earlier runs'] = async (fixture) => {
  const page = await openChart(fixture, GRAPH);
  await page.selectOption('#endpoint', {label: '/js/action/new'});
  await page.waitForFunction(() => location.search.includes('endpoint=2'));
  await page.selectOption('#run', '1');
  await page.waitForFunction(() => document.getElementById('title').textContent
    === 'before the cache');
  assert.match(page.url(), /run=1&endpoint=2/);
  await page.selectOption('#endpoint', '0');
  await page.waitForFunction(() => document.getElementById('main-title').textContent
    === 'Response time');
  const rows = (await fixture.json(`/graph_data/${KEY}?p=1&run=1`))[KEY];
  assert.equal(rows.length, 30);
  assert.equal(await text(page, '#value-1'), formatMillis(rows[29][1]));
  assert.equal(await text(page, '#errors-note'), 'none');
  assert.match(await text(page, '#notice'), /Run 2 is newer/);
  await page.click('#notice a');
  await page.waitForFunction(() => document.getElementById('title').textContent === 'Run 2');
  await page.close();
};

tests['other measures'] = async (fixture) => {
  const page = await openChart(fixture, '/graph/?g=gauge:client/pending');
  assert.equal(await text(page, '#value-0'), '1');
  assert.ok((await pixelsOf(page, MAIN, '--answered')).count > 200);
  await page.selectOption('#measure', {label: 'Requests sent'});
  await page.waitForFunction(() => document.getElementById('value-0').textContent === '100/s');
  await page.goto(`${fixture.url}/graph/?g=counter:client/failures/timeout`);
  await page.waitForFunction(() => document.getElementById('main-title').textContent
    === 'Failures: timeout');
  await page.close();
};

tests['dark, phone, list'] = async (fixture) => {
  const dark = await openChart(fixture, `${GRAPH}&log=1&p=1,4,5,6`, {colorScheme: 'dark'});
  assert.ok((await pixelsOf(dark, MAIN, '--p999')).count > 200);
  await shot(dark, 'dark');
  await dark.close();
  const phone = await openChart(fixture, GRAPH, {viewport: {width: 375, height: 812}});
  assert.equal(await overflow(phone), 0);
  await shot(phone, 'phone');
  await phone.goto(`${fixture.url}/graph/`);
  assert.equal(await overflow(phone), 0);
  await phone.close();
  const list = await openPage(fixture, '/graph/', {javaScriptEnabled: false});
  const {keys} = await fixture.json('/graph_data');
  assert.deepEqual(await list.locator('#keys li code').allTextContents(), keys);
  assert.ok(await list.locator('#keys li a').first().isVisible());
  await shot(list, 'list');
  await list.locator('#keys li a').first().click();
  assert.match(list.url(), /\/graph\/\?g=metric:client\/request_latency_ms$/);
  assert.ok(await list.locator('noscript').isVisible());
  await list.close();
};

async function live() {
  const fixture = await Fixture.start(program);
  try {
    const page = await openPage(fixture, GRAPH);
    await page.waitForFunction(() => /^Nothing to draw yet/.test(
      document.getElementById('notice').textContent));
    await fixture.tell('begin');
    await fixture.tell('seconds 8');
    await page.waitForSelector(`${MAIN} canvas`);
    await page.waitForFunction(() => document.getElementById('state').textContent
      === 'playing, 0:07 of 1:00');
    await settled(page);
    const before = await pixelsOf(page, MAIN, '--p50');
    assert.ok(before.count > 100);
    await fixture.tell('seconds 30');
    await page.waitForFunction(() => document.getElementById('state').textContent
      === 'playing, 0:37 of 1:00');
    await settled(page);
    const hours = (second) => new Date((1795228201 + second) * 1000)
      .toLocaleTimeString('en-GB', {timeZone: 'Europe/Berlin'});
    assert.equal(await text(page, '#when'), `latest: ${hours(36)}`);
    await page.check('#log');
    await shot(page, 'live');
    const shown = await text(page, '#value-5');
    await page.reload();
    await page.waitForFunction((value) => document.getElementById('value-5')?.textContent === value,
      shown);
    await fixture.tell('end');
    await page.waitForFunction(() => document.getElementById('state').textContent === 'VALID');
    assert.equal(await text(page, '#when'), `latest: ${hours(59)}`);
    // A page that follows the newest run moves on to the next one.
    await fixture.tell('begin');
    await fixture.tell('seconds 3');
    await page.waitForFunction(() => document.getElementById('subtitle').textContent
      .startsWith('run 2'), null, {timeout: 15000});
    unreachable = true;
    await fixture.stop();
    await page.waitForFunction(() => /^No answer/.test(
      document.getElementById('notice').textContent));
    assert.ok((await pixelsOf(page, MAIN, '--p50')).count > 0, 'what was there stays');
    await page.close();
  } finally {
    await fixture.remove();
  }
}

const suite = new Suite(browser);
const fixture = await Fixture.start(program);
await fixture.tell('finished');
for (const [name, body] of Object.entries(tests)) await suite.run(name, () => body(fixture));
await fixture.remove();
await suite.run('a run that is being played', live);
await suite.run('nothing was complained of in the console', async () =>
  assert.deepEqual(complaints, []));
await suite.end();
