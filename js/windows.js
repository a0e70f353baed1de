// Windows beside the page: where the provider is asked while the page stays, and how the answer comes back.
//
// It comes through a BroadcastChannel, which only this origin can write to or read, named by the login's state, which only the page that asked and
// the provider know. So it works in a frame and in a popup alike, also where the provider's Cross-Origin-Opener-Policy cut the popup off.

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

/**
 * In a window that was opened for an answer, hands the address on, and never resolves once somebody has taken it: what the application would do in a
 * frame that nobody sees is start another login. Resolves everywhere else.
 */
const relay = async () => {
  const state = globalThis.document && new URLSearchParams(location.search).get('state');
  if (!state?.startsWith('~') || !globalThis.BroadcastChannel) return;
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

/** Resolves with the address that the answer for state came to. ask opens the window, may give up on it, and returns how to stop looking at it. */
const answer = (state, ms, ask) => {
  const channel = open(state);
  let over, stop;
  return new Promise((resolve, reject) => {
    over = setTimeout(reject, ms);
    channel.onmessage = ({ data }) => {
      channel.postMessage('');
      resolve(data);
    };
    stop = ask(reject);
  }).finally(() => {
    clearTimeout(over);
    stop?.();
    channel.close();
  });
};

/** Opens url in a hidden frame, which is removed whatever comes of it. */
export const frame = (id, url, state, ms) => answer(state, ms, (reject) => {
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
  return () => {
    clearTimeout(shown);
    element.remove();
  };
});

/**
 * Sends a popup to url. A provider's Cross-Origin-Opener-Policy makes it look closed while its user is busy in it, so it counts as closed only when
 * this page has the user's attention again, for long enough that an answer would have come.
 */
export const popup = (window, url, state, ms) => answer(state, ms, (reject) => {
  window.location = judged(url);
  let gone = 0;
  const watch = setInterval(() => {
    gone = window.closed && document.hasFocus() ? gone + 1 : 0;
    if (gone > 3) reject(Object.assign(new Error(), { name: 'closed' }));
  }, 200);
  return () => clearInterval(watch);
});
