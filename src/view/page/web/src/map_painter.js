// Paints a stretch of time and frames of one region into an image: a column of pixels for each moment, a row for each
// stretch of frames (address upwards, as maps of memory are drawn in manuals: the lowest at the bottom).
//
// The state moves on from column to column by the changes between them; only rows that a change touched are looked at
// again. Where a row stands for many frames, sixteen of them, evenly spread, are mixed: the picture is exact as soon as
// sixteen frames or fewer share a row.
import {FREE, KIND} from './map_model.js';
import {runClass} from './colours.js';

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
    for (let x = 0; x < width; ++x) {
      const until = this.model.changesUntil(this.timeOf(view, x, width));
      for (; at < until; ++at) this.advance(state, at, view, height, dirty);
      this.paintRows(state, rows, dirty, column, paint);
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

  advance(state, index, view, height, dirty) {
    this.model.apply(state, index);
    const {kind, first, frames} = this.model.changes;
    if (kind[index] > KIND.reserve) return;
    const scale = height / (view.high - view.low);
    const top = Math.floor((view.high - first[index] - frames[index]) * scale) - 1;
    const bottom = Math.ceil((view.high - first[index]) * scale) + 1;
    if (bottom < 0 || top >= height) return;
    dirty.fill(1, Math.max(0, top), Math.min(height, bottom));
  }

  paintRows(state, rows, dirty, column, paint) {
    if (paint.ofRuns) {
      if (dirty.includes(1)) this.paintRuns(state, rows, column, paint);
      dirty.fill(0);
      return;
    }
    const {changes} = this.model;
    for (let y = 0; y < rows.length; ++y) {
      if (dirty[y] === 0) continue;
      dirty[y] = 0;
      const [first, end] = rows[y];
      column[y] = mixed(first, end, (frame) => state[frame] === FREE ? paint.free : paint.rgb[paint.of(changes, state[frame])]);
    }
  }

  // A change anywhere may lengthen a run that reaches far, so all rows are looked at again.
  paintRuns(state, rows, column, paint) {
    const classes = new Uint8Array(state.length);
    for (let frame = 0; frame < state.length;) {
      let end = frame + 1;
      if (state[frame] === FREE) {
        while (end < state.length && state[end] === FREE) ++end;
        classes.fill(runClass(end - frame), frame, end);
      }
      frame = end;
    }
    rows.forEach(([first, end], y) => { column[y] = mixed(first, end, (frame) => paint.rgb[classes[frame]]); });
  }
}

// The mean colour of frames [first, end) as a pixel.
const mixed = (first, end, colourOf) => {
  const step = Math.max(1, (end - first) / SAMPLES);
  let red = 0;
  let green = 0;
  let blue = 0;
  let count = 0;
  for (let frame = first; frame < end; frame += step) {
    const colour = colourOf(Math.floor(frame));
    red += colour[0];
    green += colour[1];
    blue += colour[2];
    ++count;
  }
  return (0xff000000 | (blue / count) << 16 | (green / count) << 8 | red / count) >>> 0;
};
