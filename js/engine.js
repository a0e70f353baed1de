// The running module: loading, starting, and what crosses into it and back.
import { start } from './abi.js';
import { AuthError, fail } from './errors.js';

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

/** What the module sees of a client, by its number; the number outlives an instance that trapped. */
const clients = [];
export const register = (client) => clients.push(client) - 1;

const run = async (module) => {
  const pending = new Map();
  const timers = new Map();
  let next = 1, settled, call, wake, dead;

  // A trap can leave the module's memory in any state, so the instance is thrown away; what has to survive is in the store.
  const trapped = (cause) => {
    dead = true;
    running = undefined;
    for (const timer of timers.values()) clearTimeout(timer);
    const lost = [...pending.values()];
    pending.clear();
    for (const p of lost) p.reject(fail('internal', 'the module stopped unexpectedly; call again', cause));
  };
  const enter = (f, ...args) => {
    if (dead) return undefined;
    try {
      return f(...args);
    } catch (e) {
      trapped(e);
      return undefined;
    }
  };

  const host = {
    trapped,
    onSettled: (f) => { settled = f; },
    onStarted: (c, w) => { call = c; wake = w; },
    wait: (id, promise) => {
      Promise.resolve(promise).then((v) => enter(settled, id, true, v), (e) => enter(settled, id, false, e));
    },
    settle: (id, ok, json) => {
      const p = pending.get(id);
      if (!p) return;
      pending.delete(id);
      const value = json ? JSON.parse(json) : undefined;
      if (ok) p.resolve(value); else p.reject(new AuthError(value));
    },
    event: (id, name, json) => clients[id].receive(name, JSON.parse(json)),
    wakeAfter: (id, ms) => {
      clearTimeout(timers.get(id));
      if (ms >= 0) timers.set(id, setTimeout(() => enter(wake, id), ms));
    },
    now: (id) => clients[id].now(),
    // The application's own code never runs inside a call from the module, which it might call in turn.
    cache: (id) => {
      const { cache } = clients[id];
      const later = (f) => Promise.resolve().then(f);
      return {
        get: (key) => later(() => cache.get(key)),
        set: (key, text) => later(() => cache.set(key, text)),
        remove: (key) => later(() => cache.remove(key)),
        allKeys: (prefix) => later(() => cache.allKeys?.() ?? []).then((keys) => keys.filter((k) => k.startsWith(prefix))),
      };
    },
    lock: (name, ms) => new Promise((resolve, reject) => {
      const hold = () => new Promise((release) => resolve(() => release()));
      if (!navigator.locks) return hold();
      return navigator.locks.request(name, { signal: AbortSignal.timeout(ms) }, hold).catch(reject);
    }),
  };
  const instance = await start((imports) => WebAssembly.instantiate(module, imports), host, 'postern:host');
  if (!call) throw fail('wasm_unavailable', 'the module did not start');

  return {
    get dead() { return dead; },
    cached: (id) => enter(instance.cached, id),
    wake: (id) => enter(wake, id),
    call: (id, verb, text) => new Promise((resolve, reject) => {
      pending.set(next, { resolve, reject, id });
      enter(call, next++, id, verb, text);
    }),
    /** Rejects what a client has under way. */
    drop: (id, error) => {
      for (const [n, p] of pending) if (p.id === id && pending.delete(n)) p.reject(error);
    },
    live: instance.live,
  };
};
