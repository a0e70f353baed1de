// diagnose(): why sign-in doesn't work here, in sentences that say what to change. A file of its own, which the loader fetches when it is first
// asked: few pages need it, and it needs no module, since that may be what can't start.
//
// A finding isn't ok where this client, with its options, will fail or is worse off. What it can do without is told, and is ok.
import { lock, note, noted } from './pages.js';
import { found, PATIENCE, provider, shown } from './reach.js';

export const version = VERSION;

/** Seconds by which clocks may differ when an ID token is judged. */
const TOLERANCE = 60;

const within = (promise) => new Promise((resolve, reject) => {
  setTimeout(reject, PATIENCE, new Error(`no answer within ${PATIENCE / 1000} seconds`));
  promise.then(resolve, reject);
});

const secure = () => (globalThis.isSecureContext
  ? found('secure-context', true, 'The page is served securely.')
  : found('secure-context', false, 'The page is served over http, where browsers have no WebCrypto.', 'Serve it over https, or from localhost.'));

const wasm = () => {
  try {
    new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)); // the smallest there is
    return found('wasm', true, 'WebAssembly can be compiled.');
  } catch (e) {
    return globalThis.WebAssembly
      ? found('wasm', false, `WebAssembly can't be compiled (${e.name}).`, "Add 'wasm-unsafe-eval' to script-src in the Content-Security-Policy.")
      : found('wasm', false, 'This browser has no WebAssembly, or has it switched off.', 'A lockdown mode of the browser may do that; ask its user to allow this site.');
  }
};

const clock = ({ status, clockSkewSeconds }, now, date) => {
  const skew = status !== 'signed-out' ? clockSkewSeconds : date ? Math.round((Date.parse(date) - now) / 1000) : undefined;
  if (skew === undefined) {
    return found('clock', true, "Nothing is known of the provider's clock before a sign-in: its Date header can't be read from this origin.");
  }
  const detail = Math.abs(skew) < 10 ? "This device's clock agrees with the provider's."
    : `This device's clock is about ${Math.abs(skew)} seconds ${skew > 0 ? 'behind' : 'ahead of'} the provider's.`;
  return Math.abs(skew) <= TOLERANCE ? found('clock', true, detail)
    : found('clock', false, detail, 'A session that is there works all the same, but a new ID token may be refused: set the device to the time of the network.');
};

/** storage is asked for by name: where it is blocked, the mere mention of it throws. */
const webStorage = (name, storage, needed, hint) => {
  const key = 'postern:diagnose';
  let why = 'it forgets';
  try {
    globalThis[storage].setItem(key, key);
    const kept = globalThis[storage].getItem(key) === key;
    globalThis[storage].removeItem(key);
    if (kept) return found(name, true, `${storage} can be written and read.`);
  } catch (e) {
    why = e.name;
  }
  return found(name, !needed, `${storage} is blocked or full (${why}).`, hint);
};

const database = async () => {
  try {
    const text = crypto.randomUUID(), before = await noted('diagnose') ?? '';
    if (await within(note('diagnose', before, text)) && await noted('diagnose') === text) return found('indexeddb', true, 'IndexedDB can be written and read.');
    throw new Error('it forgets');
  } catch (e) {
    return found('indexeddb', false, `IndexedDB is blocked or broken (${e.name}).`,
      'Duplicated tabs then don\'t know of each other\'s renewals, and one of them may lose the session: let the user allow site data, or use useRefreshTokens: false.');
  }
};

const locks = async () => {
  let alone = false;
  try {
    const release = await within(lock('postern:diagnose', PATIENCE, () => { alone = true; }));
    release();
  } catch {
    alone = true;
  }
  if (alone) {
    return found('locks', false, 'This browser has neither Web Locks nor IndexedDB here.',
      'Two tabs that renew at once can end the session: let the user allow site data, or use cacheLocation: \'memory\', where each tab has a session of its own.');
  }
  return found('locks', true, navigator.locks ? 'Web Locks work.' : 'There are no Web Locks; IndexedDB stands in for them.');
};

/** The vault's worker takes its first message for what it is made of, and answers the second with a sign of life. */
const worker = async ({ useWorker, cacheLocation, cache }, start) => {
  const needed = useWorker ?? (cacheLocation === 'memory' && !cache);
  let made;
  try {
    made = start();
    await within(new Promise((resolve, reject) => {
      made.onmessage = resolve;
      made.onerror = () => reject(new Error('its script could not be loaded'));
      made.postMessage({});
      made.postMessage({});
    }));
    return found('worker', true, `The vault's worker can be started.${globalThis.SharedWorker ? '' : ' This browser has no shared ones, so each tab has a session of its own.'}`);
  } catch (e) {
    return found('worker', !needed, `The vault's worker can't be started (${e.name}: ${e.message})${needed ? '' : '; with these options none is needed'}.`,
      "Serve postern.worker.js from this origin (workerUrl); a Content-Security-Policy needs worker-src 'self', and with Trusted Types also trusted-types postern.");
  } finally {
    made?.terminate();
  }
};

/** What the policy says of the worker is a finding of its own. */
const WORKER = ['worker-src', 'require-trusted-types-for', 'trusted-types'];

