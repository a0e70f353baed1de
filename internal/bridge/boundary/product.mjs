// node product.mjs loader-directory package-directory compiler edition store: the real modules and the real loader in a page that isn't there. Every
// verb runs a thousand times, and instances of the module are made to end. Where the core is what the page is given, the full module takes over when a
// verb is called that the core lacks.
import { strict as assert } from 'node:assert';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { page } from './page.mjs';
import { Provider } from './provider.mjs';
import { check, end, within } from './report.mjs';
import { Stacks } from './stacks.mjs';

const [directory, packed, compiler, edition, store] = process.argv.slice(2);
const tinygo = compiler !== 'go';
const OFTEN = store === 'sessionstorage' ? 1000 : 200; // the stores differ in little of what the boundary sees

const here = page('https://app.example/');
const provider = new Provider();
await provider.start();
const core = edition === 'core';
const compile = async (name) => WebAssembly.compile(await readFile(join(packed, name)));
const wasmUrl = await compile(core ? 'postern.wasm' : 'postern.full.wasm');

// Every instance that the loader starts, the last one last. trap makes the next call out of one stop it, as a trap of its own does.
const instances = [];
let armed = false;
const { trap } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.of(
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 7, 8, 1, 4, 0x74, 0x72, 0x61, 0x70, 0, 0, 10, 5, 1, 3, 0, 0, 11))).exports;
const { instantiate } = WebAssembly;
WebAssembly.instantiate = async (module, imports) => {
  if (!imports?.gojs) return instantiate.call(WebAssembly, module, imports); // Node's own fetch is made of WebAssembly too
  for (const [name, f] of Object.entries(imports.gojs)) {
    if (typeof f !== 'function') continue; // WebAssembly.Suspending's own
    imports.gojs[name] = (...args) => {
      if (armed && name === 'ask') {
        armed = false;
        trap();
      }
      return f(...args);
    };
  }
  const instance = await instantiate.call(WebAssembly, module, imports);
  instances.push(instance);
  const seen = new Stacks();
  stacks.push(seen);
  return tinygo ? { exports: seen.watch(instance.exports) } : instance; // Go's own loader takes nothing else
};
const running = () => instances.at(-1);
const isCore = () => 'postern_stack' in running().exports;
const stacks = [];
const pages = 65536;
/** Makes the running instance as large as one that has been used for long. */
const grow = () => running().exports.memory.grow(9 * 2 ** 20 / pages);

globalThis.VERSION = JSON.parse(await readFile(join(packed, 'build-info.json'))).version; // as the bundler does
const { engine, locate } = await import(pathToFileURL(join(directory, 'engine.js')));
const { createClient } = await import(pathToFileURL(join(directory, 'loader.js')));
let fetched = 0, missing = false;
locate((full) => {
  assert.equal(full, true);
  if (missing) return undefined;
  fetched++;
  return compile('postern.full.wasm');
}, { more: () => import(pathToFileURL(join(directory, 'more.js'))) });

const entries = new Map();
const own = {
  get: async (key) => entries.get(key),
  set: async (key, text) => { entries.set(key, text); },
  remove: async (key) => { entries.delete(key); },
};
const events = [];
const warnings = [];
const client = await createClient({
  issuer: provider.issuer, clientId: 'app', wasmUrl, logger: (line) => warnings.push(line.code),
  ...(store === 'custom' ? { cache: own } : { cacheLocation: store, useWorker: false }),
});
for (const name of ['session', 'token', 'warning']) client.on(name, (detail) => events.push([name, detail]));

const login = async () => {
  let address;
  await client.loginWithRedirect({ appState: { to: '/h\u00e9re' }, openUrl: (url) => { address = url; } });
  return address;
};
const signIn = async () => {
  abandon();
  here.href = provider.authorize(await login());
  const { appState } = await client.handleRedirectCallback();
  assert.deepEqual(appState, { to: '/h\u00e9re' });
  assert.equal(here.href, 'https://app.example/', 'the address bar');
};
const abandon = () => {
  for (let i = sessionStorage.length; i--;) {
    const key = sessionStorage.key(i);
    if (/^postern:(login|history):/.test(key)) sessionStorage.removeItem(key); // or it would take this for a login loop
  }
};
const rejects = (promise, code) => assert.rejects(promise, (e) => {
  assert.equal(e.code, code, e.stack);
  return true;
});
const renew = (options) => client.getTokenSilently({ cacheMode: 'off', ...options });

