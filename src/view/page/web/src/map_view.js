// The memory map of one region: picture, axes, marks of failed requests, cursor and what it says, and the state of all
// frames at the cursor as a grid.
//
// Dragging and zooming move the picture that is there; it is painted anew when the browser has time, so that a map of a
// million changes follows the hand at once.
import {element, behind} from './dom.js';
import {formatCount, formatHex, formatSize, formatTime, niceTimeStep, plural} from './format.js';
import {later} from './later.js';
import {FREE, FLAG, KIND, MapModel, changesOf} from './map_model.js';
import {MapPainter} from './map_painter.js';
import {isBeside, ownerName, paintOf, runClass} from './colours.js';

const HEIGHT = 320;
const LEFT = 104;  // room for addresses
const BOTTOM = 24;
const GRID_HEIGHT = 96;

export class MapView {
  // run and region as data.js makes them; scheme(): the colours chosen; select(failure): tells the page that a failure
  // was clicked.
  constructor({run, region, shared, scheme, theme, select}) {
    Object.assign(this, {run, region, shared, scheme, theme, select});
    this.low = 0;
    this.high = region.frames;
    this.range = null;  // frames that a failed request could have had
    this.failures = run.failures.filter(({regions}) => regions.length === 0 || regions.includes(region.name));
    this.build();
    shared.on('view', () => this.moved());
    shared.on('colours', () => { if (this.picture) this.repaint(); });
    shared.on('cursor', () => this.pointed());
    new ResizeObserver(() => { if (this.picture) this.resize(); }).observe(this.plot);
    later(this.plot, () => this.resize());
  }

  // What changed when: decoded when the map is first looked at.
  get model() { return this.known ??= new MapModel(this.region, changesOf(this.run.tables.map, this.region)); }

  build() {
    const label = `Memory map of ${this.region.name}: address upwards, time to the right`;
    this.canvas = element('canvas', {
      height: HEIGHT,
      class: 'map', tabindex: '0', role: 'img', 'aria-label': `${label}. Arrows move the cursor, plus and minus zoom time, * and _ zoom addresses, N and P go to failures, Home shows all.`,
      onpointerdown: (event) => this.grab(event), onpointermove: (event) => this.hover(event),
      onpointerup: (event) => this.release(event), onpointerleave: () => { if (!this.dragged) this.shared.point(null); },
      onwheel: (event) => this.wheel(event), ondblclick: () => this.showAll(), onkeydown: (event) => this.key(event)});
    this.grid = element('canvas', {class: 'grid', role: 'img', 'aria-label': `All frames of ${this.region.name} at the cursor, row by row`});
    this.told = element('p', {class: 'told', 'aria-live': 'polite'}, 'Point at the map, or move over it with the arrow keys.');
    this.plot = element('div', {class: 'plot'}, this.canvas);
    this.root = element('figure', {class: 'region'},
      element('figcaption', {}, `${this.region.name}: ${formatSize(this.region.frames * this.run.pageSize)} from ${formatHex(this.addressOf(0))}, ${plural(this.region.frames, 'frame')}`),
      this.plot, this.told, this.grid, this.tableBehind());
  }

  addressOf(frame) { return (this.region.first + frame) * this.run.pageSize; }

  tableBehind() {
    const rows = () => Array.from({length: 25}, (_, i) => {
      const time = this.shared.end * i / 24;
      const state = this.model.stateBehind(this.model.changesUntil(time));
      let used = 0;
      let longest = 0;
      for (let frame = 0, run = 0; frame < state.length; ++frame) {
        run = state[frame] === FREE ? run + 1 : 0;
        used += state[frame] === FREE ? 0 : 1;
        longest = Math.max(longest, run);
      }
      return [formatTime(time), formatCount(used), formatCount(state.length - used), formatCount(longest)];
    });
    return behind('The map', ['time', 'frames in use', 'free', 'longest free run'], rows);
  }

  get width() { return this.canvas.width - LEFT; }
  get height() { return this.canvas.height - BOTTOM; }
  timeAt(x) { return this.shared.from + (this.shared.to - this.shared.from) * (x - LEFT) / this.width; }
  xOf(time) { return LEFT + (time - this.shared.from) / (this.shared.to - this.shared.from) * this.width; }
  frameAt(y) { return Math.min(this.region.frames - 1, Math.max(0, Math.floor(this.high - (this.high - this.low) * y / this.height - 1e-9))); }
  yOf(frame) { return (this.high - frame) / (this.high - this.low) * this.height; }

