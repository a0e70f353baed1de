// The ES module with the WebAssembly module inside, for tools that can't serve a second file. It fetches no module.
import { locate } from './engine.js';
import { fail } from './errors.js';
import * as more from './more.js';
import hex from 'postern.full.wasm'; // from tools/pack

let compiled;
locate(async () => {
  try {
    return await (compiled ??= WebAssembly.compile(Uint8Array.from({ length: hex.length / 2 }, (_, i) => parseInt(hex.slice(2 * i, 2 * i + 2), 16))));
  } catch (e) {
    throw fail('wasm_unavailable', "postern.wasm could not be compiled; if this page has a Content-Security-Policy, add 'wasm-unsafe-eval' to script-src", e);
  }
}, {
  more: () => more,
  diagnose: () => import('./postern.diagnose.js'),
  monitor: () => import('./postern.monitor.js'),
});
export { AuthError, Client, createClient, preload } from './loader.js';
