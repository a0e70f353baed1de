// What the pages of one origin share: locks, and notes beside them. The notes are in IndexedDB, because a page's write there is seen by every
// other page as soon as it is done; localStorage takes its time, and sessionStorage is copied when a tab is duplicated.

const OLD = 90 * 24 * 3600 * 1000; // nobody asks after a family that hasn't been used for so long
const PATIENCE = 2000;

export const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

const open = () => new Promise((resolve, reject) => {
  const request = indexedDB.open('postern', 1);
  request.onupgradeneeded = () => request.result.createObjectStore('notes');
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/**
 * Runs steps in one transaction, which no other page's overlaps, and resolves with what the function they return says in the end. The
 * connection isn't kept: it would stand between the page and the back/forward cache. Some browsers let IndexedDB hang, so the wait is bounded.
 */
export const atomically = (mode, steps) => Promise.race([
  open().then((db) => new Promise((resolve, reject) => {
    const transaction = db.transaction('notes', mode);
    const outcome = steps(transaction.objectStore('notes'));
    transaction.oncomplete = () => resolve(outcome());
    transaction.onabort = () => reject(transaction.error);
  }).finally(() => db.close())),
  pause(PATIENCE).then(() => { throw new Error('IndexedDB does not answer'); }),
]);

/** Writes text in the place of was, and tells whether it still stood there: one transaction, so that of two pages one does. */
export const note = (name, was, text) => atomically('readwrite', (notes) => {
  const now = Date.now(), request = notes.get(name);
  let done = false;
  request.onsuccess = () => {
    done = (request.result?.text ?? '') === was;
    if (done) notes.put({ text, now }, name);
  };
  notes.openCursor().onsuccess = ({ target: { result: cursor } }) => {
    if (!cursor) return;
    if (cursor.value.now < now - OLD) cursor.delete();
    cursor.continue();
  };
  return () => done;
});

/** Without notes, what another page wrote to localStorage gets the time that it takes. */
export const noted = (name) => atomically('readonly', (notes) => {
  const request = notes.get(name);
  return () => request.result?.text;
}).catch(() => pause(200));

/** Takes a lock that is free, or whose holder has had it for longer than ms, and tells whether it did: one transaction, so that of two pages one does. */
const take = (name, owner, ms) => atomically('readwrite', (notes) => {
  const now = Date.now(), request = notes.get(name);
  let mine = false;
  request.onsuccess = () => {
    const held = request.result;
    mine = !held || Math.abs(now - held.now) > ms;
    if (mine) notes.put({ owner, now }, name);
  };
  return () => mine;
});

const give = (name, owner) => atomically('readwrite', (notes) => {
  const request = notes.get(name);
  request.onsuccess = () => { if (request.result?.owner === owner) notes.delete(name); };
  return () => {};
}).catch(() => {});

/** Where there are no Web Locks, the lock is a record that says who has it. */
const noteLock = async (name, ms) => {
  const key = `lock:${name}`, owner = crypto.randomUUID();
  while (!await take(key, owner, ms)) await pause(50);
  return () => { give(key, owner); };
};

const webLock = async (name, ms) => {
  const { locks } = navigator;
  const request = (options) => new Promise((resolve, reject) => {
    // A lock that was stolen rejects when its holder is past caring.
    locks.request(name, options, () => new Promise((release) => { resolve(release); })).catch(reject);
  });
  // Every engine says who holds a lock (e2e/engines has it tested). Two holders that can't be told apart would be robbed one after the other.
  const holder = async () => (await locks.query()).held.find((lock) => lock.name === name)?.clientId;
  for (;;) {
    const before = await holder();
    try {
      return await request({ signal: AbortSignal.timeout(ms) });
    } catch {
      // Whoever has had the lock for all of that time is frozen. Of several that wait, one takes it; the others find somebody new, and wait for them.
      const release = await locks.request(`${name}:steal`, async () => before && await holder() === before && request({ steal: true }));
      if (release) return release;
    }
  }
};

const here = new Map();

/** Where nothing is shared, the calls of this page take turns. */
const pageLock = async (name) => {
  const before = here.get(name);
  let release;
  here.set(name, new Promise((resolve) => { release = resolve; }));
  await before;
  return release;
};

/** Resolves with the function that gives the lock back. Each holder has it for at most ms. alone is called where other tabs can't be kept out. */
export const lock = (name, ms, alone) => (navigator.locks ? webLock(name, ms) : noteLock(name, ms).catch(() => {
  alone();
  return pageLock(name);
}));
