// SPDX-License-Identifier: MIT
//
// Steering the run that is played: rate, pause, stop. Asks with the token that the program has
// printed; without one nothing can be changed.
import {formatNumber} from './format.js';
import {$, setText} from './legend.js';
import {stored} from './source.js';

const KEY = 'macaw-token';

/** From the fragment of the address, where it is in nobody's log; kept for this tab only. */
function takeToken() {
  const found = /(?:^#|&)token=([^&]+)/.exec(location.hash);
  if (found) {
    sessionStorage.setItem(KEY, decodeURIComponent(found[1]));
    history.replaceState(null, '', location.pathname + location.search);
  }
  return sessionStorage.getItem(KEY) ?? '';
}

export class Control {
  /** `onChange()`: when the run ends, or whether it is paused, has changed. */
  constructor(onChange) {
    this.onChange = onChange;
    this.forget();
    this.token = stored ? '' : takeToken();
    this.offered = !stored;
    this.edited = false;  // the rate's field holds what has not been sent yet
    $('control').addEventListener('submit', (event) => {
      event.preventDefault();
      const rps = Number($('control-rate').value);
      if (rps > 0) this.tell('rate', {rps});
      else this.say('the rate must be above 0');
    });
    $('control-rate').addEventListener('input', () => { this.edited = true; });
    $('control-pause').addEventListener('click', () => this.tell(this.paused ? 'resume' : 'pause'));
    $('control-stop').addEventListener('click', () => this.askToStop());
    $('control-token').addEventListener('change', () => {
      this.token = $('control-token').value.trim();
      sessionStorage.setItem(KEY, this.token);
      this.show();
    });
  }

  forget() {
    this.paused = false;
    this.plannedEnd = 0;  // seconds after the start, with what has been changed; 0: not known
  }

  /** Asks whether the run can be steered; `playing`: whether it is worth asking. */
  async refresh(playing) {
    if (!this.offered || !playing) {
      $('control').hidden = true;
      this.forget();
      return;
    }
    const {paused, plannedEnd} = this;
    try {
      const response = await fetch('/api/control', {signal: AbortSignal.timeout(5000)});
      if (response.status === 404) {
        this.offered = false;
        $('control').hidden = true;
        return;
      }
      const state = await response.json();
      this.paused = state.paused === true;
      this.plannedEnd = state.planned_end_s ?? 0;
      this.available = state.available === true;
      this.fixedRate = state.can_change_rate === false ? state.reason || 'not in this run' : '';
      const field = $('control-rate');
      if (state.target_rps > 0 && document.activeElement !== field && !this.edited) {
        field.value = String(Number(state.target_rps.toPrecision(6)));
      }
      this.show();
    } catch {
      $('control').hidden = true;  // the page says elsewhere that nobody answers
    }
    if (this.paused !== paused || this.plannedEnd !== plannedEnd) this.onChange();
  }

  show() {
    $('control').hidden = !this.available;
    $('control').dataset.locked = this.token ? 'no' : 'yes';
    $('control-token-label').hidden = Boolean(this.token);
    for (const id of ['control-rate', 'control-set', 'control-pause', 'control-stop']) {
      $(id).disabled = !this.token;
    }
    for (const id of ['control-rate', 'control-set']) {
      $(id).disabled = !this.token || Boolean(this.fixedRate);
      $(id).title = this.fixedRate ?? '';
    }
    setText('control-pause', this.paused ? 'Resume' : 'Pause');
  }

  say(text) {
    setText('control-said', text);
  }

  askToStop() {
    const button = $('control-stop');
    if (button.dataset.asked) {
      delete button.dataset.asked;
      button.textContent = 'Stop';
      this.tell('stop');
      return;
    }
    button.dataset.asked = 'yes';
    button.textContent = 'Really stop?';
    setTimeout(() => { delete button.dataset.asked; button.textContent = 'Stop'; }, 4000);
  }

  async tell(what, body = null) {
    const said = {rate: `rate set to ${formatNumber(body?.rps ?? 0)}/s`, pause: 'paused',
      resume: 'goes on', stop: 'stopping: what is in flight ends first'}[what];
    try {
      const response = await fetch(`/api/control/${what}`, {method: 'POST',
        headers: {'X-Macaw-Token': this.token,
          ...(body ? {'Content-Type': 'application/json'} : {})},
        body: body ? JSON.stringify(body) : null, signal: AbortSignal.timeout(5000)});
      if (response.status === 401 || response.status === 403) {
        this.token = '';
        sessionStorage.removeItem(KEY);
        this.show();
      }
      if (what === 'rate') this.edited = !response.ok;
      this.say(response.ok ? said : (await response.text()).trim());
    } catch {
      this.say('no answer');
    }
    await this.refresh(true);
  }
}
