// The application's own cache, which may answer later, as a store that answers at once: a copy of the one record that the module keeps there.
// So nothing in the module waits for a store, and waiting is what costs a compiled function most of its size.
//
// The copy is read when a verb begins and after each wait, since another page may have written by then; it is written through in order.
// Whatever must not happen before a write is done waits for written(): a request, a note to other pages, a lock given back, a verb's end.

/** spare is the page's memory, where the module looks when a store has failed. failed is called when the cache has. */
export const mirror = (cache, spare, failed) => {
  let key, text = null, broken = false, writes = Promise.resolve(), last = 0;

  const give = () => {
    if (broken) return;
    broken = true;
    if (text !== null) spare.setItem(key, text);
    failed();
  };
  // The application's code runs later, never inside a call from the module, which it might call in turn.
  const write = (run) => {
    if (broken) throw new Error('the cache failed');
    last++;
    writes = writes.then(() => broken || run()).catch(give);
  };

  return {
    open: (name) => { key = name; },
    getItem: () => {
      if (broken) throw new Error('the cache failed');
      return text;
    },
    setItem: (_, next) => {
      write(async () => {
        try {
          await cache.set(key, next);
        } catch {
          // The refresh token in the old record is used up, so that record goes; perhaps there is room then.
          await cache.remove(key);
          await cache.set(key, next);
        }
      });
      text = next;
    },
    removeItem: () => {
      write(() => cache.remove(key));
      text = null;
    },
    written: () => writes,
    read: async () => {
      for (let done; done !== writes;) await (done = writes);
      if (broken || !key) return;
      const before = last;
      try {
        const found = await cache.get(key);
        // What was written meanwhile is newer. What is no text is no record either.
        if (last === before) text = typeof found === 'string' ? found : found == null ? null : '';
      } catch {
        give();
      }
    },
  };
};
