// Still pictures as SVG: distributions, percentile plots, survival curves, and who talks to whom.
import {element, svg, behind} from './dom.js';
import {formatCount, formatTime, formatShare, plural} from './format.js';

const WIDTH = 560;
const HEIGHT = 220;
const MARGIN = {left: 70, right: 12, top: 10, bottom: 34};

const frame = (title, parts) => svg('svg', {viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': title, class: 'picture'}, parts);
const text = (x, y, words, anchor = 'middle') => svg('text', {x, y, 'text-anchor': anchor}, words);
const inner = {width: WIDTH - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom};

// Bars for [{label, count}].
export const histogram = (title, axis, bars) => {
  const most = Math.max(1, ...bars.map(({count}) => count));
  const step = inner.width / Math.max(1, bars.length);
  const labelled = Math.ceil(bars.length / 9);
  const parts = bars.map(({label, count}, i) => {
    const height = count / most * inner.height;
    const x = MARGIN.left + i * step;
    const bar = svg('rect', {x: x + step * .1, y: MARGIN.top + inner.height - height, width: step * .8, height, class: 'bar'},
      svg('title', {}, `${label}: ${formatCount(count)}`));
    return i % labelled === 0 ? [bar, text(x + step / 2, HEIGHT - 18, label)] : [bar];
  });
  const scale = [0, .5, 1].map((part) => text(MARGIN.left - 6, MARGIN.top + inner.height * (1 - part) + 4, formatCount(Math.round(most * part)), 'end'));
  return element('figure', {class: 'still'}, element('figcaption', {}, title),
    frame(title, [...parts.flat(), ...scale, text(MARGIN.left + inner.width / 2, HEIGHT - 3, axis)]),
    behind(title, [axis, 'count'], () => bars.map(({label, count}) => [label, formatCount(count)])));
};

const DASHES = ['', '8 4', '2 3', '12 4 2 4', '5 2', '1 4'];

// Steps or lines for [{name, points: [[x, y]], band: [[x, low, high]]}], y from 0 to `top`.
const curves = (title, series, {xOf, yOf, stepped}) => series.flatMap(({name, points, band}, i) => {
  const path = points.map(([x, y], at) => `${at === 0 ? 'M' : stepped ? `H${xOf(x)}V` : 'L'}${at > 0 && stepped ? yOf(y) : `${xOf(x)} ${yOf(y)}`}`).join('');
  const parts = [];
  if (band?.length > 0) {
    // Along and then up or down where it is stepped; backwards the other way about.
    const upper = band.map(([x, , high], at) => `${at === 0 ? `M${xOf(x)} ` : stepped ? `H${xOf(x)}V` : `L${xOf(x)} `}${yOf(high)}`).join('');
    const lower = [...band].reverse().map(([x, low], at) => at === 0 || !stepped ? `L${xOf(x)} ${yOf(low)}` : `V${yOf(low)}H${xOf(x)}`).join('');
    parts.push(svg('path', {d: `${upper}${lower}Z`, class: `band c${i % 6}`}));
  }
  parts.push(svg('path', {d: path, class: `curve c${i % 6}`, 'stroke-dasharray': DASHES[i % 6]}, svg('title', {}, name)));
  return parts;
});

const key = (series) => element('ul', {class: 'key'}, series.map(({name}, i) => element('li', {},
  svg('svg', {viewBox: '0 0 34 10', width: 34, height: 10, 'aria-hidden': 'true'}, svg('path', {d: 'M0 5H34', class: `curve c${i % 6}`, 'stroke-dasharray': DASHES[i % 6]})),
  ` ${name}`)));

const percentiles = [0, .5, .9, .99, .999, .9999, 1];

// Latency by percentile, both axes logarithmic: [{name, points: [[percentile, ns]]}].
export const percentilePlot = (title, series) => {
  const all = series.flatMap(({points}) => points.map(([, ns]) => Math.max(1, ns)));
  const low = Math.floor(Math.log10(Math.min(...all)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...all))));
  const nines = (share) => Math.min(5, -Math.log10(Math.max(1e-5, 1 - share)));
  const xOf = (share) => MARGIN.left + nines(share) / 5 * inner.width;
  const yOf = (ns) => MARGIN.top + inner.height * (1 - (Math.log10(Math.max(1, ns)) - low) / (high - low));
  const grid = Array.from({length: high - low + 1}, (_, i) => {
    const y = yOf(10 ** (low + i));
    return [svg('line', {x1: MARGIN.left, x2: WIDTH - MARGIN.right, y1: y, y2: y, class: 'rule'}), text(MARGIN.left - 6, y + 4, formatTime(10 ** (low + i)), 'end')];
  });
  const ticks = percentiles.slice(0, -1).map((share) => text(xOf(share), HEIGHT - 18, `${100 * share} %`.replace('0 %', share === 0 ? 'min' : '0 %')));
  return element('figure', {class: 'still'}, element('figcaption', {}, title),
    frame(title, [...grid.flat(), ...ticks, text(MARGIN.left + inner.width / 2, HEIGHT - 3, 'percentile'), ...curves(title, series, {xOf, yOf, stepped: false})]),
    key(series),
    behind(title, ['messages', ...series[0].points.map(([share]) => `${100 * share} %`)],
      () => series.map(({name, points}) => [name, ...points.map(([, ns]) => formatTime(ns))])));
};

