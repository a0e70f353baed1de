import { UserManager, WebStorageStateStore } from 'oidc-client-ts';

const manage = (settings, { store, automaticSilentRenew }) => new UserManager({
  authority: settings.issuer,
  client_id: settings.clientId,
  redirect_uri: settings.redirectUri,
  scope: settings.scope,
  extraQueryParams: { audience: settings.audience },
  userStore: new WebStorageStateStore({ store: globalThis[store] }),
  automaticSilentRenew,
});

/** The page in the frame of a silent sign-in, which is what signinSilent does without a refresh token. */
export const framed = (settings) => manage(settings, { store: 'sessionStorage', automaticSilentRenew: false }).signinSilentCallback();

export const start = async (settings, options) => {
  const manager = manage(settings, options);
  // With automaticSilentRenew the application keeps the user that the events bring, as react-oidc-context does, and waits for them. It must not
  // ask with getUser() instead: once the token has expired, that cancels the library's timer. After an error, and for a user who had expired
  // when the page was loaded, the library has no timer: then the application asks itself.
  let current = await manager.getUser();
  let automatic = options.automaticSilentRenew && !current?.expired;
  const waiting = new Set();
  const tell = (settle) => {
    for (const one of waiting) settle(one);
    waiting.clear();
  };
  manager.events.addUserLoaded((user) => {
    automatic = options.automaticSilentRenew;
    current = user;
    tell((one) => one.resolve(user));
  });
  manager.events.addSilentRenewError((error) => { automatic = false; tell((one) => one.reject(error)); });
  manager.events.addUserUnloaded(() => { automatic = false; });

  const renewed = async () => {
    const user = await manager.getUser();
    if (!user) throw new Error('nobody is signed in');
    return user.expired ? manager.signinSilent() : user;
  };
  const timed = () => (current.expired ? new Promise((resolve, reject) => { waiting.add({ resolve, reject }); }) : current);

  return {
    login: () => manager.signinRedirect(),
    callback: async () => {
      await manager.signinCallback(location.href);
      history.replaceState({}, '', settings.redirectUri);
    },
    token: async () => (await (automatic && current ? timed() : renewed())).access_token,
    cached: () => manager.getUser(),
    refresh: () => manager.signinSilent(),
    signOut: () => manager.removeUser(),
  };
};
