// node mirror.mjs mirror.js: the copy of the application's cache, tried with caches that are slow, broken or full.
import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { check, end, within } from './report.mjs';

const { mirror } = await import(pathToFileURL(process.argv[2]));

/** A mirror of a cache that takes its time, with the spare beside it. */
const opened = async (cache, before) => {
  const kept = new Map(before === undefined ? [] : [['k', before]]), spare = new Map();
  let failures = 0;
  const slow = {
    get: async (key) => { await sleep(5); return kept.get(key); },
    set: async (key, text) => { await sleep(5); kept.set(key, text); },
    remove: async (key) => { await sleep(5); kept.delete(key); },
    ...cache?.(kept),
  };
  const m = mirror(slow, { setItem: (key, text) => spare.set(key, text) }, () => { failures++; });
  m.open('k');
  await m.read();
  return { m, kept, spare, failures: () => failures };
};

await check('mirror/reads and writes', async () => {
  const { m, kept } = await opened(null, 'old');
  assert.equal(m.getItem('k'), 'old');
  for (const text of ['one', 'two', 'three']) m.setItem('k', text);
  assert.equal(m.getItem('k'), 'three');
  assert.equal(kept.get('k'), 'old', 'the cache is called later, never inside');
  await m.written();
  assert.equal(kept.get('k'), 'three');
  kept.set('k', "another page's");
  await m.read();
  assert.equal(m.getItem('k'), "another page's");
  m.removeItem('k');
  assert.equal(m.getItem('k'), null);
  await m.written();
  assert.equal(kept.has('k'), false);
});

await check('mirror/what was written meanwhile is newer', async () => {
  const { m } = await opened(null, 'old');
  const reading = m.read();
  await sleep(1);
  m.setItem('k', 'new');
  await reading;
  assert.equal(m.getItem('k'), 'new');
  await m.read();
  assert.equal(m.getItem('k'), 'new');
});

await check('mirror/reading waits for what is being written', async () => {
  const { m } = await opened();
  m.setItem('k', 'one');
  const reading = m.read();
  m.setItem('k', 'two');
  await reading;
  assert.equal(m.getItem('k'), 'two');
});

await check('mirror/what is no text is no record', async () => {
  for (const [value, text] of [[5, ''], [{}, ''], [['x'], ''], [true, ''], [new String('x'), ''], [null, null], [undefined, null], ['', '']]) {
    const { m } = await opened(() => ({ get: async () => value }));
    assert.equal(m.getItem('k'), text, String(value));
  }
});

await check('mirror/a cache that is full for a moment', async () => {
  let full = true;
  const { m, kept, failures } = await opened((kept) => ({
    set: async (key, text) => { if (full) throw new DOMException('', 'QuotaExceededError'); kept.set(key, text); },
    remove: async (key) => { kept.delete(key); full = false; },
  }), 'old');
  m.setItem('k', 'new');
  await m.written();
  assert.equal(kept.get('k'), 'new');
  assert.equal(failures(), 0);
});

await check('mirror/a cache that fails', async () => {
  const fails = () => { throw new Error('gone'); };
  for (const broken of [{ set: fails }, { set: async () => fails() }, { set: 5 }]) {
    const { m, kept, spare, failures } = await opened(() => broken, 'old');
    m.setItem('k', 'new');
    await within(1000, 'writing', m.written());
    assert.equal(kept.has('k'), false, 'the old record holds a refresh token that is used up');
    assert.equal(spare.get('k'), 'new', 'the session goes on in the page');
    for (const use of [() => m.getItem('k'), () => m.setItem('k', 'x'), () => m.removeItem('k')]) assert.throws(use);
    await m.read();
    await m.written();
    assert.equal(failures(), 1, 'told once');
  }
  for (const broken of [{ get: fails }, { get: undefined }, { get: async () => { throw undefined; } }]) {
    const { m, spare, failures } = await opened(() => broken);
    assert.throws(() => m.getItem('k'));
    assert.equal(spare.size, 0);
    assert.equal(failures(), 1);
  }
});
end();
