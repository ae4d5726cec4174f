// How long a report of a million samples and a million changes of the map takes to open in a browser, and how many
// frames a second it keeps while the map is dragged.
//   node bench/page_bench.mjs PAGE_TEMPLATE...     (needs chromium and script/setup page)
// Several templates, as those of two versions, are opened in turn, so that what else the machine does meets all of them.
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {chromium} from '../src/view/page/web/node_modules/playwright-core/index.mjs';
import {emptyRun, mapTable, packTables, pageOf, sampleTables} from '../src/view/page/web/test/sample.mjs';

const TURNS = 5;
const COUNT = 1_000_000;
const FRAMES = 65_536;

// A linear congruential generator: the same churn on every machine.
let seed = 1;
const draw = (below) => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor(seed / 2 ** 32 * below);
};

const changes = Array.from({length: COUNT}, (_, i) => ({
  time: i * 1000, kind: i % 2, flags: draw(4), object: draw(5000), pid: 2 + draw(40), call: 0, first: draw(FRAMES - 64), count: 1 + draw(63)}));
const times = Array.from({length: COUNT}, (_, i) => i * 1000);
const run = {
  ...emptyRun, end: {reason: 'finished', time: COUNT * 1000}, calls: ['shm_ctl'],
  regions: [{name: 'ram', first: 0, frames: FRAMES, orders: 4, general: true}],
  processes: Array.from({length: 40}, (_, i) => ({pid: 2 + i, name: `app.${i}`})),
  packed: packTables([mapTable(changes), ...sampleTables(0, times, times.map((_, i) => FRAMES - i % 20000))]),
};
const folder = await mkdtemp(join(tmpdir(), 'memsim-page-bench-'));
const templates = process.argv.slice(2);
const reports = await Promise.all(templates.map(async (template, i) => {
  const file = join(folder, `report_${i}.html`);
  await writeFile(file, await pageOf(template, [run]));
  return {template, file, words: [], opened: [], whole: [], dragged: []};
}));

// When the page says that it is ready, and that all of it is there: the frame after that, by the page's own clock.
const watch = () => {
  window.bench = {};
  new MutationObserver(() => {
    for (const what of ['ready', 'whole']) {
      if (!(what in document.documentElement.dataset) || what in window.bench) continue;
      window.bench[what] = null;
      requestAnimationFrame(() => requestAnimationFrame(() => { window.bench[what] = performance.now(); }));
    }
  }).observe(document, {attributes: true, subtree: true, attributeFilter: ['data-ready', 'data-whole']});
};

const drag = async (page) => {
  const map = page.locator('canvas.map');
  await map.scrollIntoViewIfNeeded();
  const box = await map.boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  for (let i = 0; i < 3; ++i) await page.mouse.wheel(0, -100);
  await page.waitForTimeout(500);
  await page.mouse.down();
  await page.evaluate(() => {
    window.frames_ = 0;
    const count = () => { ++window.frames_; requestAnimationFrame(count); };
    requestAnimationFrame(count);
  });
  const begin = performance.now();
  for (let i = 0; performance.now() - begin < 3000; ++i) await page.mouse.move(x + 200 * Math.sin(i / 20), y + 20 * Math.cos(i / 20));
  const frames = await page.evaluate(() => window.frames_);
  await page.mouse.up();
  return frames / (performance.now() - begin) * 1000;
};

const browser = await chromium.launch({executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']});
const seconds = (ms) => (ms / 1000).toFixed(2);
const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
try {
  for (let turn = 0; turn < TURNS; ++turn) {
    for (const {file, words, opened, whole, dragged} of reports) {
      const page = await browser.newPage({viewport: {width: 1280, height: 900}});
      await page.addInitScript(watch);
      await page.goto(`file://${file}`);
      await page.waitForFunction(() => window.bench.ready, null, {timeout: 60000});
      opened.push(await page.evaluate(() => window.bench.ready));
      words.push(await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN));
      await page.waitForTimeout(2500);
      whole.push(await page.evaluate(() => window.bench.whole ?? NaN));
      dragged.push(await drag(page));
      await page.close();
    }
  }
  for (const {template, words, opened, whole, dragged} of reports) {
    console.log(`${template}: words after ${seconds(median(words))} s; opened after ${opened.map(seconds).join(', ')} s, median ${seconds(median(opened))} s; ` +
                `whole ${seconds(median(whole))} s; dragged ${dragged.map((rate) => rate.toFixed(0)).join(', ')} frames a second`);
  }
} finally {
  await browser.close();
  await rm(folder, {recursive: true});
}
