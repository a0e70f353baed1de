// The types of postern/auth0: those names of @auth0/auth0-spa-js 2.28 that are here, as it has them. docs/from-auth0-spa-js.md lists what isn't, and why.
import { AuthError } from './index.js';
import type { ClientOptions } from './index.js';

/** Makes a client and begins a session silently, where the provider has one. */
export function createAuth0Client(options: Auth0ClientOptions): Promise<Auth0Client>;

export class Auth0Client {
  constructor(options: Auth0ClientOptions);
  loginWithRedirect<TAppState = any>(options?: RedirectLoginOptions<TAppState>): Promise<void>;
  handleRedirectCallback<TAppState = any>(url?: string): Promise<RedirectLoginResult<TAppState>>;
  loginWithPopup(options?: PopupLoginOptions, config?: PopupConfigOptions): Promise<void>;
  checkSession(options?: GetTokenSilentlyOptions): Promise<void>;
  getTokenSilently(options: GetTokenSilentlyOptions & { detailedResponse: true }): Promise<GetTokenSilentlyVerboseResponse | undefined>;
  getTokenSilently(options?: GetTokenSilentlyOptions): Promise<string | undefined>;
  getTokenWithPopup(options?: GetTokenWithPopupOptions, config?: PopupConfigOptions): Promise<string | undefined>;
  getUser<TUser extends User>(): Promise<TUser | undefined>;
  getIdTokenClaims(): Promise<IdToken | undefined>;
  isAuthenticated(): Promise<boolean>;
  logout(options?: LogoutOptions): Promise<void>;
  revokeRefreshToken(options?: RevokeRefreshTokenOptions): Promise<void>;
  customTokenExchange(options: CustomTokenExchangeOptions): Promise<TokenEndpointResponse>;
  createFetcher<TOutput extends CustomFetchMinimalOutput = Response>(config?: FetcherConfig<TOutput>): Fetcher<TOutput>;
  getDpopNonce(id?: string): Promise<string | undefined>;
  setDpopNonce(nonce: string, id?: string): Promise<void>;
  generateDpopProof(params: { url: string; method: string; nonce?: string; accessToken: string }): Promise<string>;
  getConfiguration(): Readonly<ClientConfiguration>;
}

/** Postern's own options may stand among auth0-spa-js's, but for those that have another meaning or type there. */
export interface Auth0ClientOptions extends Omit<ClientOptions,
  'domain' | 'issuer' | 'authorizationParams' | 'cache' | 'cacheLocation' | 'leeway' | 'useRefreshTokens' | 'useRefreshTokensFallback' | 'workerUrl'> {
  /** A host name, or an address: then it is the issuer, exactly as written. */
  domain: string;
  /** Exactly as the provider publishes it, where domain isn't enough. It must be of the same host. */
  issuer?: string;
  /** scope may be one for each audience, and `default`. */
  authorizationParams?: ClientAuthorizationParams;
  /** Default "memory": the session is in a worker that all tabs share, and where none is left a reload asks the provider for it. */
  cacheLocation?: CacheLocation | 'sessionstorage';
  /** Wins over cacheLocation. What Postern keeps in it is text, and not of auth0-spa-js's form. */
  cache?: ICache;
  /** Default false. */
  useRefreshTokens?: boolean;
  /** Default false. The hidden frame is used all the same where useRefreshTokens is false. */
  useRefreshTokensFallback?: boolean;
  /** postern.worker.js, which isn't auth0-spa-js's. */
  workerUrl?: string | URL;
  /** 'popup': getTokenSilently() opens one when the provider wants another factor. */
  interactiveErrorHandler?: InteractiveErrorHandler;
  refreshTokenMode?: 'offline';
  /** Taken, and without effect: Postern allows for clock skew by itself. */
  leeway?: number;
  /** Taken, and without effect. */
  auth0Client?: { name: string; version: string; env?: { [key: string]: string } };
  /** Taken, and without effect: Postern sets no cookies. */
  legacySameSiteCookie?: boolean;
  /** Taken, and without effect. */
  useCookiesForTransactions?: boolean;
  /** Taken, and without effect. */
  sessionCheckExpiryDays?: number;
  /** Taken, and without effect. */
  cookieDomain?: string;
  /** Taken, and without effect: forms are what the standard has. */
  useFormData?: boolean;
}

