// What the session looks like: the person, the ID token, the life of the access token and the generation of its family. It only draws;
// app.js decides when.
import { make, timeOf } from '/messages.js';

const byId = (id) => document.getElementById(id);
const calm = matchMedia('(prefers-reduced-motion: reduce)');

const WORDS = { 'signed-in': 'signed in', 'signed-out': 'signed out', offline: 'signed in, offline', recovering: 'signed in, provider in trouble' };

/** Draws a snapshot of client.session(). */
export function showSession(session) {
  const signedIn = Boolean(session.user);
  const focused = document.activeElement;
  byId('status').textContent = WORDS[session.status] ?? session.status;
  byId('status').dataset.status = session.status;
  byId('login').hidden = signedIn;
  byId('logout').hidden = !signedIn;
  // Hidden and not gone: the buttons beside it stay where they are.
  byId('deep-link').classList.toggle('away', signedIn);
  byId('popup').classList.toggle('away', signedIn);
  byId('nobody').classList.toggle('away', signedIn);
  byId('somebody').classList.toggle('away', !signedIn);
  for (const id of ['renew', 'call-api']) byId(id).disabled = !signedIn;
  // A button that goes takes the focus along, and whoever uses the keyboard would begin at the top of the page again.
  if (focused?.disabled || !focused?.checkVisibility({ visibilityProperty: true })) byId(signedIn ? 'logout' : 'login').focus();
  showUser(session.user ?? {});
  showGeneration(session.generation);
  life.show(session.expiresAt);
}

function showUser({ name = '', email = '', sub = '', picture = '' }) {
  byId('user-name').textContent = name || sub;
  byId('user-email').textContent = email;
  byId('user-sub').textContent = sub;
  byId('user-initial').textContent = [...(name || sub)][0]?.toUpperCase() ?? '';
  const image = byId('user-picture');
  // The picture is whatever the provider says; this keeps it an image. The initial stays under it in case it doesn't load.
  const usable = /^(https:|data:image\/)/.test(picture);
  image.hidden = !usable;
  if (usable && image.src !== picture) image.src = picture;
}
byId('user-picture').addEventListener('error', (e) => { e.target.hidden = true; });

/** The number of rotations is the one sign of a renewal that a user would never see, so it is made to be seen. */
function showGeneration(generation) {
  const figure = byId('generation');
  const before = Number(figure.textContent);
  figure.textContent = generation;
  if (calm.matches || generation <= before || before === 0) return;
  figure.animate([{ transform: 'translateY(.5em) scale(.9)', opacity: 0 }, { transform: 'none', opacity: 1 }], { duration: 500, easing: 'cubic-bezier(.2, 1.4, .4, 1)' });
  byId('generation').closest('.generation').animate([{ backgroundColor: 'var(--glow)' }, { backgroundColor: 'transparent' }], { duration: 1400, easing: 'ease-out' });
}

/** The bar: it drains second by second, and each second glides into the next by a transition in the style sheet. */
export const life = {
  total: 60,
  expiresAt: undefined,
  drawn: null, // the second on show; undefined when there is no token, null when it has to be drawn anew

  /** Says how long a token lives and how long before its end it is renewed, in seconds. */
  scale(total, leeway) {
    this.total = total;
    byId('token-total').textContent = ` of ${total} s`;
    byId('token-bar').setAttribute('aria-valuemax', total);
    byId('leeway-note').textContent = `renewed with ${leeway} s left`;
    byId('token-bar').parentElement.style.setProperty('--leeway', leeway / total);
    setInterval(() => this.tick(), 200);
  },

  show(expiresAt) {
    // A refill is quick, so it must not take the second that draining takes.
    if (expiresAt !== this.expiresAt) byId('token-bar').classList.add('refill');
    this.expiresAt = expiresAt;
    this.drawn = null;
    this.tick();
    byId('token-seconds').closest('.gauge').classList.toggle('none', !expiresAt);
    byId('life-note').textContent = expiresAt
      ? `Good until ${timeOf(expiresAt)}. Postern renews it in the background, while you see this page.`
      : 'Sign in, then watch: Postern renews in the background, shortly before the end.';
  },

  tick() {
    const left = this.expiresAt ? Math.min(this.total, Math.max(0, Math.ceil((this.expiresAt - Date.now()) / 1000))) : undefined;
    if (left === this.drawn) return;
    const bar = byId('token-bar');
    const refilled = this.drawn === null;
    this.drawn = left;
    byId('token-seconds').textContent = left ?? '–';
    bar.setAttribute('aria-valuenow', left ?? 0);
    bar.setAttribute('aria-valuetext', left === undefined ? 'no token' : `${left} seconds left of ${this.total}`);
    bar.dataset.low = left !== undefined && left / this.total < 0.1;
    if (!refilled) bar.classList.remove('refill');
    // Where the bar will be when this second is over.
    const end = refilled || calm.matches ? left ?? 0 : Math.max(0, left - 1);
    bar.firstElementChild.style.transform = `scaleX(${end / this.total})`;
  },
};

/** Draws the claims, and the token itself only while somebody has asked for it: it says who the user is. */
export function showClaims(claims) {
  const { __raw: raw = '', ...rest } = claims ?? {};
  showJSON(byId('claims'), claims && rest, 'Sign in to see what the provider says of you.');
  const panel = byId('raw-panel');
  panel.ontoggle = () => { byId('raw').textContent = panel.open ? raw || 'There is none.' : ''; };
  panel.ontoggle();
}

const TIMES = ['exp', 'iat', 'nbf', 'auth_time', 'updated_at'];
const LONG = 60; // a picture in a data: URL would fill the panel

/** Writes JSON in colours. Times get their hour as a note that the style sheet adds, so that the text stays JSON. */
export function showJSON(target, value, otherwise = '') {
  target.classList.toggle('empty', value === undefined);
  if (value === undefined) {
    target.textContent = otherwise;
    return;
  }
  const lines = JSON.stringify(value, (_, v) => (typeof v === 'string' && v.length > LONG ? `${v.slice(0, LONG)}…` : v), 2).split('\n');
  target.replaceChildren(...lines.map((line) => {
    const [, indent, key, rest, comma] = /^(\s*)(?:("(?:[^"\\]|\\.)*")(?:: ))?(.*?)(,?)$/.exec(line);
    const kind = rest.startsWith('"') ? 'string' : /^[\d-]/.test(rest) ? 'number' : /^[a-z]/.test(rest) ? 'word' : 'bracket';
    const shown = make('span', { class: kind }, rest);
    const note = kind === 'number' && TIMES.includes(key?.slice(1, -1)) ? make('span', { class: 'note', 'data-note': timeOf(Number(rest) * 1000) }) : '';
    return make('span', { class: 'line' }, indent, ...(key ? [make('span', { class: 'key' }, key), ': '] : []), shown, comma, note, '\n');
  }));
}
