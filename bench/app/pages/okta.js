import { OktaAuth } from '@okta/okta-auth-js';

export const start = async (settings, options) => {
  const client = new OktaAuth({
    issuer: settings.issuer, clientId: settings.clientId, redirectUri: settings.redirectUri, scopes: settings.scope.split(' '),
    // Okta's endpoints lie below /v1, the provider's don't. The keys' address it looks up.
    authorizeUrl: `${settings.issuer}/authorize`, tokenUrl: `${settings.issuer}/token`, userinfoUrl: `${settings.issuer}/userinfo`,
    revokeUrl: `${settings.issuer}/revoke`, logoutUrl: `${settings.issuer}/logout`,
    ...options,
  });
  if (!client.isLoginRedirect()) await client.start();
  return {
    login: () => client.signInWithRedirect({ extraParams: { audience: settings.audience } }),
    callback: async () => {
      await client.storeTokensFromRedirect();
      await client.start();
    },
    token: () => client.getOrRenewAccessToken(),
    refresh: () => client.tokenManager.renew('accessToken'),
    signOut: () => client.clearStorage(),
  };
};
