// The demo: starts Postern, finishes a sign-in that comes back, and keeps the page true to the session from then on.
import { AuthError, createClient, preload } from '/postern/postern.js';
import { onPress, wireActions } from '/actions.js';
import { wireDiagnose } from '/diagnose.js';
import { clearProblem, log, make, offerSignIn, showProblem, timeOf } from '/messages.js';
import { life, showClaims, showSession } from '/session.js';

const byId = (id) => document.getElementById(id);

const STORAGE_KEY = 'postern-demo.storage';
const LEEWAY = 10; // seconds; the tokens here live for a minute
const DEEP_LINK = '/orders/42?tab=invoice';

/** Where the user wants tokens to be. Browsers that block storage throw at the mere question. */
function chosenStorage() {
  try {
    return localStorage.getItem(STORAGE_KEY) || 'sessionstorage';
  } catch {
    return 'memory';
  }
}

function wireStorage(chosen) {
  for (const radio of document.querySelectorAll('input[name=storage]')) {
    radio.checked = radio.value === chosen;
    radio.addEventListener('change', () => {
      try {
        localStorage.setItem(STORAGE_KEY, radio.value);
        location.reload(); // where tokens live is decided when a client is made
      } catch {
        showProblem({ code: 'storage_unavailable', message: 'The browser keeps no data for this page, so memory is all there is.' });
      }
    });
  }
}

async function readConfig() {
  try {
    const response = await fetch('/config.json', { cache: 'no-store' });
    if (response.ok) return await response.json();
    throw new Error(`status ${response.status}`);
  } catch (error) {
    throw { code: 'config_unavailable', message: `config.json: ${error.message}` };
  }
}

function showUsers(users) {
  byId('users').replaceChildren(...users.map(({ username, password }) => make('li', {}, make('code', {}, username), ' with the password ', make('code', {}, password))));
}

/** Keeps the page true to the client. Everything the SDK has to say comes through these four events. */
function watch(client) {
  const refresh = async () => showClaims(await client.getIdTokenClaims());
  client.on('session', (session) => {
    showSession(session);
    refresh();
    log('session', [session.status, session.user?.name, `generation ${session.generation}`, session.storage].filter(Boolean).join(' · '));
  });
  client.on('token', (token) => log('token', `generation ${token.generation}, good until ${timeOf(token.expiresAt)}`));
  client.on('deadline', ({ kind, inSeconds }) => log('deadline', `${kind} in ${inSeconds} s`));
  client.on('warning', ({ code, message }) => {
    log('warning', `${code}: ${message}`);
    // A renewal that only failed is tried again; one that ended the session is news for the user, who may be looking at an older problem.
    if (code === 'renewal_failed' && client.session().status === 'signed-out' && !byId('problem-sign-in')) showProblem({ code, message });
  });
  showSession(client.session());
  refresh();
}

/** Finishes a sign-in if this page load is the provider's answer to one, and goes back to where it began. */
async function finishSignIn(client) {
  const query = new URLSearchParams(location.search);
  if (!(query.has('code') && query.has('state')) && !query.has('error')) return;
  const { appState } = await client.handleRedirectCallback();
  // The state is this app's own, but a value that leads elsewhere would still make a fine phishing link.
  const target = new URL(appState?.returnTo ?? '/', location.origin);
  if (target.origin === location.origin) history.replaceState(history.state, '', target);
  log('page', appState?.returnTo ? `signed in and back at ${appState.returnTo}` : 'signed in');
}

function wireSignIn(client) {
  // The page is on its way out when this resolves, so the button stays busy. Coming back through the history wakes it.
  const leave = async (options) => {
    const facts = byId('facts').textContent;
    byId('facts').textContent = 'Going to the provider…';
    try {
      await client.loginWithRedirect(options);
      await new Promise((resolve) => { addEventListener('pageshow', resolve, { once: true }); });
    } finally {
      byId('facts').textContent = facts;
    }
  };
  onPress('login', () => leave());
  onPress('deep-link', () => leave({ appState: { returnTo: DEEP_LINK } }));
  onPress('popup', async () => {
    await client.loginWithPopup();
    log('page', 'signed in in a popup');
  });
  onPress('logout', () => client.logout({ logoutParams: { returnTo: `${location.origin}/` } }));
  offerSignIn(() => byId('login').click());
  byId('login').disabled = byId('deep-link').disabled = byId('popup').disabled = false;
}

async function start() {
  const chosen = chosenStorage();
  wireStorage(chosen);
  const started = performance.now();
  preload().catch(() => {}); // beside the request for the configuration; createClient says what went wrong
  const config = await readConfig();
  showUsers(config.users);
  life.scale(config.accessTokenLifetimeSeconds, LEEWAY);
  const client = await createClient({
    issuer: config.issuer,
    clientId: config.clientId,
    authorizationParams: { scope: 'openid profile email read:messages', audience: config.audience },
    cacheLocation: chosen,
    popupRedirectUri: new URL('/postern/callback.html', location).href,
    silentRedirectUri: new URL('/postern/callback.html', location).href,
    leeway: LEEWAY,
    logger: () => {}, // warnings are in the log on this page
  });
  const ready = Math.round(performance.now() - started);
  log('page', `ready in ${ready} ms · ${client.session().user ? 'an earlier session restored' : 'no earlier session'}`);
  watch(client);
  wireSignIn(client);
  wireActions(client, config);
  wireDiagnose(client);
  clearProblem();
  try {
    await finishSignIn(client);
  } finally {
    // Not before: until then the address may hold a code.
    byId('route').textContent = location.pathname + location.search;
    byId('facts').textContent = `WebAssembly ready in ${ready} ms. Issuer ${config.issuer}, client ${config.clientId}.`;
  }
}

start().catch((error) => {
  // What isn't the SDK's or this page's own is a bug of this page, and belongs to the console too.
  if (!(error instanceof AuthError) && !error.code) console.error(error);
  if (byId('login').disabled) {
    byId('status').textContent = 'unavailable';
    byId('status').dataset.status = 'unavailable';
    byId('facts').textContent = 'The client could not be started.';
  }
  showProblem(error);
}).finally(() => document.querySelector('main').removeAttribute('aria-busy'));
