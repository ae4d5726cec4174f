// The page in a real browser: what it says, what it does, and that it keeps to itself.
//   MEMSIM_PAGE=page.html CHROMIUM=/usr/bin/chromium node --test test/page_test.mjs     (after: node build.mjs page.html)
import assert from 'node:assert/strict';
import {mkdtemp, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {launch, openFile} from './browser.mjs';
import {emptyRun, mapTable, packTables, pageOf, sampleTables} from './sample.mjs';

const template = process.env.MEMSIM_PAGE ?? new URL('../page.html', import.meta.url).pathname;
const shots = process.env.MEMSIM_SCREENSHOTS;
let browser;
let folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'memsim-page-'));
  browser = await launch();
});
after(() => browser?.close());

const HOSTILE = '</script><img src=x onerror="window.hit=1">\u202e';

// 16 frames from 1 MiB. At 100 driver takes four contiguous frames from 4; at 200 app takes 8 and 9; at 400 a request fails;
// at 600 app lets go.
const sampleRun = () => ({
  ...emptyRun,
  label: `one run of ${HOSTILE}`,
  regions: [{name: HOSTILE, first: 256, frames: 16, orders: 4, general: true}],
  processes: [{pid: 2, name: 'driver'}, {pid: 3, name: `app.${HOSTILE}`}],
  objectNames: {7: '/ring', 8: HOSTILE},
  calls: ['mmap', 'shm_ctl'],
  verdicts: [{text: 'A contiguous request was refused at 400 ns.', bad: true, question: 'failed'}, {text: 'All else was granted.', bad: false, question: 'failed'}],
  failures: [{time: 400, process: 'driver', object: '/ring', frames: 8, error: 'ENOMEM', regions: [], range: {first: 264, count: 8},
    remedy: 'Moving 2 frames would serve it.', owners: [{process: HOSTILE, object: HOSTILE, movable: 2, pinned: 0}]}],
  failureCount: 1,
  failedCalls: [{time: 400, process: 'driver', call: 'shm_ctl', error: 'ENOMEM', object: '/ring'}], failedCallCount: 1,
  expectations: [{text: 'nothing fails', passed: false, found: '1 failed'}],
  latencies: [{label: 'shm_ctl', priority: 10, points: [[0, 900], [.5, 1000], [.9, 2000], [.99, 5000], [.999, 9000], [.9999, 9500], [1, 10000]]}],
  segmentsPerObject: [['1', 1], ['2', 3]], segmentLengths: [2, 0, 1],
  probes: [{name: 'four', table: 'probe_0'}],
  edges: [{from: 'driver', to: 'procnto', isProcess: true, count: 3, messages: 3, besides: []}, {from: HOSTILE, to: 'procnto', isProcess: true, count: 3, messages: 1, besides: ['2 pulses']},
    {from: `interrupt ${HOSTILE} (vector 7)`, to: 'driver', isProcess: false, count: 90, messages: 0, besides: ['90 interrupts to thread 2']},
    {from: 'driver', to: 'driver', isProcess: true, count: 2, messages: 0, besides: ['2 waits for a mutex, 3 ms in all']}],
  edgeCount: 4,
  packed: packTables([
    mapTable([
      {time: 100, kind: 0, flags: 1, object: 7, pid: 2, call: 1, first: 260, count: 4},
      {time: 200, kind: 0, flags: 2, object: 8, pid: 3, call: 0, first: 264, count: 2},
      {time: 600, kind: 1, object: 8, pid: 3, first: 264, count: 2},
    ]),
    ...sampleTables(0, [0, 250, 500, 750, 1000], [16, 10, 10, 12, 12]),
    {name: 'probe_0', columns: [['time', 'delta', [0, 250, 500, 750, 1000]], ['ok', 'plain', [1, 1, 0, 1, 1]]]},
  ]),
});

const open = async (runs, {theme = 'light', more} = {}) => {
  const file = join(folder, `${Math.round(performance.now() * 1000)}.html`);
  await writeFile(file, await pageOf(template, runs, more));
  return openFile(browser, file, theme);
};

