// The colours of the map, seen by eyes that lack a kind of cone or all of them.
//   node --test test/colours_test.mjs
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {FREE_COLOUR, SCHEMES} from '../src/colours.js';
import {KIND} from '../src/map_model.js';

const linear = (v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
const rgb = (hex) => [1, 3, 5].map((at) => linear(parseInt(hex.slice(at, at + 2), 16) / 255));

// Projections of linear light for full dichromacy: Viénot, Brettel and Mollon 1999; blue-blindness by Machado, Oliveira and
// Fernandes 2009. Without any cones there is luminance alone.
const EYES = {
  all: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[.11238, .88762, 0], [.11238, .88762, 0], [.00401, -.00401, 1]],
  deuteranopia: [[.29275, .70725, 0], [.29275, .70725, 0], [-.02234, .02234, 1]],
  tritanopia: [[1.255528, -.076749, -.178779], [-.078411, .930809, .147602], [.004733, .691367, .3039]],
  none: [[.2126, .7152, .0722], [.2126, .7152, .0722], [.2126, .7152, .0722]],
};
const seenBy = (eye, colour) => EYES[eye].map((row) => Math.min(1, Math.max(0, row.reduce((sum, v, i) => sum + v * colour[i], 0))));

const lab = ([r, g, b]) => {
  const f = (t) => t > .008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116;
  const [x, y, z] = [(.4124 * r + .3576 * g + .1805 * b) / .9505, .2126 * r + .7152 * g + .0722 * b, (.0193 * r + .1192 * g + .9505 * b) / 1.089];
  return [116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z))];
};
const distance = (eye, a, b) => {
  const [p, q] = [a, b].map((hex) => lab(seenBy(eye, rgb(hex))));
  return Math.hypot(...p.map((v, i) => v - q[i]));
};

// As many owners as have a colour of their own, and some more.
const OWNERS = 10;
const processes = Array.from({length: OWNERS}, (_, i) => ({pid: i + 2, name: `p${'abcdefghij'[i]}`}));
const run = {processes, processName: new Map(processes.map(({pid, name}) => [pid, name]))};
const changes = {count: OWNERS, kind: processes.map(() => KIND.allocate), pid: processes.map(({pid}) => pid),
  flags: processes.map(() => 0), frames: processes.map(() => 1)};

const SEEN = 8;  // in CIE Lab; a just noticeable difference is about 2

for (const [name, {make}] of Object.entries(SCHEMES)) {
  for (const theme of ['light', 'dark']) {
    const {classes, ofRuns} = make(run, [{changes}]);
    const colours = classes.map((entry) => [entry.name, entry[theme]]);
    if (!ofRuns) colours.push(['free', FREE_COLOUR[theme]]);
    test(`by ${name}, ${theme}: no two meanings look alike to any eye that sees two kinds of light`, () => {
      for (const eye of ['all', 'protanopia', 'deuteranopia', 'tritanopia']) {
        for (const [i, [first, a]] of colours.entries()) {
          for (const [second, b] of colours.slice(i + 1)) {
            assert.ok(distance(eye, a, b) >= SEEN, `${eye}: ${first} and ${second} are ${distance(eye, a, b).toFixed(1)} apart`);
          }
        }
      }
    });
    // Lengths of free runs are an order, so lightness tells all of them; owners are not: there is the cursor, and the table.
    test(`by ${name}, ${theme}: in grey, ${ofRuns ? 'no two lengths look alike' : 'what is free is no other grey'}`, () => {
      for (const [first, a] of ofRuns ? colours : colours.slice(-1)) {
        for (const [second, b] of colours) {
          if (first !== second) assert.ok(distance('none', a, b) >= SEEN, `${first} and ${second} are ${distance('none', a, b).toFixed(1)} apart`);
        }
      }
    });
  }
}
