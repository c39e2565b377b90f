// SPDX-License-Identifier: MIT
//
// Starts what a browser test needs, the fixture program and Chromium, and reads canvases.
import {spawn} from 'node:child_process';
import {existsSync, mkdtempSync, rmSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';

const SKIPPED = 77;
const CHROMIUM = process.env.MACAW_CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];

function skip(why) {
  console.log(`SKIPPED: ${why}`);
  process.exit(SKIPPED);
}

/** How the tests look at pages; what a page complains of goes to `complaints`. */
export class Pages {
  constructor(browser, complaints) {
    Object.assign(this, {browser, complaints, unreachable: false});
  }

  async open(url, options = {}) {
    const page = await this.browser.newPage({viewport: {width: 1280, height: 1080},
      colorScheme: 'light', timezoneId: 'Europe/Berlin', acceptDownloads: true, ...options});
    page.on('console', (message) => {
      // That canvases are read often is the test's own doing.
      const ours = message.text().startsWith('Canvas2D: Multiple readback')
        || (this.unreachable && /ERR_(CONNECTION|INCOMPLETE|EMPTY)/.test(message.text()))
        || message.location().url.includes('/api/control');  // not there: nothing to steer
      if (['error', 'warning'].includes(message.type()) && !ours) {
        this.complaints.push(message.text());
      }
    });
    page.on('pageerror', (error) => this.complaints.push(error.stack));
    const origin = url.startsWith('file:') ? 'file:' : new URL(url).origin;
    page.on('request', (request) => {
      const there = request.url();
      if (!there.startsWith(origin) && !/^(blob|data):/.test(there)) {
        this.complaints.push(`foreign: ${there}`);
      }
    });
    await page.goto(url);
    return page;
  }
}

/** Waits until what was asked of uPlot has been drawn. */
export async function settled(page) {
  await page.evaluate(() => new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(resolve));
  }));
}

export async function launchBrowser() {
  if (!existsSync(CHROMIUM)) skip(`no ${CHROMIUM}; scripts/setup test installs it`);
  let playwright;
  try {
    playwright = createRequire(import.meta.url)('playwright-core');
  } catch {
    skip('no playwright-core; scripts/setup test installs it');
  }
  // A fresh profile folder each time, which Playwright makes and removes.
  return playwright.chromium.launch({executablePath: CHROMIUM, args: FLAGS});
}

/** Runs tests one after another, and says how each went. */
export class Suite {
  constructor(browser) {
    Object.assign(this, {browser, failed: 0});
  }

  async run(name, body) {
    const start = Date.now();
    try {
      await body();
      console.log(`ok      ${name} (${Date.now() - start} ms)`);
    } catch (error) {
      this.failed += 1;
      console.log(`FAILED  ${name}\n${error.stack}`);
    }
    for (const context of this.browser.contexts()) await context.close();
  }

  /** Ends the process. */
  async end() {
    await this.browser.close();
    process.exit(this.failed ? 1 : 0);
  }
}

/** The page from a folder instead of from the program, while it is edited. */
const PAGE_FOLDER = process.env.MACAW_PAGE_FOLDER ?? '';

/** The fixture program over a folder of its own. */
export class Fixture {
  /** `folder` and `port`: those of a fixture that has been there before. */
  static async start(program, folder = null, port = 0) {
    const fixture = new Fixture();
    fixture.folder = folder ?? mkdtempSync(join(tmpdir(), 'macaw-browser-'));
    fixture.process = spawn(program, [fixture.folder, PAGE_FOLDER, String(port)],
      {stdio: ['pipe', 'pipe', 'inherit']});
    fixture.exited = new Promise((resolve) => { fixture.process.on('exit', resolve); });
    fixture.lines = createInterface({input: fixture.process.stdout})[Symbol.asyncIterator]();
    fixture.url = `http://127.0.0.1:${await fixture.line()}`;
    return fixture;
  }

  get database() {
    return join(this.folder, 'macaw.sqlite');
  }

  async line() {
    const {value, done} = await this.lines.next();
    if (done) throw new Error('the fixture program has ended');
    return value;
  }

  async tell(command) {
    this.process.stdin.write(`${command}\n`);
    const answer = await this.line();
    if (answer !== 'ok') throw new Error(`${command}: ${answer}`);
  }

  async json(path) {
    const response = await fetch(this.url + path);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  async stop() {
    this.process.stdin.end();
    await this.exited;
  }

  /** Without a chance to say anything more. */
  async kill() {
    this.process.kill('SIGKILL');
    await this.exited;
  }

  async remove() {
    await this.stop();
    rmSync(this.folder, {recursive: true, force: true});
  }
}

/**
 * How many pixels of a chart have about the colour of a custom property, and where: their median y
 * and the columns that hold any. `ignoreTop` leaves out the marks at the top edge.
 */
export function pixelsOf(page, chart, property, ignoreTop = 16) {
  return page.evaluate(([selector, name, top]) => {
    const probe = document.createElement('span');
    probe.style.color = `var(${name})`;
    document.body.append(probe);
    const wanted = getComputedStyle(probe).color.match(/\d+/g).map(Number);
    probe.remove();
    const canvas = document.querySelector(`${selector} canvas`);
    const {data, width, height} = canvas.getContext('2d')
      .getImageData(0, 0, canvas.width, canvas.height);
    const [rows, columns] = [[], new Set()];
    for (let y = top; y < height; ++y) {
      for (let x = 0; x < width; ++x) {
        const at = (y * width + x) * 4;
        const distance = Math.abs(data[at] - wanted[0]) + Math.abs(data[at + 1] - wanted[1])
          + Math.abs(data[at + 2] - wanted[2]);
        if (data[at + 3] > 200 && distance < 24) {
          rows.push(y);
          columns.add(x);
        }
      }
    }
    return {count: rows.length, y: rows[Math.floor(rows.length / 2)] ?? 0,
      columns: [...columns].sort((a, b) => a - b)};
  }, [chart, property, ignoreTop]);
}
