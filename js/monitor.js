// monitorSession: is the user still signed in at the provider? A hidden frame of the provider's (check_session_iframe) knows, and is asked while
// the page is seen; nothing goes over the network for that (OpenID Connect Session Management 1.0 section 3). A file of its own, which the loader
// fetches where the option is on.

export const version = VERSION;

const EVERY = 2000;
/** How long to leave a provider alone that couldn't be asked, or whose answer changed nothing. */
const PAUSE = 60000;

/**
 * call runs a verb of the module, warn tells a warning. The state of the provider's session is kept beside the session itself. It is no secret, and
 * one that is out of date costs a question and no more.
 *
 * A browser that hides the provider's cookies from frames makes its frame say "changed" for ever, and a silent sign-in say that nobody is there:
 * whoever believed that would sign every user out. So "changed" counts once "unchanged" has been heard for the same state.
 */
export const monitor = (client, where, call, warn) => {
  const { issuer, clientId } = client.getConfiguration();
  const key = `postern:monitor:${encodeURIComponent(issuer)}:${encodeURIComponent(clientId)}`;
  let memory, frame, origin, timer, asking, stopped = false;

  const read = () => {
    try { memory = JSON.parse(globalThis[where].getItem(key)) ?? memory; } catch { /* blocked, or not there */ }
    return memory ?? {};
  };
  const write = (next) => {
    memory = next;
    try { globalThis[where].setItem(key, JSON.stringify(next)); } catch { /* the same */ }
  };

  const seen = () => document.visibilityState !== 'hidden';
  const rest = () => {
    clearInterval(timer);
    timer = undefined;
  };
  const end = () => {
    rest();
    frame?.remove();
    frame = undefined;
  };

  const ask = () => {
    const { state } = read();
    if (state && !asking) frame.contentWindow.postMessage(`${clientId} ${state}`, origin);
  };

  const hear = async ({ source, origin: from, data }) => {
    if (!frame || source !== frame.contentWindow || from !== origin) return;
    const { state, known } = read();
    if (data === 'unchanged') {
      if (!known) write({ state, known: true });
    } else if (data === 'error') {
      stop(); // what was asked was no question, and must not become another (section 3.1)
    } else if (data === 'changed' && !asking) {
      if (!known) {
        stop();
        warn('third_party_cookies_blocked', "the provider's frame doesn't see its session: the browser hides its cookies, so monitorSession can't work here");
        return;
      }
      asking = true;
      const failed = await call('recheck').then(() => false, () => true); // what came of it is the session's to tell
      asking = false;
      if (frame && (failed || read().state === state)) {
        rest();
        timer = setTimeout(wake, PAUSE);
      }
    }
  };

  const begin = async () => {
    if (stopped) return;
    if (client.session().status === 'signed-out') {
      if (frame) write({});
      end();
      return;
    }
    if (!frame) {
      const url = await call('monitor').catch(() => {}); // without metadata there will be another event
      if (!url || frame || stopped) return;
      ({ origin } = new URL(url));
      frame = document.createElement('iframe');
      frame.hidden = true;
      frame.onload = wake;
      frame.src = url;
      document.documentElement.append(frame);
    }
  };

  function wake() {
    rest();
    if (!frame || !seen()) return;
    ask();
    timer = setInterval(ask, EVERY);
  }

  function stop() {
    stopped = true;
    end();
    removeEventListener('message', hear);
    document.removeEventListener('visibilitychange', wake);
    unlisten();
  }

  addEventListener('message', hear);
  document.addEventListener('visibilitychange', wake);
  const unlisten = client.on('session', begin);
  begin();

  return {
    /** An authorization response has come to this address, or in a message, as a query. */
    answered: (address) => {
      const { searchParams, hash } = new URL(address, location.href);
      const state = searchParams.get('session_state') ?? new URLSearchParams(hash.slice(1)).get('session_state');
      if (state && state !== read().state) write({ state, known: false });
    },
    stop,
  };
};
