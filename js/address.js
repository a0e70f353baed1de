// Where the user is sent to, and where it is heard of that they are back.

/**
 * Returns an address that the user may be sent to. The module's rules have judged its text; the browser's own parser has to find the same origin in
 * it, since whoever makes the two disagree has the user, and an ID token, sent elsewhere.
 */
export const judged = (url) => {
  const { origin } = new URL(url);
  if (origin === new URL(/^[^:]*:..[^/?#]*/.exec(url)).origin && /^https:|^http:..((.*\.)?localhost|127\.0\.0\.1|.::1.)(:|$)/.test(origin)) return url;
  throw new Error(origin);
};

/** Of the pages of this origin, which alone can write to a BroadcastChannel or read it, only the one that asked knows the state that names this one. */
export const answers = (state) => new BroadcastChannel(`postern:answer:${state}`);
