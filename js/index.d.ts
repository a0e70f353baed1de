// The types of Postern, sign-in for the browser. What a name promises is said beside it.
// Names follow @auth0/auth0-spa-js wherever it has the same idea, so that its users need learn nothing; what has no counterpart there is
// marked NEW. types_test.ts holds an example of every name.

/** Starts the SDK, restores an earlier session where there is one, and resolves when the client is usable. */
export function createClient(options: ClientOptions): Promise<Client>;

/** Loads and compiles the WebAssembly module ahead of the first client: postern.wasm, or postern.full.wasm in browsers without
 *  WebAssembly.Suspending. Optional; safe to call twice. integrity is the hashes of both, as build-info.json has them, with a space between: another file is
 *  `wasm_unavailable`, here and for whatever the page does next. So is, with the first hash alone, whatever takes the full module, which in those browsers
 *  is all. NEW */
export function preload(options?: { wasmUrl?: string | URL; integrity?: string }): Promise<void>;

/** The client may also be constructed directly; methods wait for the module, and checkSession() is not implied. */
export class Client {
  constructor(options: ClientOptions);

  // ---- sign in
  loginWithRedirect<S = unknown>(options?: RedirectLoginOptions<S>): Promise<void>;
  /** Finishes a redirect. Default url: the page's own. Removes code and state, or a signed response, from the address bar, also on failure.
   *  The same url handled twice in one page (React StrictMode) is one exchange and one result, also by two clients of one issuer and clientId, the first
   *  of which may be closed meanwhile; both are signed in where both have the same store, as with the same options they have.
   *  Also finishes the return from a logout() that was given a state: another state, or none, is `state_mismatch`. */
  handleRedirectCallback<S = unknown>(url?: string): Promise<RedirectLoginResult<S>>;
  /**
   * Signs in because another page asks for it (OpenID Connect Core section 4): call it on the page that is registered as initiate_login_uri. Default
   * url: the page's own, with iss, login_hint and target_link_uri in its query; a form (POST) can't be read by a script. It leaves for the provider
   * as loginWithRedirect() does, and handleRedirectCallback() later brings `appState.returnTo`, a path of this origin, where the request named one.
   * NEW
   *
   * @throws AuthError `issuer_mismatch` where iss isn't this client's issuer, `redirect_blocked` where target_link_uri isn't of this origin.
   */
  initiateLogin(url?: string, options?: Omit<RedirectLoginOptions<{ returnTo: string }>, 'appState'>): Promise<void>;
  /**
   * Signs in in a window of its own. Call it in the handler of a click, before anything is awaited: later, browsers let no window open.
   *
   * @throws AuthError `popup_blocked`, `popup_closed` by the user, `popup_timeout`, or what the provider refused with.
   */
  loginWithPopup(options?: PopupLoginOptions, config?: PopupConfigOptions): Promise<void>;

  // ---- tokens
  /**
   * Resolves with an access token that is valid now, renewing it if needed. Concurrent calls share one renewal, across tabs too.
   *
   * @throws AuthError `login_required`, `missing_refresh_token`, `session_revoked` or `mfa_required` when only the user can continue, by a login. With
   * `mfa_required` they stay signed in: the provider wants another factor before it renews.
   */
  getTokenSilently(options?: GetTokenSilentlyOptions & { detailedResponse?: false }): Promise<string>;
  getTokenSilently(options: GetTokenSilentlyOptions & { detailedResponse: true }): Promise<TokenResponse>;
  /** Signs in in a window of its own, and resolves with the access token that came of it. */
  getTokenWithPopup(options?: GetTokenWithPopupOptions, config?: PopupConfigOptions): Promise<string>;
  /** Restores or silently begins a session; never rejects because nobody is signed in, also where the session has just ended: a `renewal_failed`
   *  warning says why. createClient() restores alone: it opens no frame. */
  checkSession(options?: GetTokenSilentlyOptions): Promise<void>;
  /** Gives the refresh token back to the provider. The user stays signed in, and the access token serves until it ends; the next comes by the hidden
   *  frame, or is `missing_refresh_token`. All audiences share one refresh token, so audience, which is auth0-spa-js's, changes nothing. */
  revokeRefreshToken(options?: { audience?: string }): Promise<void>;
  /**
   * Trades a token that the application has from elsewhere, the user's at another provider or in another form, for an access token (RFC 8693). It is no
   * sign-in, as it is in auth0-spa-js: the session, if there is one, stays as it is, nothing is cached, and a refresh token or an ID token that comes
   * along is dropped, so don't ask for `offline_access` or `openid`.
   *
   * @throws AuthError `token_endpoint_error` with the provider's own code in `error`, such as `invalid_grant` or `invalid_target`.
   */
  exchangeToken(options: TokenExchangeOptions): Promise<TokenResponse>;

