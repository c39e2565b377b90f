// SPDX-License-Identifier: MIT
//
// The tables below the charts: endpoints, outcomes, errors with their first example, events.
import {eventColour, gatherEvents} from './events.js';
import {formatBytes, formatDuration, formatElapsed, formatMillis, formatNumber, formatShare,
  samplesNeeded} from './format.js';
import {$, element, setText} from './legend.js';

/** Columns of the endpoint table; `few`: the percentile whose samples it takes. */
const COLUMNS = [
  {id: 'name', text: 'Endpoint', value: (row) => row.name, first: 'ascending'},
  {id: 'requests', text: 'Requests', value: (row) => row.requests},
  {id: 'errors', text: 'Errors', value: (row) => row.errors},
  {id: 'rps', text: 'Rate', value: (row) => row.rps, wide: true},
  {id: 'p50', text: 'p50', value: (row) => row.response_ms[0], few: 1},
  {id: 'p90', text: 'p90', value: (row) => row.response_ms[1], few: 3, wide: true},
  {id: 'p95', text: 'p95', value: (row) => row.response_ms[2], few: 4, wide: true},
  {id: 'p99', text: 'p99', value: (row) => row.response_ms[3], few: 5},
  {id: 'p999', text: 'p99.9', value: (row) => row.response_ms[4], few: 6, wide: true},
  {id: 'max', text: 'Max', value: (row) => row.response_ms[5], few: -1, wide: true},
  {id: 'service-p50', text: 'Service p50', value: (row) => row.service_ms[0], few: 1, wide: true},
  {id: 'service-p99', text: 'Service p99', value: (row) => row.service_ms[3], few: 5, wide: true},
  {id: 'bytes', text: 'Received', value: (row) => row.bytes_in, wide: true}];

const EVENTS_SHOWN = 200;

function cellText(column, row, timeout) {
  const value = column.value(row);
  if (column.few === undefined) {
    const write = {bytes: formatBytes, rps: (n) => `${formatNumber(n)}/s`}[column.id]
      ?? formatNumber;
    return [write(value), column.id === 'errors' && value > 0 ? 'bad' : ''];
  }
  if (row.requests === 0) return ['\u2013', ''];
  const text = value === null ? `> ${formatDuration(timeout)}` : formatMillis(value);
  const few = column.few >= 0 && row.requests < samplesNeeded(column.few);
  return [`${few ? '~' : ''}${text}`, few ? 'few' : value === null ? 'bad' : ''];
}

function compare(a, b) {
  if (typeof a === 'string') return a.localeCompare(b);
  // null is among the failures: slower than any time.
  return (a ?? Infinity) - (b ?? Infinity) || 0;
}

export class EndpointTable {
  /** `onSelect(endpoint)`. */
  constructor(onSelect) {
    this.onSelect = onSelect;
    this.sort = 'requests';
    this.down = true;
    this.rows = [];
    $('endpoint-head').replaceChildren(...COLUMNS.map((column) => {
      const button = element('button', {type: 'button', text: column.text});
      button.addEventListener('click', () => this.sortBy(column));
      return element('th', {scope: 'col', 'data-column': column.id,
        class: column.wide ? 'wide' : null}, button);
    }));
    $('endpoint-filter').addEventListener('input', () => this.draw());
  }

  sortBy(column) {
    this.down = this.sort === column.id ? !this.down : column.first !== 'ascending';
    this.sort = column.id;
    this.draw();
  }

  /** `rows` of /api/summary; `selected` endpoint. */
  set(rows, run, selected) {
    const seconds = Math.max(run.elapsed_s - run.warmup_s, 1e-9);
    this.rows = rows.map((row) => ({...row, rps: row.requests / seconds}));
    this.timeout = run.timeout_s;
    this.selected = selected;
    this.draw();
  }

  draw() {
    const wanted = $('endpoint-filter').value.toLowerCase();
    const column = COLUMNS.find(({id}) => id === this.sort);
    const shown = this.rows.filter((row) => row.endpoint !== 0
      && `${row.method} ${row.name}`.toLowerCase().includes(wanted));
    shown.sort((a, b) => compare(column.value(a), column.value(b)) * (this.down ? -1 : 1)
      || a.endpoint - b.endpoint);
    const all = this.rows.filter((row) => row.endpoint === 0);
    for (const head of $('endpoint-head').children) {
      const sorted = head.dataset.column === this.sort;
      head.setAttribute('aria-sort', !sorted ? 'none' : this.down ? 'descending' : 'ascending');
    }
    const text = JSON.stringify([this.selected, all, shown]);
    if (text === this.drawn) return;
    this.drawn = text;
    const focused = document.activeElement?.dataset?.endpoint;
    $('endpoint-rows').replaceChildren(...[...all, ...shown].map((row) => this.row(row)));
    if (focused) $('endpoint-rows').querySelector(`[data-endpoint="${focused}"]`)?.focus();
    const count = this.rows.length - all.length;
    setText('endpoint-count', shown.length === count ? `${formatNumber(count)} endpoints`
      : `${formatNumber(shown.length)} of ${formatNumber(count)} endpoints`);
  }

