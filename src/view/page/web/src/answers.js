// What everybody asks first, in this order, answered in sentences at the top of the page.
import {element, table} from './dom.js';
import {formatShare, formatTime} from './format.js';
import {survivalPlot} from './pictures.js';

const QUESTIONS = [
  ['failed', 'Did anything fail, and why?', 'Nothing failed.'],
  ['fragmented', 'How fragmented is memory, and since when?', 'Nobody looked: there is no sample.'],
  ['segments', 'How many segments do objects have?', 'There is no object at the end.'],
  ['cost', 'What did calls cost whom?', 'No message was answered.'],
];
const SIGNS = new Map([[null, '•'], [true, '✗'], [false, '✓']]);
const KINDS = new Map([[null, 'plain'], [true, 'bad'], [false, 'good']]);

const sentence = ({text, bad}, label) => element('li', {class: KINDS.get(bad)}, `${SIGNS.get(bad)} `, label && element('strong', {}, `${label}: `), text);

// How long, of the longest run, a policy served every contiguous request: the area under its curve.
const meanTime = ({points}) => points.slice(1).reduce((sum, [time], i) => sum + points[i][1] * (time - points[i][0]), 0);

const best = (survival) => [...survival].map((curve) => ({curve, mean: meanTime(curve)})).sort((a, b) => b.mean - a.mean).map(({curve, mean}) => {
  const [time, share] = curve.points.at(-1);
  const [, low, high] = curve.band?.at(-1) ?? [time, share, share];
  return element('li', {class: 'plain'}, '• ', element('strong', {}, `${curve.name}: `),
    `every contiguous request granted for ${formatTime(mean, 3)} of ${formatTime(time, 3)} on average, and to the end in ${formatShare(share)} of the seeds (95 % interval ${formatShare(low)} to ${formatShare(high)}, ${curve.runs} seeds).`);
});

const list = (items) => element('ul', {class: 'verdicts'}, items);

// Parts of a section: which policy serves best, the longest served first, with intervals over the seeds.
const comparison = ({survival, comparison: measures, about}) => [
  element('h3', {}, 'Which policy serves best?'),
  survival.length > 0 && list(best(survival)),
  about && element('p', {class: 'about'}, about),
  survival.length > 0 && element('div', {class: 'stills'}, survivalPlot('Share of seeds in which no contiguous request was refused yet', survival)),
  measures && table('Measures side by side', measures.columns, measures.rows),
];

export const answers = (report) => {
  const several = report.runs.length > 1;
  const parts = QUESTIONS.flatMap(([key, words, otherwise]) => {
    const items = report.runs.flatMap((run) => run.verdicts.filter(({question}) => question === key).map((verdict) => sentence(verdict, several && run.label)));
    return [element('h3', {}, words), items.length > 0 ? list(items) : element('p', {}, otherwise)];
  });
  const compared = report.survival.length > 0 || report.comparison;
  return element('section', {class: 'answers', 'aria-label': 'Answers'}, element('h2', {}, 'Answers'), parts, compared && comparison(report));
};
