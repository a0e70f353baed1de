// One line of JSON to standard output for every check: the Go tests read them.
import { writeSync } from 'node:fs';

const say = (line) => {
  for (let bytes = Buffer.from(JSON.stringify(line) + '\n'); bytes.length;) {
    try { bytes = bytes.subarray(writeSync(1, bytes)); } catch (e) { if (e.code !== 'EAGAIN') throw e; }
  }
};

/** A note is for whoever reads the tests' log; only a fault fails. */
export const report = (name, fault = '', note = '') => say({ name, fault, note });

/** Runs a check whose fault is what it throws, and whose note is what it returns. */
export const check = async (name, run) => {
  try {
    report(name, '', await run());
  } catch (e) {
    report(name, String(e?.stack ?? e));
  }
};

/** The last line: without it, checks are missing. */
export const end = () => {
  say({ end: true });
  process.exit(0);
};

/** Ends a wait that would hold the tests up for ever. */
export const within = (ms, what, promise) => {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`${what}: nothing came of it within ${ms} ms`)), ms); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};
