// What happens when an instance of the module ends: because it has grown, or because it trapped.
import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { check, within } from './report.mjs';

export const endings = async ({ client, provider, events, warnings, instances, running, grow, store, signIn, renew, rejects, small, arm, armed }) => {
  /** Whatever happens to instances, the page is told of a state once, and the session is the one it was. */
  const goesOn = async (run) => {
    if (await client.isAuthenticated()) await client.logout({ openUrl: false });
    await signIn();
    await Promise.resolve();
    const [user, token, snapshot, started] = [await client.getUser(), await client.getTokenSilently(), client.session(), instances.length];
    events.length = warnings.length = 0;
    await run({ token, snapshot });
    await Promise.resolve();
    assert.deepEqual(await client.getUser(), user);
    const told = events.filter(([name]) => name === 'token').map(([, { generation, expiresAt }]) => `${generation} until ${expiresAt}`);
    assert.equal(new Set(told).size, told.length, `token events: ${told}`);
    let last = JSON.stringify(snapshot);
    for (const [name, detail] of events) {
      if (name !== 'session') continue;
      assert.notEqual(JSON.stringify(detail), last, 'a session event that tells nothing new');
      last = JSON.stringify(detail);
    }
    return `${instances.length - started} instances more`;
  };
  const requests = () => JSON.stringify(provider.requests);

  if (small) return check('endings/out of memory', () => goesOn(async ({ token }) => {
    // Node is started with less memory for a module than the size at which the loader replaces it, so that this comes first.
    let failures = 0;
    for (let i = 0; i < 500_000 && failures < 3; i++) {
      const e = await within(5000, 'getUser', client.getUser()).then(() => null, (e) => e);
      if (e) {
        assert.equal(e.code, 'internal', e.stack);
        failures++;
        assert.equal(await client.getTokenSilently(), token);
      }
    }
    assert.equal(failures, 3);
    return `${failures} failures`;
  }));

  await check('endings/grown', () => goesOn(async ({ token, snapshot }) => {
    const before = requests();
    for (let i = 0; i < 20; i++) {
      const was = running();
      grow();
      await client.isAuthenticated();
      assert.equal(await client.getTokenSilently(), token);
      assert.equal(await client.getTokenSilently({ detailedResponse: true }).then((r) => r.access_token), token);
      assert.notEqual(running(), was, 'an instance that has grown should be replaced');
    }
    assert.equal(requests(), before, 'a new instance should ask the provider for nothing');
    assert.deepEqual(events, []);
    assert.deepEqual(client.session(), snapshot);
  }));

  await check('endings/grown, then renewed', () => goesOn(async ({ snapshot }) => {
    for (let i = 1; i <= 20; i++) {
      await client.isAuthenticated(); // in a new instance
      grow();
      await renew();
      assert.equal(client.session().generation, snapshot.generation + i);
    }
    assert.equal(events.filter(([name]) => name === 'token').length, 20);
  }));

  await check('endings/grown while others wait', () => goesOn(async () => {
    for (let round = 0; round < 50; round++) {
      grow();
      const calls = Array.from({ length: 20 }, (_, i) => {
        const call = () => (i % 4 === 0 ? client.getUser() : i % 4 === 1 ? client.getTokenSilently({ detailedResponse: true }) : client.isAuthenticated());
        return i % 3 ? call() : sleep(i % 5).then(call);
      });
      await within(5000, `20 calls at once, round ${round}`, Promise.all(calls));
    }
  }));

  await check('endings/grown in steps of one microtask', () => goesOn(async () => {
    for (let turns = 0; turns < 30; turns++) {
      grow();
      const first = client.isAuthenticated();
      for (let i = 0; i < turns; i++) await undefined;
      await within(5000, `a call ${turns} microtasks after another`, Promise.all([first, client.getUser()]));
    }
  }));

  await check('endings/trap', () => goesOn(async ({ token }) => {
    for (let i = 0; i < 20; i++) {
      const was = running();
      arm();
      await rejects(within(5000, 'the call that traps', client.getUser()), 'internal');
      assert.equal(armed(), false);
      assert.equal(await within(5000, 'the next call', client.getTokenSilently()), token);
      assert.equal((await client.getUser()).sub, 'user');
      assert.notEqual(running(), was);
    }
    assert.deepEqual(events, []);
  }));

  await check('endings/trap while others wait', () => goesOn(async () => {
    provider.delay = 30;
    for (let turns = 0; turns < 30; turns++) {
      const started = renew().catch((e) => e);
      await sleep(turns % 3 ? 0 : 10);
      arm();
      const calls = [client.getUser()];
      for (let i = 0; i < turns; i++) await undefined;
      calls.push(client.isAuthenticated(), client.getUser());
      for (const result of await within(5000, `calls after ${turns} microtasks`, Promise.allSettled([started, ...calls]))) {
        if (result.reason) assert.equal(result.reason.code, 'internal', result.reason.stack);
      }
      // The renewal's outcome is nobody's to know; a new sign-in ends the doubt.
      await sleep(40);
      if (await client.isAuthenticated()) await client.logout({ openUrl: false });
      await within(5000, 'the next sign-in', signIn());
    }
    provider.delay = 0;
  }).finally(() => { provider.delay = 0; }));

  await check('endings/trap after a wait', () => goesOn(async () => {
    for (let i = 0; i < 5; i++) {
      const was = running();
      provider.delay = 30;
      const renewals = [renew(), renew({ detailedResponse: true })];
      await sleep(10); // they wait for the provider, and nobody else is in the module
      arm();
      for (const renewal of renewals) await rejects(within(5000, 'a renewal whose second half traps', renewal), 'internal');
      assert.equal(armed(), false);
      provider.delay = 0;
      if (await within(5000, 'the next call', client.isAuthenticated())) await client.logout({ openUrl: false });
      assert.notEqual(running(), was);
      await signIn();
      await within(5000, 'a renewal by the next instance', renew());
    }
  }).finally(() => { provider.delay = 0; }));

  await check('endings/trap while holding the lock', () => goesOn(async () => {
    provider.delay = 50;
    const renewal = renew();
    await sleep(20); // it is at the provider now
    arm();
    await rejects(client.getUser(), 'internal');
    await rejects(renewal, 'internal');
    await sleep(60);
    provider.delay = 0;
    assert.equal(navigator.locks.held.size, 0, 'a lock that nobody will ever give back');
    await client.logout({ openUrl: false });
    await signIn();
    await within(5000, 'a renewal by the next instance', renew());
  }).finally(() => { provider.delay = 0; }));

  if (store === 'sessionstorage') {
    await check('endings/grown while the store is full', () => goesOn(async () => {
      sessionStorage.full = true;
      await renew();
      await Promise.resolve();
      const token = await client.getTokenSilently();
      assert.deepEqual(warnings, ['storage_degraded']);
      grow();
      await client.isAuthenticated();
      assert.equal(await client.isAuthenticated(), true, 'the session lived in the module that was replaced');
      assert.equal(await client.getTokenSilently(), token);
      assert.deepEqual(warnings, ['storage_degraded'], 'warnings');
    }).finally(() => { sessionStorage.full = false; }));
  }
};
