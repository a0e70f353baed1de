import { createClient } from 'postern';

export const start = async (settings, options) => {
  const client = await createClient({
    issuer: settings.issuer,
    clientId: settings.clientId,
    ...options,
    authorizationParams: { redirect_uri: settings.redirectUri, audience: settings.audience, scope: settings.scope },
  });
  return {
    login: () => client.loginWithRedirect(),
    callback: () => client.handleRedirectCallback(),
    token: () => client.getTokenSilently(),
    refresh: () => client.getTokenSilently({ cacheMode: 'off' }),
    signOut: () => client.logout({ openUrl: false }),
  };
};
