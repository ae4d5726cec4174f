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
  const all = {
    time: table.time, kind: table.read('kind', Uint8Array), flags: table.read('flags', Uint8Array), first: table.read('first', Float64Array),
    frames: table.read('count', Uint32Array), object: table.object, pid: table.pid, call: table.read('call', Uint16Array),
  };
  const isInside = (row) => all.first[row] >= region.first && all.first[row] < region.first + region.frames;
  let count = 0;
  for (let row = 0; row < table.rows; ++row) if (isInside(row)) ++count;
  const changes = {...all, count, first: new Uint32Array(count)};
  if (count < table.rows) {
    for (const name of ['time', 'kind', 'flags', 'frames', 'object', 'pid', 'call']) changes[name] = all[name].filter((_, row) => isInside(row));
  }
  for (let row = 0, at = 0; row < table.rows; ++row) if (isInside(row)) changes.first[at++] = all.first[row] - region.first;
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
    this.keyframes = [new Int32Array(region.frames).fill(FREE)];
  }

  // Carries out one change. Pins change no owner: see pinnedAt().
  apply(state, index) {
    const {kind, first, frames} = this.changes;
    if (kind[index] > KIND.reserve) return;
    const value = kind[index] === KIND.release ? FREE : index;
    const end = first[index] + frames[index];
    if (frames[index] > 64) state.fill(value, first[index], end);
    else for (let frame = first[index]; frame < end; ++frame) state[frame] = value;
  }

  // Carries out changes [from, to). Whoever comes by first leaves the keyframes.
  advance(state, from, to) {
    for (let i = from; i < to; ++i) {
      if (i === this.keyframes.length * this.interval) this.keyframes.push(state.slice());
      this.apply(state, i);
    }
  }

  // How many changes have happened at `time`, those of that nanosecond included.
  changesUntil(time) { return after(this.changes.time, time, this.changes.count); }

  // A new array: the state behind the first `count` changes.
  stateBehind(count) {
    const keyframe = Math.min(Math.floor(count / this.interval), this.keyframes.length - 1);
    const state = this.keyframes[keyframe].slice();
    this.advance(state, keyframe * this.interval, count);
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
