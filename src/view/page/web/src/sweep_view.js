// The page of a sweep: how long requests are granted, a curve for each variation, and the tables of its report.
import {element, table} from './dom.js';
import {survivalPlot} from './pictures.js';

const CURVES_MAX = 6;  // that one picture tells apart

const inParts = (items, size) => Array.from({length: Math.ceil(items.length / size)}, (_, i) => items.slice(i * size, (i + 1) * size));

export class SweepView {
  constructor({sweep, version}) {
    Object.assign(this, {sweep, version});
    this.screen = matchMedia('(prefers-color-scheme: dark)');
    this.paper = matchMedia('print');
    this.setTheme(this.screen.matches ? 'dark' : 'light');
    this.screen.addEventListener('change', () => this.setTheme(this.screen.matches ? 'dark' : 'light'));
    this.paper.addEventListener('change', () => this.toPaper());
  }

  setTheme(theme) { document.documentElement.dataset.theme = this.theme = theme; }

  // Paper is light, whatever the screen was.
  toPaper() {
    if (this.paper.matches) this.ofScreen = this.theme;
    this.setTheme(this.paper.matches ? 'light' : this.ofScreen);
  }

  render() {
    const {title, about, survival, tables} = this.sweep;
    document.title = `${title}: memsim sweep`;
    return [
      element('header', {}, element('h1', {}, title), about.map((line) => element('p', {class: 'about'}, line)), this.controls()),
      survival.length > 0 && element('section', {}, element('h2', {}, 'How likely it is still granted'), element('div', {class: 'stills'}, survival.flatMap((one) => this.pictures(one)))),
      ...tables.map((one) => this.table(one)),
      element('footer', {}, element('p', {}, `Made by memsim ${this.version}. All in this one file; nothing is fetched.`)),
    ].filter(Boolean);
  }

  controls() {
    return element('div', {class: 'controls', role: 'toolbar', 'aria-label': 'Page'},
      element('button', {onclick: () => this.setTheme(this.theme === 'dark' ? 'light' : 'dark')}, 'Light or dark'),
      element('button', {onclick: () => print()}, 'Print'));
  }

  pictures({title, curves}) {
    const parts = inParts(curves, CURVES_MAX);
    return parts.map((part, i) => survivalPlot(parts.length === 1 ? title : `${title} (${i + 1} of ${parts.length})`, part, 'variation'));
  }

  // Its heading says what its caption says, which is for those who hear it.
  table({title, notes, columns, rows}) {
    const made = table(title, columns, rows);
    made.querySelector('caption').className = 'unseen';
    return element('section', {}, element('h2', {}, title),
      notes.length > 0 && element('ul', {}, notes.map((note) => element('li', {}, note))), made);
  }
}
