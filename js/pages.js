// What the pages of one origin share: locks, and notes beside them. The notes are in IndexedDB, because a page's write there is seen by every
// other page as soon as it is done; localStorage takes its time, and sessionStorage is copied when a tab is duplicated.

const OLD = 90 * 24 * 3600 * 1000; // nobody asks after a family that hasn't been used for so long
const PATIENCE = 2000;

export const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

let connection, swept;

/**
 * One connection does for the transactions of a renewal, which follow upon each other. It isn't kept for longer: it would stand between the page and the
 * back/forward cache.
 */
const connect = () => connection ??= new Promise((resolve, reject) => {
  pause(PATIENCE).then(close);
  const request = indexedDB.open('postern', 1);
  request.onupgradeneeded = () => request.result.createObjectStore('notes');
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

const close = (leaving) => {
  connection?.then((db) => {
    // Once a page, when nobody waits any more. A transaction of a page in the back/forward cache would hold up the others', and the page be thrown out.
    if (!swept && !leaving) {
      db.transaction('notes', 'readwrite').objectStore('notes').openCursor().onsuccess = ({ target: { result } }) => {
        if (result?.value.now < Date.now() - OLD) result.delete();
        result?.continue();
      };
      swept = true;
    }
    db.close();
  }).catch(() => {});
  connection = undefined;
};
globalThis.addEventListener?.('pagehide', close);

const begin = async (mode) => {
  const db = await connect();
  db.onversionchange = close; // somebody wants the database gone
  return db.transaction('notes', mode);
};

/**
 * Looks at what stands under name, and may change it, in one transaction, which no other page's overlaps. Resolves with what change returned. Some
 * browsers let IndexedDB hang, so the wait is bounded.
 */
export const atomically = (mode, name, change) => Promise.race([
  begin(mode).catch(() => {
    close(); // the browser has, as when the user clears what sites have stored
    return begin(mode);
  }).then((transaction) => new Promise((resolve, reject) => {
    const notes = transaction.objectStore('notes'), request = notes.get(name);
    request.onsuccess = () => {
      const outcome = change(request.result, notes);
      transaction.oncomplete = () => resolve(outcome);
      if (mode === 'readonly') resolve(outcome);
      else transaction.commit();
    };
    transaction.onabort = () => reject(transaction.error);
  })),
  pause(PATIENCE).then(() => { throw new Error('timeout'); }),
]);

/** Writes text in the place of was, and tells whether it still stood there: one transaction, so that of two pages one does. */
export const note = (name, was, text) => atomically('readwrite', name, (held, notes) => {
  const free = (held?.text ?? '') === was;
  if (free) notes.put({ text, now: Date.now() }, name);
  return free;
});

/** Without notes, what another page wrote to localStorage gets the time that it takes. */
export const noted = (name) => atomically('readonly', name, (held) => held?.text).catch(() => pause(200));

/** Takes a lock that is free, or whose holder has had it for longer than ms, and tells whether it did: one transaction, so that of two pages one does. */
const take = (name, owner, ms) => atomically('readwrite', name, (held, notes) => {
  const now = Date.now(), free = !held || Math.abs(now - held.now) > ms;
  if (free) notes.put({ owner, now }, name);
  return free;
});

const give = (name, owner) => atomically('readwrite', name, (held, notes) => { if (held?.owner === owner) notes.delete(name); }).catch(() => {});

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
    locks.request(name, options, () => new Promise(resolve)).catch(reject);
  });
  // Every engine says who holds a lock (e2e/engines has it tested). Two holders that can't be told apart would be robbed one after the other.
  const holder = async () => (await locks.query()).held.find((lock) => lock.name === name)?.clientId;
  for (;;) {
    const before = holder().catch(() => {}); // on its way before the request is, and not waited for; who isn't known isn't robbed
    try {
      return await request({ signal: AbortSignal.timeout(ms) });
    } catch {
      // Whoever has had the lock for all of that time is frozen. Of several that wait, one takes it; the others find somebody new, and wait for them.
      const release = await locks.request(`${name}:steal`, async () => await before && await holder() === await before && request({ steal: true }));
      if (release) return release;
    }
  }
};

const here = new Map();

/** Where nothing is shared, the calls of this page take turns. */
const pageLock = (name) => new Promise((resolve) => {
  const before = here.get(name);
  here.set(name, (async () => {
    await before;
    await new Promise(resolve);
  })());
});

/** Resolves with the function that gives the lock back. Each holder has it for at most ms. alone is called where other tabs can't be kept out. */
export const lock = (name, ms, alone) => {
  connect().catch(() => {}); // whoever has the lock wants it next
  return navigator.locks ? webLock(name, ms) : noteLock(name, ms).catch(() => {
    alone();
    return pageLock(name);
  });
};
