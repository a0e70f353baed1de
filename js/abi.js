// The imports that a TinyGo module wants (its syscall/js, without the C library), and the table of JavaScript values it holds.
//
// TinyGo has no finalizers, so a value stays in the table until internal/bridge gives it back; and it can't recover from an exception,
// so nothing is ever thrown through it: what a call throws becomes its result, what a getter throws becomes undefined.

/** Starts a module and returns what the loader uses of it. `host` is under `handover` on the global object while it starts. */
export async function start(instantiate, host, handover) {
  const encoder = new TextEncoder(), decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const number = new Float64Array(1), bits = new BigUint64Array(number.buffer);
  const NAN = 0x7FF80000n << 32n;
  let exports, view;
  const memory = () => (view && view.buffer === exports.memory.buffer ? view : (view = new DataView(exports.memory.buffer)));
  const bytes = (at, length) => new Uint8Array(exports.memory.buffer, at >>> 0, length >>> 0);
  const text = (at, length) => decoder.decode(bytes(at, length));

  // The first seven entries are fixed by syscall/js.
  const values = [NaN, 0, null, true, false, globalThis, {}];
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
  const release = (id) => {
    if (id > 6 && --counts[id] === 0) {
      ids.delete(values[id]);
      values[id] = undefined;
      free.push(id);
    }
  };

  const list = (at, length) => Array.from({ length }, (_, i) => unbox(memory().getBigUint64(at + 8 * i, true)));
  const answer = (ret, make) => {
    let v, ok = 1;
    try { v = make(); } catch (e) { v = e; ok = 0; }
    const ref = box(v);
    memory().setBigUint64(ret, ref, true);
    memory().setUint8(ret + 8, ok);
  };
  const safely = (make, otherwise) => { try { return make(); } catch { return otherwise; } };
  const copy = (ret, to, from) => {
    const part = from.subarray(0, to.length);
    to.set(part);
    memory().setUint32(ret, part.length, true);
    memory().setUint8(ret + 4, 1);
  };

  const epoch = Date.now() - performance.now();
  const imports = {
    env: { arc4random: () => crypto.getRandomValues(new Uint32Array(1))[0] },
    gojs: {
      'runtime.ticks': () => BigInt(Math.round((epoch + performance.now()) * 1e6)),
      'syscall/js.finalizeRef': (ref) => release(Number(ref & 0xFFFFFFFFn)),
      'syscall/js.stringVal': (at, length) => box(text(at, length)),
      'syscall/js.valueGet': (v, at, length) => box(safely(() => unbox(v)[text(at, length)])),
      'syscall/js.valueSet': (v, at, length, x) => { safely(() => { unbox(v)[text(at, length)] = unbox(x); }); },
      'syscall/js.valueDelete': (v, at, length) => { safely(() => delete unbox(v)[text(at, length)]); },
      'syscall/js.valueIndex': (v, i) => box(safely(() => unbox(v)[i])),
      'syscall/js.valueSetIndex': (v, i, x) => { safely(() => { unbox(v)[i] = unbox(x); }); },
      'syscall/js.valueLength': (v) => safely(() => unbox(v).length | 0, 0),
      'syscall/js.valueInstanceOf': (v, of) => safely(() => unbox(v) instanceof unbox(of), false),
      'syscall/js.valueCall': (ret, v, at, length, args, n) => answer(ret, () => { const o = unbox(v); return o[text(at, length)](...list(args, n)); }),
      'syscall/js.valueInvoke': (ret, v, args, n) => answer(ret, () => unbox(v)(...list(args, n))),
      'syscall/js.valueNew': (ret, v, args, n) => answer(ret, () => new (unbox(v))(...list(args, n))),
      'syscall/js.valuePrepareString': (ret, v) => {
        const s = encoder.encode(safely(() => String(unbox(v)), ''));
        const ref = box(s);
        memory().setBigUint64(ret, ref, true);
        memory().setInt32(ret + 8, s.length, true);
      },
      'syscall/js.valueLoadString': (v, at, length) => { bytes(at, length).set(unbox(v)); },
      'syscall/js.copyBytesToGo': (ret, at, length, _cap, from) => copy(ret, bytes(at, length), unbox(from)),
      'syscall/js.copyBytesToJS': (ret, to, at, length) => copy(ret, unbox(to), bytes(at, length)),
    },
    wasi_snapshot_preview1: { fd_write: () => 0, proc_exit: () => {} },
  };
  exports = (await instantiate(imports)).exports;
  globalThis[handover] = host;
  try { exports._initialize(); } finally { delete globalThis[handover]; }
  // What an exported function starts runs when the scheduler is called, and until everything waits again.
  return {
    call: (promise, client, verb, options) => {
      exports.postern_call(promise, client, box(verb), box(options));
      exports.go_scheduler();
    },
    settled: (id, fulfilled, value) => {
      exports.postern_settled(id, fulfilled, box(value));
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
