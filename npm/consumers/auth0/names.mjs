// Runs in Node, as on a server that renders pages. Prints what is wrong.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as postern from 'postern';
import * as auth0 from 'postern/auth0';
import * as theirs from '@auth0/auth0-spa-js';

const types = readFileSync(fileURLToPath(import.meta.resolve('postern/auth0')).replace(/js$/, 'd.ts'), 'utf8');
const declared = [...types.matchAll(/^export (?:class|function|const|enum) (\w+)/gm)].map(([, name]) => name);
assert.deepEqual(Object.keys(auth0).sort(), [...new Set(declared)].sort(), 'auth0.d.ts and auth0.js name the same');

const options = { domain: 'tenant.example.com', clientId: 'id' };
assert.deepEqual(new auth0.Auth0Client(options).getConfiguration(), options);
assert.equal(new auth0.Auth0Client({ ...options, domain: 'https://login.example.com' }).getConfiguration().domain, 'login.example.com');
assert.equal(new auth0.Auth0Client({ ...options, issuer: 'https://tenant.example.com/' }).getConfiguration().domain, 'tenant.example.com');
for (const wrong of [{ issuer: 'https://elsewhere.example.com/' }, { refreshTokenMode: auth0.RefreshTokenMode.Online }]) {
  assert.throws(() => new auth0.Auth0Client({ ...options, ...wrong }), (e) => e instanceof auth0.InvalidConfigurationError
    && e.error === 'invalid_configuration' && e.code === 'config_invalid' && e.suggestion !== '');
}

// One AuthError, by whichever name it is imported.
await assert.rejects(new auth0.Auth0Client(options).getTokenSilently(), (e) => e instanceof auth0.GenericError && e instanceof postern.AuthError
  && e.code === 'wasm_unavailable' && e.error === 'wasm_unavailable' && e.message === e.error_description && e.cause instanceof postern.AuthError);
await assert.rejects(new auth0.Auth0Client(options).loginWithCustomTokenExchange({}), auth0.InvalidConfigurationError);

// Made alike, an error of ours is read like one of theirs.
const popup = {};
const like = {
  GenericError: ['e', 'd'], InvalidConfigurationError: ['m', 's'], AuthenticationError: ['e', 'd', 's', { a: 1 }], ConnectError: ['e', 'd', 'c', 's'], TimeoutError: [],
  PopupTimeoutError: [popup], PopupCancelledError: [popup], PopupOpenError: [], MfaRequiredError: ['e', 'd', 't', {}], MissingRefreshTokenError: ['default', 'a'],
  MissingScopesError: ['api', 'a,b'], UseDpopNonceError: ['n'],
};
for (const [name, args] of Object.entries(like)) {
  const [ours, real] = [auth0, theirs].map((from) => new from[name](...args));
  for (const field of ['message', ...Object.keys(real)]) assert.deepEqual(ours[field], real[field], `${name}.${field}`);
  for (const parent of Object.keys(like)) assert.equal(ours instanceof auth0[parent], real instanceof theirs[parent], `${name} as ${parent}`);
}
for (const name of ['ResponseType', 'RefreshTokenMode']) assert.deepEqual({ ...auth0[name] }, { ...theirs[name] });
const memory = new auth0.InMemoryCache().enclosedCache;
memory.set('key', 'text');
assert.equal(memory.get('key'), 'text');
memory.remove('key');
assert.deepEqual([memory.get('key'), memory.allKeys()], [undefined, []]);
