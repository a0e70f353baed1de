// The page that the provider sends the user back to, in a window that was opened for that: it hands the address on.
import { answers } from './address.js';

/** How long an answer may take to be taken, in milliseconds. */
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
  const channel = answers(state);
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
