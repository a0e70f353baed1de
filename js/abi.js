// The imports that the module wants, no more of TinyGo's than it links, and the table of JavaScript values it holds.
//
// TinyGo has no finalizers, so a value stays in the table until internal/bridge gives it back; and it can't recover from an exception,
// so nothing is ever thrown through it: internal/bridge gets what was thrown as a result that says so.

/** Starts a module and returns what the loader uses of it. */
export async function start(instantiate, host) {
  const encoder = new TextEncoder(), decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const number = new Float64Array(1), bits = new BigUint64Array(number.buffer);
  const NAN = 0x7FF80000n << 32n;
  let exports, view;
  const memory = () => (view && view.buffer === exports.memory.buffer ? view : (view = new DataView(exports.memory.buffer)));
  const bytes = (at, length) => new Uint8Array(exports.memory.buffer, at >>> 0, length >>> 0);
  const text = (at, length) => decoder.decode(bytes(at, length));

  // The first seven entries are fixed by syscall/js, which has no use for the last of them.
  const values = [NaN, 0, null, true, false, globalThis, host];
  const counts = [], free = [];
  const ids = new Map([[globalThis, 5]]);
  const unbox = (ref) => {
    bits[0] = ref;
    const f = number[0];
    return f === 0 ? undefined : f === f ? f : values[Number(ref & 0xFFFFFFFFn)];
  };
  const kinds = { string: 2n, symbol: 3n, function: 4n };
  const box = (v) => {
    if (typeof v === 'number') {
      if (v !== v) return NAN;
      if (v === 0) return NAN | 1n;
      number[0] = v;
      return bits[0];
    }
    if (v === undefined) return 0n;
    if (v === null) return NAN | 2n;
    if (typeof v === 'boolean') return NAN | (v ? 3n : 4n);
    let id = ids.get(v);
    if (id === undefined) {
      id = free.length ? free.pop() : values.length;
      values[id] = v;
      counts[id] = 0;
      ids.set(v, id);
    }
    counts[id]++;
    return NAN | (kinds[typeof v] || 1n) << 32n | BigInt(id);
  };
  const release = (ref) => {
    const id = Number(ref & 0xFFFFFFFFn);
    bits[0] = ref;
    if (number[0] !== number[0] && id > 6 && --counts[id] === 0) {
      ids.delete(values[id]);
      values[id] = undefined;
      free.push(id);
    }
  };

  const list = (at, length) => Array.from({ length }, (_, i) => unbox(memory().getBigUint64(at + 8 * i, true)));
  const safely = (make, otherwise) => { try { return make(); } catch { return otherwise; } };
  // What is thrown, and what a promise is rejected with, may be anything: a name or a message that throws in turn is left out.
  const describe = (e) => {
    const part = (key) => safely(() => (typeof e[key] === 'string' ? e[key] : ''), '');
    return Object(e) === e ? `${part('name')}\0${part('message')}`
      : `Error\0${typeof e === 'string' ? e : 'a value that is no error was thrown'}`;
  };
  const THROWN = 8n << 32n;
  const call = (v, at, length, args, n) => { const o = unbox(v); return o[text(at, length)](...list(args, n)); };
  const attempt = (make) => { try { return box(make()); } catch (e) { return box(describe(e)) | THROWN; } };
  let encoded;

  const imports = {
    env: { arc4random: () => crypto.getRandomValues(new Uint32Array(1))[0] },
    gojs: {
      // internal/bridge's own
      wait: (id, ref) => { host.wait(id, unbox(ref)); },
      call: (...args) => attempt(() => call(...args)),
      get: (v, at, length) => attempt(() => Reflect.get(unbox(v), text(at, length))),
      release,
      encode: (ref) => {
        const v = unbox(ref);
        return typeof v === 'string' ? (encoded = encoder.encode(v)).length : -1;
      },
      fill: (at) => { bytes(at, encoded.length).set(encoded); },
      // syscall/js's, as far as the module links them; two results are an array
      'syscall/js.finalizeRef': release,
      'syscall/js.stringVal': (at, length) => box(text(at, length)),
      'syscall/js.valueGet': (v, at, length) => box(safely(() => unbox(v)[text(at, length)])),
      'syscall/js.valueSetIndex': (v, i, x) => { unbox(v)[i] = unbox(x); }, // of an array that ValueOf has made
      'syscall/js.valueCall': (...args) => safely(() => [box(call(...args)), 1], [0n, 0]),
      'syscall/js.valueNew': (v, args, n) => safely(() => [box(new (unbox(v))(...list(args, n))), 1], [0n, 0]),
      'syscall/js.copyBytesToGo': (at, length, _cap, from) => {
        const part = unbox(from).subarray(0, length);
        bytes(at, part.length).set(part);
        return [part.length, 1];
      },
    },
  };
  exports = (await instantiate(imports)).exports;
  exports._initialize();
  // What an exported function starts runs when the scheduler is called, and until everything waits again.
  return {
    call: (promise, client, verb, options) => {
      exports.postern_call(promise, client, box(verb), box(options));
      exports.go_scheduler();
    },
    settled: (id, fulfilled, value) => {
      exports.postern_settled(id, fulfilled, box(fulfilled ? value : describe(value)));
      exports.go_scheduler();
    },
    cached: (client, now, elapsed) => {
      const length = exports.postern_cached(client, now, elapsed);
      return length ? text(exports.postern_token(), length) : '';
    },
    /** Memory in bytes; it only grows. */
    size: () => exports.memory.buffer.byteLength,
    /** Values in the table, for the leak test. */
    live: () => values.length - free.length - 7,
  };
}
