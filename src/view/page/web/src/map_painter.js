// Paints a stretch of time and frames of one region into an image: a column of pixels for each moment, a row for each
// stretch of frames (address upwards, as maps of memory are drawn in manuals: the lowest at the bottom).
//
// The state moves on from column to column by the changes between them; only rows that a change touched are looked at
// again. Where a row stands for many frames, sixteen of them, evenly spread, are mixed: the picture is exact as soon as
// sixteen frames or fewer share a row.
import {FREE, KIND} from './map_model.js';
import {LONGEST_RUN, runClass} from './colours.js';

const SAMPLES = 16;

export class MapPainter {
  constructor(model) { this.model = model; }

  // view: {from, to, low, high} in ns and frames; high is exclusive.
  paint(image, view, paint) {
    const {width, height} = image;
    const pixels = new Uint32Array(image.data.buffer);
    const rows = this.rowsOf(view, height);
    const column = new Uint32Array(height);
    let at = this.model.changesUntil(this.timeOf(view, 0, width));
    const state = this.model.stateBehind(at);
    const dirty = new Uint8Array(height).fill(1);
    const classes = paint.ofRuns ? null : paint.classesOf(this.model);
    for (let x = 0; x < width; ++x) {
      const until = this.model.changesUntil(this.timeOf(view, x, width));
      this.model.advance(state, at, until);
      // A change makes other lengths of the free runs that it touches: the farthest frame whose colour that may change.
      for (; at < until; ++at) this.touch(at, view, height, dirty, paint.ofRuns ? LONGEST_RUN : 0);
      this.paintRows(state, rows, dirty, column, paint, classes);
      for (let y = 0; y < height; ++y) pixels[y * width + x] = column[y];
    }
  }

  // A column shows the end of its stretch of time, so that the last one shows the end of the view.
  timeOf(view, x, width) { return view.from + (view.to - view.from) * (x + 1) / width; }

  // [first, end) of the frames of each pixel row, from the top; at least one frame each.
  rowsOf({low, high}, height) {
    const span = high - low;
    return Array.from({length: height}, (_, y) => {
      const end = Math.ceil(high - span * y / height);
      const first = Math.floor(high - span * (y + 1) / height);
      return [Math.max(0, first), Math.min(this.model.region.frames, Math.max(end, first + 1))];
    });
  }

  // Marks the rows that a change reaches into, with `around` frames on either side, and a row more.
  touch(index, view, height, dirty, around) {
    const {kind, first, frames} = this.model.changes;
    if (kind[index] > KIND.reserve) return;
    const scale = height / (view.high - view.low);
    const top = Math.floor((view.high - first[index] - frames[index] - around) * scale) - 1;
    const bottom = Math.min(height, Math.ceil((view.high - first[index] + around) * scale) + 1);
    for (let y = Math.max(0, top); y < bottom; ++y) dirty[y] = 1;
  }

  paintRows(state, rows, dirty, column, {rgb, free, ofRuns}, classes) {
    const runs = ofRuns ? new FreeRuns(state) : null;
    for (let y = 0; y < rows.length; ++y) {
      if (dirty[y] === 0) continue;
      dirty[y] = 0;
      const [first, end] = rows[y];
      const step = Math.max(1, (end - first) / SAMPLES);
      let red = 0;
      let green = 0;
      let blue = 0;
      let count = 0;
      for (let at = first; at < end; at += step) {
        const frame = Math.floor(at);
        const owner = state[frame];
        const colour = ofRuns ? rgb[owner === FREE ? runs.classAt(frame) : 0] : owner === FREE ? free : rgb[classes[owner]];
        red += colour[0];
        green += colour[1];
        blue += colour[2];
        ++count;
      }
      column[y] = (0xff000000 | (blue / count) << 16 | (green / count) << 8 | red / count) >>> 0;
    }
  }
}

// The lengths of the free runs of a state, as far as they make a difference to the eye.
class FreeRuns {
  constructor(state) {
    this.state = state;
    this.first = this.end = this.seen = 0;
  }

  classAt(frame) {
    if (frame < this.first || frame >= this.end) this.look(frame);
    return this.seen;
  }

  look(frame) {
    const {state} = this;
    const low = Math.max(0, frame - LONGEST_RUN);
    const high = Math.min(state.length, frame + LONGEST_RUN);
    for (this.first = frame; this.first > low && state[this.first - 1] === FREE;) --this.first;
    for (this.end = frame + 1; this.end < high && state[this.end] === FREE;) ++this.end;
    this.seen = runClass(this.end - this.first);
  }
}
