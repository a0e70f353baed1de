// What abi.js is to TinyGo's build, this is to Go's: its own wasm_exec.js, kept off the global object.
import 'wasm_exec';

const Go = globalThis.Go;
delete globalThis.Go;

export async function start(instantiate, host, handover) {
  const go = new Go();
  let cached;
  host.onCached = (f) => { cached = f; };
  const instance = await instantiate(go.importObject);
  globalThis[handover] = host;
  try { go.run(instance); } finally { delete globalThis[handover]; }
  return { cached, live: () => 0 };
}
