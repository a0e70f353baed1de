// Compiled beside the real @auth0/auth0-spa-js: what was written for its types has to compile with ours. Nothing here runs.
import * as Ours from './auth0.js';
import { AuthError } from './index.js';
import type * as Theirs from '@auth0/auth0-spa-js';

/** Compiles where From can stand for To. */
const fits = <From extends To, To>(): void => {};

// ---- who holds a client of ours may call it as one of theirs. Fetcher is a class with protected members there, so it goes by what it does.
type Here = Exclude<keyof Ours.Auth0Client, 'createFetcher'>;
fits<Pick<Ours.Auth0Client, Here>, Pick<Theirs.Auth0Client, Here>>();
fits<Pick<Ours.Fetcher<Response>, 'fetchWithAuth'>, Pick<Theirs.Fetcher<Response>, 'fetchWithAuth'>>();
/** Of theirs, these are absent; another would fail to compile here. */
type Absent = 'mfa' | 'passkey' | 'myAccount' | 'anonymous' | 'connectAccountWithRedirect' | 'loginWithCustomTokenExchange' | 'exchangeToken'
  | '_requestTokenForPasskey' | '_requestTokenForMfa';
fits<Exclude<keyof Theirs.Auth0Client, Absent>, keyof Ours.Auth0Client>();

// ---- options of theirs are options of ours
type Refused = 'refreshTokenMode' | 'anonymousSessionsCacheMode' | 'createAnonymousSessionOnFailedSilentAuth' | 'sessionTransferTokenQueryParamName' | 'enterpriseConnect';
fits<Omit<Theirs.Auth0ClientOptions, Refused>, Ours.Auth0ClientOptions>();
fits<Exclude<keyof Theirs.Auth0ClientOptions, Refused>, keyof Ours.Auth0ClientOptions>();
fits<Theirs.RedirectLoginOptions, Ours.RedirectLoginOptions>();
fits<Theirs.PopupLoginOptions, Ours.PopupLoginOptions>();
fits<Theirs.PopupConfigOptions, Ours.PopupConfigOptions>();
fits<Theirs.GetTokenSilentlyOptions, Ours.GetTokenSilentlyOptions>();
fits<Theirs.GetTokenWithPopupOptions, Ours.GetTokenWithPopupOptions>();
fits<Theirs.LogoutOptions, Ours.LogoutOptions>();
fits<Theirs.LogoutUrlOptions, Ours.LogoutUrlOptions>();
fits<Theirs.RevokeRefreshTokenOptions, Ours.RevokeRefreshTokenOptions>();
fits<Theirs.CustomTokenExchangeOptions, Ours.CustomTokenExchangeOptions>();
fits<Theirs.AuthorizationParams, Ours.AuthorizationParams>();
fits<Theirs.ClientAuthorizationParams, Ours.ClientAuthorizationParams>();
fits<Theirs.CacheLocation, Ours.CacheLocation>();
fits<Theirs.InteractiveErrorHandler, Ours.InteractiveErrorHandler>();
fits<Theirs.ICache, Ours.ICache>();
fits<Theirs.Cacheable, Ours.Cacheable>();
fits<Ours.MaybePromise<string>, Theirs.MaybePromise<string>>();
fits<Omit<Theirs.FetcherConfig<Response>, 'getAccessToken'>, Ours.FetcherConfig<Response>>();
fits<Theirs.CustomFetchMinimalOutput, Ours.CustomFetchMinimalOutput>();

// ---- results of ours are results of theirs
fits<Ours.IdToken, Theirs.IdToken>();
fits<Ours.User, Theirs.User>();
fits<Ours.ActClaim, Theirs.ActClaim>();
fits<Ours.TokenEndpointResponse, Theirs.TokenEndpointResponse>();
fits<Ours.GetTokenSilentlyVerboseResponse, Theirs.GetTokenSilentlyVerboseResponse>();
fits<Ours.ClientConfiguration, Theirs.ClientConfiguration>();
fits<Ours.RefreshTokenMode, Theirs.RefreshTokenMode>();
fits<`${Ours.ResponseType}`, `${Theirs.ResponseType}`>();
fits<keyof Ours.RedirectLoginResult, keyof Theirs.RedirectLoginResult>();
fits<Ours.LocalStorageCache, Theirs.LocalStorageCache>();
fits<Ours.InMemoryCache, Theirs.InMemoryCache>();

