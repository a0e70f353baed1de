// The classic script: window.postern. document.currentScript is only there while the script runs for the first time.
import { locate } from './engine.js';
import { locateWorker } from './hire.js';

const script = typeof document === 'undefined' ? null : document.currentScript;
if (script?.src) {
  locate(() => new URL('postern.wasm', script.src));
  locateWorker(() => new URL('postern.worker.js', script.src));
}
export { AuthError, Client, createClient, preload } from './loader.js';
