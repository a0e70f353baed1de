// As much of a browser's page as the module touches, under Node.
import { indexedDB } from './notes.mjs';

const define = (name, value) => Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });

/** A Storage that can be filled: from then on, writing to it fails as a browser's does. */
class Area {
  #map = new Map();
  full = false;
  get length() { return this.#map.size; }
  key(i) { return [...this.#map.keys()][i] ?? null; }
  getItem(key) { return this.#map.get(key) ?? null; }
  setItem(key, text) {
    if (this.full) throw new DOMException('no room', 'QuotaExceededError');
    this.#map.set(key, text);
  }
  removeItem(key) { this.#map.delete(key); }
}

/** Web Locks: exclusive ones, with a signal that ends the wait. */
const locks = (held = new Map()) => ({
  held,
  query: async () => ({ held: [...held.keys()].map((name) => ({ name, clientId: 'this page' })) }),
  request: (name, { signal }, use) => new Promise((resolve, reject) => {
    const before = held.get(name) ?? Promise.resolve();
    let done;
    const mine = new Promise((free) => { done = free; });
    const queued = before.then(() => mine);
    held.set(name, queued);
    queued.then(() => { if (held.get(name) === queued) held.delete(name); });
    let aborted = false;
    signal.addEventListener('abort', () => {
      aborted = true;
      done();
      reject(signal.reason);
    });
    before.then(() => { if (!aborted) Promise.resolve(use({ name })).then(resolve, reject).finally(done); });
  }),
});

export const page = (href) => {
  let at = new URL(href);
  const here = {
    get href() { return at.href; },
    set href(url) { at = new URL(url, at); },
    get origin() { return at.origin; },
    get search() { return at.search; },
    get hash() { return at.hash; },
    toString: () => at.href,
    assign: (url) => { here.left = url; },
  };
  const nobody = { addEventListener() {}, removeEventListener() {} };
  define('document', { visibilityState: 'visible', baseURI: href, ...nobody });
  define('addEventListener', nobody.addEventListener);
  define('removeEventListener', nobody.removeEventListener);
  define('isSecureContext', true);
  define('location', here);
  define('history', { state: { router: 1 }, replaceState: (_, __, url) => { here.href = url; } });
  define('navigator', { onLine: true, locks: locks() });
  define('indexedDB', indexedDB());
  define('BroadcastChannel', class { postMessage() {} close() {} });
  define('sessionStorage', new Area());
  define('localStorage', new Area());
  return here;
};
