// SPDX-License-Identifier: MIT
//
// Uses the dashboard in headless Chromium as a person would, over made runs:
// node dashboard_test.mjs PROGRAMS ARTIFACTS REPLAY. Screenshots stay in ARTIFACTS. Exit code 77:
// skipped.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';

import {formatMillis, formatNumber} from '../../ui/web/format.js';
import {Fixture, Pages, Suite, launchBrowser, pixelsOf, settled} from './fixture.mjs';

const [programs, artifacts, replay] = process.argv.slice(2);
const program = join(programs, 'ui_fixture');
const complaints = [];

mkdirSync(artifacts, {recursive: true});
const browser = await launchBrowser();
const pages = new Pages(browser, complaints);

async function open(fixture, path = '/', options = {}) {
  const page = await pages.open(fixture.url + path, options);
  await page.waitForSelector('#endpoint-rows tr');
  await settled(page);
  return page;
}

const shot = (page, name) => page.screenshot({path: join(artifacts, `dashboard-${name}.png`),
  fullPage: true});
const text = (page, selector) => page.locator(selector).textContent();
const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth
  - window.innerWidth);
/** Where a chart is, brought into sight for the mouse. */
async function boxOf(page, chart) {
  const over = page.locator(`${chart} .u-over`);
  await over.scrollIntoViewIfNeeded();
  return over.boundingBox();
}
const has = (page, selector, wanted) => page.waitForFunction(([where, what]) => (
  document.querySelector(where)?.textContent === what), [selector, wanted]);

function sqlite(database, query) {
  return JSON.parse(execFileSync('sqlite3', ['-json', database, query], {encoding: 'utf8'}));
}

/** The cells of each row of the endpoint table, by name. */
async function tableRows(page) {
  const rows = await page.locator('#endpoint-rows tr').evaluateAll((all) => all.map((row) => (
    [...row.children].map((cell) => cell.textContent))));
  return new Map(rows.map(([name, ...cells]) => [name.replace(/^GET /, ''), cells]));
}

async function download(page, click) {
  const [file] = await Promise.all([page.waitForEvent('download'), click()]);
  const path = join(artifacts, file.suggestedFilename());
  await file.saveAs(path);
  return {name: file.suggestedFilename(), path, bytes: readFileSync(path)};
}

const tests = {};

tests['numbers equal the text summary'] = async (fixture) => {
  const page = await open(fixture);
  const rows = await tableRows(page);
  const report = execFileSync(replay, ['report', fixture.database], {encoding: 'utf8'});
  const section = report.slice(report.indexOf('Response time:'), report.indexOf('Service time:'));
  for (const [shown, name] of [['all requests', 'all'], ['/js/recommendations'],
    ['/js/action/new']].map(([a, b]) => [a, b ?? a])) {
    const line = section.split('\n').find((one) => one.trim().startsWith(`${name} `));
    const [count, errors, , ...percentiles] = line.trim().slice(name.length).trim()
      .replace(/(\d) us/g, '$1 \u00b5s').split(/\s{2,}/);
    const [requests, failed, , ...cells] = rows.get(shown);
    assert.deepEqual([requests, failed], [count, errors]);
    assert.deepEqual(cells.slice(0, 6), percentiles, `${name}: p50 to max`);
  }
  assert.match(report, new RegExp(`^VALID`));
  assert.equal(await text(page, '#state'), 'VALID');
  const [, achieved] = /achieved ([\d.,]+)\/s/.exec(report);
  assert.equal(await text(page, '#tile-rate'), `${achieved}/s`);
  await page.close();
};

