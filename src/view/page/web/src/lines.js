// Lines over time, drawn by uPlot. They share the stretch of time and the cursor with the maps.
import uPlot from 'uplot';
import {element, behind, spread} from './dom.js';
import {formatTime, niceTimeStep} from './format.js';
import {after} from './map_model.js';

const HEIGHT = 190;
// Lines differ in dash as well as in colour.
const DASHES = [[], [8, 4], [2, 3], [12, 4, 2, 4], [5, 2], [1, 5]];
const COLOURS = ['#0072b2', '#b3400a', '#009e73', '#a8497f', '#7a6a00', '#4a9fd0', '#8a8a8a', '#d08000'];

// What a chart shows of a million points: of each bucket of the view its lowest and its highest value, so that no spike
// is lost, in the order in which they come.
export const thinned = (times, columns, from, to, most) => {
  const first = Math.max(0, after(times, from) - 1);
  const end = Math.min(times.length, after(times, to) + 1);
  if (end - first <= most) {
    return [times.subarray(first, end), ...columns.map((column) => column.subarray(first, end))];
  }
  const buckets = Math.floor(most / 2);
  const kept = new Set([first, end - 1]);
  for (let b = 0; b < buckets; ++b) {
    const start = first + Math.floor((end - first) * b / buckets);
    const stop = first + Math.floor((end - first) * (b + 1) / buckets);
    for (const column of columns) {
      let low = start;
      let high = start;
      for (let i = start + 1; i < stop; ++i) {
        if (column[i] < column[low]) low = i;
        if (column[i] > column[high]) high = i;
      }
      kept.add(low);
      kept.add(high);
    }
  }
  const rows = [...kept].sort((a, b) => a - b);
  return [rows.map((i) => times[i]), ...columns.map((column) => rows.map((i) => column[i]))];
};

// A value holds from its sample to the next.
const STEPPED = uPlot.paths.stepped({align: 1});

const timesBetween = (low, high) => {
  const step = niceTimeStep(high - low, 6);
  const first = Math.ceil(low / step);
  return Array.from({length: Math.max(0, Math.floor(high / step) - first + 1)}, (_, i) => (first + i) * step);
};

export class LineChart {
  // {title, unit, times, series: [{name, values}], stacked, marks: [{time, what}], format(value)}
  constructor(chart, shared) {
    this.chart = chart;
    this.shared = shared;
    this.columns = chart.stacked ? stack(chart.series) : chart.series.map(({values}) => values);
    this.holder = element('div', {class: 'plot'});
    this.root = element('figure', {class: 'chart'}, element('figcaption', {}, chart.title), this.holder, this.tableBehind());
    shared.on('view', () => this.show());
    shared.on('cursor', () => this.point());
    shared.on('colours', () => this.make());
    new ResizeObserver(() => this.make()).observe(this.holder);
    new IntersectionObserver(([{isIntersecting}]) => { this.isInSight = isIntersecting; }).observe(this.holder);
  }

  tableBehind() {
    const {times, series, format} = this.chart;
    return behind(this.chart.title, ['time', ...series.map(({name}) => name)],
      () => spread(times.length, 25).map((i) => [formatTime(times[i]), ...series.map(({values}) => format(values[i]))]));
  }

  data() { return thinned(this.chart.times, this.columns, this.shared.from, this.shared.to, 2 * Math.max(200, this.holder.clientWidth)); }

  make() {
    const width = Math.floor(this.holder.clientWidth);
    if (width < 60) return;
    if (this.plot) this.plot.destroy();
    this.plot = new uPlot(this.options(width), this.data(), this.holder);
    this.plot.setScale('x', {min: this.shared.from, max: this.shared.to});
  }