  // ---- identity
  /** Who is signed in, by the ID token, without the claims that are the protocol's; undefined where nobody is. Asks nobody. */
  getUser<U extends User = User>(): Promise<U | undefined>;
  /** All claims of the ID token; times are in seconds since the epoch. */
  getIdTokenClaims(): Promise<IdTokenClaims | undefined>;
  /**
   * Asks the provider about the user (OpenID Connect Core 5.3). Nothing is kept: getUser() stays the ID token's. A token that is refused is renewed, once. NEW
   *
   * @throws AuthError `userinfo_mismatch` for an answer about anybody but the ID token's `sub`; `authorization_failed` where the provider refuses.
   */
  fetchUserInfo<U extends User = User>(): Promise<U>;
  /** Whether somebody is signed in here. It says nothing of the access token's life. */
  isAuthenticated(): Promise<boolean>;

  // ---- sign out. Local state is wiped first; the server failing never keeps a user signed in locally.
  logout(options?: LogoutOptions): Promise<void>;

  /**
   * Ends the session here because the provider says that it is over (OpenID Connect Front-Channel Logout 1.0), and resolves with whether it was this
   * one: iss and sid in url must be those of the ID token. frontchannel.html of the package calls it for the sessions in Web Storage, and has every
   * open page of the origin do so; an application with a `cache` of its own calls it on a page of its own. Default url: the page's own. NEW
   */
  handleFrontChannelLogout(url?: string): Promise<boolean>;

  // ---- calling APIs
  /**
   * fetch with a fresh access token, and with a DPoP proof where useDpop is on. The answer is the browser's own, as are a failing network and an abort.
   *
   * The token goes only to origins in `apiOrigins`, as the browser's URL parser reads the address. On 401 the token is renewed and the request sent
   * again, once; so it is where the API wants a DPoP nonce. An init.body that is a stream can't be sent again: then the 401 is the answer. NEW
   *
   * @throws AuthError `origin_not_allowed` before anything is sent; `login_required` and what else getTokenSilently throws; `step_up_required` where
   * the API wants another sign-in (RFC 9470), whose authorizationParams loginWithRedirect takes, and `login_loop` where the user has had that sign-in;
   * `challenge_malformed`, `dpop_failed` and `dpop_nonce_unreadable` for a 401 that makes no sense.
   */
  fetch(input: RequestInfo | URL, init?: RequestInit & { authorizationParams?: TokenParams }): Promise<Response>;
  /** auth0-spa-js's createFetcher: fetch, for addresses that begin with baseUrl unless they are whole, sent with a fetch of your own, and with DPoP nonces
   *  kept under dpopNonceId, by default the API's origin. baseUrl's origin must be among apiOrigins. */
  createFetcher(config?: FetcherConfig): { fetchWithAuth(input: RequestInfo | URL, init?: RequestInit, params?: TokenParams): Promise<Response> };
  /** The nonce that a server wants in the next proof, as far as it was heard. id is an API's origin, or createFetcher's dpopNonceId; without one it is
   *  the provider's. This and the two that follow need useDpop. */
  getDpopNonce(id?: string): Promise<string | undefined>;
  /** Keeps the `DPoP-Nonce` of an answer for the next proof.
   *  @throws AuthError `dpop_failed` for what is no nonce (RFC 9449 8.1). */
  setDpopNonce(nonce: string, id?: string): Promise<void>;
  /** Makes a DPoP proof for one request (RFC 9449 4), sent in the header `DPoP` beside `Authorization: DPoP` and the token, which accessToken is. url may
   *  have a query, which the proof leaves out; nonce is by default the one kept for url's origin.
   *  @throws AuthError `login_required` where the key is gone, and the session with it. */
  generateDpopProof(params: { url: string; method: string; nonce?: string; accessToken?: string }): Promise<string>;

