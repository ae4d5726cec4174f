// Elements made by hand: text goes in as text, never as markup, so that a name from a scenario can be anything.

export const element = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, '');
    else if (value !== false && value !== undefined && value !== null) made.setAttribute(name, value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
};

const SVG = 'http://www.w3.org/2000/svg';
export const svg = (tag, attributes = {}, ...children) => {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.flat());
  return made;
};

const NUMBER = /^(\* )?(>= )?[\d.,+-]+( ([KMGTP]i)?B| (ns|µs|us|ms|s|min|h|d|%))?$/;
const isOfNumbers = (rows, column) => rows.some((cells) => NUMBER.test(cells[column]));

// A table of cells; a cell is text or an element. Columns with numbers stand to the right, with their heads.
export const table = (caption, columns, rows) => {
  const classes = columns.map((_, i) => i > 0 && isOfNumbers(rows, i) ? 'number' : undefined);
  return element('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption},
    element('table', {},
      element('caption', {}, caption),
      element('thead', {}, element('tr', {}, columns.map((name, i) => element('th', {scope: 'col', class: classes[i]}, name)))),
      element('tbody', {}, rows.map((cells) => element('tr', {}, cells.map((cell, i) =>
        element(i === 0 ? 'th' : 'td', i === 0 ? {scope: 'row'} : {class: classes[i]}, cell)))))));
};

// The numbers behind a picture, for screen readers and for whoever would rather read: rows(), when they are asked for.
export const behind = (caption, columns, rows) => {
  const details = element('details', {class: 'behind'}, element('summary', {}, `${caption} as a table`));
  details.addEventListener('toggle', () => details.append(table(caption, columns, rows())), {once: true});
  return details;
};

// At most `most` of the items, evenly spread, the first and the last among them.
export const spread = (length, most) => {
  if (length <= most) return Array.from({length}, (_, i) => i);
  return Array.from({length: most}, (_, i) => Math.round(i * (length - 1) / (most - 1)));
};