// ---- an error of ours is read as theirs
fits<Ours.GenericError, Theirs.GenericError>();
fits<Ours.InvalidConfigurationError, Theirs.InvalidConfigurationError>();
fits<Ours.AuthenticationError, Theirs.AuthenticationError>();
fits<Ours.ConnectError, Theirs.ConnectError>();
fits<Ours.TimeoutError, Theirs.TimeoutError>();
fits<Ours.PopupTimeoutError, Theirs.PopupTimeoutError>();
fits<Ours.PopupCancelledError, Theirs.PopupCancelledError>();
fits<Ours.PopupOpenError, Theirs.PopupOpenError>();
fits<Ours.MfaRequirements, Theirs.MfaRequirements>();
fits<Ours.MfaRequiredError, Theirs.MfaRequiredError>();
fits<Ours.MissingRefreshTokenError, Theirs.MissingRefreshTokenError>();
fits<Ours.MissingScopesError, Theirs.MissingScopesError>();
fits<Ours.UseDpopNonceError, Theirs.UseDpopNonceError>();
fits<Ours.GenericError, AuthError>();

// ---- what later pages of theirs show: a store of one's own, popups, calls to an API
const store: Ours.ICache = {
  get: (key: string) => JSON.parse(sessionStorage.getItem(key) ?? 'null'),
  set: (key: string, value: unknown) => { sessionStorage.setItem(key, JSON.stringify(value)); },
  remove: (key: string) => { sessionStorage.removeItem(key); },
  allKeys: () => Object.keys(sessionStorage),
};
const memory = new Ours.InMemoryCache().enclosedCache;

async function uses() {
  const auth0 = await Ours.createAuth0Client({
    domain: 'tenant.eu.auth0.com', clientId: 'id', cache: store, useRefreshTokens: true, useMrrt: true, useDpop: true, apiOrigins: ['https://api.example.com'],
    authorizationParams: { audience: 'https://api.example.com', scope: { 'https://api.example.com': 'read', default: 'profile' } },
  });
  try {
    await auth0.loginWithPopup({ authorizationParams: { organization: 'org_1' } }, { timeoutInSeconds: 90 });
  } catch (e) {
    if (e instanceof Ours.PopupTimeoutError) e.popup.close();
    else if (e instanceof Ours.AuthenticationError) console.info(e.appState, e.state);
    else if (e instanceof Ours.GenericError && e.retryable) console.info(e.error, e.code);
  }
  const detailed: string | undefined = (await auth0.getTokenSilently({ detailedResponse: true }))?.access_token;
  const fetcher = auth0.createFetcher({ baseUrl: 'https://api.example.com', dpopNonceId: 'api' });
  const response: Response = await fetcher.fetchWithAuth('/me', { method: 'GET' }, { scope: ['read'], audience: 'https://api.example.com' });
  const { appState } = await auth0.handleRedirectCallback<{ returnTo: string }>();
  const to: string | undefined = appState?.returnTo;
  // @ts-expect-error a client needs to know where
  new Ours.Auth0Client({ clientId: 'id' });
  // @ts-expect-error only Auth0 has it
  auth0.mfa;
  // @ts-expect-error Online Refresh Tokens are Auth0's
  new Ours.Auth0Client({ domain: 'tenant.auth0.com', clientId: 'id', refreshTokenMode: Ours.RefreshTokenMode.Online });
  return [detailed, response, to, memory];
}
void uses;
void [
  Ours.MfaError, Ours.MfaListAuthenticatorsError, Ours.MfaEnrollmentError, Ours.MfaChallengeError, Ours.MfaVerifyError, Ours.MfaEnrollmentFactorsError,
  Ours.PasskeyError, Ours.PasskeyRegisterError, Ours.PasskeyChallengeError, Ours.PasskeyGetTokenError, Ours.MyAccountApiError, Ours.AnonymousSessionError,
];