  // ---- watching. NEW
  /** Returns the function that stops listening. */
  on<K extends keyof ClientEvents>(event: K, listener: (detail: ClientEvents[K]) => void): () => void;
  /** Synchronous, immutable snapshot; the same object until something changes (made for useSyncExternalStore). */
  session(): SessionSnapshot;
  /** Checks discovery, CORS, clock, storage, locks, CSP, secure context and third-party cookies; exports a trace
   *  without any secret. Works where the module can't start. Fetches postern.diagnose.js from beside the script when it is first called, and sends
   *  the provider a few harmless requests, of which the token endpoint refuses one. */
  diagnose(): Promise<Diagnosis>;
  /** Stops timers, listeners and a worker of this page's own, unless it holds a session, which is kept for the page's next client; in-flight calls
   *  reject with `client_closed`. */
  close(): Promise<void>;

  getConfiguration(): Readonly<{ issuer: string; domain: string; clientId: string }>;
}

export interface ClientOptions {
  /** Issuer identifier, compared exactly with what the server publishes. Either this or domain. */
  issuer?: string;
  /** Auth0's shorthand: "tenant.eu.auth0.com" means issuer "https://tenant.eu.auth0.com/". */
  domain?: string;
  clientId: string;
  /** Sent with every authorization request: scope (default "openid profile email"), audience, redirect_uri
   *  (default: the page's origin), organization, connection, and anything the server knows.
   *  state, nonce, code_challenge, response_type and client_id are the SDK's and are refused here. */
  authorizationParams?: AuthorizationParams;
  /** Server metadata (RFC 8414 / OpenID Discovery); given whole, no discovery request is made. */
  metadata?: ServerMetadata;

  /** Ask for the scope offline_access, by which most providers give a refresh token. Default true. false leaves the scope out and does no more: a
   *  refresh token that comes all the same, as Cognito's and Keycloak's ordinary ones do, is kept and used. A provider that answers a login with
   *  invalid_scope wants false. */
  useRefreshTokens?: boolean;
  /** Try a hidden prompt=none frame when there is no usable refresh token (OpenID Connect Core 3.1.2.1). Default true. A browser that hides
   *  the provider's cookies from frames makes it fail at once; the error is then the one that there was without it. Where nobody is signed in, checkSession()
   *  alone asks, so that a call for a token undoes no sign-out. */
  useRefreshTokensFallback?: boolean;
  /** The provider's refresh tokens are for several audiences (Auth0's multi-resource refresh tokens) or resources (RFC 8707): getTokenSilently() then
   *  takes an audience or a resource of its own, in the place of the client's. The login names all resources, and each token is for one: of several, the
   *  first. A scope that is named with it and not granted is `missing_scopes`. Default false: where they aren't, a token would be taken for another
   *  API's. */
  useMrrt?: boolean;
  /** Binds tokens to a key (DPoP, RFC 9449, ES256) that the browser keeps in IndexedDB and no script can read: stolen, they are of no use elsewhere.
   *  The provider must have it allowed for this client; a Bearer token is refused with `dpop_downgrade`. A session without its key, because site
   *  data was cleared or this option changed, is over (`login_required`). Default false. */
  useDpop?: boolean;
  /** Pushed authorization requests (RFC 9126). "auto": when the server requires them. Default "auto". NEW */
  par?: 'auto' | 'always' | 'never';

