// The vault's worker. Its first message says which module to run and for which provider, and no other can: script that comes into the page later can ask it
// for access tokens, and for nothing else.
import { carry } from './delegate.js';
import { complete, engine, locate, register } from './engine.js';

let config, opened, on, ahead = 0;

const id = register({
  now: () => Date.now() + ahead,
  alone: () => postMessage({ lonely: true }),
  // Each tab's worker has a session of its own, of which no other page has a copy.
  listen: () => {},
  tell: () => false,
});

const run = async (verb, text) => {
  let running;
  try {
    do {
      running = await engine(config.module);
      if (running !== on) {
        on = running;
        opened = running.call(id, 'open', config.open);
      }
      await opened;
    } while (running.dead);
    return await running.call(id, verb, text);
  } catch (e) {
    if (e !== complete) throw e;
    complete(running);
    return run(verb, text);
  }
};

const reply = async (n, answer) => {
  const { body } = answer;
  try {
    postMessage({ n, answer }, body ? [body] : []);
  } catch { // an engine that hands over no streams
    postMessage({ n, answer: await new Response(body).blob().then((whole) => ({ ...answer, body: whole }), () => ({})) });
  }
};

locate(() => config.full);

addEventListener('message', ({ data }) => {
  if (!config) {
    config = data;
    return;
  }
  const { n, call, send } = data ?? {};
  if (typeof n !== 'number' || typeof call !== 'string' && !send) {
    postMessage({}); // a sign of life
    return;
  }
  if (Number.isFinite(data.ahead)) ahead = data.ahead;
  (send ? carry(send, (text) => run('bear', text)) : run('vault', call)).then((answer) => reply(n, answer)).catch(() => postMessage({ n, error: true }));
});
