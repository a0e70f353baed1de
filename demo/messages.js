// What the page tells its user: the panel for what went wrong, and the log of what happened. It imports nothing, so it also works where
// the SDK can't be loaded.

const byId = (id) => document.getElementById(id);

/** Makes an element. Text stays text: this page's policy forbids innerHTML, and user names and server messages go through here. */
export const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};

/** What a user can do about an error, by the SDK's closed set of codes. `again` offers to sign in. */
const ADVICE = {
  access_denied: { title: 'Sign-in was cancelled', advice: 'You said no at the provider, and nothing was shared. Sign in whenever you like.', again: true },
  session_revoked: { title: 'Your session was ended', advice: 'The provider no longer accepts this session. Sign in again to go on.', again: true },
  session_expired: { title: 'Your session has ended', advice: 'It reached the end of its life. Sign in again to go on.', again: true },
  login_required: { title: 'Please sign in', advice: 'There is no session that could be renewed. Sign in to go on.', again: true },
  state_mismatch: { title: 'That sign-in was not started here', advice: 'The link was opened in another tab, or is an old one. Start again from here.', again: true },
  transaction_expired: { title: 'That sign-in took too long', advice: 'A sign-in waits for ten minutes. Start again.', again: true },
  callback_invalid: { title: 'The answer made no sense', advice: 'The address is not one that the provider sends. Start again.', again: true },
  callback_replayed: { title: 'That answer was used before', advice: 'Reloading an old answer does nothing, which is on purpose. Start again.', again: true },
  network: { title: 'The provider can’t be reached', advice: 'Check the connection and try again. You stay signed in.' },
  timeout: { title: 'The provider took too long', advice: 'Try again in a moment. You stay signed in.' },
  token_endpoint_error: { title: 'The provider refused this time', advice: 'If it is only busy, the next try succeeds. You stay signed in.' },
  rate_limited: { title: 'Too many requests', advice: 'The provider asks for a pause. Try again in a minute.' },
  discovery_failed: { title: 'The provider can’t be found', advice: 'Is the demo server running? Start it with “go run ./tools/serve”, then reload.' },
  wasm_unavailable: { title: 'The module didn’t load', advice: 'Build the SDK with “go run ./tools/pack”, then reload.' },
  insecure_context: { title: 'This address is not secure', advice: 'Browsers allow sign-in on https and on localhost only. Open the page there.' },
  storage_unavailable: { title: 'Storage is blocked', advice: 'Choose “Memory” below, or allow site data for this page.' },
  renewal_failed: { title: 'Your session was ended', advice: 'A renewal in the background was refused. Sign in again to go on.', again: true },
  config_unavailable: { title: 'The demo server doesn’t answer', advice: 'Start it with “go run ./tools/serve”, then reload.' },
};

let signIn; // set by the page once it can
let focused; // what had the focus before the panel came

/** Names the function behind the panel's “Sign in again”. */
export const offerSignIn = (f) => { signIn = f; };

export function clearProblem() {
  const panel = byId('problem');
  panel.hidden = true;
  panel.replaceChildren();
}

/** Shows an error: what happened in plain words, the code to look up, what the SDK says and what to do. */
export function showProblem({ code: given, error, error_description: description, message, retryable }) {
  const code = typeof given === 'string' ? given : 'internal'; // a DOMException's code is a number
  const known = ADVICE[code] ?? { title: 'That didn’t work', advice: retryable ? 'Try again in a moment.' : 'Reload the page. If it happens again, look the code up in the documentation.' };
  const codes = error && error !== code ? `${code} (the server said ${error})` : code;
  const dismiss = make('button', { type: 'button', class: 'small', id: 'problem-dismiss' }, 'Dismiss');
  dismiss.addEventListener('click', () => {
    clearProblem();
    focused?.focus();
  });
  const buttons = make('div', { class: 'buttons' });
  if (known.again && signIn) {
    const again = make('button', { type: 'button', class: 'small', id: 'problem-sign-in' }, 'Sign in again');
    again.addEventListener('click', signIn);
    buttons.append(again);
  }
  buttons.append(dismiss);
  if (!byId('problem').contains(document.activeElement)) focused = document.activeElement;
  byId('problem').replaceChildren(
    make('div', {},
      make('h2', {}, known.title),
      make('p', { class: 'advice' }, known.advice),
      make('p', { class: 'detail' }, make('code', { id: 'problem-code' }, codes), ' ', make('span', { id: 'problem-description' }, description || message || ''))),
    buttons,
  );
  byId('problem').hidden = false;
}

const MOST_ENTRIES = 200; // a tab that is left open renews for days

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 1 });
/** Time of day, to the second unless `precise`. */
export const timeOf = (ms, precise = false) => (precise ? clock.format(ms) : clock.format(ms).replace(/[.,]\d$/, ''));

/** Adds an entry on top of the log. kind is an event of the SDK, or "page" for what this page did itself. */
export function log(kind, text) {
  const now = Date.now();
  const list = byId('events').querySelector('ol');
  list.prepend(make('li', { 'data-event': kind },
    make('time', { datetime: new Date(now).toISOString() }, timeOf(now, true)), ' ', make('b', {}, kind), ' ', make('span', {}, text)));
  while (list.children.length > MOST_ENTRIES) list.lastElementChild.remove();
}

byId('clear-events').addEventListener('click', () => byId('events').querySelector('ol').replaceChildren());

// A static import that fails leaves no code to catch it, only this event on its script.
byId('app').addEventListener('error', () => {
  byId('status').textContent = 'unavailable';
  byId('status').dataset.status = 'unavailable';
  byId('facts').textContent = 'The SDK could not be loaded.';
  document.querySelector('main').removeAttribute('aria-busy');
  showProblem({ code: 'wasm_unavailable', message: 'The SDK’s script is not at /postern/postern.js.' });
});