// Kaplan-Meier curves: [{name, runs, failed, points: [[time, share]], band}].
export const survivalPlot = (title, series, what = 'policy') => {
  const end = Math.max(1, ...series.flatMap(({points}) => points.map(([time]) => time)));
  const xOf = (time) => MARGIN.left + time / end * inner.width;
  const yOf = (share) => MARGIN.top + inner.height * (1 - share);
  const grid = [0, .25, .5, .75, 1].map((share) => [
    svg('line', {x1: MARGIN.left, x2: WIDTH - MARGIN.right, y1: yOf(share), y2: yOf(share), class: 'rule'}),
    text(MARGIN.left - 6, yOf(share) + 4, formatShare(share), 'end')]);
  const ticks = [0, .25, .5, .75, 1].map((part) => text(xOf(end * part), HEIGHT - 18, formatTime(end * part, 3), part === 1 ? 'end' : 'middle'));
  return element('figure', {class: 'still'}, element('figcaption', {}, title),
    frame(title, [...grid.flat(), ...ticks, ...curves(title, series, {xOf, yOf, stepped: true})]),
    key(series),
    behind(title, [what, 'runs', 'failed', 'share never refused at the end'],
      () => series.map(({name, runs, failed, points}) => [name, formatCount(runs), formatCount(failed), formatShare(points.at(-1)[1])])));
};

// Processes in a circle, fleets as one; an arrow from whom makes the other go on, as wide as it is used. Interrupts and
// timers are squares; threads that wait for others of their process are a loop at it.
export const talkGraph = (title, edges) => {
  const names = [...new Set(edges.flatMap(({from, to}) => [from, to]))].sort();
  const sources = new Set(edges.filter(({isProcess}) => !isProcess).map(({from}) => from));
  const radius = Math.max(70, names.length * 13);
  const size = 2 * radius + 300;
  const at = (name) => {
    const angle = 2 * Math.PI * names.indexOf(name) / names.length - Math.PI / 2;
    return [size / 2 + radius * Math.cos(angle), size / 2 + radius * Math.sin(angle)];
  };
  const words = ({messages, besides}) => [messages > 0 && plural(messages, 'message'), ...besides].filter(Boolean).join('; ');
  const most = Math.max(1, ...edges.map(({count}) => count));
  const arrows = edges.map((edge) => {
    const [x1, y1] = at(edge.from);
    const [x2, y2] = at(edge.to);
    const bend = .18;
    const cx = (x1 + x2) / 2 + (y2 - y1) * bend;
    const cy = (y1 + y2) / 2 - (x2 - x1) * bend;
    const line = edge.from === edge.to ? `M${x1 - 5} ${y1}C${x1 - 34} ${y1 + 44} ${x1 + 34} ${y1 + 44} ${x1 + 5} ${y1}` : `M${x1} ${y1}Q${cx} ${cy} ${x2} ${y2}`;
    const width = 1 + 4 * Math.log1p(edge.count) / Math.log1p(most);
    return svg('path', {d: line, class: 'arrow', 'stroke-width': width, 'stroke-dasharray': edge.messages > 0 ? '' : '5 4', 'marker-end': 'url(#head)'},
      svg('title', {}, `${edge.from} to ${edge.to}: ${words(edge)}`));
  });
  const nodes = names.map((name) => {
    const [x, y] = at(name);
    const outside = x < size / 2 - 1 ? 'end' : x > size / 2 + 1 ? 'start' : 'middle';
    const shape = sources.has(name) ? svg('rect', {x: x - 6, y: y - 6, width: 12, height: 12, class: 'node'}) : svg('circle', {cx: x, cy: y, r: 6, class: 'node'});
    return svg('g', {}, shape, text(x + (outside === 'end' ? -10 : outside === 'start' ? 10 : 0), y + (outside === 'middle' ? (y < size / 2 ? -12 : 20) : 4), name, outside));
  });
  const head = svg('defs', {}, svg('marker', {id: 'head', viewBox: '0 0 8 8', refX: 14, refY: 4, markerWidth: 8, markerHeight: 8, markerUnits: 'userSpaceOnUse', orient: 'auto'}, svg('path', {d: 'M0 0L8 4L0 8Z', class: 'tip'})));
  return element('figure', {class: 'still'}, element('figcaption', {}, title),
    svg('svg', {viewBox: `0 ${size / 2 - radius - 40} ${size} ${2 * radius + 90}`, role: 'img', 'aria-label': title, class: 'graph'}, head, ...arrows, ...nodes),
    behind(title, ['from', 'to', 'what'], () => edges.map((edge) => [edge.from, edge.to, words(edge)])));
};