export type InteractiveErrorHandler = 'popup';
export type CacheLocation = 'memory' | 'localstorage';
export const RefreshTokenMode: { readonly Offline: 'offline'; readonly Online: 'online' };
export type RefreshTokenMode = 'offline' | 'online';
export enum ResponseType { Code = 'code', ConnectCode = 'connect_code' }
export interface ClientConfiguration { domain: string; clientId: string }

export interface AuthorizationParams {
  display?: 'page' | 'popup' | 'touch' | 'wap';
  prompt?: 'none' | 'login' | 'consent' | 'select_account';
  max_age?: string | number;
  ui_locales?: string; id_token_hint?: string; screen_hint?: 'signup' | 'login' | string; login_hint?: string; acr_values?: string;
  scope?: string; audience?: string; connection?: string; organization?: string; invitation?: string; redirect_uri?: string;
  [key: string]: any;
}
export interface ClientAuthorizationParams extends Omit<AuthorizationParams, 'scope'> { scope?: string | Record<string, string> }
export interface RedirectLoginOptions<TAppState = any> {
  authorizationParams?: AuthorizationParams;
  appState?: TAppState;
  fragment?: string;
  /** @deprecated openUrl's old name. */
  onRedirect?: (url: string) => Promise<void>;
  openUrl?: (url: string) => Promise<void> | void;
}
export interface RedirectLoginResult<TAppState = any> { appState?: TAppState; response_type: ResponseType.Code }
export interface PopupLoginOptions { authorizationParams?: AuthorizationParams }
export interface PopupConfigOptions { timeoutInSeconds?: number; popup?: any; closePopup?: boolean }
export interface GetTokenSilentlyOptions {
  cacheMode?: 'on' | 'off' | 'cache-only';
  authorizationParams?: { redirect_uri?: string; scope?: string; audience?: string; [key: string]: any };
  timeoutInSeconds?: number;
  detailedResponse?: boolean;
}
export interface GetTokenWithPopupOptions extends PopupLoginOptions { cacheMode?: 'on' | 'off' | 'cache-only' }
export interface LogoutUrlOptions { clientId?: string | null; logoutParams?: { federated?: boolean; returnTo?: string; [key: string]: any } }
export interface LogoutOptions extends LogoutUrlOptions {
  /** @deprecated openUrl's old name. */
  onRedirect?: (url: string) => Promise<void>;
  openUrl?: false | ((url: string) => Promise<void> | void);
}
export interface RevokeRefreshTokenOptions { audience?: string }
export type CustomTokenExchangeOptions = {
  subject_token_type: string; subject_token: string; audience?: string; scope?: string; organization?: string; actor_token?: string; actor_token_type?: string;
  [key: string]: unknown;
};
export type TokenEndpointResponse = { id_token: string; token_type: string; access_token: string; refresh_token?: string; expires_in: number; scope?: string };
export type GetTokenSilentlyVerboseResponse = Omit<TokenEndpointResponse, 'refresh_token'>;

export type ResponseHeaders = Record<string, string | null | undefined> | [string, string][] | { get(name: string): string | null | undefined };
export type CustomFetchMinimalOutput = { status: number; headers: ResponseHeaders };
/** There is no getAccessToken: a token goes to apiOrigins alone, so the client gets it itself. */
export type FetcherConfig<TOutput extends CustomFetchMinimalOutput> = { baseUrl?: string; fetch?: (req: Request) => Promise<TOutput>; dpopNonceId?: string };
export interface Fetcher<TOutput extends CustomFetchMinimalOutput> {
  fetchWithAuth(info: RequestInfo | URL, init?: RequestInit, authParams?: { scope?: string[]; audience?: string }): Promise<TOutput>;
}

