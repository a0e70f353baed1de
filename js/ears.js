// What a client hears of its page and of other pages, and what it tells those.
import { ignored } from './trace.js';

/** hint tells the module what was heard. */
export const ears = (cacheLocation, hint) => {
  let name, channel, ends, closing, closed;

  const open = (to, verb) => {
    if (!to || !globalThis.BroadcastChannel) return undefined;
    const opened = new BroadcastChannel(to);
    opened.onmessage = ({ data }) => {
      if (typeof data === 'string') hint(verb, data);
      else ignored.form++;
    };
    return opened;
  };

  /**
   * Listens to the other pages; an open channel would keep a page out of the back/forward cache, so a hidden page has none. Nor has a closed client, for
   * whom the module may still finish something.
   */
  const hear = (to = closing || closed ? undefined : name) => {
    channel?.close();
    channel = open(to, 'heard');
  };

  /** The same for frontchannel.html, which doesn't know where a session is. */
  const attend = (there) => {
    ends?.close();
    ends = open(there && 'postern:frontchannel', 'frontchannel');
  };

  const wake = ({ type }) => {
    if (type === 'pagehide' || type === 'pageshow') {
      closing = type === 'pagehide';
      hear();
      attend(!closing);
    }
    // What a page asks on its way out, it would be answered in the back/forward cache, and be thrown out for it.
    if (!closing) hint('wake', type);
  };

  /** Another tab's write to localStorage has arrived; a key of null says that all was cleared. */
  const stored = ({ key }) => { if (!key || key.startsWith('postern:session:')) hint('heard'); };

  const attach = (verb) => {
    // A timer is late after sleep and throttled in the background, so the moments at which a page comes back are heard too.
    for (const event of ['online', 'offline', 'pageshow', 'pagehide', 'focus']) globalThis[verb](event, wake);
    for (const event of ['visibilitychange', 'resume']) document[verb](event, wake);
    if (cacheLocation === 'localstorage') globalThis[verb]('storage', stored);
  };

  return {
    wake: (type) => wake({ type }),

    start() {
      attend(true);
      attach('addEventListener');
    },

    /** The pages that have the same session speak under this name. */
    listen(to) {
      if (!to || to === name) return;
      name = to;
      hear();
    },

    /**
     * A page that is being closed, or has closed its client, has no channel any more, and may just now get the token that its siblings need.
     * Tells whether the page is about to go, and they may not be told.
     */
    tell(text) {
      const heard = channel;
      if (!heard) hear(name);
      channel?.postMessage(text);
      if (!heard) hear();
      return closing;
    },

    close() {
      closed = true;
      hear();
      attend(false);
      if (globalThis.document) attach('removeEventListener');
    },
  };
};
