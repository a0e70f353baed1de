// The running module: loading, starting, and what crosses into it and back.
import { start } from './abi.js';
import { AuthError, fail } from './errors.js';
import { lock, note, noted, pause } from './pages.js';
import { frame, judged, popup } from './windows.js';

let located;
let compiled;
let running;

/** Says where the module is when nobody else does: beside the script. */
export const locate = (url) => { located = url; };

const compile = async (url = located, integrity) => {
  if (url instanceof WebAssembly.Module) return url;
  if (!url || typeof document === 'undefined') throw fail('wasm_unavailable', 'Postern runs in a browser page; on a server, import it and call nothing');
  let response;
  try {
    response = await fetch(url, { credentials: 'same-origin', ...(integrity && { integrity }) });
  } catch (e) {
    throw fail('wasm_unavailable', `postern.wasm could not be fetched from ${url}: no connection, CSP connect-src, or a wrong integrity value`, e);
  }
  if (!response.ok) throw fail('wasm_unavailable', `postern.wasm is not at ${url} (status ${response.status}); serve it beside the script or set wasmUrl`);
  try {
    // Streaming wants exactly this type; servers that don't know .wasm send another.
    return /^application\/wasm$/i.test(response.headers.get('content-type'))
      ? await WebAssembly.compileStreaming(response)
      : await WebAssembly.compile(await response.arrayBuffer());
  } catch (e) {
    throw fail('wasm_unavailable', `postern.wasm from ${url} could not be compiled; if this page has a Content-Security-Policy, add 'wasm-unsafe-eval' to script-src`, e);
  }
};

/** Compiles the module once; a failure isn't kept, so that the next call may succeed. */
export const load = (url, integrity) => compiled ??= compile(url, integrity).catch((e) => {
  compiled = undefined;
  throw e;
});

/** Returns the one running instance of the page. */
export const engine = (url) => running ??= load(url).then((module) => run(module)).catch((e) => {
  running = undefined;
  throw e instanceof AuthError ? e : fail('wasm_unavailable', `postern.wasm could not be started: ${e.message}`, e);
});

/** What the module sees of a client, by its number; the number outlives an instance. */
const clients = [];
export const register = (client) => clients.push(client) - 1;

/** What outlives an instance when there is no browser store for it: a Storage of this page's own. */
const memory = ((map) => ({
  get length() { return map.size; },
  key: (i) => [...map.keys()][i] ?? null,
  getItem: (key) => map.get(key) ?? null,
  setItem: (key, text) => { map.set(key, text); },
  removeItem: (key) => { map.delete(key); },
}))(new Map());

const timers = new Map();

/** fetch without cookies, redirects, cache and Referer, which reads at most `most` bytes: a server can't fill the memory. */
const request = async (url, form, ms, most) => {
  const response = await fetch(url, {
    method: form ? 'POST' : 'GET',
    body: form || undefined,
    headers: { Accept: 'application/json', ...(form && { 'Content-Type': 'application/x-www-form-urlencoded' }) },
    credentials: 'omit', redirect: 'error', cache: 'no-store', referrerPolicy: 'no-referrer',
    // A revocation outlives the page that sends it on its way out. A token request doesn't: its answer would reach nobody.
    keepalive: !!form && !form.startsWith('grant_type='),
    signal: AbortSignal.timeout(ms),
  });
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let size = 0, body = '';
  if (response.body) {
    const reader = response.body.getReader();
    for (let piece; !(piece = await reader.read()).done;) {
      size += piece.value.length;
      if (size > most) {
        reader.cancel();
        throw new RangeError('too large');
      }
      // What isn't UTF-8 isn't JSON either, nor is what stands in its place, whatever follows.
      try { body += decoder.decode(piece.value, { stream: true }); } catch { body = '!'; }
    }
    try { body += decoder.decode(); } catch { body = '!'; }
  }
  const header = (name) => response.headers.get(name) || '';
  return { status: response.status, type: header('content-type'), retryAfter: header('retry-after'), body };
};

const utf8 = (text) => new TextEncoder().encode(text);