  options(width) {
    const style = getComputedStyle(document.documentElement);
    const text = style.getPropertyValue('--text');
    const grid = {stroke: style.getPropertyValue('--line'), width: 1};
    const {series, format, stacked} = this.chart;
    return {
      width, height: HEIGHT,
      legend: {live: true},
      scales: {x: {time: false}, y: {range: (_, low, high) => [Math.min(0, low ?? 0), high > 0 ? high * 1.05 : 1]}},
      cursor: {drag: {x: true, y: false, setScale: false}, points: {size: 6}},
      axes: [
        {stroke: text, grid, splits: (_, __, low, high) => timesBetween(low, high), values: (_, ticks) => ticks.map((time) => formatTime(time))},
        {stroke: text, grid, size: 84, values: (_, ticks) => ticks.map(format)},
      ],
      series: [
        {label: 'time', value: (_, time) => time === null ? '' : formatTime(time)},
        ...series.map(({name, values}, i) => ({
          label: name, stroke: COLOURS[i % COLOURS.length], dash: stacked ? [] : DASHES[i % DASHES.length], width: 1.5,
          fill: stacked ? `${COLOURS[i % COLOURS.length]}55` : undefined, points: {show: false}, paths: STEPPED,
          value: (_, drawn, column, row) => row === null ? '' : format(stacked ? this.valueAt(values, row) : drawn),
        })),
      ],
      hooks: {
        // The hand, and not uPlot's own cursor, which others move too and which knows whole pixels only.
        ready: [({over}) => {
          over.addEventListener('mousemove', (event) => this.shared.point(this.plot.posToVal(event.offsetX, 'x')));
          over.addEventListener('mouseleave', () => this.shared.point(null));
        }],
        setSelect: [(plot) => this.chosen(plot)],
        draw: [(plot) => this.drawMarks(plot)],
      },
    };
  }

  // The value at a row of what is drawn: of the sample at that time.
  valueAt(values, row) { return values[Math.max(0, after(this.chart.times, this.plot.data[0][row]) - 1)]; }

  chosen(plot) {
    const {left, width} = plot.select;
    if (width < 3) return;
    const from = plot.posToVal(left, 'x');
    const to = plot.posToVal(left + width, 'x');
    plot.setSelect({left: 0, width: 0, top: 0, height: 0}, false);
    this.shared.show(from, to);
  }

  // Crosses where a probe failed: a shape, not only a colour.
  drawMarks(plot) {
    const {ctx: context, bbox} = plot;
    const ratio = devicePixelRatio;
    context.save();
    context.strokeStyle = getComputedStyle(document.documentElement).getPropertyValue('--bad');
    context.lineWidth = 1.5 * ratio;
    for (const {time} of this.chart.marks ?? []) {
      if (time < this.shared.from || time > this.shared.to) continue;
      const x = plot.valToPos(time, 'x', true);
      const y = bbox.top + 6 * ratio;
      context.beginPath();
      context.moveTo(x - 3 * ratio, y - 3 * ratio);
      context.lineTo(x + 3 * ratio, y + 3 * ratio);
      context.moveTo(x + 3 * ratio, y - 3 * ratio);
      context.lineTo(x - 3 * ratio, y + 3 * ratio);
      context.stroke();
    }
    context.restore();
  }

  // Moves what is drawn at once, and looks at the points again when the hand rests.
  show() {
    if (!this.plot) return;
    const scale = {min: this.shared.from, max: this.shared.to};
    if (this.isInSight) this.plot.setScale('x', scale);
    clearTimeout(this.thinning);
    this.thinning = setTimeout(() => {
      this.plot.setData(this.data(), false);
      this.plot.setScale('x', scale);
    }, 80);
  }

  point() {
    if (!this.plot) return;
    const {cursor} = this.shared;
    this.plot.setCursor(cursor === null ? {left: -10, top: -10} : {left: this.plot.valToPos(cursor, 'x'), top: 10}, false);
  }
}

const stack = (series) => {
  const sums = [];
  let below = null;
  // The last is drawn first, as the sum of all: so each shows above the next.
  for (const {values} of [...series].reverse()) {
    below = below ? values.map((value, i) => value + below[i]) : Float64Array.from(values);
    sums.unshift(below);
  }
  return sums;
};
