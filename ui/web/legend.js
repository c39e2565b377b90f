// SPDX-License-Identifier: MIT
//
// Small DOM helpers, and the legends: a line's colour, name and value, with a check box where it
// can be hidden.
import {FAILURES, PERCENTILES, formatNumber} from './format.js';

export const $ = (id) => document.getElementById(id);

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'text') made.textContent = value;
    else if (value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** Sets a text only where it differs, so that screen readers and selections are left alone. */
export function setText(id, text) {
  const node = $(id);
  if (node.textContent !== text) node.textContent = text;
}

function entry(name, color, kind, id) {
  const swatch = element('span', {class: `swatch ${kind}`, 'aria-hidden': 'true'});
  swatch.style.color = `var(${color})`;
  return [swatch, element('span', {class: 'name', text: name}),
    element('span', {class: 'value', id: `value-${id}`, text: '\u2013'})];
}

/** A box for each; `toggle(index, on)` hears of changes. `overlaid`: with a second value. */
export function buildPercentiles(shown, toggle, overlaid) {
  const items = PERCENTILES.map(({name, color}, index) => {
    const box = element('input', {type: 'checkbox', 'aria-label': name});
    box.checked = shown.has(index);
    const item = element('label', {class: `item${box.checked ? '' : ' off'}`}, box,
      ...entry(name, color, '', index));
    if (overlaid) {
      item.append(element('span', {class: 'value other', id: `value-${index}-other`,
        text: '\u2013'}));
    }
    box.addEventListener('change', () => {
      item.classList.toggle('off', !box.checked);
      toggle(index, box.checked);
    });
    return item;
  });
  $('legend').classList.add('grid');
  $('legend').replaceChildren(...items);
}

export function buildSingle(name, overlaid) {
  $('legend').classList.remove('grid');
  const item = element('span', {class: 'item'}, ...entry(name, '--answered', '', 0));
  if (overlaid) item.append(element('span', {class: 'value other', id: 'value-0-other'}));
  $('legend').replaceChildren(item);
}

/** `items`: [{name, color, kind ('', 'dashed', 'bar'), id, title}]. */
export function buildLegend(id, items) {
  $(id).replaceChildren(...items.map((one) => element('span', {class: 'item', title: one.title},
    ...entry(one.name, one.color, one.kind ?? '', one.id))));
}

export function buildFailures() {
  $('errors-legend').replaceChildren(
    element('span', {class: 'item name', id: 'errors-note'}),
    ...FAILURES.map((name) => element('span', {class: 'item', id: `failure-${name}`, hidden: ''},
      ...entry(name.replace('_', ' '), `--${name}`, 'bar', name))));
}

/** `kind`: 'beyond' the timeout, or from too 'few' samples; `title` says more. */
export function setValue(id, text, kind = '', title = '') {
  const value = $(`value-${id}`);
  if (!value) return;
  if (value.textContent !== text) value.textContent = text;
  value.className = `value ${kind}`;
  value.title = title;
}

/** `counts` by outcome, `ever` those that have occurred at all, `note` what the counts are of. */
export function setFailures(counts, ever, note) {
  for (const name of FAILURES) {
    $(`failure-${name}`).hidden = !ever.has(name);
    setValue(name, formatNumber(counts[name]));
  }
  $('errors-note').textContent = ever.size ? note : 'none';
}

/** The shown values in one sentence, for screen readers. */
export function spokenValues() {
  return [...$('legend').querySelectorAll('.item:not(.off)')]
    .map((item) => `${item.querySelector('.name').textContent} `
      + item.querySelector('.value').textContent).join(', ');
}