tests['numbers equal SQL'] = async (fixture) => {
  const page = await open(fixture);
  const [all] = sqlite(fixture.database, "SELECT requests, errors, p50_ms, p95_ms FROM "
    + "endpoint_latency WHERE endpoint = 'all'");
  assert.equal(await text(page, '#tile-p50'), formatMillis(all.p50_ms));
  assert.equal(await text(page, '#tile-p95'), formatMillis(all.p95_ms));
  assert.equal(await text(page, '#tile-p99'), '> 30 s');
  assert.equal(await text(page, '#tile-errors'), formatNumber(all.errors));
  const outcomes = sqlite(fixture.database, "SELECT outcome, count FROM outcomes WHERE endpoint = "
    + "'all'");
  assert.deepEqual(await page.locator('#outcome-rows tr').evaluateAll((rows) => rows.map((row) => (
    `${row.children[0].textContent} ${row.children[1].textContent}`))),
  outcomes.map(({outcome, count}) => `${outcome.replace('_', ' ')} ${formatNumber(count)}`));
  const statuses = sqlite(fixture.database, 'SELECT status, count(*) AS n FROM requests WHERE '
    + 'status > 0 GROUP BY status ORDER BY n DESC');
  assert.equal(await text(page, '#statuses'), `Status codes: ${statuses.map(({status, n}) => (
    `${status} \u00d7 ${formatNumber(n)}`)).join('')}`);
  const errors = sqlite(fixture.database, "SELECT count, text, value FROM events WHERE kind = "
    + "'error' AND run = 2 ORDER BY count DESC, event");
  assert.deepEqual(await page.locator('#error-rows tr').evaluateAll((rows) => rows.map((row) => (
    [1, 3, 5].map((k) => row.children[k].textContent).join(' ')))),
  errors.map((one) => `${formatNumber(one.count)} ${one.text} #${formatNumber(one.value)}`));
  const second = sqlite(fixture.database, 'SELECT avg(first_byte_ms) AS first_ms, avg(lag_ms) AS '
    + "lag_ms FROM requests WHERE outcome = 'ok' AND intended_ms >= 59000")[0];
  assert.equal(await text(page, '#value-part-first'), formatMillis(second.first_ms));
  assert.equal(await text(page, '#value-part-lag'), formatMillis(second.lag_ms));
  await page.close();
};

tests['the endpoint table sorts, filters and selects'] = async (fixture) => {
  const page = await open(fixture);
  const names = () => page.locator('#endpoint-rows th button').allTextContents();
  assert.deepEqual(await names(), ['all requests', 'GET /js/recommendations',
    'GET /js/action/new']);
  await page.click('[data-column="p50"] button');
  assert.equal(await page.getAttribute('[data-column="p50"]', 'aria-sort'), 'descending');
  await page.click('[data-column="p50"] button');
  assert.deepEqual((await names())[1], 'GET /js/action/new');
  await page.fill('#endpoint-filter', 'recomm');
  assert.deepEqual(await names(), ['all requests', 'GET /js/recommendations']);
  assert.equal(await text(page, '#endpoint-count'), '1 of 2 endpoints');
  await page.fill('#endpoint-filter', '');
  // By keyboard, as well as by a click on the row.
  await page.focus('[data-endpoint="2"]');
  await page.keyboard.press('Enter');
  await has(page, '#main-title', 'Response time of /js/action/new');
  await page.waitForSelector('[data-endpoint="2"][aria-pressed="true"]');
  assert.match(page.url(), /[?&]endpoint=2/);
  const [row] = sqlite(fixture.database, "SELECT p50_ms, errors FROM endpoint_latency WHERE "
    + "endpoint = '/js/action/new'");
  await has(page, '#tile-p50', formatMillis(row.p50_ms));
  assert.equal(await text(page, '#tile-errors'), formatNumber(row.errors));
  await page.click('#endpoint-rows tr:first-child td:nth-child(2)');
  await has(page, '#main-title', 'Response time');
  await page.close();
};

tests['one zoom for all charts'] = async (fixture) => {
  const page = await open(fixture, '/?clock=elapsed');
  await has(page, '#spectrum-note', '5,500 requests');
  const all = await pixelsOf(page, '#main-chart', '--p50');
  const box = await boxOf(page, '#traffic-chart');
  const at = (second) => box.x + box.width * second / 60;
  await page.mouse.move(at(5), box.y + 20);
  await page.mouse.down();
  await page.mouse.move(at(15), box.y + 40, {steps: 5});
  await page.mouse.up();
  await page.waitForFunction(() => location.search.includes('zoom='));
  const [from, to] = new URL(page.url()).searchParams.get('zoom').split('-').map(Number);
  await has(page, '#spectrum-note', `${formatNumber((to - from) * 100)} requests`);
  await settled(page);
  const zoomed = await pixelsOf(page, '#main-chart', '--p50');
  // The hole of seconds 20 to 24 is out of sight: the line goes all the way.
  const holes = (columns) => columns.slice(1).filter((x, k) => x - columns[k] > 10).length;
  assert.ok(holes(all.columns) > 0 && holes(zoomed.columns) === 0, 'the main chart follows');
  await page.reload();
  await has(page, '#spectrum-note', `${formatNumber((to - from) * 100)} requests`);
  await page.locator('#heat-chart .u-over').dblclick({position: {x: 300, y: 60}});
  await has(page, '#spectrum-note', '5,500 requests');
  assert.doesNotMatch(page.url(), /zoom=/);
  await page.close();
};

