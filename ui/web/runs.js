// SPDX-License-Identifier: MIT
//
// The list of runs: which one is shown, and which one is laid over it.
import {formatDuration, formatMillis, formatNumber} from './format.js';
import {$, element, setText} from './legend.js';

export function fillSelect(select, options, value) {
  const wanted = JSON.stringify(options);
  if (select.dataset.options !== wanted) {
    select.dataset.options = wanted;
    select.replaceChildren(...options.map(([key, text]) => element('option', {value: key, text})));
  }
  select.value = value;
}

function nameOf(run) {
  return `${run.run}: ${run.label || run.file}, ${run.profile}`;
}

export class RunList {
  /** `on.show(run)`, `on.overlay(run)`. */
  constructor(on) {
    this.on = on;
    this.runs = [];
    $('runs-button').addEventListener('click', () => $('runs-dialog').showModal());
    $('runs-filter').addEventListener('input', () => this.draw());
    // A click beside the box.
    $('runs-dialog').addEventListener('click', (event) => {
      if (event.target === $('runs-dialog')) $('runs-dialog').close();
    });
  }

  /** `runs` of /api/runs, oldest first; `shown` run number, `asked` (0: the newest), `vs`. */
  set(runs, {shown, asked, vs}) {
    this.runs = [...runs].reverse();
    Object.assign(this, {shown, vs});
    const newest = this.runs[0]?.run ?? 0;
    const names = this.runs.map((one) => [String(one.run), nameOf(one)]);
    fillSelect($('run'), [['0', `newest (run ${newest})`], ...names], String(asked));
    fillSelect($('vs'), [['0', 'nothing'], ...names.filter(([run]) => Number(run) !== shown)],
      String(vs));
    $('vs-label').hidden = runs.length < 2;
    this.draw();
  }

  draw() {
    const wanted = $('runs-filter').value.toLowerCase();
    const matches = this.runs.filter((run) => [run.run, run.label, run.file, run.target,
      run.profile, run.state, run.verdict ?? ''].join(' ').toLowerCase().includes(wanted));
    setText('runs-count', `${matches.length} of ${this.runs.length} runs`);
    $('runs-rows').replaceChildren(...matches.map((run) => this.row(run)));
  }

  row(run) {
    const shown = run.run === this.shown;
    const laid = run.run === this.vs;
    const show = element('button', {type: 'button', class: 'link', text: run.label
      || `Run ${run.run}`, 'aria-current': shown ? 'true' : null});
    show.addEventListener('click', () => { $('runs-dialog').close(); this.on.show(run.run); });
    const over = element('button', {type: 'button', text: laid ? 'remove' : 'lay over',
      'aria-label': laid ? `remove run ${run.run}` : `lay run ${run.run} over the shown one`});
    over.disabled = shown;
    over.addEventListener('click', () => {
      $('runs-dialog').close();
      this.on.overlay(laid ? 0 : run.run);
    });
    const verdict = run.verdict ?? 'playing';
    const time = (ms) => (!run.requests ? '\u2013' : ms === null
      ? `> ${formatDuration(run.timeout_s)}` : formatMillis(ms));
    return element('tr', {class: shown ? 'selected' : null},
      element('td', {text: String(run.run)}),
      element('th', {scope: 'row'}, show),
      element('td', {class: 'text', text: new Date(run.started_s * 1000).toLocaleString('en-GB',
        {dateStyle: 'medium', timeStyle: 'short'})}),
      element('td', {class: 'text wide', text: run.target}),
      element('td', {class: 'text wide', text: run.profile}),
      element('td', {class: 'text'}, element('span', {class: 'pill',
        'data-kind': verdict.toLowerCase(), text: verdict})),
      element('td', {text: formatNumber(run.requests)}),
      element('td', {class: run.errors ? 'bad' : '', text: formatNumber(run.errors)}),
      element('td', {text: time(run.p50_ms)}), element('td', {text: time(run.p99_ms)}),
      element('td', {}, over));
  }
}
