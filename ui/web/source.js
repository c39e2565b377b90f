// SPDX-License-Identifier: MIT
//
// Where answers come from: the server, or, in an exported file, the file itself.

const TIMEOUT_MS = 20000;

const storedElement = document.getElementById('stored');

/** What an exported file holds: {run, summary, endpoints: {0: {series, heat, ...}}}; else null. */
export const stored = storedElement ? JSON.parse(storedElement.textContent) : null;

function answerOf(path, query) {
  if (path === '/api/run') return stored.run;
  if (path === '/api/summary') return stored.summary;
  if (path === '/api/runs') return {runs: [stored.run]};
  const endpoint = query.endpoint ?? 0;
  const answers = stored.endpoints[endpoint];
  const answer = answers?.[path.replace('/api/', '')];
  if (answer) return answer;
  const error = new Error(`this file does not hold the charts of endpoint ${endpoint}`);
  error.refused = true;
  throw error;
}

/** `query`: names and values; those that are null are left out. */
export function addressOf(path, query) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined) search.set(name, value);
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

export async function ask(path, query = {}) {
  if (stored) return answerOf(path, query);
  const response = await fetch(addressOf(path, query), {signal: AbortSignal.timeout(TIMEOUT_MS)});
  if (!response.ok) {
    const error = new Error((await response.text()).trim() || `status ${response.status}`);
    error.refused = true;
    throw error;
  }
  return response.json();
}
