// The vault's worker. Which module it runs and for which provider is said as it starts, by the name of one that all tabs share, by the first message of one
// that is a tab's own, and nothing later can: script that comes into a page then can ask it for access tokens, and for nothing else.
import { carry } from './delegate.js';
import { complete, engine, load, locate, memory, register, same } from './engine.js';
import * as keys from './keys.js';

/** How long a session waits for a page when the last one has been closed, in milliseconds. */
const WAIT = 60000;

const shared = 'onconnect' in globalThis;
let config = shared && JSON.parse(globalThis.name), opened, on, ahead = 0;
/** What has changed is told to every tab; a message by its port would throw one out of the back/forward cache. */
const news = shared && new BroadcastChannel(globalThis.name);

const id = register({
  now: () => Date.now() + ahead,
  // No other page, and no other worker, has a copy of the session.
  alone: () => {},
  listen: () => {},
  tell: () => {
    if (shared) news.postMessage('{}'); // anybody may be listening, so what it is is said to who asks
  },
});

const run = async (verb, text) => {
  same(config.version === VERSION, 'postern.worker.js');
  let running;
  try {
    do {
      await load(undefined, config.integrity);
      running = await engine();
      if (running !== on) {
        on = running;
        opened = running.call(id, 'open', config.open);
      }
      await opened;
    } while (running.dead);
    return await running.call(id, verb, text);
  } catch (e) {
    if (e !== complete) throw e;
    await complete(running);
    return run(verb, text);
  }
};

locate((full) => (full ? config.full : config.module), { more: () => ({ ...keys, version: VERSION }) });

const pages = new Set();
let end;

/**
 * The browser may keep a worker whose pages are gone, for a reload to find, and for minutes. Who has closed the last of them wants the session gone, too.
 * The worker itself stays: a page that came just as it closed would wait for ever.
 */
const leave = (page) => {
  pages.delete(page);
  clearTimeout(end);
  if (!pages.size) end = setTimeout(memory.clear, WAIT);
};

const reply = async (page, n, answer) => {
  const { body } = answer;
  try {
    page.postMessage({ n, answer }, body ? [body] : []);
  } catch { // an engine that hands over no streams
    page.postMessage({ n, answer: await new Response(body).blob().then((whole) => ({ ...answer, body: whole }), () => ({})) });
  }
};

/** Answers to a page, by the way that its messages come. */
const serve = (page) => ({ data }) => {
  if (!config) {
    config = data;
    return;
  }
  const { n, call, gone, send } = data ?? {};
  if (gone) {
    leave(page);
    return;
  }
  if (typeof n !== 'number' || typeof call !== 'string' && !send) {
    page.postMessage({}); // a sign of life
    return;
  }
  pages.add(page);
  clearTimeout(end);
  if (Number.isFinite(data.ahead)) ahead = data.ahead;
  (send ? carry(send, (text) => run('bear', text)) : run('vault', call)).then((answer) => reply(page, n, answer))
    .catch(({ code, error_description: why }) => page.postMessage(code === 'wasm_unavailable' ? { n, error: 'absent', why } : { n, error: 'gone' }));
};

if (shared) addEventListener('connect', ({ ports: [page] }) => { page.onmessage = serve(page); });
else addEventListener('message', serve(globalThis));
