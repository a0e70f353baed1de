// The page's end of the vault's worker: there the refresh token is out of reach of script that was injected into the page.

/** How many seconds a worker may be silent while somebody waits for it: nothing tells of one that is gone. */
const PATIENCE = 5;

/** The workers of this page, by their options: clients with the same ones share a session. */
const workers = new Map();

const named = (name, message) => Object.assign(new Error(message), { name });

const ABSENT = "it doesn't start: serve postern.worker.js beside the script or set workerUrl, allow it in the Content-Security-Policy (worker-src), or set useWorker " +
  'to false';

/**
 * Returns the worker for these options, which may be one for all tabs of the origin. What such a one is to do stands in its name: whoever finds it there has
 * asked for the same, in this version's words. No compiled module can be handed to it, so it fetches its own, as source says; where it has no address,
 * they go to a worker of this tab, which is handed what runs here: module brings that. start starts a worker of a kind and name.
 */
export const hire = (options, start, source, module) => {
  if (workers.has(options)) return workers.get(options);
  const pending = new Map(), over = new AbortController();
  const open = `${location.origin} ${options}`, what = { version: VERSION, ...source, open };
  const name = typeof source.module === 'string' && JSON.stringify(what);
  let hand, port, watch, next = 1, started = false, silence = 0;
  try {
    hand = name && start(name, SharedWorker);
  } catch { /* the browser has none, or none for who may store nothing */ }
  const news = hand && name;

  const end = (...why) => {
    workers.delete(options);
    clearInterval(watch);
    hand?.terminate?.();
    if (!started) hand?.port?.close(); // one that was only slow counts this page still, and has to hear when it goes
    for (const { reject } of pending.values()) reject(named(...why));
    pending.clear();
    over.abort();
  };
  const look = () => {
    if (!pending.size) {
      clearInterval(watch);
      watch = undefined;
    } else if (started && ++silence > PATIENCE) end('gone');
    else port?.postMessage({});
  };
  const ready = module().then((handed) => {
    hand ??= start('postern', Worker);
    port = hand.port ?? hand;
    hand.onerror = () => { if (!started) end('absent', ABSENT); };
    port.onmessage = ({ data: { n, answer, error, why } }) => {
      started = true;
      silence = 0;
      const call = pending.get(n);
      pending.delete(n);
      if (error) call?.reject(named(error, why));
      else call?.resolve(answer);
    };
    if (news) addEventListener('pagehide', ({ persisted }) => { if (!persisted) port.postMessage({ gone: true }); });
    else port.postMessage({ ...what, ...handed });
  });
  ready.catch((e) => end('absent', e.error_description ?? ABSENT));

  const hired = {
    /** The channel on which a shared worker tells that something has changed. */
    news,
    ask: async (message, transfer = []) => new Promise((resolve, reject) => {
      pending.set(next, { resolve, reject });
      silence = 0;
      watch ??= setInterval(look, 1000);
      const n = next++;
      ready.then(() => port.postMessage({ n, ...message }, transfer)).catch((e) => {
        pending.delete(n);
        reject(e); // what can't be handed over; where there is no worker, all are told
      });
    }),
    over: over.signal,
    /** Stops a worker that is this page's own, unless it has something to do: a login that a closed client began may be another's, too. */
    end: () => ready.then(() => { if (hand === port && !pending.size) end('gone'); }, () => {}),
  };
  workers.set(options, hired);
  return hired;
};