  resize() {
    const width = Math.max(LEFT + 50, Math.floor(this.plot.clientWidth));
    if (this.picture && width === this.canvas.width) return;
    this.canvas.width = width;
    this.repaint();
  }

  // Paints the picture of the present view; everything else goes over it.
  repaint() {
    const image = new ImageData(this.width, this.height);
    const view = {from: this.shared.from, to: this.shared.to, low: this.low, high: this.high};
    new MapPainter(this.model).paint(image, view, paintOf(this.scheme(), this.theme()));
    const picture = document.createElement('canvas');
    picture.width = image.width;
    picture.height = image.height;
    picture.getContext('2d').putImageData(image, 0, 0);
    this.picture = {canvas: picture, view};
    this.draw();
    this.drawGrid();
  }

  // The view changed: show what is there at its new place, and paint when the hand rests.
  moved() {
    if (!this.picture) return;
    this.draw();
    clearTimeout(this.painting);
    this.painting = setTimeout(() => this.repaint(), 60);
  }

  draw() {
    if (!this.picture) return;
    const context = this.canvas.getContext('2d');
    const style = getComputedStyle(document.documentElement);
    context.fillStyle = style.getPropertyValue('--surface');
    context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    this.drawPicture(context);
    context.font = '12px system-ui, sans-serif';
    context.fillStyle = context.strokeStyle = style.getPropertyValue('--text');
    this.drawAxes(context);
    this.drawFailures(context, style.getPropertyValue('--bad'));
    this.drawRange(context, style.getPropertyValue('--bad'));
    this.drawCursor(context);
  }

  drawPicture(context) {
    const {canvas, view} = this.picture;
    context.save();
    context.beginPath();
    context.rect(LEFT, 0, this.width, this.height);
    context.clip();
    context.imageSmoothingEnabled = false;
    const x = this.xOf(view.from);
    const y = this.yOf(view.high);
    context.drawImage(canvas, x, y, this.xOf(view.to) - x, this.yOf(view.low) - y);
    context.restore();
    context.strokeStyle = '#888';
    context.strokeRect(LEFT - .5, .5, this.width, this.height - 1);
  }

  drawAxes(context) {
    context.textBaseline = 'middle';
    context.textAlign = 'right';
    const step = Math.max(1, 2 ** Math.round(Math.log2((this.high - this.low) / 6)));
    const base = this.region.first;
    for (let frame = Math.ceil((base + this.low) / step) * step - base; frame < this.high; frame += step) {
      context.fillText(formatHex(this.addressOf(frame)), LEFT - 8, Math.min(this.height - 6, Math.max(6, this.yOf(frame))));
    }
    context.textAlign = 'center';
    const tick = niceTimeStep(this.shared.to - this.shared.from, Math.max(2, this.width / 110));
    for (let time = Math.ceil(this.shared.from / tick) * tick; time <= this.shared.to; time += tick) {
      const x = this.xOf(time);
      context.fillRect(x, this.height, 1, 4);
      context.fillText(formatTime(time), Math.min(this.canvas.width - 30, x), this.height + 14);
    }
  }

  // A triangle at the top for each failed contiguous request: a shape, not only a colour.
  drawFailures(context, colour) {
    context.fillStyle = colour;
    for (const {time} of this.failures) {
      const x = this.xOf(time);
      if (x < LEFT || x > this.canvas.width) continue;
      context.beginPath();
      context.moveTo(x - 5, 0);
      context.lineTo(x + 5, 0);
      context.lineTo(x, 9);
      context.fill();
    }
  }

  drawRange(context, colour) {
    if (!this.range) return;
    const top = this.yOf(this.range[1]);
    context.strokeStyle = colour;
    context.lineWidth = 2;
    context.setLineDash([6, 3]);
    context.strokeRect(LEFT + 1, top, this.width - 2, Math.max(2, this.yOf(this.range[0]) - top));
    context.setLineDash([]);
    context.lineWidth = 1;
  }

