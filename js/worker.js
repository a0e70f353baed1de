// The vault's worker. Its first message says which module to run and for which provider, and no other can: script that comes into the page later can ask it
// for access tokens, and for nothing else.
import { complete, engine, locate, register } from './engine.js';

let config, opened, on, ahead = 0;

const id = register({
  now: () => Date.now() + ahead,
  alone: () => postMessage({ lonely: true }),
  // Each tab's worker has a session of its own, of which no other page has a copy.
  listen: () => {},
  tell: () => false,
});

const answer = async (call) => {
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
    return await running.call(id, 'vault', call);
  } catch (e) {
    if (e !== complete) throw e;
    complete(running);
    return answer(call);
  }
};

locate(() => config.full);

addEventListener('message', ({ data }) => {
  if (!config) {
    config = data;
    return;
  }
  const { n, call } = data ?? {};
  if (typeof n !== 'number' || typeof call !== 'string') {
    postMessage({}); // a sign of life
    return;
  }
  if (Number.isFinite(data.ahead)) ahead = data.ahead;
  answer(call).then((text) => postMessage({ n, answer: text }), () => postMessage({ n, error: true }));
});
