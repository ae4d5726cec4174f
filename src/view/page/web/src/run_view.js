// One run on the page: what happened, its maps, its lines, its distributions and its tables.
import {element, table} from './dom.js';
import {formatCount, formatSize, formatTime} from './format.js';
import {later} from './later.js';
import {LineChart} from './lines.js';
import {MapView} from './map_view.js';
import {SCHEMES} from './colours.js';
import {histogram, percentilePlot, talkGraph} from './pictures.js';

const MOST_FRAMES = 2 ** 24;  // of a region that is mapped: the map knows each frame

const link = (words, visit) => element('button', {class: 'link', onclick: visit}, words);

export class RunView {
  constructor(run, shared, chosen, theme) {
    Object.assign(this, {run, shared, chosen, theme});
    this.mapped = run.regions.filter(({frames}) => frames <= MOST_FRAMES);
    this.schemes = {};
    this.maps = this.mapped.map((region) => new MapView({
      run, region, shared, theme, scheme: () => this.scheme(), select: (failure) => this.select(failure)}));
    this.legendHolder = element('div', {class: 'legend'});
    later(this.legendHolder, () => this.legendHolder.replaceChildren(this.legend()));
    this.explained = element('div', {class: 'explained', 'aria-live': 'polite'});
  }

  scheme() { return this.schemes[this.chosen()] ??= SCHEMES[this.chosen()].make(this.run, this.maps.map(({model}) => model)); }

  legend() {
    const {classes} = this.scheme();
    return element('ul', {class: 'key'}, [{name: 'free', light: '#ffffff', dark: '#16181d'}, ...classes]
      .filter(({name}) => !(this.scheme().ofRuns && name === 'free'))
      .map((entry) => {
        const swatch = element('span', {class: 'swatch'});
        swatch.style.background = entry[this.theme()];
        return element('li', {}, swatch, ` ${entry.name}`);
      }));
  }

  // Goes to a failed request: its moment, the range that it could have had, and who lies there.
  select(failure) {
    this.shared.visit(failure.time);
    for (const map of this.maps) map.showFailure(failure);
    const owners = failure.owners.map(({process, object, movable, pinned}) =>
      element('li', {}, `${object || 'memory'} of ${process || 'the machine'}: ${formatCount(movable)} movable, ${formatCount(pinned)} unmovable`));
    this.explained.replaceChildren(element('h4', {}, `${formatTime(failure.time)}: ${this.failureWords(failure)}`), element('p', {}, failure.remedy), element('ul', {}, owners));
    this.maps[0]?.canvas.focus({preventScroll: true});
  }

  failureWords({process, object, frames, error, probe}) {
    if (probe) return `a request as probed by ${probe}, for ${formatSize(frames * this.run.pageSize)} contiguous, would be refused from here on`;
    return `${process} asked for ${formatSize(frames * this.run.pageSize)} contiguous for ${object || 'an object'}: ${error}`;
  }

  render() {
    const {run} = this;
    return element('section', {class: 'run', 'aria-label': run.label},
      element('h2', {}, run.label), element('p', {class: 'about'}, run.about),
      element('h3', {}, 'Where memory went'), run.mapStep > 0 && element('p', {class: 'about'}, `So much happened that the map shows how memory stood every ${formatTime(run.mapStep, 3)}, without what came and went between, and without locks.`), run.changesLost > 0 && element('p', {class: 'bad'}, `The map ends early: ${formatCount(run.changesLost)} later changes of memory found no room in this page.`), this.legendHolder, this.maps.map(({root}) => root), this.mapped.length < run.regions.length && element('p', {}, `Regions of more than ${formatCount(MOST_FRAMES)} frames have no map here; memsim map draws them.`), this.explained,
      element('h3', {}, 'Over time'), element('div', {class: 'charts'}, this.charts().map((chart) => new LineChart(chart, this.shared).root)),
      element('h3', {}, 'Segments of objects, and what calls cost'), element('div', {class: 'stills'}, this.stills()),
      element('h3', {}, 'What went wrong, and what was expected'), this.tables());
  }

  recolour() { if (this.legendHolder.hasChildNodes()) this.legendHolder.replaceChildren(this.legend()); }

  charts() { return this.run.regions.flatMap((region, i) => this.chartsOf(region, i)).concat(this.objectCharts()); }

  chartsOf(region, i) {
    const samples = this.run.tables[`region_${i}`];
    if (!samples || samples.rows < 2) return [];
    const size = (frames) => formatSize(frames * this.run.pageSize);
    const orders = Array.from({length: region.orders}, (_, order) => order);
    const named = (columns, values) => columns.map((name, at) => ({name, values: values(at)}));
    const several = this.run.regions.length > 1 ? `${region.name}: ` : '';
    const ofOrder = orders.map((order) => `order ${order}`);
    return [
      {title: `${several}free memory and the longest free run (crosses: a probe fails)`, columns: ['free', 'longest run'], format: size,
        data: () => ({times: samples.time, marks: this.probeFailures(), series: [{name: 'free', values: samples.free}, {name: 'longest run', values: samples.largest}]})},
      {title: `${several}free memory by order of its blocks, stacked`, columns: ofOrder, format: size, stacked: true,
        data: () => ({times: samples.time, series: named(ofOrder, (order) => samples[`k${order}`].map((count) => count * 2 ** order))})},
      {title: `${several}unusable index by order`, columns: ofOrder.slice(1), format: (value) => value.toFixed(2),
        data: () => {
          const shares = unusable(samples, region.orders);
          return {times: samples.time, series: named(ofOrder.slice(1), (at) => shares[at])};
        }},
    ];
  }