tests['heat map, spectrum and parts'] = async (fixture) => {
  const page = await open(fixture, '/?clock=elapsed');
  await has(page, '#spectrum-note', '5,500 requests');
  assert.ok((await pixelsOf(page, '#heat-chart', '--heat4', 0)).count > 100, 'busy cells');
  assert.ok((await pixelsOf(page, '#heat-chart', '--bad', 0)).count > 50, 'failures at the top');
  assert.ok((await pixelsOf(page, '#parts-chart', '--part-first')).count > 100);
  const box = await boxOf(page, '#heat-chart');
  await page.mouse.move(box.x + box.width * 52.2 / 60, box.y + 50);
  await page.waitForFunction(() => /60 failed \(> 30 s\)/.test(
    document.getElementById('heat-value').textContent));
  const spectrum = await boxOf(page, '#spectrum-chart');
  await page.mouse.move(spectrum.x + spectrum.width / 4, spectrum.y + 50);
  assert.match(await text(page, '#spectrum-note'), /^p[89]\d\.?\d*$/);
  assert.match(await text(page, '#value-spectrum-response'), /^\d.* ms$/);
  assert.equal(await text(page, '#parts-note'), 'mean of the successes, from the rows');
  await page.close();
};

tests['another run laid over'] = async (fixture) => {
  const page = await open(fixture, '/?log=1&p=1');
  const alone = await pixelsOf(page, '#main-chart', '--p50');
  await page.selectOption('#vs', '1');
  await page.waitForSelector('#value-1-other');
  await settled(page);
  assert.match(page.url(), /vs=1/);
  const box = await boxOf(page, '#main-chart');
  await page.mouse.move(box.x + box.width * 10.1 / 60, box.y + 60);
  const [there] = sqlite(fixture.database, 'SELECT p50_ms FROM second_latency_by_run WHERE run = 1 '
    + 'AND second = 10');
  await has(page, '#value-1-other', formatMillis(there.p50_ms));
  await page.reload();
  await page.waitForSelector('#value-1-other');
  assert.equal(await page.inputValue('#vs'), '1');
  await shot(page, 'overlay');
  assert.ok(alone.count > 100);
  await page.selectOption('#vs', '0');
  await page.waitForFunction(() => !document.getElementById('value-1-other'));
  await page.close();
};

tests['the list of runs'] = async (fixture) => {
  const page = await open(fixture);
  await page.click('#runs-button');
  assert.equal(await text(page, '#runs-count'), '2 of 2 runs');
  await shot(page, 'runs');
  await page.fill('#runs-filter', 'cache');
  assert.equal(await text(page, '#runs-count'), '1 of 2 runs');
  const [row] = sqlite(fixture.database, 'SELECT requests, p50_ms FROM run_summary WHERE run = 1');
  const cells = await page.locator('#runs-rows tr td').allTextContents();
  assert.ok(cells.includes(formatNumber(row.requests)) && cells.includes(formatMillis(row.p50_ms)));
  await page.click('#runs-rows th button');
  await has(page, '#title', 'before the cache');
  assert.match(page.url(), /run=1/);
  await page.goBack().catch(() => {});
  await page.close();
};

tests['PNG and CSV'] = async (fixture) => {
  const page = await open(fixture, '/?clock=elapsed&zoom=10-30');
  await page.hover('#traffic-figure');
  const png = await download(page, () => page.click('#traffic-figure button.png'));
  assert.match(png.name, /^macaw-run-2-out\.txt-traffic\.png$/);
  assert.equal(png.bytes.toString('latin1', 1, 4), 'PNG');
  assert.ok(png.bytes.length > 4000);
  const csv = await download(page, () => page.click('#csv'));
  const [head, ...lines] = csv.bytes.toString().trim().split('\r\n').map((line) => line.split(','));
  const column = (name) => lines.map((cells) => cells[head.indexOf(name)]);
  assert.deepEqual([column('second')[0], column('second').at(-1)], ['10', '30']);
  const rows = sqlite(fixture.database, 'SELECT second, requests, p50_ms, service_p50_ms FROM '
    + 'second_latency WHERE second BETWEEN 10 AND 30');
  for (const row of rows) {
    const at = column('second').indexOf(String(row.second));
    assert.equal(Number(column('requests')[at]), row.requests);
    assert.equal(Number(column('response_p50_ms')[at]), row.p50_ms);
    assert.equal(Number(column('service_p50_ms')[at]), row.service_p50_ms);
  }
  assert.equal(column('requests')[column('second').indexOf('22')], '');  // nothing was due
  await page.close();
};

