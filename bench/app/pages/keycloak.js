import Keycloak from 'keycloak-js';

export const start = async (settings, options) => {
  const client = new Keycloak({ url: settings.issuer, realm: 'bench', clientId: settings.clientId });
  // It takes the answer to a login out of the address by itself. The frame that watches Keycloak's own session is left out.
  await client.init({ checkLoginIframe: false, redirectUri: settings.redirectUri, ...options });
  return {
    login: () => client.login({ scope: settings.scope }),
    callback: async () => { if (!client.authenticated) throw new Error('the answer to the login was of no use'); },
    token: async () => {
      await client.updateToken(30);
      return client.token;
    },
    refresh: () => client.updateToken(-1),
    signOut: () => client.clearToken(),
  };
};