  /** Where tokens live. Default "sessionstorage": survives a reload, ends with the tab. */
  cacheLocation?: 'memory' | 'sessionstorage' | 'localstorage';
  /** Your own store; wins over cacheLocation. */
  cache?: Cache;
  /** Keep the refresh token inside a worker, out of reach of script that is injected into the page. All tabs of the origin whose options are the same,
   *  authorizationParams aside, share it and its session; where the browser has no SharedWorker, each tab has its own. Default: true when cacheLocation is
   *  "memory"; refused with any other, and with a cache. Needs postern.worker.js beside the script, or workerUrl, in the Content-Security-Policy
   *  (worker-src), and where Trusted Types are required, the policy name "postern". */
  useWorker?: boolean;
  /** Keep access tokens in that worker too, and have it send what fetch() and createFetcher() are asked to, to apiOrigins alone: the page never has a token,
   *  and script in it can use one but not take it away. getTokenSilently(), getTokenWithPopup() and exchangeToken() then reject with `config_invalid`, as does
   *  createFetcher() with a fetch of its own. An API that answers with the headers it was sent gives the token away all the same. Needs useWorker;
   *  postern.worker.js must be served with a policy (connect-src) that has the APIs. Referer and redirects are the worker's, as its fetch has them.
   *  Fetches postern.more.js from beside the script when fetch() is first called. Default false. NEW */
  fetchInWorker?: boolean;

  /** Renew in the background before expiry, while the page is visible and online. Default true. NEW */
  backgroundRenewal?: boolean;
  /** Watch the provider's own session, while the page is visible, by the provider's hidden frame (OpenID Connect Session Management 1.0). When it
   *  changes, a silent sign-in decides whether the user is still the same; if not, the session ends here. Needs check_session_iframe of the provider,
   *  session_state in its answers, its cookies in a frame, and a silentRedirectUri or redirect_uri that works in one. Fetches postern.monitor.js.
   *  Default false. NEW */
  monitorSession?: boolean;
  /** Seconds before expiry at which a token counts as expired. Default 60. 0 means 0. */
  leeway?: number;
  /** Seconds, at most 24 days. Defaults: 10 and 60. */
  httpTimeoutInSeconds?: number;
  authorizeTimeoutInSeconds?: number;
  /** Seconds for which the server accepts a used refresh token again (Auth0's "rotation overlap period"). A renewal is then given up after half of them,
   *  so that the one replay of a lost answer comes in time; otherwise after httpTimeoutInSeconds. Default 0: not known. NEW */
  rotationOverlapInSeconds?: number;
  /** Refresh-token lifetimes the tenant uses, in seconds, so that deadlines can be shown and warned about: a refresh token
   *  doesn't say how long it lives. NEW */
  refreshTokenLifetime?: { idleSeconds?: number; absoluteSeconds?: number };

  /** Verify the ID token's signature with the server's JWKS (OpenID Connect Core 3.1.3.7). Default true. false leaves it to TLS, which Core
   *  allows since the token comes straight from the token endpoint; the algorithm and every claim are checked all the same. */
  verifyIdTokenSignature?: boolean;
  /** Default ["RS256","ES256","PS256","EdDSA"]; never taken from the token. It is for signed authorization responses too. RS384, RS512, PS384, PS512, ES384
   *  and ES512 may be named too; "none" and HS256 are refused: a browser can keep no shared secret. EdDSA needs an engine that has Ed25519. */
  idTokenSigningAlgs?: string[];
  /** Origins that client.fetch may send a token to, written as `location.origin` is. Default: none but the page's own and the issuer's. NEW */
  apiOrigins?: string[];

  /** Page that relays a silent or popup answer to the client (the package ships callback.html for it). Default: redirect_uri,
   *  where the SDK recognises that it runs in its own frame or popup and relays by itself. Servers that announce
   *  response mode web_message (response_modes_supported) need neither: their own page posts the answer. Name a page all the same where such a
   *  server's Cross-Origin-Opener-Policy cuts popups off; it is used then. */
  silentRedirectUri?: string;
  popupRedirectUri?: string;

