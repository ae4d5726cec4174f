// The state of a region's frames at any moment of a run, from the changes that the run recorded.
//
// The state is one integer a frame: the change that put there what is there now, or FREE. So a frame leads to its object,
// process, call and moment. States are kept at evenly spread changes (the keyframes); any other is the keyframe before it
// and the changes since. Memory: at most some 64 MiB of keyframes, whatever the run.

export const FREE = -1;
export const KIND = {allocate: 0, release: 1, reserve: 2, pin: 3, unpin: 4};
export const FLAG = {contiguous: 1, movable: 2, moved: 4, mapping: 8, background: 16, reclaimable: 32};

const KEYFRAME_BYTES = 64 * 2 ** 20;
const MOST_KEYFRAMES = 64;

// The changes of one region out of a run's table `map`, with frames counted from the region's first.
export const changesOf = (table, region) => {
  const inside = [];
  for (let i = 0; i < table.rows; ++i) {
    if (table.first[i] >= region.first && table.first[i] < region.first + region.frames) inside.push(i);
  }
  const count = inside.length;
  const changes = {
    count,
    time: new Float64Array(count), kind: new Uint8Array(count), flags: new Uint8Array(count),
    first: new Uint32Array(count), frames: new Uint32Array(count), object: new Float64Array(count),
    pid: new Float64Array(count), call: new Uint16Array(count),
  };
  inside.forEach((row, i) => {
    for (const name of ['time', 'kind', 'flags', 'object', 'pid', 'call']) changes[name][i] = table[name][row];
    changes.first[i] = table.first[row] - region.first;
    changes.frames[i] = table.count[row];
  });
  return changes;
};

// The first index whose time is later than `time`.
export const after = (times, time, count = times.length) => {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return low;
};

export class MapModel {
  constructor(region, changes) {
    this.region = region;
    this.changes = changes;
    const most = Math.max(1, Math.min(MOST_KEYFRAMES, Math.floor(KEYFRAME_BYTES / (4 * region.frames))));
    this.interval = Math.max(1, Math.ceil(changes.count / most));
    this.keyframes = [];
    const state = new Int32Array(region.frames).fill(FREE);
    for (let i = 0; i < changes.count; ++i) {
      if (i % this.interval === 0) this.keyframes.push(state.slice());
      this.apply(state, i);
    }
    if (this.keyframes.length === 0) this.keyframes.push(state);
  }

  // Carries out one change. Pins change no owner: see pinnedAt().
  apply(state, index) {
    const {kind, first, frames} = this.changes;
    if (kind[index] > KIND.reserve) return;
    state.fill(kind[index] === KIND.release ? FREE : index, first[index], first[index] + frames[index]);
  }

  // How many changes have happened at `time`, those of that nanosecond included.
  changesUntil(time) { return after(this.changes.time, time, this.changes.count); }

  // A new array: the state behind the first `count` changes.
  stateBehind(count) {
    const keyframe = Math.min(Math.floor(count / this.interval), this.keyframes.length - 1);
    const state = this.keyframes[keyframe].slice();
    for (let i = keyframe * this.interval; i < count; ++i) this.apply(state, i);
    return state;
  }

  // The change that put there what is in `frame` at `time`, or FREE. Looks at the changes since a keyframe only.
  ownerAt(frame, time) {
    const count = this.changesUntil(time);
    const {kind, first, frames} = this.changes;
    const keyframe = Math.min(Math.floor(count / this.interval), this.keyframes.length - 1);
    for (let i = count - 1; i >= keyframe * this.interval; --i) {
      if (kind[i] <= KIND.reserve && frame >= first[i] && frame < first[i] + frames[i]) {
        return kind[i] === KIND.release ? FREE : i;
      }
    }
    return this.keyframes[keyframe][frame];
  }

  // Whether mlock() holds the frame at `time`, since the change `owner`.
  pinnedAt(frame, time, owner) {
    const {kind, first, frames} = this.changes;
    for (let i = this.changesUntil(time) - 1; i > owner; --i) {
      if (kind[i] >= KIND.pin && frame >= first[i] && frame < first[i] + frames[i]) return kind[i] === KIND.pin;
    }
    return false;
  }

  // [first, end) of the run of equally owned (or free) frames around `frame`.
  static runAround(state, frame) {
    const same = state[frame] === FREE ? (owner) => owner === FREE : (owner) => owner === state[frame];
    let first = frame;
    let end = frame + 1;
    while (first > 0 && same(state[first - 1])) --first;
    while (end < state.length && same(state[end])) ++end;
    return [first, end];
  }
}
