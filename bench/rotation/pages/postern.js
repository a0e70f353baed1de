import { createClient } from '/postern/postern.js';

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
    signOut: () => client.logout({ openUrl: false }),
  };
};