tests['the run as one file'] = async (fixture) => {
  const online = await open(fixture, '/?clock=elapsed');
  const tiles = await online.locator('#tiles').innerText();
  const file = await download(online, () => online.click('#export'));
  assert.equal(file.name, 'macaw-run-2.html');
  await online.close();
  const page = await pages.open(`${pathToFileURL(file.path)}?clock=elapsed`);
  await page.waitForSelector('#endpoint-rows tr');
  await settled(page);
  assert.equal(await text(page, '#title'), 'Run 2');
  assert.equal(await text(page, '#state'), 'VALID');
  assert.equal(await page.locator('#tiles').innerText(), tiles);
  assert.ok((await pixelsOf(page, '#main-chart', '--p50')).count > 200);
  assert.ok((await pixelsOf(page, '#heat-chart', '--heat4', 0)).count > 100);
  for (const id of ['#runs-button', '#export', '#control', '#run-label']) {
    assert.equal(await page.isVisible(id), false, id);
  }
  await page.click('[data-endpoint="2"]');
  await has(page, '#main-title', 'Response time of /js/action/new');
  const box = await boxOf(page, '#main-chart');
  await page.mouse.move(box.x + 300, box.y + 60);
  await page.mouse.down();
  await page.mouse.move(box.x + 600, box.y + 60, {steps: 4});
  await page.mouse.up();
  await page.waitForSelector('#reset:not([hidden])');
  await shot(page, 'file');
  await page.close();
};

tests['steering, where the server offers it'] = async (fixture) => {
  const asked = [];
  let paused = false;
  const page = await browser.newPage({viewport: {width: 1280, height: 900}});
  await page.route(/\/api\/control/, (route) => {
    const request = route.request();
    if (request.method() === 'GET') {
      return route.fulfill({json: {available: true, paused, target_rps: 100}});
    }
    asked.push([new URL(request.url()).pathname, request.headers()['x-macaw-token'],
      request.postData()]);
    paused = request.url().endsWith('/pause');
    return route.fulfill({json: {}});
  });
  await fixture.tell('begin');
  await fixture.tell('seconds 3');
  await page.goto(`${fixture.url}/#token=s3cret`);
  await page.waitForSelector('#control:not([hidden])');
  assert.doesNotMatch(page.url(), /s3cret/);
  await page.fill('#control-rate', '250');
  await page.click('#control-set');
  await has(page, '#control-said', 'rate set to 250/s');
  await page.click('#control-pause');
  await has(page, '#control-pause', 'Resume');
  await page.click('#control-pause');
  await has(page, '#control-pause', 'Pause');
  await page.click('#control-stop');
  assert.equal(asked.length, 3, 'one click does not stop a run');
  await page.click('#control-stop');
  await has(page, '#control-said', 'stopping: what is in flight ends first');
  assert.deepEqual(asked, [['/api/control/rate', 's3cret', '{"rps":250}'],
    ['/api/control/pause', 's3cret', null], ['/api/control/resume', 's3cret', null],
    ['/api/control/stop', 's3cret', null]]);
  await fixture.tell('end');
  await page.waitForSelector('#control', {state: 'hidden'});
  await page.close();
};

tests['widths, schemes and names'] = async (fixture) => {
  const phone = await open(fixture, '/', {viewport: {width: 375, height: 812}});
  assert.equal(await overflow(phone), 0);
  await shot(phone, 'phone');
  // Everything that can be used has a name for those who cannot see it.
  const nameless = await phone.evaluate(() => [...document.querySelectorAll(
    'button, a, select, input, [role="group"], progress')].filter((one) => !(one.textContent.trim()
    || one.getAttribute('aria-label') || one.getAttribute('aria-labelledby')
    || one.labels?.length)).map((one) => one.outerHTML.slice(0, 80)));
  assert.deepEqual(nameless, []);
  await phone.close();
  for (const colorScheme of ['light', 'dark']) {
    const page = await open(fixture, '/?log=1', {colorScheme});
    assert.ok((await pixelsOf(page, '#main-chart', '--p99')).count > 200);
    await shot(page, colorScheme);
    await page.close();
  }
};

