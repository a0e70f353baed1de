// The running module: loading, starting, and what crosses into it and back.
import { small, start } from './abi.js';
import { AuthError, fail, own } from './errors.js';
import { lock, note, noted, pause } from './pages.js';
import { request, utf8, verify } from './request.js';

let place = () => {}, files = {};
let expected;
let compiled;
let running;
/** Somebody has asked for what the core lacks. From then on the full module runs, for everybody on the page. */
let lacking = false;
const FULL = 'postern.full.wasm';

/**
 * Takes a function that says where the core, or the full module, is when nobody else does, or brings the module itself, and by name, how to fetch what
 * few pages need. Nothing is looked for before it is needed.
 */
export const locate = (find, more) => {
  place = find;
  files = more;
};

/** What a page that is open finds at an address after a deployment is newer than the page is, and the two would misunderstand each other. */
export const same = (is, what) => {
  if (!is) throw fail('wasm_unavailable', `${what} is not of this script's version, ${VERSION}: serve them together, and reload the page`);
};

export const more = async (name) => {
  let file;
  try {
    file = await files[name]();
  } catch (e) {
    throw fail('wasm_unavailable', `postern.${name}.js could not be fetched: no connection, it isn't beside the script, or CSP script-src`, e, true);
  }
  same(file.version === VERSION, `postern.${name}.js`);
  return file;
};

/** Returns where the core or the full module is, or the module itself. */
const find = async (url, full) => {
  if (url instanceof WebAssembly.Module && !full) return url;
  if (!url || url instanceof WebAssembly.Module) return place(full);
  return full && !/full[^/]*$/.test(url) ? new URL(FULL, new URL(url, location.href)) : url;
};

const fetched = async (url, integrity, full) => {
  if (url instanceof WebAssembly.Module && !full) return url;
  if (typeof location === 'undefined') throw fail('wasm_unavailable', 'Postern runs in a browser page; on a server, import it and call nothing');
  full ||= !small;
  url = await find(url, full);
  if (url instanceof WebAssembly.Module) return url;
  if (!url) throw fail('wasm_unavailable', `bundled as it is, the script does not know where ${full ? FULL : 'postern.wasm'} is: set wasmUrl, or import postern/inline`);
  let response;
  try {
    response = await fetch(url, own({ credentials: 'same-origin', ...(integrity && { integrity }) }));
  } catch (e) {
    throw fail('wasm_unavailable', `the module could not be fetched from ${url}: no connection, CSP connect-src, or a wrong integrity value`, e, true);
  }
  const type = response.headers.get('content-type');
  // A server that has an app's page for every address it doesn't know sends that.
  if (!response.ok || /^text\/html/i.test(type)) throw fail('wasm_unavailable', `the module is not at ${url} (status ${response.status}, ${type}): serve dist's .wasm files beside the script or set wasmUrl`);
  try {
    // Streaming wants exactly this type; servers that don't know .wasm send another.
    return /^application\/wasm$/i.test(type)
      ? await WebAssembly.compileStreaming(response)
      : await WebAssembly.compile(await response.arrayBuffer());
  } catch (e) {
    throw fail('wasm_unavailable', `the module from ${url} could not be compiled; if this page has a Content-Security-Policy, add 'wasm-unsafe-eval' to script-src`, e);
  }
};

const compile = async (...what) => {
  const module = await fetched(...what);
  same(WebAssembly.Module.customSections(module, `postern ${VERSION}`)[0], 'the module');
  return module;
};

/**
 * Compiles the module once; a failure isn't kept, so that the next call may succeed. The hash that the page expects is: a module that was refused must
 * not come in by the next call, which names none.
 */
export const load = (url, integrity) => {
  expected = integrity || expected;
  return compiled ??= compile(url, expected, lacking).catch((e) => {
    compiled = undefined;
    throw e;
  });
};

/** Spares the page the core, where it is known beforehand that the core won't do. What is given as a module is tried all the same. */
export const skip = (url) => { if (!compiled && !(url instanceof WebAssembly.Module)) lacking = true; };

let filling;
/**
 * Has the full module take over from an instance of the core once it is there: until then, and if it never comes, the core goes on. What runs there comes to
 * its end there.
 */
export const complete = async ({ full }, url) => {
  if (full) throw fail('wasm_unavailable', `this takes ${FULL}, and the module at its address is another; serve it beside the script or set wasmUrl`);
  if (lacking) return;
  const module = await (filling ??= compile(url, expected, true).finally(() => { filling = undefined; }));
  if (lacking) return;
  lacking = true;
  compiled = Promise.resolve(module);
  running = undefined;
};

/** Where another may fetch both modules, or they themselves, and the hashes that they must have. */
export const where = async (url) => {
  const [module, full] = (await Promise.all([find(url, false), find(url, true)])).map((at) => (at instanceof WebAssembly.Module ? at : `${new URL(at, location.href)}`));
  return { module, full, integrity: expected };
};

/** What a worker of this page's own is handed: the module that runs here, as the one that would run there. */
export const handed = async (url) => ({ [lacking || !small ? 'full' : 'module']: await load(url) });

/** Returns the one running instance of the page. */
export const engine = (url) => running ??= load(url).then((module) => run(module)).catch((e) => {
  running = undefined;
  throw e instanceof AuthError ? e : fail('wasm_unavailable', `the module could not be started: ${e.message}`, e);
});