  // When a probe would have failed, by time.
  probeFailures() {
    const times = [];
    for (const {table: name} of this.run.probes) {
      const {ok, time} = this.run.tables[name];
      for (let row = 0; row < ok.length; ++row) if (ok[row] === 0) times.push(time[row]);
    }
    return Float64Array.from(times).sort();
  }

  objectCharts() {
    const samples = this.run.tables.objects;
    if (!samples || samples.rows < 2) return [];
    const chart = (title, names) => ({title, columns: names.map(([name]) => name), format: formatCount,
      data: () => ({times: samples.time, series: names.map(([name, column]) => ({name, values: samples[column]}))})});
    return [
      chart('live objects', [['objects', 'count']]),
      chart('segments per object', [['min', 'min'], ['median', 'median'], ['p99', 'p99'], ['max', 'max']]),
    ];
  }

  stills() {
    const {run} = this;
    const made = [];
    if (run.segmentsPerObject.length > 0) {
      made.push(histogram('Segments per object at the end', 'segments', run.segmentsPerObject.map(([label, count]) => ({label, count}))));
    }
    if (run.segmentLengths.length > 0) {
      made.push(histogram('Lengths of segments at the end', 'frames', run.segmentLengths.map((count, log2) => ({label: `${2 ** log2}`, count}))));
    }
    if (run.latencies.length > 0) {
      made.push(percentilePlot('Latency by message type and priority', run.latencies.map(({label, priority, points}) => ({name: `${label}, priority ${priority}`, points}))));
    }
    if (run.edges.length > 0) made.push(talkGraph(`Who talks to whom${more(run.edges, run.edgeCount)}`, run.edges));
    return made;
  }

  tables() {
    const {run} = this;
    const moment = (time) => link(formatTime(time), () => this.shared.visit(time));
    const parts = [
      run.expectations.length > 0 && table('Expectations', ['expected', 'holds', 'found'],
        run.expectations.map(({text, passed, found}) => [text, passed ? '✓ yes' : '✗ no', found])),
      run.failures.length > 0 && table(`Failed contiguous requests${more(run.failures, run.failureCount)}`, ['time', 'request', 'why'],
        run.failures.map((failure) => [link(formatTime(failure.time), () => this.select(failure)), this.failureWords(failure), failure.remedy])),
      run.failedCalls.length > 0 && table(`Failed calls${more(run.failedCalls, run.failedCallCount)}`, ['time', 'process', 'call', 'errno', 'object'],
        run.failedCalls.map(({time, process, call, error, object}) => [moment(time), process, call, error, object])),
      run.shortReplies.length > 0 && table(`Short replies to _MEM_OBJ_INFO${more(run.shortReplies, run.shortReplyCount)}`, ['time', 'process', 'object', 'room for', 'segments in range'],
        run.shortReplies.map(({time, process, object, capacity, inRange}) => [moment(time), process, object, formatCount(capacity), formatCount(inRange)])),
      run.deadlocks.length > 0 && table('Deadlocks', ['time', 'members'], run.deadlocks.map(({time, members}) => [moment(time), members.join(' → ')])),
      run.notes.length > 0 && table(`Notes${more(run.notes, run.noteCount)}`, ['time', 'process', 'note'], run.notes.map(({time, process, text}) => [moment(time), process, text])),
    ].filter(Boolean);
    if (run.costs?.length > 0) {
      parts.push(table('What calls cost whom, the dearest first', ['process', 'call', 'messages', 'waited in all', 'on average', 'longest'],
        run.costs.map(({process, call, messages, waited, worst}) => [process, call, formatCount(messages), formatTime(waited), formatTime(waited / messages), formatTime(worst)])));
    }
    return parts.length > 0 ? element('div', {}, parts) : element('p', {}, 'Nothing failed, and nothing was expected.');
  }
}

const more = (shown, count) => count > shown.length ? `: the first ${formatCount(shown.length)} of ${formatCount(count)}` : '';

// Of each order from 1 on, the share of free memory that lies in blocks too small for a request of 2^order frames.
const unusable = (samples, orders) => {
  const {free} = samples;
  const small = new Float64Array(free.length);
  return Array.from({length: orders - 1}, (_, below) => {
    const count = samples[`k${below}`];
    const share = new Float64Array(free.length);
    for (let i = 0; i < share.length; ++i) {
      small[i] += count[i] * 2 ** below;
      if (free[i] > 0) share[i] = small[i] / free[i];
    }
    return share;
  });
};
