// The imports that the module wants, no more of TinyGo's than it links, and the table of JavaScript values it holds.
//
// Texts go in and out by way of the module's memory and leave nothing behind. Values are few: TinyGo has no finalizers, so each stays in the
// table until internal/bridge gives it back. And TinyGo can't recover from an exception, so nothing is ever thrown through it: internal/bridge
// gets what was thrown as a result that says so.
//
// Whoever waits in the module waits on a stack of its own. Where the browser keeps stacks (JavaScript Promise Integration) the module leaves it to
// the browser; the module for other browsers has a scheduler, and is a fifth larger.

/** Whether the browser keeps the stacks of those that wait, so that the small module runs. */
export const small = 'Suspending' in WebAssembly;

/** Starts a module and returns what the loader uses of it. trapped is called when the module stops while nobody who called it is there to be told. */
export async function start(instantiate, host, _, trapped) {
  const encoder = new TextEncoder(), decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const number = new Float64Array(1), bits = new BigUint64Array(number.buffer);
  const NAN = 0x7FF80000n << 32n;
  let exports, view, place, token;
  const memory = () => (view && view.buffer === exports.memory.buffer ? view : (view = new DataView(exports.memory.buffer)));
  const bytes = (at, length) => new Uint8Array(exports.memory.buffer, at >>> 0, length >>> 0);
  const text = (at, length) => decoder.decode(bytes(at, length));
  const texts = (at, length) => Array.from({ length }, (_, i) => text(memory().getUint32(at + 8 * i, true), memory().getUint32(at + 8 * i + 4, true)));

  // What crosses next into the module: it is told the length, and has it copied to where it wants it.
  let held;
  const hold = (value) => (typeof value === 'string' ? (held = encoder.encode(value)).length : -1);
  const safely = (make, otherwise) => { try { return make(); } catch { return otherwise; } };
  // What is thrown, and what a promise is rejected with, may be anything: a name or a message that throws in turn is left out.
  const part = (e, key) => safely(() => (typeof e[key] === 'string' ? e[key] : ''), '');
  const holdThrown = (e) => -2 - hold(Object(e) === e ? `${part(e, 'name')}\0${part(e, 'message')}`
    : `Error\0${typeof e === 'string' ? e : 'a value that is no error was thrown'}`);
  const attempt = (make) => { try { return hold(make()); } catch (e) { return holdThrown(e); } };

  // The first six entries are fixed by syscall/js.
  const values = [NaN, 0, null, true, false, globalThis];
  const counts = [], free = [];
  const ids = new Map([[globalThis, 5]]);
  const unbox = (ref) => {
    bits[0] = ref;
    const f = number[0];
    return f === 0 ? undefined : f === f ? f : values[Number(ref & 0xFFFFFFFFn)];
  };
  // Objects, functions and texts, which are all that the module holds; of anything else nothing is wanted.
  const kinds = { object: 1n, string: 2n, function: 4n };
  const box = (v) => {
    const kind = kinds[typeof v];
    if (!kind || v === null) return 0n;
    let id = ids.get(v);
    if (id === undefined) {
      id = free.length ? free.pop() : values.length;
      values[id] = v;
      counts[id] = 0;
      ids.set(v, id);
    }
    counts[id]++;
    return NAN | kind << 32n | BigInt(id);
  };
  const list = (at, length) => Array.from({ length }, (_, i) => unbox(memory().getBigUint64(at + 8 * i, true)));

  // A function's stack in the module's memory ends where the last one's began, so each that waits among others needs one for itself: `stack` is the
  // module's pointer into the one in use, `main` is that of whoever doesn't wait.
  const gates = new Map(), stacks = [];
  let stack, main, over;
  const gate = (at) => {
    if (!gates.has(at)) gates.set(at, Promise.withResolvers());
    return gates.get(at);
  };
  const begin = async () => {
    if (over) return;
    const own = stacks.pop() ?? exports.postern_stack();
    stack.value = own;
    const done = exports.postern_run();
    stack.value = main;
    await done;
    stack.value = main;
    // The far end of internal/lock's StackSize. Whoever has come this far may have gone farther, into what others have.
    if (bytes(own - 8176, 64).some((b) => b)) throw new RangeError('a stack was too small');
    stacks.push(own);
  };

  const imports = {
    env: { arc4random: () => crypto.getRandomValues(new Uint32Array(1))[0] },
    gojs: {
      // internal/bridge's own
      ask: (id, at, length, args, n) => attempt(() => host[text(at, length)](id, ...texts(args, n))),
      await: (waiter, id, at, length, args, n) => { host.await(waiter, id, text(at, length), texts(args, n)); },
      call: (v, at, length, args, n) => attempt(() => { const o = unbox(v); return o[text(at, length)](...texts(args, n)); }),
      fill: (at) => { bytes(at, held.length).set(held); },
      // internal/lock's own
      ...(small && {
        suspend: new WebAssembly.Suspending((at) => {
          const own = stack.value;
          stack.value = main;
          return gate(at).promise.then(() => (over ? new Promise(() => {}) : own));
        }),
        resumed: (own) => { stack.value = own; },
        wake: (at) => {
          gates.get(at)?.resolve();
          gates.delete(at);
        },
        begin: () => { queueMicrotask(() => { begin().catch((e) => {
          over = true; // nobody else may go on in there
          trapped(e);
        }); }); },
      }),
      // syscall/js's, as far as the module links them; two results are an array
      'syscall/js.finalizeRef': (ref) => {
        const id = Number(ref & 0xFFFFFFFFn);
        bits[0] = ref;
        if (number[0] !== number[0] && id > 5 && --counts[id] === 0) {
          ids.delete(values[id]);
          values[id] = undefined;
          free.push(id);
        }
      },
      'syscall/js.stringVal': (at, length) => box(text(at, length)),
      'syscall/js.valueGet': (v, at, length) => box(safely(() => unbox(v)[text(at, length)])),
      'syscall/js.valueSetIndex': (v, i, x) => { unbox(v)[i] = unbox(x); }, // of an array that ValueOf has made
      'syscall/js.valueCall': (v, at, length, args, n) => safely(() => { const o = unbox(v); return [box(o[text(at, length)](...list(args, n))), 1]; }, [0n, 0]),
      'syscall/js.valueNew': (v, args, n) => safely(() => [box(new (unbox(v))(...list(args, n))), 1], [0n, 0]),
      'syscall/js.copyBytesToGo': (at, length, _cap, from) => {
        const piece = unbox(from).subarray(0, length);
        bytes(at, piece.length).set(piece);
        return [piece.length, 1];
      },
    },
  };
  exports = { ...(await instantiate(imports)).exports };
  stack = exports.__stack_pointer;
  main = stack?.value;
  if (exports.postern_run) exports.postern_run = WebAssembly.promising(exports.postern_run);
  exports._initialize();
  // The scheduler runs what an exported function has started, until everything waits again.
  const schedule = () => { exports.go_scheduler?.(); };
  return {
    call: (promise, client, verb) => {
      exports.postern_call(promise, client, hold(verb));
      schedule();
    },
    settled: (waiter, fulfilled, value) => {
      exports.postern_settled(waiter, fulfilled ? hold(value) : holdThrown(value));
      schedule();
    },
    cached: (client, now, elapsed) => {
      const length = exports.postern_cached(client, now, elapsed);
      if (!length) return '';
      // The module never frees: what is at the same place is the same token.
      const at = exports.postern_token();
      return at === place ? token : (token = text(place = at, length));
    },
    /** Memory in bytes; it only grows. */
    size: () => exports.memory.buffer.byteLength,
    /** Values in the table, for the leak test. */
    live: () => values.length - free.length - 6,
  };
}
