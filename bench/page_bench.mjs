// How long a report of a million samples and a million changes of the map takes to open in a browser, and how many
// frames a second it keeps while the map is dragged.
//   node bench/page_bench.mjs PAGE_TEMPLATE        (needs chromium and script/setup page)
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {chromium} from '../src/view/page/web/node_modules/playwright-core/index.mjs';
import {emptyRun, mapTable, packTables, pageOf, sampleTables} from '../src/view/page/web/test/sample.mjs';

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
const file = join(folder, 'report.html');
await writeFile(file, await pageOf(process.argv[2], [run]));

const browser = await chromium.launch({executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']});
try {
  for (let turn = 0; turn < 3; ++turn) {
    const page = await browser.newPage({viewport: {width: 1280, height: 900}});
    const start = performance.now();
    await page.goto(`file://${file}`);
    await page.waitForSelector('html[data-ready=yes]', {timeout: 60000});
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    const loaded = performance.now() - start;
    await page.waitForTimeout(1000);
    const box = await page.locator('canvas.map').boundingBox();
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
    console.log(`open: ${(loaded / 1000).toFixed(2)} s, dragged: ${(frames / (performance.now() - begin) * 1000).toFixed(1)} frames a second`);
    await page.close();
  }
} finally {
  await browser.close();
  await rm(folder, {recursive: true});
}
