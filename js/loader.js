// The JavaScript API: names and promises. Everything that decides is in the module; see index.d.ts for what each member does.
import { complete, engine, handed, load, memory, more, register, skip, where } from './engine.js';
import { AuthError, fail, own, toJSON } from './errors.js';
import { mirror } from './mirror.js';
import { abandonable, absolute } from './wait.js';
import { ignored, lines, trace } from './trace.js';
import { judged } from './address.js';
import { relayed } from './relay.js';
import { worker } from './spawn.js';
import { ears } from './ears.js';
import { events } from './events.js';

let restore; // what createClient does, and nobody else need

/** Verbs that a page runs all the time; the trace would hold nothing else. */
const OFTEN = /^(user|claims|authenticated|authorize|wake|heard)$/;

const closed = () => fail('client_closed', 'close() was called; make a new client');

/** Where the user has been sent to. */
const landed = (url) => {
  try { return new URL(url, location.href).href; } catch { throw fail('callback_invalid', 'no URL'); }
};

export class Client {
  #id;
  #json;
  #fixed;
  #options;
  #engine;
  #created;
  #closed;
  #ready;
  #skipped = 0;
  #events;
  #calls = new Set();
  #popup;
  #ears;
  #monitor;
  #mirror;
  #worker;

  constructor(options) {
    if (!options || typeof options !== 'object') throw fail('config_invalid', 'options are missing: give issuer (or domain) and clientId');
    this.#options = options = own(options);
    const { wasmUrl, workerUrl, nowProvider, logger, cache, monitorSession, authorizationParams, ...fixed } = options;
    if (fixed.useDpop || fixed.fetchInWorker) skip(wasmUrl);
    fixed.cache = cache ? true : undefined;
    this.#json = toJSON('options', { authorizationParams, ...fixed });
    // What a login asks for may be another's in another page; the vault is the same.
    this.#fixed = toJSON('options', fixed);
    this.#events = events(logger, () => this.#id, cache ? 'custom' : options.cacheLocation || 'sessionstorage');
    this.#mirror = cache && mirror(cache, memory, () => this.#hint('heard'));
    this.#ears = ears(options.cacheLocation, (verb, text) => this.#hint(verb, text));
    this.#id = register({
      ...this.#events,
      ...this.#ears,
      heard: () => this.#hint('heard'),
      now: () => this.#now(),
      alone: () => this.#events.warn('locks_unavailable', 'neither Web Locks nor IndexedDB works here: two tabs that renew at once can end the session'),
      mirror: this.#mirror,
      judged,
      frame: async (...rest) => (await more('more')).frame(ignored, this.#calls, ...rest),
      popup: async (...rest) => (await more('more')).popup(this.#popup, ignored, this.#calls, ...rest),
      vault: (call) => this.#vault(call),
      answered: (address) => this.#answered(address),
    });
    if (typeof document === 'undefined') return;
    this.#ears.start();
    if (monitorSession) {
      this.#monitor = more('monitor').then(({ monitor }) => monitor(
        this, options.cacheLocation === 'localstorage' ? 'localStorage' : 'sessionStorage', (verb) => this.#call(verb),
        this.#events.warn,
      ), (e) => this.#events.log('error', e.code, e.message));
    }
  }

  /** Who watches the provider's session learns its state from the answer to each login. */
  #answered(address) {
    this.#monitor?.then((m) => m?.answered(address));
    return address;
  }

  /** Tells the module something that nobody waits for. A client that isn't in use yet reads everything when it is. */
  async #hint(verb, text) { if (this.#ready && !this.#closed) await this.#call(verb, text).catch(() => {}); }

  async #hire() {
    const { wasmUrl, workerUrl } = this.#options;
    const [source, { hire }] = await Promise.all([where(wasmUrl), more('more')]);
    // Each time anew: another client of this page may have stopped the one that there was.
    this.#worker = hire(this.#fixed, (...what) => worker(workerUrl, ...what), source, () => handed(wasmUrl));
    this.#ears.listen(this.#worker.news);
    return this.#worker;
  }

  /** The vault is in a worker, and keeps the page's time. */
  async #vault(call) { return (await this.#hire()).ask({ call, ahead: this.#now() - Date.now() }); }

  /** fetch, by the worker. */
  #delegate = async (...args) => (await more('more')).delegate(await this.#hire(), fail, ...args);

  /** The access token stays in the worker, and there is none to give. */
  #kept() {
    if (this.#options.fetchInWorker) throw fail('config_invalid', 'with fetchInWorker no access token comes into the page: call your API with fetch()');
  }

  #now() {
    const { nowProvider } = this.#options;
    const now = nowProvider ? nowProvider() : Date.now();
    if (typeof now === 'number') return now;
    // The module reads the clock synchronously: a promise serves the readings after it.
    Promise.resolve(now).then((ms) => { this.#skipped = ms - Date.now(); }, () => {});
    return Date.now() + this.#skipped;
  }

  async #call(verb, text = '{}') {
    const ended = OFTEN.test(verb) ? () => {} : trace(this.#id, verb);
    let over;
    try {
      // close() ends it wherever it is: a module that is still being fetched may never come.
      const result = await Promise.race([this.#run(verb, text), new Promise((_, reject) => { this.#calls.add(over = reject); })]);
      ended('ok');
      return result;
    } catch (e) {
      ended(e.code);
      throw e;
    } finally {
      this.#calls.delete(over);
    }
  }

  #check() { if (this.#closed) throw closed(); }

  async #run(verb, text) {
    this.#check();
    if (globalThis.isSecureContext === false) throw fail('insecure_context', 'browsers allow sign-in only on https and localhost');
    await relayed;
    let running;
    try {
      do { // while this call waited, another's end may have ended the instance
        running = await engine(this.#options.wasmUrl);
        this.#check();
        if (running !== this.#engine) {
          this.#engine = running;
          this.#created = running.call(this.#id, 'create', this.#json);
        }
        await this.#created;
        await this.#mirror?.read();
      } while (running.dead);
      this.#ready = true;
      this.#check();
      return await running.call(this.#id, verb, text).finally(() => this.#mirror?.written());
    } catch (e) {
      if (e !== complete) throw e;
      await complete(running, this.#options.wasmUrl);
      return this.#run(verb, text);
    }
  }

  async loginWithRedirect(options) {
    const { openUrl, appState, ...rest } = own(options);
    const url = await this.#call('login', toJSON('options', {
      ...rest, openUrl: openUrl ? true : undefined, appState: appState === undefined ? undefined : toJSON('appState', appState),
    }));
    if (openUrl) await openUrl(url);
  }

  async loginWithPopup(options, config) {
    const { popup, timeoutInSeconds, closePopup = true } = own(config);
    // Before anything is awaited: only in the user's own click do browsers let it.
    const opened = popup || globalThis.open('', '', 'popup,width=480,height=640');
    if (!opened) throw fail('popup_blocked', 'the browser blocked the popup: call this in the handler of a click, before anything is awaited');
    if (this.#popup !== opened) this.#popup?.close();
    this.#popup = opened;
    try {
      await more('more'); // before a login is begun that its absence would end
      await this.#call('popup', toJSON('options', { ...options, timeoutInSeconds }));
    } finally {
      if (closePopup) opened.close();
    }
  }

  async getTokenWithPopup(given, config) {
    this.#kept();
    const { cacheMode, ...options } = own(given);
    await this.loginWithPopup(options, config);
    const { scope, audience, resource } = own(own(options).authorizationParams);
    return this.getTokenSilently({ authorizationParams: { scope, audience, resource } });
  }

  async initiateLogin(url = location.href, options) {
    const { returnTo, ...hint } = own(await this.#call('initiate', landed(url)));
    return this.loginWithRedirect({
      ...options, authorizationParams: { ...hint, ...own(options).authorizationParams }, appState: returnTo && { returnTo },
    });
  }

  async handleRedirectCallback(url = location.href) {
    const href = landed(url);
    // Another client of this page may have finished it for both, and stored what came of it.
    const appState = await this.#call('callback', href).finally(() => this.#hint('heard'));
    this.#answered(href);
    // What was accepted without an answer to a login is a return from a sign-out.
    return { appState, response_type: 'code', ...(!/[?&#](code|response)=/.test(href) && { signedOut: true }) };
  }

  async getTokenSilently(options) {
    this.#kept();
    // Nearly every call ends here: no goroutine, no JSON.
    if (!options && this.#ready && !this.#closed && !this.#engine.dead) {
      const token = this.#engine.cached(this.#id, this.#now(), performance.now());
      if (token) return token;
    }
    return this.#wait('token', options);
  }

  async #wait(verb, options) {
    const { signal, ...rest } = own(options);
    return abandonable(() => this.#call(verb, toJSON('options', rest)), signal, own(rest).timeoutInSeconds);
  }

  static { restore = (client) => client.#call('restore'); }
  async checkSession(options) { return this.#wait('check', options); }
  async exchangeToken(options = {}) { return this.#call('exchange', toJSON('options', options)); }
  async revokeRefreshToken() { return this.#call('revoke'); }
  async getUser() { return this.#call('user'); }
  async getIdTokenClaims() { return this.#call('claims'); }
  async fetchUserInfo() { return this.#call('userinfo'); }
  async isAuthenticated() { return this.#call('authenticated'); }

  async logout(options) {
    const { openUrl, ...rest } = own(options);
    const url = await this.#call('logout', toJSON('logoutParams', { ...rest, openUrl: openUrl === false ? 'local' : openUrl ? 'caller' : undefined }));
    if (openUrl) await openUrl(url);
  }

  async handleFrontChannelLogout(url = location.href) { return this.#call('frontchannel', landed(url)); }

  async getDpopNonce(id) { return this.#call('nonce', toJSON('id', { id })); }
  async setDpopNonce(nonce, id) { await this.#call('nonce', toJSON('nonce', { nonce, id })); }
  async generateDpopProof(params) { return this.#call('proof', toJSON('params', { ...params, url: absolute(params.url).href })); }

  async fetch(input, options) { return this.#send(input, options); }

  createFetcher(options) {
    const { baseUrl, fetch, dpopNonceId } = own(options);
    if (fetch) this.#kept();
    return {
      fetchWithAuth: async (input, init, authorizationParams) => this.#send(input, init, { authorizationParams, nonceId: dpopNonceId }, fetch, baseUrl),
    };
  }

  async #send(input, init, params, by = this.#options.fetchInWorker ? this.#delegate : globalThis.fetch, baseUrl) {
    const { send, under } = await more('more');
    return send({ abandonable, absolute, own, toJSON }, (text) => this.#call('authorize', text), by, under(baseUrl, input), init, params);
  }

  on(event, listener) { return this.#events.on(event, listener); }
  session() { return this.#events.snapshot; }

  async diagnose() {
    const { diagnose } = await more('diagnose');
    return diagnose(this.#options, this.session(), this.#now(), lines, ignored, () => worker(this.#options.workerUrl, 'postern:diagnose', Worker));
  }

  async close() {
    if (this.#closed) return;
    this.#closed = true;
    for (const over of this.#calls) over(closed());
    this.#ears.close();
    this.#monitor?.then((m) => m?.stop());
    this.#events.close();
    // One that holds a session is kept, as a store would be, for the page's next client.
    if (this.session().status === 'signed-out') this.#worker?.end();
    const running = this.#engine;
    this.#engine = undefined; // whoever keeps a closed client doesn't keep an instance with it that has been replaced since
    if (!running || running.dead) return;
    await running.call(this.#id, 'close', '{}').catch(() => {}); // it may have refused the options, and have no such client
  }

  getConfiguration() {
    const { issuer, domain, clientId } = this.#options;
    return Object.freeze({ issuer: issuer || `https://${domain}/`, domain: domain || new URL(issuer).host, clientId });
  }
}

export async function createClient(options) {
  const client = new Client(options);
  await restore(client).catch((e) => {
    client.close(); // nobody else can
    throw e;
  });
  return client;
}

export async function preload(options) {
  const { wasmUrl, integrity } = own(options);
  await load(wasmUrl, integrity);
}

export { AuthError };
