// What abi.js is to TinyGo's build, this is to Go's: its own wasm_exec.js, kept off the global object. What wasm_exec.js finds missing in
// a browser (fs, process, path) it puts there itself, and the runtime needs it there; the shipped build has none of it.
import 'wasm_exec';

const Go = globalThis.Go;
delete globalThis.Go;

/** As in abi.js: Go's build has a core, too. */
export const small = true;

export async function start(instantiate, host, handover) {
  const go = new Go();
  const instance = await instantiate(go.importObject);
  globalThis[handover] = host;
  try { go.run(instance); } finally { delete globalThis[handover]; }
  // A panic ends Go's program without a word to who called it. TinyGo's traps reach the caller; so must this.
  const enter = (name) => (...args) => {
    const result = host[name](...args);
    if (go.exited) throw new Error('the module has exited');
    return result;
  };
  return {
    call: enter('call'), settled: enter('settled'), cached: enter('cached'),
    size: () => 0, // Go collects its garbage
    live: () => 0, // and gives handles back by finalizers
  };
}
