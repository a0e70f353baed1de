// A provider that nobody of ours wrote, for one browser test: node-oidc-provider, with the settings that a single-page app needs of it.
//
// It says where it listens on its first line of output. The first line of input says where the app is, and the end of input ends it, so that it
// never outlives the test, however that ends.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import Provider from 'oidc-provider';

const server = createServer((request, response) => answer(request, response));
let answer = (_, response) => response.writeHead(503).end();

const input = createInterface({ input: process.stdin });
input.on('close', () => process.exit(0));
input.once('line', (app) => {
  const { origin } = new URL(app);
  const provider = new Provider(issuer, {
    clients: [{
      client_id: 'postern-interop',
      application_type: 'web',
      token_endpoint_auth_method: 'none', // a browser keeps no secret
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      redirect_uris: [app],
      post_logout_redirect_uris: [app],
    }],
    claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: `Name of ${id}`, email: `${id}@example.com` }) }),
    // For this client, and for its page alone.
    clientBasedCORS: (_, from, client) => client.clientId === 'postern-interop' && from === origin,
    rotateRefreshToken: true,
    ttl: { AccessToken: 60, IdToken: 3600, RefreshToken: 86400, Session: 86400, Grant: 86400, Interaction: 600 },
    features: {
      revocation: { enabled: true },
      dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
      devInteractions: { enabled: true },
      jwtResponseModes: { enabled: true },
      resourceIndicators: { enabled: true, getResourceServerInfo: (_, audience) => ({ audience, scope: 'read', accessTokenFormat: 'jwt', accessTokenTTL: 60 }) },
    },
    cookies: { keys: ['only for this test'] },
  });
  // Its pages want a font of another site, where a test has no business, and browsers want an icon, which it hasn't got.
  provider.use(async (context, next) => {
    if (context.path === '/favicon.ico') return void (context.status = 204);
    await next();
    if (typeof context.body === 'string') context.body = context.body.replace(/@import url\(https:[^)]*\);/g, '');
  });
  // What went wrong inside is the test's to know: the browser is told little.
  provider.on('server_error', (_, error) => console.error(error));
  answer = provider.callback();
  console.log('ready');
});

let issuer;
server.listen(0, '127.0.0.1', () => {
  issuer = `http://localhost:${server.address().port}`;
  console.log(issuer);
});
