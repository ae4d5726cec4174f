// The page of a sweep in a real browser: its curves, its tables, and names that are anything.
//   MEMSIM=build/dev/sim/memsim node --test test/sweep_test.mjs
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {launch, openFile} from './browser.mjs';

const program = process.env.MEMSIM;
const shots = process.env.MEMSIM_SCREENSHOTS;
const folder = mkdtempSync(join(tmpdir(), 'memsim-sweep-'));
const hostile = '</script><img src=x onerror=window.hit=1>';
const scenario = join(folder, 'my.yaml');
writeFileSync(scenario, `memsim: 1
title: ${JSON.stringify(hostile)}
until: 60s
machine:
  regions: [{name: ram, base: 16MiB, size: 8MiB}]
record: {every: 1s, probes: [{name: big, size: 1MiB}]}
processes:
  - name: app
    count: 12
    program:
      - forever:
          - shm_open: {name: SHM_ANON, oflag: [O_RDWR, O_CREAT]}
            as: fd
          - shm_ctl: {fd: $fd, flags: SHMCTL_ANON, size: {uniform: [4KiB, 800KiB]}}
          - sleep: {exponential: {mean: 5s}}
          - close: $fd
`);
let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

const sweep = (name, ...words) => {
  const file = join(folder, name);
  execFileSync(program, ['sweep', '--quiet', scenario, '--report', file, ...words], {encoding: 'utf8'});
  return file;
};

test('each variation has a curve, and the tables are there', async () => {
  const file = sweep('policies.html', '--vary', 'policy=buddy,tlsf', '--seeds', '10');
  for (const theme of ['light', 'dark']) {
    const {page, seen, close} = await openFile(browser, file, theme);
    assert.equal(await page.locator('h1').textContent(), `${scenario}: ${hostile}`);
    const picture = page.locator('figure', {hasText: 'probe big: a contiguous 1 MiB'});
    assert.equal(await picture.locator('path.curve title').count(), 2);
    assert.deepEqual(await picture.locator('.key li').allTextContents(), [' buddy', ' tlsf']);
    await picture.locator('summary').click();
    await picture.locator('tbody th').first().waitFor();
    assert.deepEqual(await picture.locator('tbody th').allTextContents(), ['buddy', 'tlsf']);
    assert.match(await page.locator('main').textContent(), /After 1 min a contiguous 1 MiB is granted with probability/);
    for (const title of ['Survival: ', 'Measures: ', 'Sensitivity: ']) assert.equal(await page.locator('h2', {hasText: title}).count(), 1);
    assert.equal(await page.evaluate(() => window.hit), undefined);
    if (shots) await page.screenshot({path: join(shots, `sweep-${theme}.png`), fullPage: true});
    assert.deepEqual(seen, {errors: [], requests: []});
    await close();
  }
});

test('many variations share pictures in which each can be told apart', async () => {
  const file = sweep('many.html', '--vary', 'machine.regions[0].size=4MiB..10MiB+1MiB', '--seeds', '3');
  const {page, close} = await openFile(browser, file);
  const pictures = page.locator('figure', {hasText: 'probe big'});
  assert.deepEqual(await pictures.locator('figcaption').allTextContents(), ['probe big: a contiguous 1 MiB (1 of 2)', 'probe big: a contiguous 1 MiB (2 of 2)']);
  assert.equal(await pictures.first().locator('path.curve title').count(), 6);
  await close();
});
