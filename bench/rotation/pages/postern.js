import { createClient } from '/postern/postern.js';

export const start = async (settings, options) => {
  const client = await createClient({
    issuer: settings.issuer,
    clientId: settings.clientId,
    // Time as the page has it, also where the SDK would rather trust the monotonic clock.
    nowProvider: () => Date.now(),
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
