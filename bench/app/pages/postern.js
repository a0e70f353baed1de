import { createClient } from 'postern';

export const start = async (settings, options, nowProvider) => {
  const client = await createClient({
    issuer: settings.issuer,
    clientId: settings.clientId,
    nowProvider,
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
