// What the colours of the map mean. Each scheme gives a change (or a free run) a class, and each class a colour for light
// and for dark, told apart in lightness too, so that they survive grey printing and colour-blind eyes.
import {FREE, FLAG, KIND} from './map_model.js';

// Okabe and Ito's colours, which people with any colour vision tell apart.
const OKABE_ITO = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#f0e442'];
// Lighter than the eighth, a grey that the purple is taken for without green.
const OTHERS = '#bfbfbf';

const rgb = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

const FREE_COLOUR = {light: '#ffffff', dark: '#16181d'};
const RESERVED = {name: 'reserved', light: '#3b3b3b', dark: '#d8d8d8'};

const isReserved = (changes, owner) => changes.kind[owner] === KIND.reserve;

// Processes by their numbers, and what the memory manager has itself by its objects: below all of these.
const MEMORY_MANAGER = 1;
const holderOf = (changes, owner) => changes.pid[owner] === MEMORY_MANAGER ? -changes.object[owner] : changes.pid[owner];

// Who a change gave frames to: a process or its fleet; "held at the start" or "background NAME" of the memory manager's.
export const ownerName = (run, changes, owner) => {
  const pid = changes.pid[owner];
  const own = pid === MEMORY_MANAGER ? run.objectNames[changes.object[owner]] : null;
  return own || fleetOf(run.processName.get(pid) ?? (changes.flags[owner] & FLAG.background ? 'in use before the run' : `pid ${pid}`));
};
export const isBeside = (changes, owner) => (changes.flags[owner] & FLAG.background) !== 0;

// Processes in the order of the frames that they ever took; the many small ones share the last colour.
const byOwner = (run, models) => {
  const nameOf = new Map();
  const taken = new Map();
  for (const {changes} of models) {
    for (let i = 0; i < changes.count; ++i) {
      if (changes.kind[i] !== KIND.allocate) continue;
      const holder = holderOf(changes, i);
      if (!nameOf.has(holder)) nameOf.set(holder, ownerName(run, changes, i));
      taken.set(holder, (taken.get(holder) ?? 0) + changes.frames[i]);
    }
  }
  const ofName = new Map();
  for (const [holder, frames] of taken) ofName.set(nameOf.get(holder), (ofName.get(nameOf.get(holder)) ?? 0) + frames);
  const names = [...ofName].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name);
  const own = OKABE_ITO.length;
  const classes = names.slice(0, own).map((name, i) => ({name, light: OKABE_ITO[i], dark: OKABE_ITO[i]}));
  if (names.length > own) classes.push({name: `${names.length - own} others`, light: OTHERS, dark: OTHERS});
  const classOfName = new Map(names.map((name, i) => [name, Math.min(i, classes.length - 1)]));
  const classOfHolder = new Map([...nameOf].map(([holder, name]) => [holder, classOfName.get(name)]));
  classes.push(RESERVED);
  return {classes, of: (changes, owner) => isReserved(changes, owner) ? classes.length - 1 : classOfHolder.get(holderOf(changes, owner)) ?? 0};
};

// "app.17" is one of the fleet "app".
export const fleetOf = (name) => name.replace(/\.\d+$/, '');

const byMobility = () => ({
  classes: [
    {name: 'movable', light: '#56b4e9', dark: '#56b4e9'},
    {name: 'reclaimable', light: '#009e73', dark: '#009e73'},
    {name: 'unmovable', light: '#b3400a', dark: '#e8743b'},
    RESERVED,
  ],
  of: (changes, owner) => {
    if (isReserved(changes, owner)) return 3;
    const flags = changes.flags[owner];
    return flags & FLAG.movable ? 0 : flags & FLAG.reclaimable ? 1 : 2;
  },
});

const byKind = () => ({
  classes: [
    {name: 'object', light: '#56b4e9', dark: '#56b4e9'},
    {name: 'contiguous', light: '#b3400a', dark: '#e8743b'},
    {name: 'mapping', light: '#009e73', dark: '#009e73'},
    {name: 'background, or held at the start', light: '#cc79a7', dark: '#cc79a7'},
    RESERVED,
  ],
  of: (changes, owner) => {
    if (isReserved(changes, owner)) return 4;
    const flags = changes.flags[owner];
    return flags & FLAG.background ? 3 : flags & FLAG.contiguous ? 1 : flags & FLAG.mapping ? 2 : 0;
  },
});

// Free runs by length, in steps of lightness from single frames, the farthest from the ground, to the long ones that
// requests need; what is in use is a grey that none of them has.
export const RUN_STEPS = [1, 4, 16, 64, 256, 1024];
const byFreeRun = () => ({
  ofRuns: true,
  classes: [
    {name: 'in use', light: '#cfcfcf', dark: '#484b50'},
    {name: 'free: 1 to 3 frames', light: '#511557', dark: '#f9edd3'},
    {name: '4 to 15', light: '#960c5f', dark: '#faca7e'},
    {name: '16 to 63', light: '#cb2548', dark: '#fd9c54'},
    {name: '64 to 255', light: '#df633a', dark: '#f06957'},
    {name: '256 to 1023', light: '#e4983f', dark: '#d14171'},
    {name: '1024 and more', light: '#edf5fb', dark: '#0d375a'},
  ],
  of: () => 0,
});
// From here on a run looks no longer.
export const LONGEST_RUN = RUN_STEPS.at(-1);
// The class of a free run of `length` frames.
export const runClass = (length) => RUN_STEPS.filter((step) => length >= step).length;

export const SCHEMES = {
  owner: {label: 'owner', make: byOwner},
  mobility: {label: 'mobility', make: byMobility},
  kind: {label: 'kind', make: byKind},
  run: {label: 'length of the free run', make: byFreeRun},
};

// The scheme ready to paint: [r, g, b] by class, and of free frames.
export const paintOf = (scheme, theme) => ({
  ...scheme,
  rgb: scheme.classes.map((entry) => rgb(entry[theme])),
  free: rgb(FREE_COLOUR[theme]),
  classesOf: (model) => classesOf(scheme, model),
});

// The class of each change of a model, found once for a scheme.
const classesOf = (scheme, model) => {
  scheme.found ??= new Map();
  if (!scheme.found.has(model)) {
    const classes = new Uint8Array(model.changes.count);
    for (let i = 0; i < classes.length; ++i) classes[i] = scheme.of(model.changes, i);
    scheme.found.set(model, classes);
  }
  return scheme.found.get(model);
};
export {FREE, FREE_COLOUR};