// The middle of what the map shows of a frame at a moment, in the window.
const placeOf = async (page, time, frame) => {
  const map = page.locator('canvas.map').first();
  await map.scrollIntoViewIfNeeded();
  const box = await map.boundingBox();
  const width = box.width - 104;
  const height = box.height - 24;
  return [box.x + 104 + width * time / 1000, box.y + height * (1 - (frame + .5) / 16)];
};
const told = (page) => page.locator('.told').first().textContent();

test('a report opens without an error and asks the network for nothing', async () => {
  const {page, seen, close} = await open([sampleRun()]);
  if (shots) await page.screenshot({path: join(shots, 'page-light.png'), fullPage: true});
  assert.deepEqual(seen, {errors: [], requests: []});
  await close();
});

test('the cursor names region, frame, address, object, process and the call that put it there', async () => {
  const {page, close} = await open([sampleRun()]);
  await page.mouse.move(...await placeOf(page, 300, 5));
  await page.waitForTimeout(100);
  const words = await told(page);
  for (const part of ['frame 0x105', 'address 0x105000', '/ring of driver (pid 2)', 'contiguous, unmovable', 'put there by shm_ctl at 100 ns']) assert.ok(words.includes(part), `${part} in: ${words}`);
  await page.mouse.move(...await placeOf(page, 700, 8));
  await page.waitForTimeout(100);
  assert.match(await told(page), /free, in a run of 8 frames \(32 KiB\)/);
  await close();
});

test('a failed request leads to its moment and its range, and says who lies in the way', async () => {
  const {page, close} = await open([sampleRun()]);
  await page.getByRole('button', {name: '400 ns'}).first().click();
  await page.waitForTimeout(150);
  const words = await page.locator('.explained').textContent();
  assert.ok(words.includes('driver asked for 32 KiB contiguous for /ring: ENOMEM'), words);
  assert.ok(words.includes('2 movable, 0 unmovable'), words);
  assert.equal(await page.locator('output.clock').textContent(), '400 ns');
  await close();
});

test('keys move the cursor, zoom, go to failures and back to all', async () => {
  const {page, close} = await open([sampleRun()]);
  const map = page.locator('canvas.map').first();
  await map.focus();
  await page.keyboard.press('ArrowRight');
  await page.waitForTimeout(60);
  assert.equal(await page.locator('output.clock').textContent(), '510 ns');
  await page.keyboard.press('p');
  await page.waitForTimeout(60);
  assert.equal(await page.locator('output.clock').textContent(), '400 ns');
  await page.keyboard.press('+');
  await page.keyboard.press('ArrowRight');
  await page.waitForTimeout(60);
  assert.equal(await page.locator('output.clock').textContent(), '405 ns');
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await page.waitForTimeout(60);
  assert.equal(await page.locator('output.clock').textContent(), '415 ns');
  await close();
});

test('play moves the cursor forward and back', async () => {
  const {page, close} = await open([sampleRun()]);
  await page.getByRole('button', {name: 'Play'}).click();
  await page.waitForTimeout(600);
  await page.getByRole('button', {name: 'Pause'}).click();
  const forward = parseFloat(await page.locator('output.clock').textContent());
  assert.ok(forward > 10 && forward < 500, String(forward));
  await page.getByRole('button', {name: 'Back'}).click();
  await page.waitForTimeout(300);
  await page.getByRole('button', {name: 'Pause'}).click();
  assert.ok(parseFloat(await page.locator('output.clock').textContent()) < forward);
  await close();
});

test('names from a scenario do nothing', async () => {
  const {page, close} = await open([sampleRun()]);
  await page.mouse.move(...await placeOf(page, 300, 8));
  await page.waitForTimeout(100);
  assert.ok((await told(page)).includes('onerror'));
  assert.equal(await page.evaluate(() => window.hit), undefined);
  assert.equal(await page.locator('img').count(), 0);
  await close();
});

