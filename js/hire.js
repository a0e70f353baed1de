// The page's end of the vault's worker: there the refresh token is out of reach of script that was injected into the page.

let located;

/** Says where the worker's script is when nobody else does: beside this one. */
export const locateWorker = (url) => { located = url; };

let policy;

/** Trusted Types let no text start a worker. The address is the package's own or the application's, never one that came from outside. */
const trusted = (url) => {
  policy ??= (globalThis.trustedTypes ?? { createPolicy: (_, rules) => rules }).createPolicy('postern', { createScriptURL: (text) => text });
  return policy.createScriptURL(`${url}`);
};

/** The workers of this page, by their options: clients with the same ones share a session. */
const workers = new Map();

const named = (name) => Object.assign(new Error(), { name });

/** Returns the worker for these options. module is a promise; alone is called where the worker can't keep other tabs out. */
export const hire = (options, url, module, alone) => {
  const there = workers.get(options);
  if (there) return there;
  const pending = new Map();
  let worker, next = 1, started = false;
  const end = (name) => {
    workers.delete(options);
    worker?.terminate();
    for (const { reject } of pending.values()) reject(named(name));
    pending.clear();
  };
  const ready = module.then((compiled) => {
    worker = new Worker(trusted(url || located), { type: 'module', name: 'postern' });
    worker.onerror = () => end(started ? 'gone' : 'absent');
    worker.onmessage = ({ data: { n, answer, error } }) => {
      started = true;
      if (!n) return alone();
      const { resolve, reject } = pending.get(n) ?? {};
      pending.delete(n);
      if (error) reject?.(named('gone'));
      else resolve?.(answer);
    };
    worker.postMessage({ module: compiled, open: `${location.origin} ${options}` });
  });
  ready.catch(() => end('absent'));
  const hired = {
    call: (call, ahead) => new Promise((resolve, reject) => {
      const n = next++;
      pending.set(n, { resolve, reject });
      ready.then(() => worker.postMessage({ n, call, ahead }), () => reject(named('absent')));
    }),
    end: () => end('gone'),
  };
  workers.set(options, hired);
  return hired;
};