  /** Where the module and the worker are served. Default: beside the script. wasmUrl names postern.wasm, and postern.full.wasm is looked for beside that, by
   *  its name, when something takes it; where a name with "full" in it stands here, that module does everything. */
  wasmUrl?: string | URL | WebAssembly.Module;
  workerUrl?: string | URL;
  /** Milliseconds since the epoch; for tests. */
  nowProvider?: () => number | Promise<number>;
  /** Receives every log line, already redacted. Default: warnings to the console. NEW */
  logger?: (entry: { level: 'debug' | 'info' | 'warn' | 'error'; code: string; message: string }) => void;
}

export interface AuthorizationParams {
  scope?: string; audience?: string; redirect_uri?: string;
  /** What the access token is for (RFC 8707): absolute addresses without fragment. Every token request names them; a token for one resource is never
   *  taken for another's. */
  resource?: string | string[];
  prompt?: 'none' | 'login' | 'consent' | 'select_account' | 'create' | string;
  max_age?: number | string; acr_values?: string; login_hint?: string; id_token_hint?: string;
  ui_locales?: string; display?: 'page' | 'popup' | 'touch' | 'wap'; claims?: string | object;
  organization?: string; invitation?: string; connection?: string; screen_hint?: string;
  /** Objects that each have a `type` (RFC 9396). What was granted of them stands in getTokenSilently({ detailedResponse: true }). */
  authorization_details?: object[];
  /** How the provider answers. 'query.jwt' and 'jwt' (which for a code is the same): as a signed JWT (JARM), whose signature is verified with the
   *  provider's keys by an algorithm of idTokenSigningAlgs; the address then has `response` in the place of `code` and `state`. What isn't as it must be
   *  is `jarm_invalid`. 'query', the default, is plain. 'fragment' is plain, too, and behind the #: servers and their logs don't see it, and whatever the page
   *  does with its own fragment has to leave it alone until handleRedirectCallback(). An answer elsewhere than was asked for is `callback_invalid`. */
  response_mode?: 'query' | 'fragment' | 'query.jwt' | 'jwt';
  [extension: string]: unknown;
}
export type TokenParams = { scope?: string; audience?: string; resource?: string | string[]; [extension: string]: unknown };

