// What a client tells the page.
import { fail } from './errors.js';
import { trace } from './trace.js';

const EVENTS = ['session', 'token', 'deadline', 'warning'];
/** Events that are told again only when they say something else, and warnings that are told once. */
const ONCE = /^(session|token|clock_skew|storage_degraded|locks_unavailable)$/;

const freeze = (value) => {
  if (value && typeof value === 'object') Object.values(Object.freeze(value)).forEach(freeze);
  return value;
};

/** number is the client's in the trace, which it gets after this. */
export const events = (logger, number, storage) => {
  const listeners = Object.fromEntries(EVENTS.map((name) => [name, new Set()])), told = {};
  const log = (level, code, message) => {
    if (logger) queueMicrotask(() => logger({ level, code, message }));
    else if (level === 'warn' || level === 'error') console[level](`postern: ${code}: ${message}`);
  };

  const receive = (name, json) => {
    const detail = freeze(JSON.parse(json)), { code = name } = detail;
    // A new instance of the module tells what the one before has told.
    if (ONCE.test(code)) {
      const was = told[code];
      if (was === json || (was && code !== name)) return;
      told[code] = json;
    }
    if (name === 'session') self.snapshot = detail;
    trace(number(), 'told', name, detail.code || detail.status || detail.kind || '');
    if (name === 'warning') log('warn', detail.code, detail.message);
    // Later, so that a listener may call the client: the module is still in the call that brought the event.
    for (const listener of listeners[name]) queueMicrotask(() => listener(detail));
  };

  const self = {
    log,
    receive,
    warn: (code, message) => receive('warning', JSON.stringify({ code, message })),
    snapshot: freeze({ status: 'signed-out', deadlines: {}, clockSkewSeconds: 0, generation: 0, storage }),

    on(event, listener) {
      if (!EVENTS.includes(event)) throw fail('config_invalid', `there is no event ${event}; there are ${EVENTS.join(', ')}`);
      listeners[event].add(listener);
      return () => { listeners[event].delete(listener); };
    },

    close() { for (const set of Object.values(listeners)) set.clear(); },
  };
  return self;
};