test('every scheme of colours paints what is there', async () => {
  const {page, close} = await open([sampleRun()]);
  const pixelAt = async (time, frame) => page.evaluate(([t, f]) => {
    const canvas = document.querySelector('canvas.map');
    const width = canvas.width - 104;
    const height = canvas.height - 24;
    return [...canvas.getContext('2d').getImageData(104 + width * t / 1000, height * (1 - (f + .5) / 16), 1, 1).data.slice(0, 3)];
  }, [time, frame]);
  const expected = {
    owner: [[0, 114, 178], [255, 255, 255]], mobility: [[179, 64, 10], [255, 255, 255]],
    kind: [[179, 64, 10], [255, 255, 255]], run: [[207, 207, 207], [150, 12, 95]],
  };
  for (const [scheme, [taken, free]] of Object.entries(expected)) {
    await page.selectOption('#colours', scheme);
    await page.waitForTimeout(150);
    assert.deepEqual(await pixelAt(300, 5), taken, scheme);
    assert.deepEqual(await pixelAt(700, 12), free, scheme);
  }
  await close();
});

test('behind each picture is a table with its numbers', async () => {
  const {page, close} = await open([sampleRun()]);
  const tables = page.locator('details.behind');
  assert.equal(await tables.count(), await page.locator('figure').count());
  for (let i = 0; i < await tables.count(); ++i) await tables.nth(i).locator('summary').click();
  await page.waitForTimeout(50);
  assert.equal(await page.locator('details.behind tbody').count(), await tables.count());
  const map = await tables.first().locator('tbody tr').nth(10).locator('th, td').allTextContents();
  assert.deepEqual(map, ['416.667 ns', '6', '10', '6']);
  await close();
});

test('it is dark where the reader wants it dark, and several runs share one axis', async () => {
  const {page, seen, close} = await open([sampleRun(), {...sampleRun(), label: 'another'}], {theme: 'dark', more: {
    survival: [{name: 'buddy', runs: 20, failed: 3, points: [[0, 1], [400, .9], [900, .85]], band: [[0, 1, 1], [400, .8, 1], [900, .7, .95]]}],
    comparison: {columns: ['measure', 'buddy', 'tlsf'], rows: [['free', '12', '13']]}}});
  if (shots) await page.screenshot({path: join(shots, 'page-dark.png'), fullPage: true});
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
  assert.equal(await page.locator('section.run').count(), 2);
  assert.deepEqual(seen.errors, []);
  await close();
});

test('text stands out from its ground as WCAG AA asks, in light and in dark', async () => {
  for (const theme of ['light', 'dark']) {
    const {page, close} = await open([sampleRun()], {theme});
    const low = await page.evaluate(() => {
      const parse = (colour) => colour.match(/[\d.]+/g).map(Number);
      const luminance = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
      const ground = (node) => { for (let at = node; at; at = at.parentElement) { const c = parse(getComputedStyle(at).backgroundColor); if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
      return [...document.querySelectorAll('main *')].filter((node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim()) && !(node instanceof SVGElement)).map((node) => {
        const [a, b] = [luminance(parse(getComputedStyle(node).color)), luminance(ground(node))].sort((x, y) => y - x);
        return [(a + .05) / (b + .05), node.textContent.slice(0, 40)];
      }).filter(([ratio]) => ratio < 4.5);
    });
    assert.deepEqual(low, [], theme);
    await close();
  }
});

test('on paper it is light and whole, without what only a screen can use', async () => {
  const {page, seen, close} = await open([sampleRun()], {theme: 'dark'});
  const ofScreen = await page.evaluate(() => document.querySelector('canvas.map').toDataURL());
  await page.emulateMedia({media: 'print'});
  await page.waitForFunction(() => document.documentElement.dataset.theme === 'light');
  const paper = await page.evaluate(() => ({
    theme: document.documentElement.dataset.theme,
    controls: getComputedStyle(document.querySelector('.controls')).display,
    cut: [...document.querySelectorAll('.scroll')].filter((node) => node.scrollHeight > node.clientHeight + 1).length,
    map: document.querySelector('canvas.map').toDataURL(),
  }));
  assert.equal(paper.theme, 'light');
  assert.equal(paper.controls, 'none');
  assert.equal(paper.cut, 0);
  assert.notEqual(paper.map, ofScreen);
  const pdf = await page.pdf({path: shots && join(shots, 'page.pdf')});
  assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
  await page.emulateMedia({media: 'screen'});
  await page.waitForFunction(() => document.documentElement.dataset.theme === 'dark');
  assert.equal(await page.evaluate(() => document.querySelector('canvas.map').toDataURL()), ofScreen);
  assert.deepEqual(seen.errors, []);
  await close();
});