export interface RedirectLoginOptions<S> {
  authorizationParams?: AuthorizationParams;
  /** Any structured-cloneable JSON value; comes back from handleRedirectCallback. */
  appState?: S;
  fragment?: string;
  /** Navigate yourself (Capacitor, Electron, tests). */
  openUrl?: (url: string) => void | Promise<void>;
}
export interface RedirectLoginResult<S> {
  appState?: S; response_type: 'code';
  /** The redirect that was finished was the return from a logout() with a state, and no login: nobody has signed in. NEW */
  signedOut?: true;
}
export interface PopupLoginOptions { authorizationParams?: AuthorizationParams }
/** popup: a window that you have opened. timeoutInSeconds: default 60. closePopup: default true. */
export interface PopupConfigOptions { popup?: Window | null; timeoutInSeconds?: number; closePopup?: boolean }
export interface GetTokenSilentlyOptions {
  authorizationParams?: TokenParams;
  /** 'off' renews in any case; 'cache-only' never does, and resolves with undefined where there is no token. Default 'on'. */
  cacheMode?: 'on' | 'off' | 'cache-only';
  detailedResponse?: boolean;
  /** How long to wait for a token; then `timeout`, which is retryable. The renewal itself, which other callers and tabs
   *  share, goes on. Default: as long as it takes, which httpTimeoutInSeconds bounds. */
  timeoutInSeconds?: number;
  /** Abandons the wait, as timeoutInSeconds does, with `aborted`. NEW */
  signal?: AbortSignal;
}
export interface GetTokenWithPopupOptions extends PopupLoginOptions { cacheMode?: 'on' | 'off' | 'cache-only' }
export interface TokenResponse {
  access_token: string; id_token?: string; token_type: 'Bearer' | 'DPoP';
  /** Seconds that the access token still lives. */
  expires_in: number;
  /** As granted, which may be other than was asked for. */
  scope?: string;
  /** As granted, which may be other than was asked for (RFC 9396 section 7). */
  authorization_details?: object[];
}
/** The members of RFC 8693 section 2.1, and whatever else the provider knows. */
export interface TokenExchangeOptions { subject_token: string; subject_token_type: string; audience?: string; scope?: string; [extension: string]: unknown }
export interface LogoutOptions {
  /** false: local sign-out only, no navigation. */
  openUrl?: false | ((url: string) => void | Promise<void>);
  clientId?: string | null;
  /** returnTo: an https address (http on loopback only) or a path of this page's origin; anything else is `redirect_blocked`, after the local sign-out.
   *  state: comes back to returnTo where the provider has RP-Initiated Logout; handleRedirectCallback() checks it there. */
  logoutParams?: { returnTo?: string; federated?: boolean; state?: string; [extension: string]: unknown };
}
export interface FetcherConfig { baseUrl?: string; fetch?: typeof fetch; dpopNonceId?: string }
/** A store of texts under keys. What Postern keeps in it holds the refresh token, and its form is nobody else's to read. */
export interface Cache {
  get(key: string): Promise<string | undefined> | string | undefined;
  set(key: string, value: string): Promise<void> | void;
  remove(key: string): Promise<void> | void;
  allKeys?(): Promise<string[]> | string[];
}
export interface User { sub?: string; name?: string; email?: string; email_verified?: boolean; picture?: string; [claim: string]: unknown }
export interface IdTokenClaims extends User { __raw: string; iss: string; aud: string | string[]; exp: number; iat: number; nonce?: string; auth_time?: number; acr?: string; amr?: string[]; azp?: string; sid?: string; org_id?: string }
export interface ServerMetadata { issuer: string; authorization_endpoint: string; token_endpoint: string; jwks_uri?: string; userinfo_endpoint?: string; revocation_endpoint?: string; end_session_endpoint?: string; pushed_authorization_request_endpoint?: string; check_session_iframe?: string; [field: string]: unknown }

// ---- watching
export interface ClientEvents {
  /** Signed in, signed out, another user, connectivity lost or back: the snapshot has changed. Also fires for changes made in another tab. */
  session: SessionSnapshot;
  /** A new access token is in use. Carries no token. */
  token: { /** And the resources, with spaces between them. */ audience: string; scope: string; expiresAt: number; generation: number };
  /** A deadline the user should hear about is `inSeconds` away, five minutes or less. Told once. */
  deadline: { kind: 'idle' | 'absolute' | 'session_expiry'; inSeconds: number };
  warning: { code: WarningCode; message: string };
}
export type WarningCode = 'clock_skew' | 'storage_degraded' | 'storage_corrupt' | 'renewal_failed' | 'scope_narrowed' | 'scope_widened' | 'locks_unavailable' | 'third_party_cookies_blocked';
export interface SessionSnapshot {
  /** `offline`: signed in, but there is no network, or the last renewal met none. `recovering`: signed in, but the provider
   *  is in trouble (429, 5xx). Neither signs anybody out; both end with the next renewal that succeeds. */
  status: 'signed-out' | 'signed-in' | 'recovering' | 'offline';
  user?: User;
  expiresAt?: number; // of the access token, ms since the epoch
  /** When the session ends, in ms since the epoch: unless it is used (idle), at the latest (absolute), both by
   *  refreshTokenLifetime; and by the ID token's session_expiry claim, after which it ends here with `session_expired`. */
  deadlines: { idle?: number; absolute?: number; sessionExpiry?: number };
  /** How far the provider's clock is ahead of this device's; 0 within ten seconds. */
  clockSkewSeconds: number;
  generation: number; // of the refresh-token family; 0 without one
  storage: 'memory' | 'sessionstorage' | 'localstorage' | 'custom' | 'worker';
}
export interface Diagnosis {
  /** Every check is ok. */
  ok: boolean;
  /** A check isn't ok where this client, with its options, fails or is worse off; hint then says what to change. It may say so elsewhere too.
   *  Names are stable, texts are for people. */
  checks: { name: string; ok: boolean; detail: string; hint?: string }[];
  /** The last hundred things that happened to this page's clients, to paste into a bug report: verbs and the code they ended with, events, the
   *  addresses asked without their queries, and how many messages were ignored. No token, code, state, verifier or user. */
  trace: string[];
}

