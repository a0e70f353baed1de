// node boundary.mjs loader.mjs module.wasm compiler edition: runs every check of the module under the loader that fits its compiler.
import { strict as assert } from 'node:assert';
import { readFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { fixture } from './fixture.mjs';
import { Handles } from './handles.mjs';
import { check, end, report, within } from './report.mjs';
import { Stacks } from './stacks.mjs';

const [loader, file, compiler, edition] = process.argv.slice(2);
const { start } = await import(pathToFileURL(loader));
const tinygo = compiler !== 'go', core = edition === 'core';

const handles = new Handles(), stacks = new Stacks();
let exports;
const instantiate = async (imports) => {
  const compiled = await WebAssembly.compile(await readFile(file));
  // The checks link more of syscall/js than the product, for which the loader is made. They must not call it.
  for (const { module, name } of WebAssembly.Module.imports(compiled)) {
    (imports[module] ??= {})[name] ??= () => { throw new Error(`${name} is none of the loader's imports`); };
  }
  handles.watch(imports.gojs);
  const instance = await WebAssembly.instantiate(compiled, imports);
  ({ exports } = instance);
  return tinygo ? { exports: stacks.watch(handles.enter(exports)) } : instance;
};

const pending = new Map();
let next = 1;
globalThis.fixture = fixture(compiler);
const host = {
  ...globalThis.fixture.operations,
  await: (waiter, id, op, args) => {
    const settled = (ok) => (v) => module.settled(waiter, ok, v);
    new Promise((resolve) => { resolve(host[op](id, ...args)); }).then(settled(true), settled(false));
  },
  resolve: (id, text) => {
    pending.get(id)(text);
    pending.delete(id);
  },
};
// Of a module that has stopped nothing more can be said.
let stop = (e) => {
  report('the module stopped', e.stack);
  process.exit(1);
};
process.on('uncaughtException', (e) => stop(e));

const module = await start(instantiate, host, 'postern:host', (e) => stop(e));
const ask = (verb, times) => within(60_000, verb, new Promise((resolve) => {
  pending.set(next, resolve);
  module.call(next++, 0, `${times} ${verb}`);
}));

for (const line of (await ask('list', 0)).trim().split('\n')) {
  const [name, times] = line.split('\t');
  await check(name, async () => {
    assert.equal(await ask(name, 1).catch((e) => stop(e)), '');
    const [live, { held, most }] = [module.live(), handles];
    assert.equal(await ask(name, times).catch((e) => stop(e)), '');
    assert.deepEqual(handles.escaped.splice(0), [], 'something was thrown through the module');
    assert.equal(module.live(), live, `values live after ${times} times`);
    assert.equal(handles.held, held, `references held after ${times} times`);
    assert.equal(handles.most, most, `entries of the table after ${times} times`);
    assert.equal(await ask('verbs/Get', 1), '', 'the module afterwards');
    return tinygo ? `${live} live, ${held} references, ${most} entries` : '';
  });
}

assert.equal(pending.size, 0);
if (tinygo) {
  for (const name of ['boundary_accessor', 'boundary_direct']) {
    const times = 2000;
    let wrong = 0, stopped = '';
    for (let i = 1; i <= times && !stopped; i++) {
      try { if (exports[name](i) !== 2 * i + 1) wrong++; } catch (e) { stopped = `, then stopped at ${i}: ${e.message}`; }
    }
    report(`lookup/${name}`, '', `${wrong} of ${times} wrong${stopped}`);
  }
}
if (core) {
  await check('stacks', async () => {
    assert.ok(stacks.made >= 200, `${stacks.made} stacks: those that wait share them`);
    assert.ok(stacks.deepest > 1000, 'what the checks keep is on no stack');
    return `${stacks.made} stacks, ${stacks.deepest} bytes deep at most`;
  });
  // Depths at which 240 bytes each are too many for a stack by a little, and by a lot.
  const deep = async (depth) => {
    let stopped = null;
    stop = (e) => { stopped = e; };
    await ask('overflow', depth);
    await setImmediate(); // it is seen when the function has ended, after its answer
    return stopped;
  };
  await check('stacks/none overflows', async () => assert.equal(await deep(25), null));
  await check('stacks/one overflows', async () => {
    let waiting = true;
    ask('verbs/Await fulfilled', 1000).finally(() => { waiting = false; });
    assert.match((await deep(45)).message, /stack/);
    assert.ok(waiting, 'whoever waits does not go on in what is left of the instance');
  });
}
end();
