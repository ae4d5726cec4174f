// The data of a report: a JSON head, and for each run one block of packed columns (docs/output.md, "report").
//
// A column is a run of LEB128 integers, `plain` or as zigzag differences to the one before (`delta`). Values up to 2^53
// are exact; simulated times reach that after 104 days. The block is base64, which can be cut at every fourth character:
// so each column is decoded alone, out of its part of the text, when somebody first looks at it.

const bytesOf = Uint8Array.fromBase64 ? (text) => Uint8Array.fromBase64(text) : (text) => {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; ++i) bytes[i] = binary.charCodeAt(i);
  return bytes;
};

// Bytes [first, first + count) of what `text` says in base64.
export const base64Part = (text, first, count) => {
  const skipped = first % 3;
  const start = (first - skipped) / 3 * 4;
  return bytesOf(text.slice(start, start + Math.ceil((skipped + count) / 3) * 4)).subarray(skipped, skipped + count);
};

// The numbers of a column into `values`, as many as these have room for.
export const decodeColumn = (bytes, mode, values) => {
  const isDelta = mode === 'delta';
  let at = 0;
  let last = 0;
  for (let i = 0; i < values.length; ++i) {
    let value = bytes[at++];
    // The first byte is nearly always all; the rest by multiplication, since shifts end at 32 bits.
    if (value >= 128) {
      value -= 128;
      let factor = 128;
      let byte;
      do {
        byte = bytes[at++];
        value += (byte & 127) * factor;
        factor *= 128;
      } while (byte >= 128);
    }
    if (isDelta) value = last += value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    values[i] = value;
  }
  if (at !== bytes.length) throw new Error('the data of the report is damaged');
  return values;
};

// Tables of one run by name: {rows, <column>: Float64Array, ...}. read() gives a column as another kind of array.
// text() is the block, when it is first needed.
export const tablesOf = (layout, text) => {
  const tables = {};
  let known = null;
  let end = 0;
  for (const {name, rows, columns} of layout) {
    const parts = new Map();
    for (const [column, mode, size] of columns) {
      parts.set(column, {first: end, size, mode});
      end += size;
    }
    const table = {rows, read(column, Kind) {
      const {first, size, mode} = parts.get(column);
      return decodeColumn(base64Part(known ??= text(), first, size), mode, new Kind(rows));
    }};
    for (const [column] of columns) {
      let kept = null;
      Object.defineProperty(table, column, {get: () => kept ??= table.read(column, Float64Array)});
    }
    tables[name] = table;
  }
  return tables;
};

// Characters that turn the text around them about or cannot be seen: a name that has them shows where.
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;
const visible = (_, value) => typeof value === 'string' ? value.replace(UNSEEN, '\ufffd') : value;

export const readReport = (document) => {
  const head = JSON.parse(document.getElementById('memsim-head').textContent, visible);
  if (head.format !== 2) throw new Error(`this page reads reports of format 2, not ${head.format}`);
  head.runs.forEach((run, i) => {
    run.tables = tablesOf(run.tables, () => {
      const block = document.getElementById(`memsim-data-${i}`);
      block.remove();  // megabytes of text that nobody reads again
      return block.textContent;
    });
    run.processName = new Map(run.processes.map(({pid, name}) => [pid, name]));
  });
  return head;
};
