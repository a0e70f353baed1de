// The names of @auth0/auth0-spa-js 2.28, with its defaults and error classes, over Client. It decides nothing about the protocol: it renames.
// What is stricter in Postern stays so; docs/from-auth0-spa-js.md has the list.
import { Client } from './postern.js';
import { InvalidConfigurationError, translated } from './auth0_errors.js';

export {
  AnonymousSessionError, AuthenticationError, ConnectError, GenericError, InvalidConfigurationError, MfaChallengeError, MfaEnrollmentError,
  MfaEnrollmentFactorsError, MfaError, MfaListAuthenticatorsError, MfaRequiredError, MfaVerifyError, MissingRefreshTokenError, MissingScopesError,
  MyAccountApiError, PasskeyChallengeError, PasskeyError, PasskeyGetTokenError, PasskeyRegisterError, PopupCancelledError, PopupOpenError,
  PopupTimeoutError, TimeoutError, UseDpopNonceError,
} from './auth0_errors.js';

export const ResponseType = { Code: 'code', ConnectCode: 'connect_code' };
export const RefreshTokenMode = { Offline: 'offline', Online: 'online' };
export class User {}

export class LocalStorageCache {
  set(key, entry) { localStorage.setItem(key, JSON.stringify(entry)); }
  get(key) { try { return JSON.parse(localStorage.getItem(key)) ?? undefined; } catch { return undefined; } }
  remove(key) { localStorage.removeItem(key); }
  allKeys() { return Object.keys(localStorage).filter((key) => key.startsWith('postern:')); }
}

export class InMemoryCache {
  enclosedCache = ((map) => ({
    set: (key, entry) => { map.set(key, entry); },
    get: (key) => map.get(key),
    remove: (key) => { map.delete(key); },
    allKeys: () => [...map.keys()],
  }))(new Map());
}

const isURL = (text) => /^https?:\/\//i.test(text);

/** Each scope once, of texts that may be missing. */
const union = (...scopes) => [...new Set(scopes.join(' ').split(' '))].filter(Boolean).join(' ');

/** auth0-spa-js's issuer beside a domain may name another host. Ours is where everything begins, so it may not. */
const issuerOf = (domain, issuer) => {
  const host = (text) => new URL(isURL(text) ? text : `https://${text}`).host;
  if (issuer && host(issuer) !== host(domain)) throw new InvalidConfigurationError('issuer is of another host than domain.', 'Leave it out: the domain publishes who it is.');
  if (issuer) return { issuer: isURL(issuer) ? issuer : `https://${issuer}/` };
  return isURL(domain) ? { issuer: domain } : { domain };
};

/** A caller's options as Client takes them. What needs no doing here is left out; what isn't here goes on to where it is refused. */
const settings = ({
  domain, issuer, cacheLocation = 'memory', useRefreshTokens = false, useRefreshTokensFallback = false, authorizationParams, refreshTokenMode,
  // Another meaning in Postern: it allows for clock skew by itself.
  leeway,
  auth0Client, legacySameSiteCookie, useCookiesForTransactions, sessionCheckExpiryDays, cookieDomain, useFormData, interactiveErrorHandler,
  ...rest
}) => {
  if (refreshTokenMode === RefreshTokenMode.Online) throw new InvalidConfigurationError('refreshTokenMode "online" is not in Postern.', 'Leave it out.');
  const { scope, ...params } = authorizationParams ?? {};
  const asked = scopeFor(scope, params.audience);
  return {
    ...rest, ...issuerOf(domain, issuer), useRefreshTokens,
    ...(rest.cache ? {} : { cacheLocation }),
    // Without refresh tokens, the hidden frame is how auth0-spa-js renews.
    useRefreshTokensFallback: useRefreshTokensFallback || !useRefreshTokens,
    authorizationParams: { ...params, ...(asked && { scope: asked }) },
  };
};

/** The client's scope may be one for each audience; those of no audience in it are under default. */
const scopeFor = (scope, audience) => (scope && typeof scope === 'object' ? union('openid', scope[audience] ?? scope.default) : scope);

/** Opened here, so that the errors can have it. Where it is blocked, Client says so. */
const opened = (config) => ({ ...config, popup: config?.popup || globalThis.open('', '', 'popup,width=480,height=640') });

/** onRedirect is openUrl's old name. */
const renamed = ({ onRedirect, openUrl = onRedirect, ...rest } = {}) => ({ ...rest, ...(openUrl !== undefined && { openUrl }) });

const absent = (name) => {
  throw new InvalidConfigurationError(`${name} is not in Postern.`, 'docs/from-auth0-spa-js.md says why, and what to use.');
};