  drawCursor(context) {
    if (this.shared.cursor === null) return;
    const x = this.xOf(this.shared.cursor);
    context.strokeStyle = getComputedStyle(document.documentElement).getPropertyValue('--text');
    context.setLineDash([4, 3]);
    context.beginPath();
    context.moveTo(x, 0);
    context.lineTo(x, this.height);
    if (this.pointedFrame !== undefined) {
      const y = this.yOf(this.pointedFrame + .5);
      context.moveTo(LEFT, y);
      context.lineTo(this.canvas.width, y);
    }
    context.stroke();
    context.setLineDash([]);
  }

  // All frames at the cursor (at the end where there is none), lowest first.
  drawGrid() {
    const time = this.shared.cursor ?? this.shared.end;
    const state = this.model.stateBehind(this.model.changesUntil(time));
    const width = Math.max(1, Math.min(this.canvas.width, Math.ceil(Math.sqrt(state.length * 8))));
    const height = Math.ceil(state.length / width);
    const paint = paintOf(this.scheme(), this.theme());
    const image = new ImageData(width, height);
    for (let frame = 0; frame < state.length;) {
      let end = frame + 1;
      while (end < state.length && state[end] === state[frame]) ++end;
      const [red, green, blue] = paint.ofRuns
        ? paint.rgb[state[frame] === FREE ? runClass(end - frame) : 0]
        : state[frame] === FREE ? paint.free : paint.rgb[paint.of(this.model.changes, state[frame])];
      for (; frame < end; ++frame) image.data.set([red, green, blue, 255], 4 * frame);
    }
    this.grid.width = width;
    this.grid.height = height;
    this.grid.style.height = `${GRID_HEIGHT}px`;
    this.grid.getContext('2d').putImageData(image, 0, 0);
  }

  pointed() {
    if (!this.picture) return;
    this.draw();
    this.drawGrid();
    if (this.shared.cursor !== null && this.pointedFrame !== undefined) {
      this.told.textContent = this.say(this.shared.cursor, this.pointedFrame);
    }
  }