export interface ActClaim { sub?: string; [key: string]: any }
interface Claims {
  name?: string; given_name?: string; family_name?: string; middle_name?: string; nickname?: string; preferred_username?: string; profile?: string;
  picture?: string; website?: string; email?: string; email_verified?: boolean; gender?: string; birthdate?: string; zoneinfo?: string; locale?: string;
  phone_number?: string; phone_number_verified?: boolean; address?: string; updated_at?: string; act?: ActClaim;
  [key: string]: any;
}
export interface IdToken extends Claims {
  __raw: string;
  iss?: string; aud?: string; exp?: number; nbf?: number; iat?: number; jti?: string; azp?: string; nonce?: string; auth_time?: string; at_hash?: string;
  c_hash?: string; acr?: string; amr?: string[]; sub_jwk?: string; cnf?: string; sid?: string; org_id?: string; org_name?: string; session_expiry?: number;
}
export interface User extends Claims { sub?: string }
export class User {}

export type MaybePromise<T> = Promise<T> | T;
/** What is kept. auth0-spa-js's adapters say T = Cacheable; nothing needs to know what it is. */
export type Cacheable = any;
export interface ICache {
  set<T = Cacheable>(key: string, entry: T): MaybePromise<void>;
  get<T = Cacheable>(key: string): MaybePromise<T | undefined>;
  remove(key: string): MaybePromise<void>;
  allKeys?(): MaybePromise<string[]>;
}
export class LocalStorageCache implements ICache {
  set<T = Cacheable>(key: string, entry: T): void;
  get<T = Cacheable>(key: string): MaybePromise<T | undefined>;
  remove(key: string): void;
  allKeys(): string[];
}
export class InMemoryCache { enclosedCache: ICache }

// ---- errors. Each is an AuthError too: code and retryable are Postern's, error and error_description auth0-spa-js's.
export class GenericError extends AuthError {
  constructor(error: string, error_description: string);
  static fromPayload(payload: { error: string; error_description: string }): GenericError;
}
export class InvalidConfigurationError extends GenericError {
  suggestion: string;
  constructor(message: string, suggestion: string);
}
export class AuthenticationError extends GenericError {
  state: string;
  appState: any;
  constructor(error: string, error_description: string, state: string, appState?: any);
}
export class ConnectError extends GenericError {
  connection: string;
  state: string;
  appState: any;
  constructor(error: string, error_description: string, connection: string, state: string, appState?: any);
}
export class TimeoutError extends GenericError { constructor() }
export class PopupTimeoutError extends TimeoutError {
  popup: Window;
  constructor(popup: Window);
}
export class PopupCancelledError extends GenericError {
  popup: Window;
  constructor(popup: Window);
}
export class PopupOpenError extends GenericError { constructor() }
export interface MfaRequirements { enroll?: { type: string }[]; challenge?: { type: string }[] }
export class MfaRequiredError extends GenericError {
  /** Empty: the user answers at the provider, by a login. */
  mfa_token: string;
  mfa_requirements: MfaRequirements;
  constructor(error: string, error_description: string, mfa_token: string, mfa_requirements: MfaRequirements);
}
export class MissingRefreshTokenError extends GenericError {
  audience: string;
  scope: string;
  constructor(audience: string, scope: string);
}
export class MissingScopesError extends GenericError {
  audience: string;
  scope: string;
  constructor(audience: string, scope: string);
}
export class UseDpopNonceError extends GenericError {
  newDpopNonce: string | undefined;
  constructor(newDpopNonce: string | undefined);
}
// Of what only Auth0 has. Nothing throws these.
export class MfaError extends GenericError {}
export class MfaListAuthenticatorsError extends MfaError {}
export class MfaEnrollmentError extends MfaError {}
export class MfaChallengeError extends MfaError {}
export class MfaVerifyError extends MfaError {}
export class MfaEnrollmentFactorsError extends MfaError {}
export class PasskeyError extends GenericError {}
export class PasskeyRegisterError extends PasskeyError {}
export class PasskeyChallengeError extends PasskeyError {}
export class PasskeyGetTokenError extends PasskeyError {}
export class MyAccountApiError extends GenericError {}
export class AnonymousSessionError extends GenericError {}