const policy = (blocked) => {
  const told = [...new Set(blocked.filter(({ directive }) => !WORKER.includes(directive)).map(({ directive, uri }) => `${directive} blocked ${uri}`))];
  return told.length
    ? found('csp', false, `While these checks ran, the Content-Security-Policy spoke: ${told.join('; ')}.`, 'Allow there what is yours.')
    : found('csp', true, 'While these checks ran, the Content-Security-Policy blocked nothing that Postern needs.');
};

/** The last two labels of a host: often the site, but which suffixes are public isn't known here. */
const site = (host) => (/^[\d.]+$|:/.test(host) ? host : host.split('.').slice(-2).join('.'));

/**
 * Whether a frame has the provider's cookies can't be asked, only be seen from a silent sign-in that fails. So this says what speaks for it and
 * against it, and calls it wrong only where that has happened, or where there is nothing else to renew with.
 */
const cookies = async ({ useRefreshTokensFallback, useRefreshTokens }, issuer, trace) => {
  const name = 'third-party-cookies';
  let host, origin;
  try { ({ hostname: host, origin } = new URL(issuer)); } catch { return found(name, true, 'Not asked: there is no issuer.'); }
  const hint = "Use refresh tokens, or let the provider have a domain under this page's own (a custom domain).";
  if (useRefreshTokensFallback === false) return found(name, true, 'Not needed: silent sign-in in a frame is switched off (useRefreshTokensFallback).');
  if (trace.some((line) => line.includes('third_party_cookies_blocked'))) {
    return found(name, useRefreshTokens !== false, "A silent sign-in found no session at the provider though a user is signed in here: the browser hides the provider's cookies from frames, or that session has ended.", hint);
  }
  if (site(host) === site(location.hostname)) return found(name, true, `Probably not concerned: ${host} and this page look like one site.`);
  const access = await document.hasStorageAccess?.().catch(() => undefined);
  if (access === false) return found(name, false, 'This page is itself in a frame of another site, without its own cookies and storage.', 'Open it in a tab of its own, or ask with document.requestStorageAccess() in a click.');
  const { state } = await navigator.permissions?.query({ name: 'top-level-storage-access', requestedOrigin: origin }).catch(() => ({})) ?? {};
  if (state === 'granted') return found(name, true, `This page has been granted the cookies of ${host} (requestStorageAccessFor).`);
  return found(name, true, `${host} is another site, and many browsers hide its cookies from frames. That can't be seen before a silent sign-in fails; a third_party_cookies_blocked warning then says so.`, hint);
};

const refreshTokens = ({ useRefreshTokens }, { status, generation }, metadata) => {
  const name = 'refresh-tokens', scopes = metadata?.scopes_supported;
  if (useRefreshTokens === false) return found(name, true, 'Not asked for (useRefreshTokens).');
  if (generation > 0) return found(name, true, `The provider granted one; the family is at generation ${generation}.`);
  const listed = Array.isArray(scopes) && !scopes.includes('offline_access') ? ' Its metadata does not list offline_access among scopes_supported.' : '';
  const hint = 'At the provider, allow this client the refresh_token grant and the scope offline_access; at Auth0, also "Allow Offline Access" of the API.';
  return status === 'signed-out'
    ? found(name, !listed, `Whether the provider grants one is seen at a sign-in.${listed}`, listed && hint)
    : found(name, false, `Somebody is signed in, and there is no refresh token: none was granted, or it was revoked.${listed}`, hint);
};

/** One line of the trace as a person reads it. */
const written = ([began, what, how, ended]) => `${Math.round(began)} ms: ${what}${ended === undefined ? '' : `: ${how} after ${Math.round(ended - began)} ms`}`;

/** Resolves with a Diagnosis of index.d.ts. */
export const diagnose = async (options, session, now, lines, ignored, start) => {
  const trace = lines.map(written), blocked = [];
  if (typeof document === 'undefined') return { ok: false, checks: [found('browser', false, 'There is no page here.', 'Call diagnose() in a browser.')], trace };
  const { userAgent } = navigator;
  trace.unshift(`Postern in ${userAgent}; ${session.status}, generation ${session.generation}, in ${session.storage}`);
  const said = Object.entries(ignored).filter(([, times]) => times).map(([why, times]) => `${times} of another ${why}`);
  if (said.length) trace.push(`messages ignored: ${said.join(', ')}`);
  const hear = ({ effectiveDirective, blockedURI }) => { blocked.push({ directive: effectiveDirective, uri: shown(blockedURI) }); };
  document.addEventListener('securitypolicyviolation', hear);
  const issuer = options.issuer || `https://${options.domain}/`;
  const [{ findings, metadata, date }, ...own] = await Promise.all([
    provider(options, issuer, blocked), database(), locks(), worker(options, start), cookies(options, issuer, trace),
  ]);
  const checks = [
    secure(), wasm(), ...findings, clock(session, now, date),
    webStorage('session-storage', 'sessionStorage', true, 'A login in flight is kept there until the user comes back: let the user allow site data.'),
    webStorage('local-storage', 'localStorage', options.cacheLocation === 'localstorage', "cacheLocation: 'localstorage' keeps the session in this page's memory meanwhile."),
    ...own, refreshTokens(options, session, metadata),
  ];
  await new Promise((resolve) => { setTimeout(resolve, 50); }); // what the policy blocked is told a little later
  document.removeEventListener('securitypolicyviolation', hear);
  checks.splice(2, 0, policy(blocked));
  return { ok: checks.every(({ ok }) => ok), checks, trace };
};
