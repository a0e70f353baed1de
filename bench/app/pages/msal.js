import { createStandardPublicClientApplication } from '@azure/msal-browser';

export const start = async (settings, options) => {
  // It takes no authority without https, so it gets a name that nobody asks, and the metadata of the provider that answers in its place.
  const authority = 'https://login.bench.invalid/';
  const scopes = settings.scope.split(' ');
  const client = await createStandardPublicClientApplication({
    auth: {
      clientId: settings.clientId, redirectUri: settings.redirectUri,
      authority, knownAuthorities: [new URL(authority).host],
      authorityMetadata: JSON.stringify({
        issuer: settings.issuer, authorization_endpoint: `${settings.issuer}/authorize`, token_endpoint: `${settings.issuer}/token`,
        end_session_endpoint: `${settings.issuer}/logout`, jwks_uri: `${settings.issuer}/jwks`,
      }),
    },
    cache: { cacheLocation: 'localStorage' },
    system: { protocolMode: 'OIDC', ...options },
  });
  // Each page calls this before anything else, whether or not the provider has just sent the user to it.
  const answer = await client.handleRedirectPromise();
  const silent = async (more) => (await client.acquireTokenSilent({ scopes, account: client.getAllAccounts()[0], ...more })).accessToken;
  return {
    login: () => client.loginRedirect({ scopes }),
    callback: async () => { client.setActiveAccount(answer.account); },
    token: () => silent(),
    refresh: () => silent({ forceRefresh: true }),
    signOut: () => client.clearCache(),
  };
};
