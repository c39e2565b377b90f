// SPDX-License-Identifier: MIT
//
// A real run, from its first second to its report, as somebody sees it who sits in front of the
// page: node live_test.mjs PROGRAMS ARTIFACTS REPLAY. Screenshots stay in ARTIFACTS. Exit code 77:
// skipped.
import assert from 'node:assert/strict';
import {execFileSync, spawn} from 'node:child_process';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {formatNumber} from '../../ui/web/format.js';
import {Pages, Suite, launchBrowser, pixelsOf, settled} from './fixture.mjs';

const [, artifacts, replay] = process.argv.slice(2);
const complaints = [];
const FIRST_RPS = 60;
const SECOND_RPS = 150;
/** Ended well; 4 says that the machine was too busy for the run to be believed. */
const EXIT_CODES = [0, 4];

mkdirSync(artifacts, {recursive: true});
const browser = await launchBrowser();
const pages = new Pages(browser, complaints);
const folder = mkdtempSync(join(tmpdir(), 'macaw-live-'));
const database = join(folder, 'macaw.sqlite');

const sql = (query) => JSON.parse(execFileSync('sqlite3', ['-json', database, query],
  {encoding: 'utf8'}) || '[]');
const text = (page, selector) => page.locator(selector).textContent();
/** Until the text of an element is what is wanted. */
const reads = (page, selector, wanted) => page.waitForFunction(([where, source]) => (
  new RegExp(source).test(document.querySelector(where)?.textContent)), [selector, wanted.source]);
const shot = (page, name) => page.screenshot({path: join(artifacts, `live-${name}.png`),
  fullPage: true});

/** A program of ours in the folder; `says(pattern)` waits for its words. */
class Program {
  constructor(...args) {
    this.said = '';
    this.process = spawn(replay, args, {cwd: folder, stdio: ['ignore', 'pipe', 'pipe']});
    this.exited = new Promise((resolve) => { this.process.on('exit', resolve); });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream.on('data', (bytes) => { this.said += bytes; });
    }
  }

  async says(pattern) {
    for (;;) {
      const found = pattern.exec(this.said);
      if (found) return found;
      const ended = await Promise.race([this.exited.then(() => true), new Promise((resolve) => {
        this.process.stderr.once('data', () => resolve(false));
        this.process.stdout.once('data', () => resolve(false));
      })]);
      if (ended && !pattern.test(this.said)) throw new Error(`it has ended: ${this.said}`);
    }
  }
}

function begin(label) {
  return new Program('out.txt', '--target', 'stub', '--rps', String(FIRST_RPS), '-d', '10m',
    '--ui-port', '0', '--db', database, '--label', label);
}

/** The second that the main chart's legend tells of. */
async function latest(page) {
  const [, minutes, seconds] = /(\d+):(\d\d)$/.exec(await text(page, '#when'));
  return Number(minutes) * 60 + Number(seconds);
}

async function moves(page) {
  const before = await latest(page);
  await page.waitForFunction((since) => {
    const [, minutes, seconds] = /(\d+):(\d\d)$/.exec(
      document.getElementById('when').textContent) ?? [0, 0, 0];
    return Number(minutes) * 60 + Number(seconds) >= since + 2;
  }, before);
}

async function steer(page) {
  await reads(page, '#tile-rate-note', new RegExp(`of ${FIRST_RPS}/s`));
  await page.fill('#control-rate', String(SECOND_RPS));
  await page.click('#control-set');
  await reads(page, '#control-said', new RegExp(`rate set to ${SECOND_RPS}/s`));
  await reads(page, '#tile-rate-note', new RegExp(`of ${SECOND_RPS}/s`));
  const near = (rate) => page.waitForFunction((wanted) => Math.abs(parseFloat(
    document.getElementById('tile-rate').textContent) - wanted) < wanted / 20, rate);
  await near(SECOND_RPS);
  await page.click('#control-pause');
  await reads(page, '#control-pause', /^Resume$/);
  await reads(page, '#state', /^paused/);
  await page.click('#control-pause');
  await reads(page, '#control-pause', /^Pause$/);
  await near(SECOND_RPS);
  await reads(page, '#event-rows', /rate change.*pause/s);
  // The plan is a number of requests, and they now take less time.
  await reads(page, '#state', /^playing, 0:\d\d of 4:\d\d$/);
}

/** Zooming and choosing an endpoint hold while seconds go on arriving. */
async function look(page, other) {
  const over = page.locator('#main-chart .u-over');
  await over.scrollIntoViewIfNeeded();
  const box = await over.boundingBox();
  await page.mouse.move(box.x + 5, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, box.y + 60, {steps: 5});
  await page.mouse.up();
  await page.waitForSelector('#reset:not([hidden])');
  const zoom = /zoom=([\d.-]+)/.exec(page.url())[1];
  await page.click('[data-endpoint="1"]');
  await reads(page, '#main-title', /^Response time of /);
  await moves(other);
  assert.equal(/zoom=([\d.-]+)/.exec(page.url())[1], zoom);
  await page.click('#reset');
  await moves(page);
  assert.match(await text(page, '#main-title'), /^Response time of /);
  await page.click('#endpoint-rows tr:first-child td:nth-child(2)');
  await reads(page, '#main-title', /^Response time$/);
}

