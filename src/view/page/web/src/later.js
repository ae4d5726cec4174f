// What need not be there when the page opens: it is made when the reader comes near it, when it prints, or when the
// browser has nothing else to do.

const NEAR = '300px';  // above and below what is in the window
const soon = globalThis.requestIdleCallback ?? ((work) => setTimeout(work, 20));

const waiting = new Map();  // what makes it, by the element that holds its place
let isBegun = false;
let begun = () => {};

const makeOne = (holder) => {
  const make = waiting.get(holder);
  if (!waiting.delete(holder)) return;
  near.unobserve(holder);
  make();
};

const near = new IntersectionObserver((entries) => {
  for (const {isIntersecting, target} of entries) if (isIntersecting) makeOne(target);
  begun();
}, {rootMargin: NEAR});

export const later = (holder, make) => {
  waiting.set(holder, make);
  if (isBegun) near.observe(holder);
};

// One at a time, so that the hand never waits for more than one.
const makeRest = (whole) => {
  const [holder] = waiting.keys();
  if (holder) makeOne(holder);
  if (waiting.size > 0) soon(() => makeRest(whole));
  else whole();
};

// Calls ready() when all that is near is there, and whole() when everything is.
export const begin = (ready, whole) => {
  begun = () => {
    begun = () => {};
    ready();
    soon(() => makeRest(whole));
  };
  isBegun = true;
  for (const holder of waiting.keys()) near.observe(holder);
  if (waiting.size === 0) begun();
};

export const makeAll = () => { for (const holder of [...waiting.keys()]) makeOne(holder); };
