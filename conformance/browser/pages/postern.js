export const start = async ({ sdk, postern, redirectUri, warn }) => {
  const { createClient } = await import(`/postern/${sdk}/postern.js`);
  const client = await createClient({ ...postern, logger: ({ level, code }) => { if (level === 'warn') warn(code); } });
  return {
    login: () => client.loginWithRedirect(),
    callback: () => client.handleRedirectCallback(),
    renew: () => client.getTokenSilently({ cacheMode: 'off' }),
    trade: (subject) => client.exchangeToken(subject),
    fetch: (url) => client.fetch(url),
    userInfo: () => client.fetchUserInfo(),
    signOut: () => client.logout({ logoutParams: { returnTo: redirectUri } }),
    depart: () => client.logout({ logoutParams: { returnTo: redirectUri, state: 'departure' } }),
    user: async () => (await client.getUser())?.sub,
    close: () => client.close(),
    lifetime: () => (client.session().expiresAt - Date.now()) / 1000 || 0,
  };
};

/** The page in the frame of a silent sign-in: whatever imports Postern hands the answer on. */
export const framed = () => import(`/postern/${new URLSearchParams(location.search).get('sdk')}/postern.js`);

export const describe = ({ name, code, error, message }) => ({ code: code ?? name, server: error, message });
