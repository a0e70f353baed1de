// What happened lately, for a bug report: which verbs ran and what they came to, which addresses were asked, which events were told. Nothing in it
// is secret or about the user: of an error its code, of an address what stands before the question mark. A ring, so that a page that has been open
// for weeks holds no more than a new one.
const MOST = 100;

/** Each is when it began, what it was and, once it is over, what came of it and when. */
export const lines = [];

/** Messages that weren't heard, by what was wrong with them. They are counted and not told one by one: whoever forges them could drown all else. */
export const ignored = { origin: 0, window: 0, login: 0, form: 0 };

/** Notes what begins, and returns what notes its end. */
export const trace = (...what) => {
  const line = [performance.now(), what.join(' ')];
  if (lines.push(line) > MOST) lines.shift();
  return (how) => { line.push(how, performance.now()); };
};