/** Each name is the start of the algorithms' own; how many bits of hash they use, or the curve's family, follows. */
const ALGORITHMS = { RS: 'RSASSA-PKCS1-v1_5', PS: 'RSA-PSS', ES: 'ECDSA', Ed: 'Ed25519' };

/** WebCrypto takes of the parameters what an algorithm has. The module has chosen the algorithm, the key, and what of it stands in jwk. */
const verify = async (alg, jwk, text, signature) => {
  const key = JSON.parse(jwk), bits = alg.slice(2);
  const how = { name: ALGORITHMS[alg.slice(0, 2)], hash: `SHA-${bits}`, saltLength: bits / 8, namedCurve: key.crv };
  return crypto.subtle.verify(how, await crypto.subtle.importKey('jwk', key, how, false, ['verify']),
    Uint8Array.from(atob(signature.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0)), utf8(text));
};

/** The module never frees: it is replaced when it has grown to this and has nothing to do. Its state is in the stores. */
const MOST = 8 << 20;

const run = async (module) => {
  const pending = new Map();
  let next = 1, waiting = 0, instance, dead = false;

  const held = new Set();
  const retire = () => {
    dead = true;
    running = undefined;
    for (const release of held) release(); // nobody else knows of them
  };
  // A trap can leave the module's memory in any state, so the instance is thrown away, as one that has grown too large is.
  const enter = (f, ...args) => {
    if (dead) return undefined;
    try {
      return f(...args);
    } catch (e) {
      retire();
      for (const p of pending.values()) p.reject(fail('internal', 'the module stopped unexpectedly; call again', e));
      return undefined;
    }
  };

  const host = {
    memory,
    judged,
    fetch: request,
    // no-cors: any answer will do, and nothing of it is read.
    probe: (url, ms) => fetch(url, { mode: 'no-cors', credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer', signal: AbortSignal.timeout(ms) }),
    digest: async (hash, text) => new Uint8Array(await crypto.subtle.digest(hash, utf8(text))),
    verify,
    wait: (id, promise) => {
      waiting++;
      const settled = (ok) => (v) => {
        waiting--;
        enter(instance.settled, id, ok, v);
      };
      Promise.resolve(promise).then(settled(true), settled(false));
    },
    settle: (id, ok, json) => {
      const p = pending.get(id);
      if (!p) return;
      pending.delete(id);
      const value = json ? JSON.parse(json) : undefined;
      if (ok) p.resolve(value); else p.reject(new AuthError(value));
    },
    event: (id, name, json) => clients[id].receive(name, json),
    wakeAfter: (id, ms) => {
      clearTimeout(timers.get(id));
      if (ms >= 0) timers.set(id, setTimeout(() => clients[id].wake(''), ms));
    },
    listen: (id, name) => clients[id].listen(name),
    tell: (id, text) => clients[id].tell(text),
    pause,
    frame,
    popup: (id, ...rest) => popup(clients[id].popup(), ...rest),
    note,
    noted,
    now: (id) => clients[id].now(),
    elapsed: () => performance.now(),
    // The application's own code never runs inside a call from the module, which it might call in turn.
    cache: (id) => {
      const { cache } = clients[id];
      const later = (f) => Promise.resolve().then(f);
      return {
        get: (key) => later(() => cache.get(key)),
        set: (key, text) => later(() => cache.set(key, text)),
        remove: (key) => later(() => cache.remove(key)),
      };
    },
    lock: (id, name, ms) => lock(name, ms, () => clients[id].alone()).then((release) => {
      if (dead) return release();
      held.add(release);
      return { release: () => { held.delete(release); release(); } };
    }),
  };
  instance = await start((imports) => WebAssembly.instantiate(module, imports), host, 'postern:host');

  return {
    get dead() { return dead; },
    cached: (...args) => enter(instance.cached, ...args),
    call: (id, verb, text) => new Promise((resolve, reject) => {
      pending.set(next, { resolve, reject, id });
      enter(instance.call, next++, id, verb, text);
    }).finally(() => {
      if (!dead && !pending.size && !waiting && instance.size() > MOST) retire();
    }),
    /** Rejects what a client has under way. */
    drop: (id, error) => {
      for (const [n, p] of pending) if (p.id === id && pending.delete(n)) p.reject(error);
    },
    live: instance.live,
  };
};
