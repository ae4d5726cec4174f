// The data of a report: a JSON head, and for each run one block of packed columns (docs/output.md, "report").
//
// A column is a run of LEB128 integers, `plain` or as zigzag differences to the one before (`delta`). Values up to 2^53
// are exact; simulated times reach that after 104 days.

const base64Bytes = (text) => {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; ++i) bytes[i] = binary.charCodeAt(i);
  return bytes;
};

export class ColumnReader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  // One unsigned integer. The first four bytes by shifts, which is nearly always all; the rest by multiplication, since
  // shifts end at 32 bits.
  next() {
    const bytes = this.bytes;
    let byte = bytes[this.at++];
    if (byte < 128) return byte;
    let value = byte & 127;
    let factor = 128;
    do {
      byte = bytes[this.at++];
      if (byte === undefined) throw new Error('the data of the report is cut short');
      value += (byte & 127) * factor;
      factor *= 128;
    } while (byte >= 128);
    return value;
  }

  column(rows, mode) {
    const values = new Float64Array(rows);
    if (mode === 'plain') {
      for (let i = 0; i < rows; ++i) values[i] = this.next();
      return values;
    }
    let last = 0;
    for (let i = 0; i < rows; ++i) {
      const coded = this.next();
      last += coded % 2 === 0 ? coded / 2 : -(coded + 1) / 2;
      values[i] = last;
    }
    return values;
  }
}

// Tables of one run by name: {rows, <column>: Float64Array, ...}.
export const decodeTables = (layout, bytes) => {
  const reader = new ColumnReader(bytes);
  const tables = {};
  for (const {name, rows, columns} of layout) {
    const table = {rows};
    for (const [column, mode] of columns) table[column] = reader.column(rows, mode);
    tables[name] = table;
  }
  return tables;
};

// Characters that turn the text around them about or cannot be seen: a name that has them shows where.
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;
const visible = (_, value) => typeof value === 'string' ? value.replace(UNSEEN, '\ufffd') : value;

export const readReport = (document) => {
  const head = JSON.parse(document.getElementById('memsim-head').textContent, visible);
  if (head.format !== 1) throw new Error(`this page reads reports of format 1, not ${head.format}`);
  head.runs.forEach((run, i) => {
    const block = document.getElementById(`memsim-data-${i}`);
    run.tables = decodeTables(run.tables, base64Bytes(block.textContent.trim()));
    block.remove();  // megabytes of text that nobody reads again
    run.processName = new Map(run.processes.map(({pid, name}) => [pid, name]));
  });
  return head;
};
