// Reports that the program made, in a real browser: what the page says of known moments is what the records say.
//   MEMSIM=build/dev/sim/memsim MEMSIM_SOURCE=. node --test test/report_test.mjs
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {launch, openFile} from './browser.mjs';

const program = process.env.MEMSIM;
const source = process.env.MEMSIM_SOURCE;
const shots = process.env.MEMSIM_SCREENSHOTS;
const folder = mkdtempSync(join(tmpdir(), 'memsim-report-'));
const memsim = (...words) => execFileSync(program, words, {encoding: 'utf8'});
const scenario = (name) => join(source, 'scenarios', `${name}.yaml`);
let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

const report = (name, ...words) => {
  const file = join(folder, name);
  memsim('report', '--quiet', ...words, '-o', file);
  return file;
};
const told = (page) => page.locator('.told').first().textContent();

// Puts the hand where the first map shows a frame at a moment.
const pointAt = async (page, region, end, time, frame) => {
  const map = page.locator('canvas.map').first();
  await map.scrollIntoViewIfNeeded();
  const box = await map.boundingBox();
  const [width, height] = [box.width - 104, box.height - 24];
  await page.mouse.move(box.x + 104 + width * time / end, box.y + height * (1 - (frame + .5 - region.first) / region.frames));
  await page.waitForTimeout(150);
};

