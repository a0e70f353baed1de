// The page's end of the vault's worker: there the refresh token is out of reach of script that was injected into the page.

let located = () => {};

/** Says where the worker's script is when nobody else does: beside this one. */
export const locateWorker = (place) => { located = place; };

let policy;

/** Trusted Types let no text start a worker. The address is the package's own or the application's, never one that came from outside. */
const trusted = (url) => {
  policy ??= (globalThis.trustedTypes ?? { createPolicy: (_, rules) => rules }).createPolicy('postern', { createScriptURL: (text) => text });
  return policy.createScriptURL(`${url}`);
};

/** Starts the worker's script, under a name that developer tools show. */
export const worker = (url, name) => new Worker(trusted(url || located()), { type: 'module', name });

/** How many seconds a worker may be silent while somebody waits for it: nothing tells of one that is gone. */
const PATIENCE = 5;

/** The workers of this page, by their options: clients with the same ones share a session. */
const workers = new Map();

const named = (name) => Object.assign(new Error(), { name });

/** Returns the worker for these options. module is a promise, full brings the address of the full one; alone is called where the worker can't keep other tabs out. */
export const hire = (options, url, module, full, alone) => {
  if (workers.has(options)) return workers.get(options);
  const pending = new Map(), over = new AbortController();
  let hand, watch, next = 1, started = false, silence = 0;

  const end = (name) => {
    workers.delete(options);
    clearInterval(watch);
    hand?.terminate();
    for (const { reject } of pending.values()) reject(named(name));
    pending.clear();
    over.abort();
  };
  const look = () => {
    if (!pending.size) {
      clearInterval(watch);
      watch = undefined;
    } else if (started && ++silence > PATIENCE) end('gone');
    else hand?.postMessage({});
  };
  const ready = module.then(async (compiled) => {
    const more = await full();
    hand = worker(url, 'postern');
    hand.onerror = () => { if (!started) end('absent'); };
    hand.onmessage = ({ data: { n, answer, error, lonely } }) => {
      started = true;
      silence = 0;
      if (lonely) alone();
      const call = pending.get(n);
      pending.delete(n);
      if (error) call?.reject(named('gone'));
      else call?.resolve(answer);
    };
    hand.postMessage({ module: compiled, full: more instanceof WebAssembly.Module ? more : `${more}`, open: `${location.origin} ${options}` });
  });
  ready.catch(() => end('absent'));

  const hired = {
    ask: async (message, transfer = []) => new Promise((resolve, reject) => {
      pending.set(next, { resolve, reject });
      silence = 0;
      watch ??= setInterval(look, 1000);
      const n = next++;
      ready.then(() => hand.postMessage({ n, ...message }, transfer)).catch((e) => {
        pending.delete(n);
        reject(e); // what can't be handed over; where there is no worker, all are told
      });
    }),
    over: over.signal,
    end: () => ready.then(() => end('gone'), () => {}),
  };
  workers.set(options, hired);
  return hired;
};
