// Windows beside the page: where the provider is asked while the page stays, and how the answer comes back.
//
// It comes from a page of the provider's own by postMessage, where the provider has response mode web_message and no page to hand it on was named; else
// from the page that the user is sent back to, through a BroadcastChannel, which only this origin can write to or read, named by the login's state, which only the page that asked and
// the provider know. So it works in a frame and in a popup alike, also where the provider's Cross-Origin-Opener-Policy cut the popup off.
import { ignored } from './trace.js';

const open = (state) => new BroadcastChannel(`postern:answer:${state}`);

/**
 * Returns an address that the user may be sent to. The module's rules have judged its text; the browser's own parser has to find the same origin in
 * it, since whoever makes the two disagree has the user, and an ID token, sent elsewhere.
 */
export const judged = (url) => {
  const { origin } = new URL(url);
  if (origin === new URL(/^[^:]*:..[^/?#]*/.exec(url)).origin && /^https:|^http:..((.*\.)?localhost|127\.0\.0\.1|.::1.)(:|$)/.test(origin)) return url;
  throw new Error(origin);
};

/** How long an answer may take to be taken, and a page that has loaded in the frame to go on to another by script, in milliseconds. */
const GRACE = 1500;

/** The login that an answer is for. In a signed one (JARM) the state stands within; who asked verifies it. */
const stateOf = (answer) => {
  try {
    return String(answer.get('state') ?? JSON.parse(atob(answer.get('response').split('.')[1].replace(/-/g, '+').replace(/_/g, '/'))).state);
  } catch { return ''; } // no answer at all
};

/**
 * In a window that was opened for an answer, hands the address on, and never resolves once somebody has taken it: what the application would do in a
 * frame that nobody sees is start another login. Resolves everywhere else.
 */
const relay = async () => {
  const state = globalThis.document && stateOf(new URLSearchParams(`${location.search}&${location.hash.slice(1)}`));
  if (!state || !state.startsWith('~') || !globalThis.BroadcastChannel) return;
  const channel = open(state);
  await new Promise((resolve) => {
    const nobody = setTimeout(resolve, GRACE);
    channel.onmessage = () => {
      clearTimeout(nobody);
      if (!opener) close(); // a popup that was cut off from the page that would close it
    };
    channel.postMessage(location.href);
  });
  channel.close();
};

export const relayed = relay();

/**
 * Resolves with the address that the answer for state came to, or one made of it. ask opens a window at url, may give up on it, and returns it, and how to
 * stop looking at it.
 */
const answer = (url, state, ms, ask) => {
  const { origin } = new URL(url);
  const channel = open(state);
  let over, stop, window, heard;
  return new Promise((resolve, reject) => {
    over = setTimeout(reject, ms);
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
    removeEventListener('message', heard);
    stop?.();
    channel.close();
  });
};

/** Opens url in a hidden frame, which is removed whatever comes of it. */
export const frame = (url, state, ms) => answer(url, state, ms, (reject) => {
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
export const popup = (window, url, state, ms) => answer(url, state, ms, (reject) => {
  window.location = judged(url);
  let gone = 0;
  const watch = setInterval(() => {
    gone = window.closed && document.hasFocus() ? gone + 1 : 0;
    if (gone > 3) reject(Object.assign(new Error(), { name: 'closed' }));
  }, 200);
  return [window, () => clearInterval(watch)];
});