test('the cursor says of a frame what the records say of it', async () => {
  const out = join(folder, 'records');
  memsim('run', '--quiet', '--out', out, '--records', scenario('defragment'));
  const records = readFileSync(join(out, 'records.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  const of = (kind) => records.filter((record) => record.kind === kind);
  const {base, frames} = of('region_added')[0];
  const pageSize = of('run_started')[0].page_size_bytes;
  const region = {first: base / pageSize, frames};
  const taken = of('frames_allocated').filter(({contiguous}) => contiguous).at(-1);
  const object = of('object_created').find(({object: id}) => id === taken.object);
  const owner = of('process_started').find(({pid}) => pid === taken.pid);
  const end = records.at(-1).time_ns;
  const [extent] = taken.extents;
  const frame = extent.first + Math.floor(extent.frames / 2);

  const {page, seen, close} = await openFile(browser, report('defragment.html', out));
  await pointAt(page, region, end, (taken.time_ns + end) / 2, frame);
  const words = await told(page);
  const said = parseInt(words.match(/frame 0x([0-9a-f]+)/)[1], 16);
  assert.ok(Math.abs(said - frame) <= region.frames / 250, `${words}: frame ${frame}`);
  assert.ok(words.includes(`${object.name} of ${owner.name} (pid ${owner.pid})`), words);
  assert.ok(words.includes('contiguous, unmovable, put there by shm_ctl at 300.004 ms'), words);
  await pointAt(page, region, end, taken.time_ns / 3, frame);
  assert.ok(!(await told(page)).includes(object.name), await told(page));
  if (shots) await page.screenshot({path: join(shots, 'report-defragment.png'), fullPage: true});
  assert.deepEqual(seen, {errors: [], requests: []});
  await close();
});

test('a failed contiguous request shows its range and who lies in the way', async () => {
  const {page, close} = await openFile(browser, report('failure.html', scenario('half_freed')));
  await page.locator('table', {hasText: 'Failed contiguous requests'}).getByRole('button').first().click();
  await page.waitForTimeout(200);
  const words = await page.locator('.explained').textContent();
  assert.match(words, /hog asked for 8 KiB contiguous for an object: ENOMEM/);
  assert.match(words, /moving 1 frame makes room at \[0x1000000, 0x1002000\)/);
  assert.match(words, /1 movable, 0 unmovable/);
  await close();
});

test('policies stand side by side with how long each served', async () => {
  const file = join(folder, 'compare.html');
  memsim('compare', '--quiet', '--policy', 'buddy', '--policy', 'tlsf', '--seeds', '3', '--report', file, scenario('half_freed'));
  const {page, seen, close} = await openFile(browser, file, 'dark');
  assert.equal(await page.locator('section.run').count(), 2);
  assert.deepEqual(await page.locator('section.run h2').allTextContents().then((all) => all.map((text) => text.split(' ')[0])), ['buddy', 'tlsf']);
  assert.match(await page.locator('main').textContent(), /Measures side by side/);
  assert.match(await page.locator('section.answers').textContent(), /Which policy serves best\?.*buddy: every contiguous request granted for .* seeds/);
  if (shots) await page.screenshot({path: join(shots, 'report-compare.png'), fullPage: true});
  assert.deepEqual(seen, {errors: [], requests: []});
  await close();
});

test('names of a scenario are shown and do nothing', async () => {
  const name = '</script><img src=x onerror=window.hit=1>';
  const file = join(folder, 'hostile.yaml');
  writeFileSync(file, `title: ${JSON.stringify(name)}
memsim: 1
machine:
  regions:
    - {name: ram, base: 16MiB, size: 16MiB}
processes:
  - name: p
    program:
      - shm_open: {name: ${JSON.stringify(`/${name}`)}, oflag: [O_RDWR, O_CREAT], mode: 0o600}
        as: fd
      - shm_ctl: {fd: $fd, flags: SHMCTL_ANON, size: 64KiB}
      - note: ${JSON.stringify(name)}
`);
  const {page, seen, close} = await openFile(browser, report('hostile.html', file));
  assert.equal(await page.locator('h1').first().textContent(), name);
  assert.equal(await page.evaluate(() => window.hit), undefined);
  assert.equal(await page.locator('img').count(), 0);
  assert.deepEqual(seen, {errors: [], requests: []});
  await close();
});

test('the questions that everybody asks are answered first, and in their order', async () => {
  const {page, close} = await openFile(browser, report('answers.html', scenario('half_freed')));
  assert.deepEqual(await page.locator('section.answers h3').allTextContents(), ['Did anything fail, and why?', 'How fragmented is memory, and since when?',
    'How many segments do objects have?', 'What did calls cost whom?']);
  const words = await page.locator('section.answers').textContent();
  for (const part of [/requests? for memory (was|were) refused/, /Why the first contiguous request failed, at .*moving 1 frame makes room/, /at the end: .* free in .*, the longest/, /hog paid most: it waited .* for .* messages? of/]) assert.match(words, part);
  await close();
});

test('interrupts, timers and threads that wait for each other are in the picture of who talks to whom', async () => {
  const {page, seen, close} = await openFile(browser, report('driver.html', scenario('driver')));
  const titles = await page.locator('svg.graph path title').allTextContents();
  for (const part of [/^interrupt nic \(vector 7\) to driver: 100 interrupts to thread 2$/, /^timers of driver to driver: 9 pulses$/, /^driver to client: 9 pulses$/, /^driver to driver: .*waits for a mutex, .* in all.*1 wait for a thread's end/]) {
    assert.ok(titles.some((title) => part.test(title)), `${part} in ${titles.join(' | ')}`);
  }
  if (shots) await page.screenshot({path: join(shots, 'report-driver.png'), fullPage: true});
  assert.deepEqual(seen.errors, []);
  await close();
});

test('what plays beside the processes is an owner by its own name', async () => {
  const {page, close} = await openFile(browser, report('recorded.html', scenario('recorded_day')));
  assert.match(await page.locator('.legend').first().textContent(), /background runtimes.*camera/);
  const map = page.locator('canvas.map').first();
  await map.scrollIntoViewIfNeeded();
  const box = await map.boundingBox();
  await page.mouse.move(box.x + box.width - 20, box.y + 30);
  await page.waitForTimeout(150);
  assert.match(await told(page), /: background runtimes, no process's, movable, there since /);
  if (shots) await page.screenshot({path: join(shots, 'report-recorded.png'), fullPage: true});
  await close();
});