async function stop(page) {
  await page.click('#control-stop');
  assert.equal(await text(page, '#control-stop'), 'Really stop?');
  await page.click('#control-stop');
  await reads(page, '#state', /^(VALID|SUSPECT|INVALID)/);
  await page.waitForSelector('#control', {state: 'hidden'});
}

async function main() {
  writeFileSync(join(folder, 'out.txt'), Array.from({length: 300}, (_, k) => (
    k % 3 ? `/js/recommendations?user=${k}\n` : `/js/action/new?item=${k}\n`)).join(''));
  const first = begin('from the page');
  const [, address, token] = await first.says(/live at (http:\S+)\/#token=(\w+)\s/);
  const page = await pages.open(`${address}/?clock=elapsed#token=${token}`);
  const phone = await pages.open(`${address}/?clock=elapsed`,
    {viewport: {width: 390, height: 844}});
  await page.waitForSelector('#endpoint-rows tr:nth-child(3)');
  await phone.waitForSelector('#endpoint-rows tr:nth-child(3)');
  assert.ok(!page.url().includes(token));
  assert.match(await text(page, '#state'), /^playing, 0:\d\d of 10:00$/);
  await moves(page);
  await steer(page);
  await look(page, phone);
  await settled(page);
  assert.ok((await pixelsOf(page, '#main-chart', '--p50')).count > 20);
  await shot(page, 'playing');

  // A page without the token sees all of it, and changes nothing.
  assert.ok(await phone.isDisabled('#control-stop'));
  assert.ok(await phone.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await shot(phone, 'phone');

  // A reload knows the token and the run again.
  const before = await latest(page);
  await page.reload();
  await page.waitForSelector('#endpoint-rows tr:nth-child(3)');
  assert.ok(await latest(page) >= before);
  await moves(page);
  assert.equal(await page.isDisabled('#control-stop'), false);
  await reads(page, '#tile-rate-note', new RegExp(`of ${SECOND_RPS}/s`));

  await stop(page);
  await reads(phone, '#state', /^(VALID|SUSPECT|INVALID)/);
  await settled(page);
  // The state comes with the stream, the tables are asked for a little later.
  const [{n}] = sql('SELECT count(*) AS n FROM requests_by_run WHERE run = 1');
  await reads(page, '#endpoint-rows tr:first-child td:nth-child(2)',
    new RegExp(`^${formatNumber(n)}$`));
  await shot(page, 'over');
  pages.unreachable = true;
  assert.ok(EXIT_CODES.includes(await first.exited), first.said);
  assert.deepEqual(sql('SELECT count(*) AS n FROM requests_by_run WHERE run = 1'), [{n}]);
  assert.deepEqual(sql("SELECT kind FROM events WHERE run = 1 AND kind IN ('rate_change', 'pause',"
    + " 'resume', 'stop') ORDER BY at_s").map(({kind}) => kind),
  ['rate_change', 'pause', 'resume', 'stop']);
  await page.close();
  await phone.close();

  // Another run without a page, and both of them afterwards.
  const second = new Program('out.txt', '--target', 'stub', '--rps', '100', '-d', '5s', '--no-ui',
    '--db', database, '--label', 'the second');
  assert.ok(EXIT_CODES.includes(await second.exited), second.said);
  const serve = new Program('serve', database, '--ui-port', '0');
  try {
    const [, at] = await serve.says(/(http:\/\/[\d.:]+)/);
    const old = await pages.open(`${at}/?clock=elapsed`);
    await reads(old, '#runs-button', /^Runs$/);
    await old.click('#runs-button');
    await old.click('#runs-rows tr:has-text("from the page") a, '
      + '#runs-rows tr:has-text("from the page") button >> nth=0');
    await reads(old, '#endpoint-rows', new RegExp(formatNumber(n)));
    await old.selectOption('#vs', '2');
    await old.waitForURL(/vs=2/);
    await settled(old);
    await shot(old, 'overlay');
    const [file] = await Promise.all([old.waitForEvent('download'), old.click('#export')]);
    const saved = join(artifacts, 'live-run.html');
    await file.saveAs(saved);
    assert.ok(readFileSync(saved, 'utf8').includes('from the page'));
    await old.close();
  } finally {
    serve.process.kill('SIGINT');
    await serve.exited;
  }
  assert.deepEqual(complaints, []);
}

const suite = new Suite(browser);
await suite.run('a run from its first second to its report', main);
rmSync(folder, {recursive: true, force: true});
await suite.end();
