// Just enough of IndexedDB for js/pages.js: one object store, and transactions that end when their last request has been answered.

/** What a page's indexedDB is; kept outlives it. */
export const indexedDB = (kept = new Map()) => {
  const later = (request, result) => {
    request.result = result;
    queueMicrotask(() => request.onsuccess?.({ target: request }));
    return request;
  };
  const objectStore = () => ({
    get: (key) => later({}, structuredClone(kept.get(key))),
    put: (value, key) => { kept.set(key, structuredClone(value)); return later({}); },
    delete: (key) => { kept.delete(key); return later({}); },
    openCursor: () => {
      const entries = [...kept], request = {};
      const step = () => {
        const entry = entries.shift();
        later(request, entry ? { value: entry[1], delete: () => kept.delete(entry[0]), continue: step } : null);
      };
      step();
      return request;
    },
  });
  const db = {
    transaction: () => {
      const transaction = { objectStore, commit() {} };
      setImmediate(() => transaction.oncomplete?.());
      return transaction;
    },
    close() {},
  };
  return { open: () => later({}, db) };
};
