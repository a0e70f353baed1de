// Waiting that can be given up, and addresses as fetch reads them.
import { fail } from './errors.js';

/** Resolves as what start begins does, or rejects when signal aborts or the time is up; the work goes on for whoever else waits for it. */
export const abandonable = async (start, signal, seconds) => {
  const aborted = () => fail('aborted', 'the wait was aborted', signal.reason);
  if (signal?.aborted) throw aborted();
  const promise = start();
  if (!signal && !seconds) return promise;
  let stop, timer;
  return Promise.race([promise, new Promise((_, reject) => {
    stop = () => reject(aborted());
    signal?.addEventListener('abort', stop);
    if (seconds) timer = setTimeout(() => reject(fail('timeout', `no token within ${seconds} seconds; the renewal goes on`, undefined, true)), seconds * 1000);
  })]).finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  });
};

export const absolute = (url) => {
  try {
    return new URL(url, document.baseURI); // as fetch reads it
  } catch (e) {
    throw fail('config_invalid', `${url} is no URL`, e);
  }
};