  row(row) {
    const selected = row.endpoint === this.selected;
    const button = element('button', {type: 'button', 'aria-pressed': String(selected),
      'data-endpoint': row.endpoint}, ...(row.method && row.endpoint ? [element('span',
      {class: 'method', text: row.method}), ' '] : []),
    row.endpoint === 0 ? 'all requests' : row.name);
    const made = element('tr', {class: selected ? 'selected' : null},
      element('th', {scope: 'row'}, button),
      ...COLUMNS.slice(1).map((column) => {
        const [text, kind] = cellText(column, row, this.timeout);
        return element('td', {text, class: `${kind} ${column.wide ? 'wide' : ''}`});
      }));
    made.addEventListener('click', () => this.onSelect(row.endpoint));
    return made;
  }
}

/** `figures`: the shown endpoint's row of the summary. */
export function showOutcomes(summary, figures, selected) {
  const rows = Object.entries(figures.outcomes).map(([outcome, count]) => {
    const bar = element('span', {class: 'bar', 'aria-hidden': 'true'});
    bar.style.width = `${Math.max(100 * count / Math.max(figures.requests, 1), 0.5)}%`;
    bar.style.background = `var(--${outcome === 'ok' ? 'good' : outcome})`;
    return element('tr', {}, element('th', {scope: 'row', text: outcome.replace('_', ' ')}),
      element('td', {text: formatNumber(count)}),
      element('td', {text: formatShare(count, figures.requests)}),
      element('td', {class: 'bars'}, bar));
  });
  $('outcome-rows').replaceChildren(...rows);
  const statuses = summary.statuses.filter((row) => row.endpoint === selected && row.status > 0);
  $('statuses').hidden = statuses.length === 0;
  $('statuses').replaceChildren('Status codes: ', ...statuses.map((row) => element('span',
    {class: `status ${row.outcome === 'ok' ? '' : 'bad'}`},
    element('b', {text: row.text}), ` \u00d7 ${formatNumber(row.count)}`)));
}

export function showErrors(summary, selected, onTime) {
  const names = new Map(summary.endpoints.map((row) => [row.endpoint, row.name]));
  const errors = summary.errors.filter((row) => selected === 0 || row.endpoint === selected);
  $('errors-section').hidden = errors.length === 0;
  $('error-rows').replaceChildren(...errors.map((row) => {
    const swatch = element('span', {class: 'swatch bar', 'aria-hidden': 'true'});
    swatch.style.color = `var(--${row.outcome})`;
    const when = element('button', {type: 'button', class: 'link',
      text: formatElapsed(row.first_s), title: 'show this moment'});
    when.addEventListener('click', () => onTime(row.first_s));
    return element('tr', {}, element('td', {class: 'text'}, swatch,
      ` ${row.outcome.replace('_', ' ')}`),
    element('td', {text: formatNumber(row.count)}),
    element('td', {class: 'text wide', text: row.endpoint ? names.get(row.endpoint) ?? '' : ''}),
    element('td', {class: 'text', text: row.text}), element('td', {}, when),
    element('td', {class: 'wide', text: `#${formatNumber(row.first_index)}`}));
  }));
  setText('errors-left', summary.errors_left_out > 0
    ? `and ${summary.errors_left_out} more kinds, in the table events of the database` : '');
}

export function showEvents(summary, onTime) {
  $('events-section').hidden = summary.events.length === 0;
  const gathered = gatherEvents(summary.events);
  $('event-rows').replaceChildren(...gathered.slice(0, EVENTS_SHOWN).map((row) => {
    const when = element('button', {type: 'button', class: 'link', text: formatElapsed(row.at_s),
      title: 'show this moment'});
    when.addEventListener('click', () => onTime(row.at_s));
    const swatch = element('span', {class: 'swatch bar', 'aria-hidden': 'true'});
    swatch.style.color = `var(${eventColour(row.kind)})`;
    const most = row.count > 1 ? ' up to' : '';
    const length = row.has_length ? ` of${most} ${formatMillis(row.value / 1e6)}` : '';
    const times = row.count > 1 ? `, ${formatNumber(row.count)} times` : '';
    return element('tr', {}, element('td', {}, when), element('td', {class: 'text'}, swatch,
      ` ${row.kind.replaceAll('_', ' ')}${length}${times}`),
    element('td', {class: 'text', text: row.text}));
  }));
  const left = summary.events_left_out + Math.max(gathered.length - EVENTS_SHOWN, 0);
  setText('events-left', left > 0 ? `and ${left} more, in the table events of the database` : '');
}
