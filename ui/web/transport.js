// SPDX-License-Identifier: MIT
//
// The tables of what lies below the requests: connections, and the messages of streamed answers.
import {formatMillis, formatNumber, formatShare, samplesNeeded} from './format.js';
import {$, element, setText} from './legend.js';

const P99 = 5;

/** Cells of p50, p99 and maximum, of the API's p50, p95, p99, max; `wide`: not on a phone. */
function spanCells(span, count, wide = []) {
  return [0, 2, 3].map((at) => {
    const value = span[at];
    const few = at === 2 && value !== null && count < samplesNeeded(P99);
    const text = value === null ? '\u2013' : `${few ? '~' : ''}${formatMillis(value)}`;
    return element('td', {text, class: `${few ? 'few' : ''} ${wide.includes(at) ? 'wide' : ''}`});
  });
}

export function showConnections(summary) {
  const rows = summary.connection_kinds;
  $('connections-section').hidden = rows.length === 0;
  $('connection-rows').replaceChildren(...rows.map((row) => element('tr', {},
    element('th', {scope: 'row', text: row.name}),
    element('td', {text: formatNumber(row.opened)}),
    ...spanCells(row.connect_ms, row.opened, [3]),
    ...spanCells(row.handshake_ms, row.opened, [3]))));
  const sum = (some) => some.reduce((all, row) => all + row.opened, 0);
  const sessions = sum(rows.filter((row) => row.tls !== null));
  const resumed = sum(rows.filter((row) => row.resumed));
  setText('connections-note', sessions > 0 ? `${formatNumber(resumed)} of ${formatNumber(sessions)
  } TLS sessions were resumed (${formatShare(resumed, sessions)}).` : '');
}

/** All of them together, or those of the selected endpoint. */
export function showStreams(summary, selected) {
  const names = new Map(summary.endpoints.map((row) => [row.endpoint, row.name]));
  const rows = summary.streams.filter((row) => selected === 0 || row.endpoint === selected);
  $('streams-section').hidden = rows.length === 0;
  $('stream-rows').replaceChildren(...rows.map((row) => element('tr', {},
    element('th', {scope: 'row', text: row.endpoint === 0 ? 'all streams'
      : names.get(row.endpoint) ?? ''}),
    element('td', {text: formatNumber(row.streams)}),
    element('td', {class: 'wide', text: formatNumber(row.messages)}),
    ...spanCells(row.first_message_ms, row.streams, [3]),
    ...spanCells(row.per_message_ms, row.streams, [3]),
    ...spanCells(row.gap_ms, row.streams, [0, 2]))));
}
