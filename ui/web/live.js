// SPDX-License-Identifier: MIT
//
// The stream of a run that is played: opened, watched, opened again when it is lost.
import {addressOf} from './source.js';

/** The server says something every two seconds. */
const SILENCE_MS = 7000;
const AGAIN_MS = 1000;
const NAMES = ['second', 'run', 'end', 'newer', 'waiting'];

export class Live {
  /** `listener`: heard(name, message), lost(). `where()`: what to ask for, as a query. */
  constructor(listener, where) {
    this.listener = listener;
    this.where = where;
    this.source = null;
    this.timer = null;
  }

  open() {
    this.close();
    this.source = new EventSource(addressOf('/api/live', this.where()));
    for (const name of NAMES) {
      this.source.addEventListener(name, (event) => {
        this.watch();
        this.listener.heard(name, JSON.parse(event.data));
      });
    }
    this.source.addEventListener('beat', () => {
      this.watch();
      this.listener.heard('beat', null);
    });
    // The browser tries again by itself and says where it was; unless it was refused.
    this.source.addEventListener('error', () => {
      this.listener.lost();
      if (this.source?.readyState === EventSource.CLOSED) this.again(AGAIN_MS);
    });
    this.watch();
  }

  watch() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.listener.lost(); this.open(); }, SILENCE_MS);
  }

  again(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(), delay);
  }

  close() {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }
}
