// The page: reads the data, makes the controls, and puts the runs below each other with one axis of time.
import {answers} from './answers.js';
import {element} from './dom.js';
import {formatTime} from './format.js';
import {readReport} from './data.js';
import {begin, makeAll} from './later.js';
import {RunView} from './run_view.js';
import {SCHEMES} from './colours.js';
import {Shared} from './state.js';
import {SweepView} from './sweep_view.js';

const PLAY_SECONDS = 20;  // for what is in view, at speed 1

class Page {
  constructor(report) {
    this.report = report;
    this.shared = new Shared(Math.max(...report.runs.map(({end}) => end.time)));
    this.colours = 'owner';
    this.dark = matchMedia('(prefers-color-scheme: dark)');
    this.setTheme(this.dark.matches ? 'dark' : 'light');
    this.dark.addEventListener('change', () => this.setTheme(this.dark.matches ? 'dark' : 'light'));
    this.paper = matchMedia('print');
    this.paper.addEventListener('change', () => this.toPaper());
    this.runs = report.runs.map((run) => new RunView(run, this.shared, () => this.colours, () => this.theme));
    document.addEventListener('keydown', (event) => this.key(event));
  }

  setTheme(theme) {
    this.theme = theme;
    document.documentElement.dataset.theme = theme;
    if (this.runs) this.recolour();
  }

  // Paper is light, whatever the screen was.
  toPaper() {
    if (this.paper.matches) this.ofScreen = this.theme;
    this.setTheme(this.paper.matches ? 'light' : this.ofScreen);
    if (this.paper.matches) makeAll();
    this.shared.deliver();  // printing waits for no frame
  }

  recolour() {
    for (const run of this.runs) run.recolour();
    this.shared.tell('colours');
  }

  render() {
    const {report} = this;
    const title = report.runs[0].title || report.runs[0].scenario;
    document.title = `${title}: memsim report`;
    return [
      element('header', {}, element('h1', {}, title), report.survival.length === 0 && element('p', {class: 'about'}, report.about), this.controls()),
      answers(report),
      this.runs.map((run) => run.render()),
      element('footer', {}, element('p', {}, `Made by memsim ${report.version}. All in this one file; nothing is fetched.`)),
    ].flat().filter(Boolean);
  }

  controls() {
    const colours = element('select', {id: 'colours', onchange: (event) => { this.colours = event.target.value; this.recolour(); }},
      Object.entries(SCHEMES).map(([name, {label}]) => element('option', {value: name}, label)));
    const speed = element('select', {id: 'speed', 'aria-label': 'Speed'}, [.25, 1, 4, 16].map((factor) => element('option', {value: factor, selected: factor === 1}, `${factor} ×`)));
    this.speed = speed;
    this.playing = element('button', {onclick: () => this.play(1)}, '▶ Play');
    this.back = element('button', {onclick: () => this.play(-1)}, '◀ Back');
    this.clock = element('output', {class: 'clock'}, 'all of the run');
    this.shared.on('cursor', () => { this.clock.textContent = this.shared.cursor === null ? '' : formatTime(this.shared.cursor); });
    return element('div', {class: 'controls', role: 'toolbar', 'aria-label': 'Pictures'},
      element('label', {for: 'colours'}, 'Colours by '), colours, this.back, this.playing, speed,
      element('button', {onclick: () => this.shared.show(0, this.shared.end)}, 'Show all'),
      element('button', {onclick: () => this.setTheme(this.theme === 'dark' ? 'light' : 'dark')}, 'Light or dark'),
      element('button', {onclick: () => print()}, 'Print'), this.clock);
  }

  key(event) {
    const typing = /^(INPUT|SELECT|TEXTAREA|BUTTON)$/.test(event.target.tagName);
    if (event.key === ' ' && !typing) {
      event.preventDefault();
      this.play(event.shiftKey ? -1 : 1);
    }
  }

  // Moves the cursor through the view, forward or back, until it is told again or the end is reached.
  play(direction) {
    if (this.player) return this.stop();
    const {shared} = this;
    const start = direction > 0 ? shared.from : shared.to;
    let time = shared.cursor ?? start;
    if (direction > 0 ? time >= shared.to : time <= shared.from) time = start;
    let last = null;
    const turn = (now) => {
      if (last !== null) time += direction * (shared.to - shared.from) * (now - last) / 1000 / PLAY_SECONDS * Number(this.speed.value);
      last = now;
      const isOver = time < shared.from || time > shared.to;
      shared.point(Math.min(shared.to, Math.max(shared.from, time)));
      if (isOver) this.stop();
      else this.player = requestAnimationFrame(turn);
    };
    this.player = requestAnimationFrame(turn);
    this.playing.textContent = '❚❚ Pause';
  }

  stop() {
    cancelAnimationFrame(this.player);
    this.player = null;
    this.playing.textContent = '▶ Play';
  }
}

// The words at once; the pictures when the data behind the script has been read.
const start = () => {
  const main = document.getElementById('page');
  try {
    const report = readReport(document);
    const page = report.sweep ? new SweepView(report) : new Page(report);
    main.replaceChildren(...page.render());
    const {dataset} = document.documentElement;
    document.addEventListener('DOMContentLoaded', () => begin(() => { dataset.ready = 'yes'; }, () => { dataset.whole = 'yes'; }));
  } catch (error) {
    main.replaceChildren(element('h1', {}, 'This report cannot be shown'), element('p', {}, String(error.message)));
    throw error;
  }
};
start();
