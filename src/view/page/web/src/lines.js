// Lines over time, drawn by uPlot. They share the stretch of time and the cursor with the maps.
import uPlot from 'uplot';
import {element, behind, spread} from './dom.js';
import {formatTime, niceTimeStep} from './format.js';
import {later} from './later.js';
import {after} from './map_model.js';
import {Column, thinned} from './thinning.js';

const HEIGHT = 190;
// Lines differ in dash as well as in colour.
const DASHES = [[], [8, 4], [2, 3], [12, 4, 2, 4], [5, 2], [1, 5]];
const COLOURS = ['#0072b2', '#b3400a', '#009e73', '#a8497f', '#7a6a00', '#4a9fd0', '#8a8a8a', '#d08000'];

// A value holds from its sample to the next.
const STEPPED = uPlot.paths.stepped({align: 1});

const timesBetween = (low, high) => {
  const step = niceTimeStep(high - low, 6);
  const first = Math.ceil(low / step);
  return Array.from({length: Math.max(0, Math.floor(high / step) - first + 1)}, (_, i) => (first + i) * step);
};

export class LineChart {
  // {title, data(), stacked, format(value)}; data(): {times, series: [{name, values}], marks: times}, when it is first
  // needed.
  constructor(chart, shared) {
    this.chart = chart;
    this.shared = shared;
    this.holder = element('div', {class: 'plot line'});
    this.root = element('figure', {class: 'chart'}, element('figcaption', {}, chart.title), this.holder, this.tableBehind());
    shared.on('view', () => this.show());
    shared.on('cursor', () => this.point());
    shared.on('colours', () => this.remake());
    new ResizeObserver(() => this.remake()).observe(this.holder);
    new IntersectionObserver(([{isIntersecting}]) => {
      this.isInSight = isIntersecting;
      if (isIntersecting && this.isStale) this.refresh();
    }).observe(this.holder);
    later(this.holder, () => this.make());
  }

  get data() { return this.known ??= this.chart.data(); }
  get times() { return this.data.times; }
  get columns() {
    const {series} = this.data;
    return this.made ??= (this.chart.stacked ? stack(series) : series.map(({values}) => values)).map((values) => new Column(values));
  }

  tableBehind() {
    const {title, format, columns} = this.chart;
    return behind(title, ['time', ...columns], () => spread(this.times.length, 25).map((i) =>
      [formatTime(this.times[i]), ...this.data.series.map(({values}) => format(values[i]))]));
  }

  drawn() { return thinned(this.times, this.columns, this.shared.from, this.shared.to, 2 * Math.max(200, this.holder.clientWidth)); }

  remake() { if (this.plot) this.make(); }

  make() {
    const width = Math.floor(this.holder.clientWidth);
    if (width < 60) return;
    if (this.plot) this.plot.destroy();
    this.plot = new uPlot(this.options(width), this.drawn(), this.holder);
    this.plot.setScale('x', {min: this.shared.from, max: this.shared.to});
  }

  options(width) {
    const style = getComputedStyle(document.documentElement);
    const text = style.getPropertyValue('--text');
    const grid = {stroke: style.getPropertyValue('--line'), width: 1};
    const {format, stacked} = this.chart;
    const {series} = this.data;
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
          value: (_, drawn, column, row) => row === null ? '' : format(this.valueAt(values, row)),
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

  // The value of the sample that holds at the cursor, or at a row of what is drawn: not one of a stretch's extremes.
  valueAt(values, row) { return values[Math.max(0, after(this.times, this.shared.cursor ?? this.plot.data[0][row]) - 1)]; }

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
    let last = -Infinity;
    for (const time of this.data.marks ?? []) {
      if (time < this.shared.from || time > this.shared.to) continue;
      const x = plot.valToPos(time, 'x', true);
      if (x < last + ratio) continue;
      last = x;
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
    clearTimeout(this.thinning);
    this.isStale = !this.isInSight;
    if (this.isStale) return;
    this.plot.setScale('x', scale);
    this.thinning = setTimeout(() => this.refresh(), 80);
  }

  refresh() {
    this.isStale = false;
    this.plot.setData(this.drawn(), false);
    this.plot.setScale('x', {min: this.shared.from, max: this.shared.to});
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
    const sum = Float64Array.from(values);
    if (below) for (let i = 0; i < sum.length; ++i) sum[i] += below[i];
    sums.unshift(below = sum);
  }
  return sums;
};