// ---- errors
export class AuthError extends Error {
  /** Ours, closed: branch on this. */
  readonly code: ErrorCode;
  /** As auth0-spa-js: the server's OAuth error code where a server spoke, else `code`. */
  readonly error: string;
  /** For people, and it may change: what was wrong and, where the caller can act, what to do. Never a token, a code or a verifier. */
  readonly error_description: string;
  /** True when the same call may succeed later without the user. */
  readonly retryable: boolean;
  readonly appState?: unknown;
  /** With `step_up_required`: what the next login must ask for. NEW */
  readonly authorizationParams?: AuthorizationParams;
  readonly cause?: unknown;
}
export type ErrorCode =
  /** An option or an argument is wrong: the message names it. Mend the code. */
  | 'config_invalid'
  /** The page isn't on https or localhost, or the browser has no WebCrypto there. Serve it over https. */
  | 'insecure_context'
  /** The module, its worker or another file of the package couldn't be fetched, isn't what `integrity` names or of the script's version, or may not run;
   *  the message names which. If `retryable` there may have been no connection: call again later. Else, and if it stays so, serve the files, mend the
   *  policy, or, where it is the version, reload the page. */
  | 'wasm_unavailable'
  /** sessionStorage is blocked or full, so that no login can begin or end here. Ask the user to allow site data. */
  | 'storage_unavailable'
  /** A newer version of Postern, in another tab, wrote what is stored. Reload the page. */
  | 'storage_corrupt'
  /** The provider's metadata can't be had or make no sense. If `retryable`, try later; else check `issuer`, and CORS, or give `metadata`. */
  | 'discovery_failed'
  /** The provider, or whoever answered, is another issuer. Write `issuer` to the letter as discovery has it. In a callback or initiateLogin():
   *  refuse, it may be an attack. */
  | 'issuer_mismatch'
  /** An address in the metadata isn't https. The provider's to mend. */
  | 'insecure_url'
  /** The provider lists PKCE methods without S256. No safe login is possible there. */
  | 'pkce_unsupported'
  /** The address is no answer to a login, or the answer came in another way than `response_mode`. Call handleRedirectCallback() only where there is
   *  one; else begin again. */
  | 'callback_invalid'
  /** No login with this state began in this tab, or the return from a sign-out has another. Begin again with a login. */
  | 'state_mismatch'
  /** The login took longer than ten minutes. Begin again. */
  | 'transaction_expired'
  /** This answer was used before, by a reload or the back button. Go on if the user is signed in, else begin again. */
  | 'callback_replayed'
  /** An address isn't what it seems, or not of this origin, or the browser refused to leave. Nobody was sent there; mend the address. After
   *  logout() the user is signed out here. */
  | 'redirect_blocked'
  /** Logins begin again as soon as they end, and the message says why each failed. Stop calling login, and show it. */
  | 'login_loop'
  /** The provider refused, and `error` has its code: `invalid_scope`, for one, means an unknown scope. If not `retryable`, mend the request or the
   *  registration. */
  | 'authorization_failed'
  /** The user, or the provider for them, said no. Offer to try again. */
  | 'access_denied'
  /** Nobody is signed in, or the session is gone. Call loginWithRedirect(). */
  | 'login_required'
  /** The provider wants the user at its page. Call loginWithRedirect(). */
  | 'interaction_required'
  /** The user hasn't consented to what was asked for. Call loginWithRedirect(). */
  | 'consent_required'
  /** The user has to choose an account at the provider. Call loginWithRedirect(). */
  | 'account_selection_required'
  /** The provider wants another factor before it renews, and the user stays signed in. Call loginWithRedirect(). */
  | 'mfa_required'
  /** The API wants another sign-in. Give this error's `authorizationParams` to loginWithRedirect(). */
  | 'step_up_required'
  /** The token endpoint's answer breaks the protocol. The provider's to mend. */
  | 'token_response_invalid'
  /** The token endpoint refused, and `error` has its code. If `retryable` it is in trouble, the session stays and a later call may succeed; else
   *  mend the registration. */
  | 'token_endpoint_error'
  /** An answer is longer than 512 KB, or an address than 64 KB. The provider's to mend, or an attack. */
  | 'response_too_large'
  /** No refresh token serves this call. Allow the grant and `offline_access` at the provider, or call loginWithRedirect(), for another audience
   *  with it named. */
  | 'missing_refresh_token'
  /** The provider ended the session. Call loginWithRedirect(). */
  | 'session_revoked'
  /** The session has reached the end of its life. Call loginWithRedirect(). */
  | 'session_expired'
  /** The ID token is no JWT as it must be. Nobody was signed in; the provider's to mend. */
  | 'id_token_malformed'
  /** The ID token isn't signed with the provider's keys, by an algorithm of `idTokenSigningAlgs`. Check that option (HS256 is refused); else it may
   *  be forged. */
  | 'id_token_signature'
  /** A claim, which the message names, isn't as it must be. Check client, issuer, organization and what the login asked for; else it may be
   *  another's token. */
  | 'id_token_claim'
  /** The provider's keys can't be had. Try later; where they have no CORS, set `verifyIdTokenSignature: false`. */
  | 'jwks_failed'
  /** UserInfo is about somebody else. Don't use it; the provider's to mend. */
  | 'userinfo_mismatch'
  /** A signed answer isn't as it must be, or a plain one came in its place. Begin again; if it stays so, the provider's to mend. */
  | 'jarm_invalid'
  /** The provider gave a token that isn't bound to the key. Let it allow DPoP for this client, or leave `useDpop` out. */
  | 'dpop_downgrade'
  /** A server wants a nonce that this page may not read. Let it name DPoP-Nonce in Access-Control-Expose-Headers. */
  | 'dpop_nonce_unreadable'
  /** A nonce is none or is refused again and again, or the browser can't sign. If `retryable`, call again. */
  | 'dpop_failed'
  /** An API's WWW-Authenticate can't be read (RFC 9110 11.6.1). The API's to mend. */
  | 'challenge_malformed'
  /** A request didn't get through: no connection, a redirect, or CORS, which a page can't tell apart. Call again later; diagnose() tells more. */
  | 'network'
  /** No answer within the time allowed. Call again later. */
  | 'timeout'
  /** Your own `signal` ended the wait. */
  | 'aborted'
  /** Another tab has been renewing for too long. Call again. */
  | 'lock_timeout'
  /** The provider said 429. Call again later; Retry-After is kept to without you. */
  | 'rate_limited'
  /** The browser opened no window. Call in the handler of a click, before anything is awaited, or give a `popup`. */
  | 'popup_blocked'
  /** The user closed the window. Offer to try again. */
  | 'popup_closed'
  /** No answer from the window in time. The user was slow, or the page it came back to doesn't load Postern: see `popupRedirectUri`. */
  | 'popup_timeout'
  /** No token is sent to this origin. If it is your API, name it in `apiOrigins`. */
  | 'origin_not_allowed'
  /** The provider granted less than was asked for. Call loginWithRedirect() with the scope, for the user to consent. */
  | 'missing_scopes'
  /** close() was called. Make a new client. */
  | 'client_closed'
  /** The module stopped, or something happened that shouldn't. Call again; if it stays so, report it with diagnose()'s trace. */
  | 'internal';
