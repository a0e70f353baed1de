// Windows beside the page: where the provider is asked while the page stays, and how the answer comes back.
//
// It comes through a BroadcastChannel, which only this origin can write to or read, named by the login's state, which only the page that asked and
// the provider know. So it works in a frame and in a popup alike, also where the provider's Cross-Origin-Opener-Policy cut the popup off.

const open = (state) => new BroadcastChannel(`postern:answer:${state}`);

/** How long an answer may take to be taken, and a page that has loaded in the frame to go on to another by script. */
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
    channel.onmessage = () => { clearTimeout(nobody); };
    channel.postMessage(location.href);
  });
  channel.close();
};

export const relayed = relay();

/** Opens url in a hidden frame and resolves with the address that the answer for state came to. The frame is removed whatever comes of it. */
export const frame = (url, state, ms) => {
  const channel = open(state), element = document.createElement('iframe');
  let over, shown;
  return new Promise((resolve, reject) => {
    over = setTimeout(reject, ms);
    channel.onmessage = ({ data }) => {
      channel.postMessage('');
      resolve(data);
    };
    // A page that stays is the provider's, or the browser's in the place of one that it may not show.
    element.onload = () => {
      clearTimeout(shown);
      shown = setTimeout(reject, GRACE);
    };
    element.hidden = true;
    element.src = url;
    document.body.append(element);
  }).finally(() => {
    clearTimeout(over);
    clearTimeout(shown);
    channel.close();
    element.remove();
  });
};
