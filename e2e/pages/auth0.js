// The same page with auth0-spa-js as its documentation has it for refresh tokens: in memory, with its worker.
import { Auth0Client } from '/peers/auth0/auth0-spa-js.production.esm.js';
await import('./page.js');

const { t } = globalThis;

t.create = async () => {
  const { issuer, clientId, authorizationParams } = t.options();
  t.client = new Auth0Client({
    domain: issuer, clientId, useRefreshTokens: true, workerUrl: '/peers/auth0/auth0-spa-js.worker.production.js', authorizationParams,
  });
  t.client.tokenIssuer = issuer; // it expects Auth0's, with a slash behind
};
t.peer = true;