/** What the module sees of a client, by its number; the number outlives an instance. */
const clients = [];
export const register = (client) => clients.push(client) - 1;

/** What outlives an instance when there is no browser store for it. */
export const memory = ((map) => ({
  getItem: (key) => map.get(key) ?? null,
  setItem: (key, text) => { map.set(key, text); },
  removeItem: (key) => { map.delete(key); },
  clear: () => map.clear(),
}))(new Map());

const timers = new Map();

/** The module never frees: it is replaced when it has grown to this and has nothing to do. Its state is in the stores. */
const MOST = 8 << 20;

const run = async (module) => {
  const pending = new Map(), full = lacking;
  let next = 1, waiting = 0, instance, dead = false;

  const held = new Map(); // locks
  const retire = () => {
    dead = true;
    if (full === lacking) running = undefined; // not what has taken over from it
    for (const release of held.values()) release(); // nobody else knows of them
  };
  // A trap can leave the module's memory in any state, so the instance is thrown away, as one that has grown too large is.
  const trapped = (e) => {
    retire();
    for (const p of pending.values()) p.reject(fail('internal', 'the module stopped unexpectedly; call again', e));
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

  const settle = (id) => {
    const p = pending.get(id);
    pending.delete(id);
    return p;
  };
  const area = (id) => (id < 0 ? memory : clients[id].mirror);
  const written = (id) => clients[id].mirror?.written();

  // What the module asks of the world. An operation has a number first, a client's for most, and texts; it returns a text or nothing.
  const host = {
    await: (waiter, id, op, args) => {
      waiting++;
      const settled = (ok) => async (v) => {
        await clients[id].mirror?.read(); // whoever waits gives others time to write
        waiting--;
        enter(instance.settled, waiter, ok, v);
      };
      // Of the loader's own errors the module meets one: a file of the package couldn't be fetched.
      new Promise((resolve) => { resolve(host[op](id, ...args)); })
        .then(settled(true), (e) => settled(false)(e instanceof AuthError ? { name: 'absent', message: e.error_description } : e));
    },
    resolve: (id, json) => settle(id)?.resolve(json ? JSON.parse(json) : undefined),
    lacking: (id) => settle(id)?.reject(complete),
    reject: (id, json) => settle(id)?.reject(new AuthError(JSON.parse(json))),

    fetch: (id, url, form, ms, ...rest) => request(written(id), url, form, +ms, ...rest),
    // no-cors: any answer will do, and nothing of it is read.
    probe: (_, url, ms) => fetch(url, { mode: 'no-cors', credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer', signal: AbortSignal.timeout(+ms) }),
    digest: async (_, hash, text) => String.fromCharCode(...new Uint8Array(await crypto.subtle.digest(hash, utf8(text)))),
    verify: async (_, ...args) => (await verify(...args) ? 'genuine' : ''),
    key: async (_, ...args) => (await more('more')).key(...args),
    sign: async (_, ...args) => (await more('more')).sign(...args),
    pause: async (id, ms) => {
      await written(id);
      if (ms > 0) await pause(ms);
    },
    frame: async (id, ...rest) => clients[id].answered(await clients[id].frame(...rest)),
    popup: async (id, ...rest) => clients[id].answered(await clients[id].popup(...rest)),
    vault: (id, call) => clients[id].vault(call),
    lock: async (id, name, ms) => {
      const release = await lock(name, +ms, () => clients[id].alone());
      if (dead) return release();
      const number = `${next++}`;
      held.set(number, async () => {
        held.delete(number);
        await written(id);
        release();
      });
      return number;
    },
    note: async (id, name, was, text) => {
      await written(id);
      return await note(name, was, text) ? 'done' : '';
    },
    noted: (_, name) => noted(name),

    unlock: (_, number) => { held.get(number)?.(); },
    event: (id, name, json) => {
      clients[id].receive(name, json);
      if (full !== lacking) clients[id].heard(); // what has taken over from it has read the store before this was there
    },
    wakeAfter: (id, ms) => {
      clearTimeout(timers.get(id));
      if (ms) timers.set(id, setTimeout(() => clients[id].wake(''), ms));
    },
    listen: (id, name) => { clients[id].listen(name); },
    tell: (id, text) => (clients[id].tell(text) ? 'closing' : ''),
    now: (id) => `${clients[id].now()}`,
    elapsed: () => `${performance.now()}`,
    judged: (id, url) => clients[id].judged(url),
    offline: () => (navigator.onLine === false ? 'offline' : ''),
    hidden: () => (document.visibilityState === 'hidden' ? 'hidden' : ''),
    // The entry's state object is the router's and stays.
    replaceURL: (_, url) => { history.replaceState(history.state, '', url); },

    mirror: (id, key) => { clients[id].mirror.open(key); },
    getItem: (id, key) => area(id).getItem(key),
    setItem: (id, key, text) => { area(id).setItem(key, text); },
    removeItem: (id, key) => { area(id).removeItem(key); },
  };
  instance = await start((imports) => WebAssembly.instantiate(module, imports), host, 'postern:host', trapped);

  return {
    full,
    get dead() { return dead; },
    cached: (...args) => enter(instance.cached, ...args),
    call: (id, verb, text) => new Promise((resolve, reject) => {
      pending.set(next, { resolve, reject });
      enter(instance.call, next++, id, `${verb} ${text}`);
    }).finally(() => {
      if (!dead && !pending.size && !waiting && instance.size() > MOST) retire();
    }),
    live: instance.live,
  };
};