/** Follows the handles of instances that have nothing to do: none may have more after a call than before it, once it has warmed up. */
const follow = () => {
  let was, calls, wanted;
  return async (what) => {
    await client.isAuthenticated(); // in the instance after, where the call has brought this one to its end
    const now = await engine(wasmUrl);
    if (now !== was) [was, calls] = [now, 0];
    if (++calls === 3) wanted = now.live();
    if (calls > 3) assert.equal(now.live(), wanted, `handles live after ${what}`);
    return wanted;
  };
};

const verbs = {
  loginWithRedirect: async () => { new URL(await login()); abandon(); },
  'loginWithRedirect that navigates': async () => { await client.loginWithRedirect(); assert.ok(here.left); abandon(); },
  'loginWithRedirect that is refused': () => rejects(client.loginWithRedirect({ authorizationParams: { state: 'mine' } }), 'config_invalid'),
  handleRedirectCallback: signIn,
  'handleRedirectCallback of a stranger': () => rejects(client.handleRedirectCallback('https://app.example/?code=c&state=s'), 'state_mismatch'),
  'handleRedirectCallback of an error': async () => {
    const state = new URL(await login()).searchParams.get('state');
    await rejects(client.handleRedirectCallback(`https://app.example/?error=access_denied&state=${state}&iss=${provider.issuer}`), 'access_denied');
  },
  'getTokenSilently, cached': async () => assert.match(await client.getTokenSilently(), /^[0-9a-f-]{36}$/),
  'getTokenSilently, cached, in detail': async () => assert.ok((await client.getTokenSilently({ detailedResponse: true })).id_token),
  'getTokenSilently, renewed': async () => {
    const was = await client.getTokenSilently(), is = await renew();
    assert.notEqual(is, was);
    assert.equal(await client.getTokenSilently(), is, 'the token that was read last is not the one that counts');
  },
  'getTokenSilently, renewed, in detail': async () => assert.equal((await renew({ detailedResponse: true })).token_type, 'Bearer'),
  'getTokenSilently, the provider down': async () => {
    provider.trouble = 'down';
    await rejects(renew(), 'token_endpoint_error');
    provider.trouble = '';
  },
  checkSession: () => client.checkSession(),
  getUser: async () => assert.deepEqual(await client.getUser(), { sub: 'user', name: 'Zo\u00eb \u{1d11e}' }),
  getIdTokenClaims: async () => assert.equal((await client.getIdTokenClaims()).iss, provider.issuer),
  isAuthenticated: async () => assert.equal(await client.isAuthenticated(), true),
  revokeRefreshToken: async () => {
    await signIn();
    await client.revokeRefreshToken();
    await rejects(renew(), 'missing_refresh_token');
  },
  logout: async () => {
    await signIn();
    await client.logout({ openUrl: false });
    assert.equal(await client.isAuthenticated(), false);
  },
  'logout that navigates': async () => {
    await client.logout();
    assert.ok(here.left.startsWith(`${provider.issuer}/logout`));
  },
  'logout with a state, and back': async () => {
    await client.logout({ logoutParams: { returnTo: '/', state: 'departure' } });
    assert.equal((await client.handleRedirectCallback('https://app.example/?state=departure')).signedOut, true);
  },
  'getTokenSilently, signed out': () => rejects(client.getTokenSilently(), 'login_required'),
};

