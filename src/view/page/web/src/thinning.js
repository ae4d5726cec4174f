// What a chart draws of a million samples: as many points as there are pixels to show them, without losing a spike.
import {after} from './map_model.js';

const BLOCK = 64;

// A column of samples with the lowest and the highest value of each block of them, so that a look at a stretch takes a
// sixty-fourth of the time.
export class Column {
  constructor(values) {
    this.values = values;
    const blocks = Math.floor(values.length / BLOCK);
    this.lowest = new Float64Array(blocks);
    this.highest = new Float64Array(blocks);
    for (let block = 0; block < blocks; ++block) {
      let low = values[block * BLOCK];
      let high = low;
      for (let i = block * BLOCK + 1; i < (block + 1) * BLOCK; ++i) {
        const value = values[i];
        if (value < low) low = value;
        if (value > high) high = value;
      }
      this.lowest[block] = low;
      this.highest[block] = high;
    }
  }

  // [lowest, highest] of the samples [first, end). Requires: first < end.
  range(first, end) {
    const {values, lowest, highest} = this;
    let low = values[first];
    let high = low;
    for (let i = first; i < end;) {
      if (i % BLOCK === 0 && i + BLOCK <= end) {
        low = Math.min(low, lowest[i / BLOCK]);
        high = Math.max(high, highest[i / BLOCK]);
        i += BLOCK;
      } else {
        const value = values[i++];
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
    return [low, high];
  }
}

// The samples of [from, to], and one beyond on either side: [times, values of each column...]. Where they are more than
// `most`, the lowest and the highest value of each of most / 2 stretches, with the first and the last sample as they are.
export const thinned = (times, columns, from, to, most) => {
  const first = Math.max(0, after(times, from) - 1);
  const end = Math.min(times.length, after(times, to) + 1);
  if (end - first <= most) return [times.subarray(first, end), ...columns.map(({values}) => values.subarray(first, end))];
  const stretches = Math.floor(most / 2);
  const rows = 2 * stretches + 2;
  const out = [times, ...columns].map(() => new Float64Array(rows));
  const startOf = (stretch) => first + 1 + Math.floor((end - first - 2) * stretch / stretches);
  const put = (row, sample) => {
    out[0][row] = times[sample];
    columns.forEach(({values}, i) => { out[i + 1][row] = values[sample]; });
  };
  put(0, first);
  put(rows - 1, end - 1);
  for (let stretch = 0; stretch < stretches; ++stretch) {
    const [start, stop] = [startOf(stretch), startOf(stretch + 1)];
    out[0][2 * stretch + 1] = times[start];
    out[0][2 * stretch + 2] = times[(start + stop) >>> 1];
    columns.forEach((column, i) => {
      const [low, high] = column.range(start, stop);
      // A line that falls shows the higher value first.
      const falls = column.values[stop - 1] < column.values[start];
      out[i + 1][2 * stretch + 1] = falls ? high : low;
      out[i + 1][2 * stretch + 2] = falls ? low : high;
    });
  }
  return out;
};
