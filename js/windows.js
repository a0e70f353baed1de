// Windows beside the page: where the provider is asked while the page stays, and how the answer comes back.
//
// It comes from a page of the provider's own by postMessage, where the provider has response mode web_message and no page to hand it on was named; else
// from the page that the user is sent back to, through a BroadcastChannel, which only this origin can write to or read, named by the login's state, which only the page that asked and
// the provider know. So it works in a frame and in a popup alike, also where the provider's Cross-Origin-Opener-Policy cut the popup off.
import { answers, judged } from './address.js';

/** How long a page that has loaded in the frame may take to go on to another by script, in milliseconds. */
const GRACE = 1500;

/**
 * Resolves with the address that the answer for state came to, or one made of it. ask opens a window at url, may give up on it, and returns it, and how to
 * stop looking at it. ignored counts what wasn't heard; calls ends what a client is waiting for when it is closed.
 */
const answer = (ignored, calls, url, state, ms, ask) => {
  const { origin } = new URL(url);
  const channel = answers(state);
  let over, stop, window, heard, ended;
  return new Promise((resolve, reject) => {
    over = setTimeout(reject, ms);
    calls.add(ended = reject);
    channel.onmessage = ({ data }) => {
      channel.postMessage('');
      resolve(data);
    };
    [window, stop] = ask(reject);
    // Every page may post to this one. Whoever isn't the provider, in the window that was opened for this login, isn't heard (RFC 9700 section 4.17).
    heard = ({ origin: from, source, data }) => {
      const wrong = from !== origin ? 'origin' : source !== window ? 'window'
        : data?.type !== 'authorization_response' || data.response?.state !== state ? 'login' : '';
      if (wrong) ignored[wrong]++;
      else resolve(`?${new URLSearchParams(data.response)}`);
    };
    addEventListener('message', heard);
  }).finally(() => {
    clearTimeout(over);
    calls.delete(ended);
    removeEventListener('message', heard);
    stop?.();
    channel.close();
  });
};

/** Opens url in a hidden frame, which is removed whatever comes of it. */
export const frame = (ignored, calls, url, state, ms) => answer(ignored, calls, url, state, ms, (reject) => {
  const element = document.createElement('iframe');
  let shown;
  // A page that stays is the provider's, or the browser's in the place of one that it may not show.
  element.onload = () => {
    clearTimeout(shown);
    shown = setTimeout(reject, GRACE);
  };
  element.hidden = true;
  element.src = judged(url);
  document.documentElement.append(element); // a page that is still loading has no body yet
  return [element.contentWindow, () => {
    clearTimeout(shown);
    element.remove();
  }];
});

/**
 * Sends a popup to url. A provider's Cross-Origin-Opener-Policy makes it look closed while its user is busy in it, so it counts as closed only when
 * this page has the user's attention again, for long enough that an answer would have come.
 */
export const popup = (window, ignored, calls, url, state, ms) => answer(ignored, calls, url, state, ms, (reject) => {
  window.location = judged(url);
  let gone = 0;
  const watch = setInterval(() => {
    gone = window.closed && document.hasFocus() ? gone + 1 : 0;
    if (gone > 3) reject(Object.assign(new Error(), { name: 'closed' }));
  }, 200);
  return [window, () => clearInterval(watch)];
});
