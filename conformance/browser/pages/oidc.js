// The build for browsers, which has its one dependency inside. It is a classic script.
await new Promise((resolve, reject) => {
  document.head.append(Object.assign(document.createElement('script'), {
    src: '/peers/oidc/oidc-client-ts.min.js', onload: resolve, onerror: reject,
  }));
});

const { UserManager } = globalThis.oidc;

const manage = ({ issuer, clientId, scope, redirectUri, maxAge, acr, claims, responseMode, timeout, dpop }) => new UserManager({
  authority: issuer,
  client_id: clientId,
  redirect_uri: redirectUri,
  post_logout_redirect_uri: redirectUri,
  scope,
  automaticSilentRenew: false, // a renewal is one that the case has asked for
  revokeTokensOnSignout: true,
  ...(maxAge && { max_age: Number(maxAge) }),
  ...(acr && { acr_values: acr }),
  ...(responseMode && { response_mode: responseMode }),
  ...(claims && { extraQueryParams: { claims } }),
  ...(dpop && { dpop: { bind_authorization_code: true, store: new globalThis.oidc.IndexedDbDPoPStore() } }),
  ...(timeout && { requestTimeoutInSeconds: timeout }),
});

/** The page in the frame of a silent sign-in, which is what signinSilent does without a refresh token. */
export const framed = (settings) => manage({ issuer: '', clientId: '', ...settings }).signinSilentCallback();

/** Somebody may be signed in whose name is none. */
const named = (user) => (user ? String(user.sub || 'nobody') : '');

export const start = async (settings) => {
  const manager = manage(settings);
  return {
    login: () => manager.signinRedirect(),
    callback: async () => {
      const answer = new URLSearchParams(`${location.search}&${location.hash.slice(1)}`);
      await (answer.has('code') || answer.has('error') ? manager.signinCallback(location.href) : manager.signoutCallback(location.href));
      history.replaceState({}, '', settings.redirectUri);
    },
    renew: () => manager.signinSilent(),
    signOut: () => manager.signoutRedirect(),
    depart: () => manager.signoutRedirect({ state: 'departure' }),
    close: () => {},
    user: async () => named((await manager.getUser())?.profile),
    lifetime: async () => (await manager.getUser())?.expires_in,
  };
};

export const describe = (error) => ({ code: error?.error ?? error?.name ?? 'error', server: error?.error, message: String(error?.message ?? error) });
