// An example of every public name, for tsc to check and people to read. Nothing here runs. Lines under @ts-expect-error must not compile.
import { AuthError, Client, createClient, preload } from './index.js';
import type {} from './global.js';
import { createClient as inlined } from './inline.js';
import type {
  AuthorizationParams, Cache, ClientEvents, ClientOptions, Diagnosis, ErrorCode, FetcherConfig, GetTokenSilentlyOptions,
  GetTokenWithPopupOptions, IdTokenClaims, LogoutOptions, PopupConfigOptions, PopupLoginOptions, RedirectLoginOptions, RedirectLoginResult,
  ServerMetadata, SessionSnapshot, TokenExchangeOptions, TokenParams, TokenResponse, User, WarningCode,
} from './index.js';

/** Fails to compile unless A and B are the same type. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
const same = <A, B>(_: Same<A, B>): void => {};

// ---- options

const smallest: ClientOptions = { issuer: 'https://login.example.com/', clientId: 'id' };
const byDomain: ClientOptions = { domain: 'tenant.example.com', clientId: 'id' };
// @ts-expect-error a client needs an id
const anonymous: ClientOptions = { issuer: 'https://login.example.com/' };
// @ts-expect-error cookies aren't a place for tokens
const cookies: ClientOptions = { clientId: 'id', cacheLocation: 'cookie' };
// @ts-expect-error a misspelt option is found
const misspelt: ClientOptions = { clientId: 'id', useRefreshToken: true };

const params: AuthorizationParams = {
  scope: 'openid offline_access', audience: 'https://api.example.com', redirect_uri: 'https://app.example.com/callback', resource: ['https://a', 'https://b'],
  prompt: 'select_account', max_age: 300, acr_values: 'urn:mfa', display: 'popup', claims: { id_token: {} }, organization: 'org_1',
  authorization_details: [{ type: 'payment' }], response_mode: 'query.jwt', 'ext-anything': 1,
};
// @ts-expect-error a script can't read what is posted to its page
const posted: AuthorizationParams = { response_mode: 'form_post' };

const metadata: ServerMetadata = {
  issuer: 'https://login.example.com/', authorization_endpoint: 'https://login.example.com/authorize', token_endpoint: 'https://login.example.com/token', anything: true,
};
// @ts-expect-error nobody can sign in without a token endpoint
const incomplete: ServerMetadata = { issuer: 'https://login.example.com/', authorization_endpoint: 'https://login.example.com/authorize' };

const synchronous: Cache = { get: () => undefined, set: () => {}, remove: () => {}, allKeys: () => ['key'] };
const asynchronous: Cache = { get: async (key) => key, set: async (key, value) => void (key + value), remove: async () => {} };
// @ts-expect-error what can't forget isn't a store
const hoarder: Cache = { get: () => undefined, set: () => {} };

const everything: ClientOptions = {
  ...byDomain, authorizationParams: params, metadata, useRefreshTokens: true, useRefreshTokensFallback: false, useMrrt: false, useDpop: true,
  par: 'auto', cacheLocation: 'localstorage', cache: asynchronous, useWorker: false, fetchInWorker: false, backgroundRenewal: true, monitorSession: true, leeway: 0, httpTimeoutInSeconds: 10,
  authorizeTimeoutInSeconds: 60, rotationOverlapInSeconds: 5, refreshTokenLifetime: { idleSeconds: 3600 }, verifyIdTokenSignature: true,
  idTokenSigningAlgs: ['ES256'], apiOrigins: ['https://api.example.com'], silentRedirectUri: '/silent', popupRedirectUri: '/popup',
  wasmUrl: new URL('https://cdn.example.com/postern.wasm'), workerUrl: '/postern.worker.js', nowProvider: async () => 0,
  logger: ({ level, code, message }) => { same<typeof level, 'debug' | 'info' | 'warn' | 'error'>(true); void (code + message); },
};

// ---- the client

async function signIn(): Promise<void> {
  await preload();
  await preload({ wasmUrl: '/postern.wasm', integrity: 'sha384-x' });
  const client: Client = await createClient(everything);
  new Client({ ...smallest, cache: synchronous });
  // @ts-expect-error options aren't optional
  new Client();

  const options: RedirectLoginOptions<{ returnTo: string }> = { authorizationParams: params, appState: { returnTo: '/' }, fragment: 'top', openUrl: async (url: string) => void url };
  await client.loginWithRedirect();
  await client.loginWithRedirect(options);
  // @ts-expect-error the state that was promised
  await client.loginWithRedirect<{ returnTo: string }>({ appState: { returnTo: 1 } });

  const result = await client.handleRedirectCallback<{ returnTo: string }>('https://app.example.com/?code=c&state=s');
  same<typeof result, RedirectLoginResult<{ returnTo: string }>>(true);
  same<typeof result.response_type, 'code'>(true);
  same<typeof result.signedOut, true | undefined>(true);
  // @ts-expect-error there may be none
  result.appState.returnTo;
  const unknown = await client.handleRedirectCallback();
  // @ts-expect-error untyped state has no members
  unknown.appState?.returnTo;

  await client.initiateLogin();
  await client.initiateLogin('/start?iss=https%3A%2F%2Flogin.example.com%2F', { authorizationParams: { prompt: 'login' } });
  // @ts-expect-error where the user goes afterwards is in the request
  await client.initiateLogin('/start', { appState: { returnTo: '/' } });

  const login: PopupLoginOptions = { authorizationParams: { login_hint: 'ada@example.com' } };
  const popup: PopupConfigOptions = { popup: window.open(), timeoutInSeconds: 60, closePopup: true };
  await client.loginWithPopup(login, popup);
  const withPopup: GetTokenWithPopupOptions = { ...login, cacheMode: 'off' };
  same<string, Awaited<ReturnType<typeof client.getTokenWithPopup>>>(true);
  await client.getTokenWithPopup(withPopup, popup);
}

async function tokens(client: Client): Promise<void> {
  const token = await client.getTokenSilently();
  same<typeof token, string>(true);
  const response = await client.getTokenSilently({ detailedResponse: true });
  same<typeof response, TokenResponse>(true);
  same<typeof response.token_type, 'Bearer' | 'DPoP'>(true);
  same<typeof response.authorization_details, object[] | undefined>(true);
  // @ts-expect-error a refresh token never reaches the page
  response.refresh_token;
  const narrow: TokenParams = { scope: 'read', audience: 'https://api.example.com' };
  await client.getTokenSilently({ authorizationParams: { resource: ['https://api.example.com'] } });
  const options: GetTokenSilentlyOptions = { authorizationParams: narrow, cacheMode: 'cache-only', timeoutInSeconds: 5, signal: new AbortController().signal };
  await client.checkSession(options);
  // @ts-expect-error auth0-spa-js's older name for cacheMode: 'off'
  await client.getTokenSilently({ ignoreCache: true });
  await client.revokeRefreshToken({ audience: 'https://api.example.com' });

  const exchange: TokenExchangeOptions = { subject_token: 't', subject_token_type: 'urn:ietf:params:oauth:token-type:jwt' };
  same<TokenResponse, Awaited<ReturnType<typeof client.exchangeToken>>>(true);
  await client.exchangeToken(exchange);
  // @ts-expect-error both are required
  await client.exchangeToken({ subject_token: 't' });
}

async function identity(client: Client): Promise<void> {
  const user = await client.getUser();
  same<typeof user, User | undefined>(true);
  // @ts-expect-error nobody may be signed in
  user.name;
  interface Employee extends User { department: string }
  const employee = await client.getUser<Employee>();
  employee?.department.toUpperCase();
  (await client.fetchUserInfo<Employee>()).department.toUpperCase();
  const claims: IdTokenClaims | undefined = await client.getIdTokenClaims();
  claims?.__raw.split('.');
  same<boolean, Awaited<ReturnType<typeof client.isAuthenticated>>>(true);

  same<boolean, Awaited<ReturnType<typeof client.handleFrontChannelLogout>>>(true);
  await client.handleFrontChannelLogout('https://app.example.com/out?iss=https%3A%2F%2Flogin.example.com%2F&sid=s');
  const out: LogoutOptions = { openUrl: false, clientId: null, logoutParams: { returnTo: 'https://app.example.com', federated: true } };
  await client.logout(out);
  // @ts-expect-error true has no meaning
  await client.logout({ openUrl: true });
}

async function apis(client: Client): Promise<void> {
  const response: Response = await client.fetch('https://api.example.com/', { method: 'POST', authorizationParams: { scope: 'write' } });
  void response.ok;
  const config: FetcherConfig = { baseUrl: 'https://api.example.com/', fetch, dpopNonceId: 'api' };
  await client.createFetcher(config).fetchWithAuth('/orders', { method: 'GET' }, { scope: 'read' });
  const nonce: string | undefined = await client.getDpopNonce('api');
  await client.setDpopNonce(nonce ?? 'n', 'api');
  const proof: string = await client.generateDpopProof({ url: 'https://api.example.com/', method: 'GET', accessToken: 't' });
  // @ts-expect-error a proof is for one method
  await client.generateDpopProof({ url: proof });
}

async function watching(client: Client): Promise<void> {
  const stop = client.on('session', (snapshot) => same<typeof snapshot, SessionSnapshot>(true));
  same<typeof stop, () => void>(true);
  client.on('token', ({ audience, generation }) => void (audience + generation.toFixed()));
  // @ts-expect-error the event carries no token
  client.on('token', ({ access_token }) => access_token);
  client.on('deadline', ({ kind }) => same<typeof kind, 'idle' | 'absolute' | 'session_expiry'>(true));
  client.on('warning', ({ code }) => same<typeof code, WarningCode>(true));
  same<keyof ClientEvents, 'session' | 'token' | 'deadline' | 'warning'>(true);
  // @ts-expect-error no such event
  client.on('logout', () => {});

  const { status, expiresAt, deadlines }: SessionSnapshot = client.session();
  same<typeof status, 'signed-out' | 'signed-in' | 'recovering' | 'offline'>(true);
  void [expiresAt?.toFixed(), deadlines.idle];

  const diagnosis: Diagnosis = await client.diagnose();
  diagnosis.checks.filter((check) => !check.ok).map((check) => check.hint ?? check.detail);
  const configuration = client.getConfiguration();
  // @ts-expect-error read only
  configuration.clientId = 'another';
  await client.close();
}

// ---- codes. A switch over all of them compiles only while both lists are whole.

const warnings: Record<WarningCode, true> = {
  clock_skew: true, storage_degraded: true, storage_corrupt: true, renewal_failed: true, scope_narrowed: true, scope_widened: true, locks_unavailable: true, third_party_cookies_blocked: true,
};

const codes: Record<ErrorCode, true> = {
  config_invalid: true, insecure_context: true, wasm_unavailable: true, storage_unavailable: true, storage_corrupt: true,
  discovery_failed: true, issuer_mismatch: true, insecure_url: true, pkce_unsupported: true,
  callback_invalid: true, state_mismatch: true, transaction_expired: true, callback_replayed: true, redirect_blocked: true, login_loop: true,
  authorization_failed: true, access_denied: true,
  login_required: true, interaction_required: true, consent_required: true, account_selection_required: true, mfa_required: true, step_up_required: true,
  token_response_invalid: true, token_endpoint_error: true, response_too_large: true, missing_refresh_token: true, session_revoked: true,
  session_expired: true,
  id_token_malformed: true, id_token_signature: true, id_token_claim: true, jwks_failed: true, userinfo_mismatch: true, jarm_invalid: true,
  dpop_downgrade: true, dpop_nonce_unreadable: true, dpop_failed: true, challenge_malformed: true,
  network: true, timeout: true, aborted: true, lock_timeout: true, rate_limited: true,
  popup_blocked: true, popup_closed: true, popup_timeout: true,
  origin_not_allowed: true, missing_scopes: true, client_closed: true, internal: true,
};

function failed(reason: unknown): string {
  if (!(reason instanceof AuthError)) throw reason;
  const wanted: AuthorizationParams | undefined = reason.authorizationParams;
  void wanted;
  if (reason.retryable) return reason.error_description;
  // @ts-expect-error codes are a closed set
  if (reason.code === 'network_error') return '';
  // @ts-expect-error nor is one written to
  reason.error = 'internal';
  void [reason.appState, reason.cause, reason.message];
  return reason.code === 'login_required' ? reason.error : reason.code;
}

// ---- the other entries

same<typeof inlined, typeof createClient>(true);
same<typeof postern.createClient, typeof createClient>(true);
same<typeof window.postern.AuthError, typeof AuthError>(true);

export { anonymous, apis, codes, cookies, failed, hoarder, identity, incomplete, misspelt, posted, signIn, tokens, warnings, watching };
