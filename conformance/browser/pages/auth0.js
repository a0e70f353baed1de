import { Auth0Client } from '/peers/auth0/auth0-spa-js.production.esm.js';

/** Somebody may be signed in whose name is none. */
const named = (user) => (user ? String(user.sub || 'nobody') : '');

export const start = async ({ issuer, clientId, scope, redirectUri, maxAge, organization, acr, claims, timeout, dpop }) => {
  const client = new Auth0Client({
    domain: issuer, // an origin with a scheme is taken as it is; the provider answers at Auth0's paths, too
    clientId,
    useRefreshTokens: true,
    ...(dpop && { useDpop: true }),
    ...(timeout && { httpTimeoutInSeconds: timeout }),
    authorizationParams: {
      redirect_uri: redirectUri, scope, ...(maxAge && { max_age: maxAge }), ...(organization && { organization }), ...(acr && { acr_values: acr }),
      ...(claims && { claims }),
    },
  });
  // It expects the domain with a slash behind it as `iss`, as Auth0 writes it, and its option `issuer` takes no http. The provider has no slash.
  client.tokenIssuer = issuer;
  await client.checkSession(); // the rest of createAuth0Client()
  return {
    login: () => client.loginWithRedirect(),
    callback: async () => {
      await client.handleRedirectCallback();
      history.replaceState({}, '', redirectUri);
    },
    fetch: (url) => client.createFetcher({ ...(dpop && { dpopNonceId: 'api' }) }).fetchWithAuth(url),
    renew: () => client.getTokenSilently({ cacheMode: 'off' }),
    signOut: () => client.logout({ logoutParams: { returnTo: redirectUri } }),
    close: () => {},
    user: async () => named(await client.getUser()),
    lifetime: () => 0,
  };
};

export const describe = (error) => ({ code: error?.error ?? error?.name ?? 'error', server: error?.error, message: String(error?.message ?? error) });
