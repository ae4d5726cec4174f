// A report made by hand, whose every answer is known: what the browser's tests look at.
import {readFile} from 'node:fs/promises';

const varint = (value, out) => {
  while (value >= 128) {
    out.push(value % 128 + 128);
    value = Math.floor(value / 128);
  }
  out.push(value);
};

// {name, columns: [[name, mode, values]]} as a run's table and the bytes behind it.
export const packTables = (tables) => {
  const bytes = [];
  const layout = tables.map(({name, columns}) => {
    const sizes = columns.map(([, mode, values]) => {
      const start = bytes.length;
      let last = 0;
      for (const value of values) {
        const difference = value - last;
        varint(mode === 'plain' ? value : difference >= 0 ? 2 * difference : -2 * difference - 1, bytes);
        last = value;
      }
      return bytes.length - start;
    });
    return {name, rows: columns[0][2].length, columns: columns.map(([column, mode], i) => [column, mode, sizes[i]])};
  });
  return {layout, bytes: Buffer.from(bytes)};
};

const column = (rows, field) => rows.map((row) => row[field] ?? 0);

export const mapTable = (changes) => ({name: 'map', columns: [
  ['time', 'delta', column(changes, 'time')], ['kind', 'plain', column(changes, 'kind')], ['flags', 'plain', column(changes, 'flags')],
  ['object', 'delta', column(changes, 'object')], ['pid', 'delta', column(changes, 'pid')], ['call', 'plain', column(changes, 'call')],
  ['first', 'delta', column(changes, 'first')], ['count', 'plain', column(changes, 'count')],
]});

export const sampleTables = (region, times, free) => [
  {name: `region_${region}`, columns: [['time', 'delta', times], ['free', 'delta', free], ['largest', 'delta', free],
    ...[0, 1, 2, 3].map((order) => [`k${order}`, 'delta', times.map((_, i) => order === 0 ? free[i] % 2 : 0)])]},
  {name: 'objects', columns: [['time', 'delta', times], ...['count', 'min', 'median', 'p99', 'max'].map((name, i) => [name, 'delta', times.map((_, t) => i + t % 3)])]},
];

export const emptyRun = {
  label: 'a run', about: 'seed 1, policy buddy', scenario: 'sample.yaml', title: 'A sample', pageSize: 4096, end: {reason: 'finished', time: 1000},
  regions: [], processes: [], reservations: [], objectNames: {}, calls: [], probes: [], verdicts: [], failures: [], failureCount: 0,
  failedCalls: [], failedCallCount: 0, shortReplies: [], shortReplyCount: 0, deadlocks: [], notes: [], noteCount: 0, expectations: [],
  latencies: [], segmentsPerObject: [], segmentLengths: [], edges: [], tables: [],
};

// The page with these runs; each has `packed`, from packTables().
export const pageOf = async (page, runs, more = {}) => {
  const head = {format: 2, version: '0.1.0', about: 'made by a test', survival: [], comparison: null,
    runs: runs.map(({packed, ...run}) => ({...run, tables: packed.layout})), ...more};
  const json = JSON.stringify(head).replaceAll('<', '\\u003c');
  const data = runs.map(({packed}, i) => `<script type="application/octet-stream" id="memsim-data-${i}">${packed.bytes.toString('base64')}</script>`);
  const html = await readFile(page, 'utf8');
  return html.replace('<!--memsim:head-->', () => `<script type="application/json" id="memsim-head">${json}</script>`)
             .replace('<!--memsim:data-->', () => data.join('\n'));
};
