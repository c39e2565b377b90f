// SPDX-License-Identifier: MIT
//
// What the address says and the page shows: one state, read from and written to the URL, so that
// every view is a permalink. Iago's `g`, `log` and `p` keep their meaning.
import {PERCENTILES} from './format.js';

export const MEASURES = [
  {group: 'Latency', items: [
    ['metric:client/request_latency_ms', 'Response time'],
    ['metric:client/service_latency_ms', 'Service time']]},
  {group: 'Traffic', items: [
    ['counter:client/requests', 'Requests due'],
    ['counter:requests_sent', 'Requests sent'],
    ['counter:client/success', 'Successes'],
    ['counter:client/failures', 'Failures'],
    ['counter:client/received_bytes', 'Bytes received'],
    ['counter:client/sent_bytes', 'Bytes sent']]},
  {group: 'Load generator', items: [
    ['gauge:client/pending', 'In flight'],
    ['gauge:client/connections', 'Connections'],
    ['gauge:queue_depth', 'Waiting requests'],
    ['gauge:lag_p99_ms', 'Scheduler lag p99']]},
];

const DEFAULT_KEY = 'metric:client/request_latency_ms';
const DEFAULT_SHOWN = [1, 4, 5];

/** The measure of a key; those of latency may carry an endpoint: [measure, endpoint]. */
export function splitKey(key) {
  const base = MEASURES[0].items.map(([name]) => name).find((name) => key.startsWith(`${name}/`));
  return base ? [base, key.slice(base.length)] : [key, ''];
}

export function titleOf(key) {
  const [base] = splitKey(key);
  const found = MEASURES.flatMap((group) => group.items).find(([name]) => name === base);
  return found ? found[1] : key.replace('counter:client/failures/', 'Failures: ').replace('_', ' ');
}

function whole(text) {
  return /^\d+$/.test(text ?? '') ? Number(text) : null;
}

export function readView(search) {
  const query = new URLSearchParams(search);
  const picked = (query.get('p') ?? '').split(',').map(whole)
    .filter((index) => index !== null && index < PERCENTILES.length);
  const zoom = (query.get('zoom') ?? '').split('-').map(whole);
  return {
    key: query.get('g') || DEFAULT_KEY,
    run: whole(query.get('run')) ?? 0,
    vs: whole(query.get('vs')) ?? 0,
    endpoint: whole(query.get('endpoint')),
    log: ['1', 'true'].includes(query.get('log')),
    shown: new Set(query.has('p') ? picked : DEFAULT_SHOWN),
    clock: ['utc', 'elapsed'].includes(query.get('clock')) ? query.get('clock') : 'local',
    last: [60, 600, 3600].includes(whole(query.get('last'))) ? whole(query.get('last')) : null,
    zoom: zoom.length === 2 && zoom[0] !== null && zoom[1] > zoom[0] ? zoom : null,
  };
}

/** `named`: also with the key that is shown without one. */
export function writeView(view, named = true) {
  const parts = [];
  const add = (name, value) => parts.push(`${name}=${value}`);
  if (named || view.key !== DEFAULT_KEY) {
    add('g', encodeURIComponent(view.key).replace(/%3A/g, ':').replace(/%2F/g, '/'));
  }
  if (view.run) add('run', view.run);
  if (view.vs) add('vs', view.vs);
  if (view.endpoint) add('endpoint', view.endpoint);
  if (view.log) add('log', 1);
  const shown = [...view.shown].sort((a, b) => a - b).join(',');
  if (shown !== DEFAULT_SHOWN.join(',')) add('p', shown);
  if (view.clock !== 'local') add('clock', view.clock);
  if (view.last) add('last', view.last);
  if (view.zoom) add('zoom', view.zoom.map(Math.round).join('-'));
  return `?${parts.join('&')}`;
}