/** What the core lacks. */
const rare = {
  initiateLogin: async () => {
    let address;
    await client.initiateLogin(`https://app.example/start?iss=${encodeURIComponent(provider.issuer)}&login_hint=zo\u00eb&target_link_uri=/orders`, {
      openUrl: (url) => { address = url; },
    });
    assert.equal(new URL(address).searchParams.get('login_hint'), 'zo\u00eb');
    abandon();
  },
  'initiateLogin that is refused': () => rejects(client.initiateLogin('https://app.example/start?iss=https%3A%2F%2Fevil.example'), 'issuer_mismatch'),
  fetchUserInfo: async () => assert.equal((await client.fetchUserInfo()).sub, 'user'),
  fetch: async () => assert.equal((await client.fetch('/api', { method: 'POST', body: 'x' })).status, 200),
  'fetch, renewed': async () => {
    provider.trouble = 'refused once';
    assert.equal((await client.fetch('/api')).status, 200);
  },
  'fetch to a stranger': () => rejects(client.fetch('https://stranger.example/'), 'origin_not_allowed'),
  'handleFrontChannelLogout of another session': async () => assert.equal(
    await client.handleFrontChannelLogout(`https://app.example/out?iss=${encodeURIComponent(provider.issuer)}&sid=guessed`), false),
};

const often = async (verbs) => {
  for (const [name, run] of Object.entries(verbs)) {
    await check(`verbs/${name}`, async () => {
      const [count, started] = [follow(), instances.length];
      let live;
      for (let i = 1; i <= OFTEN; i++) {
        await within(10_000, `call ${i}`, run());
        live = await count(`call ${i}`);
      }
      return tinygo ? `${live} live; ${instances.length - started} instances more, ${running().exports.memory.buffer.byteLength >> 10} KB` : '';
    });
  }
};

const small = process.execArgv.some((arg) => arg.startsWith('--wasm-max-mem-pages'));
if (!small) await often(verbs);
if (tinygo) {
  const { endings } = await import('./endings.mjs');
  await endings({
    client, provider, events, warnings, instances, running, grow, store, signIn, renew, rejects, small,
    arm: () => { armed = true; },
    armed: () => armed,
  });
}
if (core) {
  await check('stacks', () => {
    const made = stacks.map((s) => s.made), deepest = Math.max(...stacks.map((s) => s.deepest));
    assert.ok(deepest > 0 && deepest < 2048, `${deepest} bytes of 8192`);
    return `${deepest} bytes deep at most, ${Math.max(...made)} stacks in an instance at most`;
  });
  await check('the full module is nowhere', async () => {
    await signIn();
    missing = true;
    for (let i = 0; i < 3; i++) {
      const was = running(), token = await renew();
      const [lacking, going] = await Promise.allSettled([client.fetchUserInfo(), renew()]);
      assert.equal(lacking.reason.code, 'wasm_unavailable', lacking.reason.stack);
      assert.match(lacking.reason.message, /postern\.full\.wasm/);
      assert.notEqual(going.value, token);
      assert.equal(await client.getTokenSilently(), going.value);
      assert.equal(running(), was, 'the core goes on');
    }
    missing = false;
  });
  await check('the full module takes over', async () => {
    assert.ok(isCore());
    assert.equal(fetched, 0);
    const [before, { generation }] = [provider.requests['/token'], client.session()];
    events.length = 0;
    provider.delay = 50;
    const renewals = [renew(), renew()];
    assert.equal((await client.fetchUserInfo()).sub, 'user');
    provider.delay = 0;
    const [first, second] = await Promise.all(renewals);
    assert.equal(first, second);
    assert.equal(provider.requests['/token'], before + 1, 'token requests');
    assert.equal(fetched, 1);
    assert.ok(!isCore());
    assert.equal(await client.getTokenSilently(), first, 'the token that was being fetched meanwhile');
    assert.equal(client.session().generation, generation + 1);
    await Promise.resolve();
    assert.deepEqual(events.filter(([name]) => name !== 'session').map(([name]) => name), ['token']);
  });
}
if (!small) {
  await check('signed in again', signIn);
  await often(rare);
  await check('where it runs', () => {
    assert.equal(isCore(), false);
    assert.equal(fetched, core ? 1 : 0);
  });
}
end();
