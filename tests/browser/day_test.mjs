// SPDX-License-Identifier: MIT
//
// Opens a run of 24 hours and 100 endpoints, and says how long it took:
// node day_test.mjs PROGRAMS ARTIFACTS [REPLAY [REQUESTS_PER_SECOND]]. What is asserted is what
// makes it fast, not the time: nobody is sent more points than fit on a screen. 100 requests a
// second make a database of 2 GB, as people have; the test makes do with 5. Exit code 77: skipped.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {Fixture, Pages, Suite, launchBrowser, settled} from './fixture.mjs';

const POINTS_MAX = 4001;
const [programs, artifacts, , rate = '5'] = process.argv.slice(2);
const complaints = [];

mkdirSync(artifacts, {recursive: true});
const browser = await launchBrowser();
const pages = new Pages(browser, complaints);
const folder = mkdtempSync(join(tmpdir(), 'macaw-day-'));
const database = join(folder, 'macaw.sqlite');
let since = performance.now();
const took = (what) => {
  console.log(`${what}: ${Math.round(performance.now() - since)} ms`);
  since = performance.now();
};
execFileSync(join(programs, 'made_day'), [database, '86400', '100', rate]);
took(`a database of ${Math.round(statSync(database).size / 1e6)} MB written`);
const fixture = await Fixture.start(join(programs, 'ui_fixture'), folder);
const suite = new Suite(browser);

await suite.run('a day', async () => {
  // Each answer, as the page asks for it.
  for (const path of ['/api/run', '/api/runs', '/api/summary', '/api/series', '/api/heat',
    '/api/spectrum', '/api/parts', '/api/series?endpoint=7', '/api/series?from=50000&to=51000']) {
    since = performance.now();
    const answer = await fixture.json(path);
    took(`${path}, ${Math.round(JSON.stringify(answer).length / 1000)} kB`);
    for (const t of [answer.t, answer.response?.t, answer.traffic?.t, answer.health?.t]) {
      assert.ok(!t || t.length <= POINTS_MAX, `${path}: ${t?.length} points`);
    }
  }
  since = performance.now();
  const page = await pages.open(fixture.url);
  await page.waitForSelector('#main-chart canvas');
  await settled(page);
  // Without the time that it takes to make a window of the browser's.
  console.log(`the page with its lines, from its request on: ${
    Math.round(await page.evaluate(() => performance.now()))} ms`);
  took('all of it');
  await page.waitForSelector('#endpoint-rows tr:nth-child(101)');
  await page.waitForFunction(() => /requests$/.test(
    document.getElementById('spectrum-note').textContent));
  await settled(page);
  took('and then the rest of it');
  assert.equal(await page.textContent('#endpoint-count'), '100 endpoints');
  since = performance.now();
  await page.click('[data-endpoint="7"]');
  await page.waitForFunction(() => / of \/api/.test(
    document.getElementById('main-title').textContent));
  await settled(page);
  took('another endpoint');
  await page.click('#endpoint-rows tr:first-child');
  since = performance.now();
  await page.goto(`${fixture.url}/?clock=elapsed&zoom=49800-51000`);
  await page.waitForFunction(() => /^latest/.test(document.getElementById('when').textContent));
  await settled(page);
  took('twenty minutes of it by the second');
  assert.equal(await page.textContent('#when'), 'latest: 14:10:00');
  await page.screenshot({path: join(artifacts, 'dashboard-day.png'), fullPage: true});
  await page.close();
  since = performance.now();
  const html = await (await fetch(`${fixture.url}/export/1.html`)).text();
  took(`a file of ${Math.round(html.length / 1e6)} MB`);
  assert.deepEqual(complaints, []);
});
await fixture.remove();
await suite.end();
