import { Auth0Client } from '@auth0/auth0-spa-js';

export const start = async (settings, options) => {
  const client = new Auth0Client({
    domain: settings.issuer, // an origin with a scheme is taken as it is; the bench answers at Auth0's paths there
    clientId: settings.clientId,
    useRefreshTokens: true,
    ...options,
    authorizationParams: { redirect_uri: settings.redirectUri, audience: settings.audience, scope: settings.scope },
  });
  // It expects the domain with a slash behind it as `iss`, as Auth0 writes it, and its option `issuer` takes no http. The provider has no slash.
  client.tokenIssuer = settings.issuer;
  await client.checkSession(); // the rest of createAuth0Client()
  return {
    login: () => client.loginWithRedirect(),
    callback: async () => {
      await client.handleRedirectCallback();
      history.replaceState({}, '', settings.redirectUri);
    },
    token: () => client.getTokenSilently(),
    refresh: () => client.getTokenSilently({ cacheMode: 'off' }),
    signOut: () => client.logout({ openUrl: false }),
  };
};