export class Auth0Client {
  #client;
  #scope;
  #audience;
  #popupForErrors;

  constructor(options) {
    const mapped = settings(options);
    this.#scope = options.authorizationParams?.scope;
    this.#audience = options.authorizationParams?.audience;
    this.#popupForErrors = options.interactiveErrorHandler === 'popup';
    this.#client = new Client(mapped);
  }

  /** Runs a verb; what it throws comes out as auth0-spa-js's class. */
  async #run(verb, about) {
    try {
      return await verb(this.#client);
    } catch (e) {
      throw translated(e, about);
    }
  }

  /** A login's scope comes on top of the client's for the same audience. */
  #login({ authorizationParams: { scope, audience = this.#audience, ...params } = {}, ...rest } = {}) {
    return { ...rest, authorizationParams: { ...params, audience, scope: union(scopeFor(this.#scope, audience) ?? 'openid profile email', scope) } };
  }

  /** A token call asks for what a token must have; where the frame comes back to is the client's matter. */
  #token({ authorizationParams: { redirect_uri, ...params } = {}, ...rest } = {}) {
    const more = typeof this.#scope === 'object' ? this.#scope?.[params.audience] : '';
    const scope = union(more, params.scope);
    return { ...rest, authorizationParams: { ...params, scope: scope || undefined } };
  }

  loginWithRedirect(options) { return this.#run((c) => c.loginWithRedirect(this.#login(renamed(options)))); }

  handleRedirectCallback(url = location.href) { return this.#run((c) => c.handleRedirectCallback(url), { url }); }

  loginWithPopup(options, config) {
    const about = opened(config);
    return this.#run((c) => c.loginWithPopup(this.#login(options), about), about);
  }

  getTokenWithPopup(options, config) {
    const about = opened(config);
    const { authorizationParams } = options ?? {};
    return this.#run(async (c) => {
      await c.loginWithPopup(this.#login({ authorizationParams }), about);
      const { scope, audience, resource } = authorizationParams ?? {}; // what the call names, and not what the login asks for besides
      return c.getTokenSilently({ authorizationParams: { scope, audience, resource } });
    }, about);
  }

  checkSession(options) { return this.#run((c) => c.checkSession(options && this.#token(options))); }

  async getTokenSilently(options) {
    const asked = options && this.#token(options);
    const about = { audience: asked?.authorizationParams.audience ?? this.#audience, scope: asked?.authorizationParams.scope };
    try {
      return await this.#run((c) => c.getTokenSilently(asked), about);
    } catch (e) {
      if (e.code !== 'mfa_required' || !this.#popupForErrors) throw e;
      await this.loginWithPopup({ authorizationParams: options?.authorizationParams });
      return this.#run((c) => c.getTokenSilently(asked), about);
    }
  }

  getUser() { return this.#run((c) => c.getUser()); }
  getIdTokenClaims() { return this.#run((c) => c.getIdTokenClaims()); }
  isAuthenticated() { return this.#run((c) => c.isAuthenticated()); }
  logout(options) { return this.#run((c) => c.logout(renamed(options))); }
  revokeRefreshToken(options) { return this.#run((c) => c.revokeRefreshToken(options)); }

  customTokenExchange(options) { return this.#run((c) => c.exchangeToken({ audience: this.#audience, ...options })); }

  // These would sign in whoever's token it is, by Auth0's own grants.
  async exchangeToken() { absent('exchangeToken, which signs in,'); }
  async loginWithCustomTokenExchange() { absent('loginWithCustomTokenExchange'); }
  async connectAccountWithRedirect() { absent('connectAccountWithRedirect'); }

  createFetcher({ getAccessToken, fetch, ...config } = {}) {
    if (getAccessToken) absent('getAccessToken of createFetcher');
    const { fetchWithAuth } = this.#client.createFetcher({ ...config, fetch: fetch && ((input, init) => fetch(new Request(input, init))) });
    return {
      fetchWithAuth: (input, init, { scope, ...params } = {}) => this.#run(() => fetchWithAuth(input, init, { ...params, ...(scope && { scope: union(...scope) }) })),
    };
  }

  getDpopNonce(id) { return this.#run((c) => c.getDpopNonce(id)); }
  setDpopNonce(nonce, id) { return this.#run((c) => c.setDpopNonce(nonce, id)); }
  generateDpopProof(params) { return this.#run((c) => c.generateDpopProof(params)); }

  getConfiguration() {
    const { domain, clientId } = this.#client.getConfiguration();
    return Object.freeze({ domain, clientId });
  }
}

export async function createAuth0Client(options) {
  const client = new Auth0Client(options);
  await client.checkSession();
  return client;
}