/** The process dies under an open page, and another one serves what it has left. */
async function lost() {
  const fixture = await Fixture.start(program);
  const port = Number(new URL(fixture.url).port);
  let again = null;
  try {
    await fixture.tell('begin');
    await fixture.tell('seconds 10');
    const page = await open(fixture, '/?clock=elapsed');
    await has(page, '#state', 'playing, 0:09 of 1:00');
    await has(page, '#when', 'latest: 0:08');
    await fixture.tell('seconds 5');
    await has(page, '#when', 'latest: 0:13');
    await shot(page, 'live');
    pages.unreachable = true;
    await fixture.kill();
    await page.waitForFunction(() => /^No answer/.test(
      document.getElementById('notice').textContent));
    again = await Fixture.start(program, fixture.folder, port);
    assert.equal(again.url, fixture.url);
    await has(page, '#state', 'SUSPECT, killed');
    await page.waitForSelector('#notice', {state: 'hidden'});
    assert.equal(await text(page, '#when'), 'latest: 0:14');
    await page.close();
  } finally {
    pages.unreachable = false;
    await (again ?? fixture).remove();
  }
}

const bodyRows = (page, selector) => page.locator(`${selector} tr`).evaluateAll((rows) => (
  rows.map((row) => [...row.children].map((cell) => cell.textContent))));

/** gRPC calls: what lies below the requests, as SQL has it. */
async function calls() {
  const fixture = await Fixture.start(program);
  try {
    await fixture.tell('finished');
    const plain = await open(fixture);
    assert.equal(await plain.locator('#connections-section').isHidden(), true);
    assert.equal(await plain.locator('#streams-section').isHidden(), true);
    await plain.close();
    await fixture.tell('calls');
    const page = await open(fixture);
    const time = (ms) => (ms === null ? '\u2013' : formatMillis(ms));
    const kinds = sqlite(fixture.database, 'SELECT * FROM connection_latency');
    assert.equal(kinds.length, 2);
    // The p99 of four is no p99.
    assert.deepEqual(await bodyRows(page, '#connection-rows'), kinds.map((row) => [
      `${row.protocol} over ${row.tls}${row.resumed ? ', resumed' : ''}`,
      formatNumber(row.opened), time(row.connect_p50_ms),
      (row.opened < 368 ? '~' : '') + time(row.connect_p99_ms), time(row.connect_max_ms),
      time(row.handshake_p50_ms), (row.opened < 368 ? '~' : '') + time(row.handshake_p99_ms),
      time(row.handshake_max_ms)]));
    assert.equal(await text(page, '#connections-note'),
      '400 of 404 TLS sessions were resumed (99 %).');
    const streams = sqlite(fixture.database, 'SELECT * FROM stream_latency');
    assert.deepEqual(await bodyRows(page, '#stream-rows'), streams.map((row) => [
      row.endpoint === 'all' ? 'all streams' : row.endpoint, formatNumber(row.streams),
      formatNumber(row.messages), ...['first', 'message', 'gap'].flatMap((name) => (
        ['p50', 'p99', 'max'].map((what) => time(row[`${name}_${what}_ms`]))))]));
    const statuses = sqlite(fixture.database, "SELECT status, grpc_status, count FROM statuses "
      + "WHERE endpoint = 'all' AND status IS NOT NULL");
    assert.equal(await text(page, '#statuses'), `Status codes: ${statuses.map((row) => (
      `${row.grpc_status} (${row.status - 1000}) \u00d7 ${formatNumber(row.count)}`)).join('')}`);
    const outcomes = await bodyRows(page, '#outcome-rows');
    assert.ok(outcomes.some(([name]) => name === 'grpc error'), 'no gRPC errors');
    assert.equal(await page.locator('#failure-grpc_error').isVisible(), true);
    await shot(page, 'calls');
    // An endpoint without streams has no table of them.
    await page.locator('#endpoint-rows button', {hasText: '/js/action/new'}).click();
    await page.waitForSelector('#streams-section', {state: 'hidden'});
    await page.close();
    const phone = await open(fixture, '/', {viewport: {width: 390, height: 844}});
    assert.ok(await overflow(phone) <= 0, 'wider than the phone');
    await shot(phone, 'calls-phone');
    await phone.close();
    const dark = await open(fixture, '/', {colorScheme: 'dark'});
    await shot(dark, 'calls-dark');
    await dark.close();
  } finally {
    await fixture.remove();
  }
}

const suite = new Suite(browser);
const fixture = await Fixture.start(program);
await fixture.tell('finished');
writeFileSync(join(artifacts, 'README.txt'), 'Screenshots and files of the browser tests.\n');
for (const [name, body] of Object.entries(tests)) await suite.run(name, () => body(fixture));
await fixture.remove();
await suite.run('gRPC calls over TLS and HTTP/2', calls);
await suite.run('a process that dies under an open page', lost);
await suite.run('nothing was complained of in the console',
  async () => assert.deepEqual(complaints, []));
await suite.end();
