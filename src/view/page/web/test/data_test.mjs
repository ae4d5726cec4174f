// What the page reads and draws of many numbers, looked at without a browser.
//   node --test test/data_test.mjs
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {base64Part, decodeColumn, tablesOf} from '../src/data.js';
import {FREE, MapModel, changesOf} from '../src/map_model.js';
import {Column, thinned} from '../src/thinning.js';
import {mapTable, packTables} from './sample.mjs';

// The same numbers on every machine.
let seed = 1;
const draw = (below) => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor(seed / 2 ** 32 * below);
};

test('any part of a base64 text is what a decoder of all of it finds there', () => {
  const bytes = Uint8Array.from({length: 100}, () => draw(256));
  const text = Buffer.from(bytes).toString('base64');
  for (let first = 0; first < 100; ++first) {
    for (let count = 0; first + count <= 100; ++count) assert.deepEqual([...base64Part(text, first, count)], [...bytes.subarray(first, first + count)]);
  }
});

test('each column is read alone, in any order, and gives the values that were packed', () => {
  const columns = [['time', 'delta', Array.from({length: 500}, (_, i) => 1e15 + i * draw(1e9))], ['kind', 'plain', Array.from({length: 500}, () => draw(5))],
    ['first', 'delta', Array.from({length: 500}, () => draw(2 ** 40))]];
  const packed = packTables([{name: 'a', columns}, {name: 'b', columns}]);
  const tables = tablesOf(packed.layout, () => packed.bytes.toString('base64'));
  for (const [name, , values] of [...columns].reverse()) {
    assert.deepEqual([...tables.b[name]], values);
    assert.deepEqual([...tables.a.read(name, Float64Array)], values);
  }
});

test('a column that is cut short, or that runs on, is told', () => {
  assert.throws(() => decodeColumn(Uint8Array.of(5, 200), 'plain', new Float64Array(2)), /damaged/);
  assert.throws(() => decodeColumn(Uint8Array.of(5, 6, 7), 'plain', new Float64Array(2)), /damaged/);
});

test('no spike is lost among a million samples, and no value is made up', () => {
  const count = 100_000;
  const times = Float64Array.from({length: count}, (_, i) => 10 * i);
  const values = Float64Array.from({length: count}, () => 100 + draw(10));
  const spikes = [[31_111, 9999], [64_000, -5], [64_001, 777], [count - 2, 5555]];
  for (const [at, value] of spikes) values[at] = value;
  const [shownTimes, shown] = thinned(times, [new Column(values)], 0, 10 * count, 800);
  assert.ok(shown.length <= 802, String(shown.length));
  for (const [at, value] of spikes) {
    const row = shown.indexOf(value);
    assert.ok(row >= 0, `${value} at ${at}`);
    assert.ok(Math.abs(shownTimes[row] - 10 * at) <= 10 * count / 400, `${value}: ${shownTimes[row]}`);
  }
  for (const value of shown) assert.ok(values.includes(value));
  for (let i = 1; i < shownTimes.length; ++i) assert.ok(shownTimes[i] > shownTimes[i - 1]);
  assert.deepEqual([shownTimes[0], shownTimes.at(-1), shown[0], shown.at(-1)], [0, 10 * count - 10, values[0], values.at(-1)]);
});

test('the extremes of any stretch are those of its samples', () => {
  const values = Float64Array.from({length: 1000}, () => draw(1e6));
  const column = new Column(values);
  for (let turn = 0; turn < 2000; ++turn) {
    const first = draw(999);
    const end = first + 1 + draw(1000 - first);
    const part = values.subarray(first, end);
    assert.deepEqual(column.range(first, end), [Math.min(...part), Math.max(...part)]);
  }
});

test('few samples are drawn as they are', () => {
  const times = Float64Array.of(0, 10, 20, 30);
  assert.deepEqual(thinned(times, [new Column(Float64Array.of(1, 2, 3, 4))], 10, 20, 100).map((column) => [...column]), [[10, 20, 30], [2, 3, 4]]);
});

test('the map knows who has a frame at any moment, in whatever order it is asked', () => {
  const frames = 200;
  const changes = Array.from({length: 3000}, (_, i) => ({time: i, kind: i % 2, flags: 0, object: i, pid: 2, call: 0, first: 50 + draw(frames - 64), count: 1 + draw(63)}));
  const packed = packTables([mapTable(changes)]);
  const region = {first: 50, frames};
  const model = new MapModel(region, changesOf(tablesOf(packed.layout, () => packed.bytes.toString('base64')).map, region));
  const states = [];
  const state = new Array(frames).fill(FREE);
  for (const [i, {kind, first, count}] of changes.entries()) {
    for (let frame = first - 50; frame < first - 50 + count; ++frame) state[frame] = kind === 0 ? i : FREE;
    states.push([...state]);
  }
  for (let turn = 0; turn < 300; ++turn) {
    const at = draw(changes.length);
    assert.deepEqual([...model.stateBehind(at + 1)], states[at]);
    const frame = draw(frames);
    assert.equal(model.ownerAt(frame, at), states[at][frame]);
  }
});
