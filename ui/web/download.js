// SPDX-License-Identifier: MIT
//
// What people take away: a chart as PNG, what is shown as CSV. The whole run as one file comes from
// the server.
import {colour} from './chart.js';
import {FAILURES, PERCENTILES} from './format.js';

function save(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function fileName(run, what) {
  const name = (run.label || run.file).replace(/[^\w.-]+/g, '_').slice(0, 40);
  return `macaw-run-${run.run}-${name}-${what}`;
}

/** A figure's caption, legend and canvas as one picture. */
export function savePng(figure, run) {
  const canvas = figure.querySelector('canvas');
  const scale = devicePixelRatio;
  const [pad, head] = [16 * scale, 62 * scale];
  const picture = document.createElement('canvas');
  picture.width = canvas.width + 2 * pad;
  picture.height = canvas.height + head + pad;
  const ctx = picture.getContext('2d');
  ctx.fillStyle = colour('--card');
  ctx.fillRect(0, 0, picture.width, picture.height);
  ctx.fillStyle = colour('--ink');
  ctx.font = `600 ${15 * scale}px system-ui, sans-serif`;
  ctx.fillText(figure.querySelector('h2').textContent, pad, pad + 12 * scale);
  ctx.font = `${12 * scale}px system-ui, sans-serif`;
  ctx.fillStyle = colour('--muted');
  ctx.textAlign = 'right';
  ctx.fillText(`${run.label || `run ${run.run}`} \u00b7 ${run.file} \u2192 ${run.target} \u00b7 `
    + run.profile, picture.width - pad, pad + 12 * scale);
  ctx.textAlign = 'left';
  let x = pad;
  for (const item of figure.querySelectorAll('.legend .item:not(.off):not([hidden])')) {
    const swatch = item.querySelector('.swatch');
    const name = item.querySelector('.name')?.textContent ?? item.textContent;
    if (!swatch) continue;
    ctx.fillStyle = getComputedStyle(swatch).color;
    ctx.fillRect(x, pad + 30 * scale, 14 * scale, 3 * scale);
    ctx.fillStyle = colour('--muted');
    ctx.fillText(name, x + 20 * scale, pad + 36 * scale);
    x += ctx.measureText(name).width + 40 * scale;
  }
  ctx.drawImage(canvas, pad, head);
  picture.toBlob((blob) => save(blob, `${fileName(run, figure.id.replace('-figure', ''))}.png`));
}

/** The shown span [from, to] as lines: a slot each, times in milliseconds, rates as counts. */
export function csvOf(data, from, to) {
  const columns = [
    ['second', (slot) => data.second(slot)],
    ['time', (slot) => new Date((data.run.started_s + data.second(slot)) * 1000).toISOString()],
    ...Object.entries(data.traffic).map(([name, column]) => [name, (slot) => column[slot]]),
    ...FAILURES.map((name) => [name, (slot) => (data.traffic.requests[slot] === null ? null
      : data.outcomes[name][slot] ?? 0)]),
  ];
  for (const [clock, {columns: values, has}] of Object.entries(data.clocks)) {
    PERCENTILES.forEach(({name}, k) => columns.push([`${clock}_${name.replace('.', '')}_ms`,
      // As the shell writes what is slower than any success.
      (slot) => (has[slot] === true && values[k][slot] === null ? 'Inf' : values[k][slot])]));
  }
  for (const [name, column] of Object.entries(data.health)) {
    columns.push([name, (slot) => column[slot]]);
  }
  const lines = [columns.map(([name]) => name).join(',')];
  for (let slot = 0; slot < data.length; ++slot) {
    if (data.second(slot) < from || data.second(slot) > to) continue;
    lines.push(columns.map(([, value]) => value(slot) ?? '').join(','));
  }
  return `${lines.join('\r\n')}\r\n`;
}

export function saveCsv(data, from, to) {
  save(new Blob([csvOf(data, from, to)], {type: 'text/csv'}), `${fileName(data.run, 'shown')}.csv`);
}
