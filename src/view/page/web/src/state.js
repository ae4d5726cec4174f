// What all pictures of a page share: the stretch of time that they show, the moment under the cursor, and the choice of
// colours. Whoever changes it says so once; everybody redraws in the next frame of the browser.

export class Shared {
  constructor(end) {
    this.end = Math.max(1, end);
    this.from = 0;
    this.to = this.end;
    this.cursor = null;  // a time, or null
    this.listeners = {view: new Set(), cursor: new Set(), colours: new Set()};
    this.pending = new Set();
  }

  on(what, listener) { this.listeners[what].add(listener); }

  tell(what) {
    if (this.pending.size === 0) requestAnimationFrame(() => this.deliver());
    this.pending.add(what);
  }

  deliver() {
    const told = [...this.pending];
    this.pending.clear();
    for (const what of told) for (const listener of this.listeners[what]) listener();
  }

  // Shows [from, to], kept inside the run and at least a nanosecond wide.
  show(from, to) {
    const span = Math.min(this.end, Math.max(1, to - from));
    const start = Math.min(Math.max(0, from), this.end - span);
    if (start === this.from && start + span === this.to) return;
    this.from = start;
    this.to = start + span;
    this.tell('view');
  }

  zoom(factor, around) {
    this.show(around - (around - this.from) * factor, around + (this.to - around) * factor);
  }

  point(time) {
    const at = time === null ? null : Math.min(Math.max(0, time), this.end);
    if (at === this.cursor) return;
    this.cursor = at;
    this.tell('cursor');
  }

  // Puts the cursor on a moment and brings it into view.
  visit(time) {
    if (time < this.from || time > this.to) {
      const span = this.to - this.from;
      this.show(time - span / 2, time + span / 2);
    }
    this.point(time);
  }
}
