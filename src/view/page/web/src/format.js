// Numbers as people read them. Times are simulated nanoseconds, sizes bytes.

const TIME_UNITS = [[86400e9, 'd'], [3600e9, 'h'], [60e9, 'min'], [1e9, 's'], [1e6, 'ms'], [1e3, 'µs'], [1, 'ns']];
const SIZE_UNITS = [[2 ** 50, 'PiB'], [2 ** 40, 'TiB'], [2 ** 30, 'GiB'], [2 ** 20, 'MiB'], [2 ** 10, 'KiB'], [1, 'B']];

const inUnit = (value, units, digits) => {
  const [size, name] = units.find(([unit]) => Math.abs(value) >= unit) ?? units.at(-1);
  return `${Number((value / size).toPrecision(digits))} ${name}`;
};

export const formatTime = (ns, digits = 6) => inUnit(ns, TIME_UNITS, digits);
export const formatSize = (bytes, digits = 4) => inUnit(bytes, SIZE_UNITS, digits);
export const formatCount = (count) => count.toLocaleString('en-US');
export const formatHex = (value) => `0x${BigInt(Math.round(value)).toString(16)}`;
export const formatShare = (share) => `${(100 * share).toFixed(1)} %`;

export const plural = (count, one, many = `${one}s`) => `${formatCount(count)} ${count === 1 ? one : many}`;

// A step of time that reads well and cuts `span` into about `parts`.
const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 14400, 21600, 43200, 86400].map((seconds) => seconds * 1e9);
export const niceTimeStep = (span, parts) => span / parts < 1e9
  ? niceStep(span, parts)
  : TIME_STEPS.find((step) => step >= span / parts) ?? 86400e9 * niceStep(span / 86400e9, parts);

// A step of 1, 2 or 5 times a power of ten that cuts `span` into about `parts`.
export const niceStep = (span, parts) => {
  const raw = span / parts;
  const power = 10 ** Math.floor(Math.log10(raw));
  return ([1, 2, 5].find((factor) => factor * power >= raw) ?? 10) * power;
};