  // What is in a frame at a moment: region, frame, address, object, process, and the call that put it there.
  say(time, frame) {
    const {changes} = this.model;
    const where = `${formatTime(time)}, ${this.region.name}, frame ${formatHex(this.region.first + frame)}, address ${formatHex(this.addressOf(frame))}`;
    const owner = this.model.ownerAt(frame, time);
    if (owner === FREE) {
      const [first, end] = MapModel.runAround(this.model.stateBehind(this.model.changesUntil(time)), frame);
      return `${where}: free, in a run of ${plural(end - first, 'frame')} (${formatSize((end - first) * this.run.pageSize)})`;
    }
    if (changes.kind[owner] === KIND.reserve) return `${where}: reserved for ${this.run.reservations[changes.object[owner]] ?? 'the machine'}`;
    const flags = changes.flags[owner];
    const ofWhat = [
      flags & FLAG.contiguous ? 'contiguous' : 'scattered',
      flags & FLAG.movable ? 'movable' : flags & FLAG.reclaimable ? 'reclaimable' : 'unmovable',
      this.model.pinnedAt(frame, time, owner) ? 'locked' : null,
    ].filter(Boolean);
    const since = formatTime(changes.time[owner]);
    if (isBeside(changes, owner)) {
      const how = flags & FLAG.moved ? `moved there at ${since}` : `there since ${since}`;
      return `${where}: ${ownerName(this.run, changes, owner)}, no process's, ${ofWhat.slice(1).join(', ')}, ${how}`;
    }
    const object = this.run.objectNames[changes.object[owner]] || `object ${changes.object[owner]}`;
    const process = this.run.processName.get(changes.pid[owner]) ?? 'a process';
    const by = flags & FLAG.moved ? 'moved there' : `put there by ${this.run.calls[changes.call[owner]] ?? 'a call'}`;
    return `${where}: ${object} of ${process} (pid ${changes.pid[owner]}), ${ofWhat.join(', ')}, ${by} at ${since}`;
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * this.canvas.width / box.width, (event.clientY - box.top) * this.canvas.height / box.height];
  }

  hover(event) {
    const [x, y] = this.place(event);
    if (this.dragged) return this.drag(x, y);
    if (x < LEFT || y > this.height) return;
    this.pointedFrame = this.frameAt(y);
    this.shared.point(this.timeAt(x));
    this.shared.tell('cursor');
  }

  grab(event) {
    const [x, y] = this.place(event);
    this.canvas.setPointerCapture(event.pointerId);
    this.dragged = {x, y, from: this.shared.from, to: this.shared.to, low: this.low, high: this.high, far: false};
  }

  drag(x, y) {
    const {dragged} = this;
    dragged.far ||= Math.hypot(x - dragged.x, y - dragged.y) > 4;
    if (!dragged.far) return;
    const time = (dragged.x - x) / this.width * (dragged.to - dragged.from);
    this.showFrames(dragged.low + (y - dragged.y) / this.height * (dragged.high - dragged.low), dragged.high - dragged.low);
    this.shared.show(dragged.from + time, dragged.to + time);
    this.shared.tell('view');
  }

  release(event) {
    const {dragged} = this;
    this.dragged = null;
    if (!dragged || dragged.far) return;
    const [x, y] = this.place(event);
    const near = this.failures.filter(({time}) => Math.abs(this.xOf(time) - x) < 6);
    if (near.length > 0 && y < 14) this.select(near[0]);
  }

  showFrames(low, span) {
    const frames = Math.min(this.region.frames, Math.max(4, span));
    this.low = Math.min(Math.max(0, low), this.region.frames - frames);
    this.high = this.low + frames;
  }

  zoomFrames(factor, around) {
    this.showFrames(around - (around - this.low) * factor, (this.high - this.low) * factor);
    this.shared.tell('view');
  }

  // The wheel zooms time; with Shift addresses; both with Ctrl or a pinch.
  wheel(event) {
    event.preventDefault();
    const [x, y] = this.place(event);
    const factor = 2 ** (Math.sign(event.deltaY || event.deltaX) / 3);
    if (event.shiftKey || event.ctrlKey) this.zoomFrames(factor, this.high - (this.high - this.low) * y / this.height);
    if (!event.shiftKey) this.shared.zoom(factor, this.timeAt(x));
  }

  showAll() {
    this.showFrames(0, this.region.frames);
    this.range = null;
    this.shared.show(0, this.shared.end);
    this.shared.tell('view');
  }

  // Marks a failed request's range and brings it into view, with as much around it on either side.
  showFailure({range}) {
    this.range = range ? [range.first - this.region.first, range.first - this.region.first + range.count] : null;
    const isHere = this.range && this.range[0] >= 0 && this.range[1] <= this.region.frames;
    if (!isHere) this.range = null;
    else {
      const span = this.range[1] - this.range[0];
      this.showFrames(this.range[0] - span, 3 * span);
      this.pointedFrame = this.range[0];
    }
    this.shared.tell('view');
  }

  key(event) {
    const act = this.actions()[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  }

  actions() {
    const span = this.shared.to - this.shared.from;
    const time = this.shared.cursor ?? (this.shared.from + this.shared.to) / 2;
    this.pointedFrame ??= Math.floor((this.low + this.high) / 2);
    const step = (by) => { this.shared.visit(time + by * span / 100); };
    const climb = (by) => {
      const frames = Math.max(1, Math.round((this.high - this.low) / 100));
      this.pointedFrame = Math.min(this.region.frames - 1, Math.max(0, this.pointedFrame + by * frames));
      this.shared.point(time);
      this.shared.tell('cursor');
    };
    const zoom = (factor, ofFrames) => ofFrames ? this.zoomFrames(factor, this.pointedFrame) : this.shared.zoom(factor, time);
    const next = (failure) => { if (failure) this.select(failure); };
    return {
      ArrowLeft: () => step(-1), ArrowRight: () => step(1), ArrowUp: () => climb(1), ArrowDown: () => climb(-1),
      '+': () => zoom(.5, false), '=': () => zoom(.5, false), '-': () => zoom(2, false),
      '*': () => zoom(.5, true), '_': () => zoom(2, true),
      Home: () => this.showAll(),
      n: () => next(this.failures.find((failure) => failure.time > time)),
      p: () => next(this.failures.filter((failure) => failure.time < time).at(-1)),
    };
  }
}
