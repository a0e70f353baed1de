// The classic script: window.postern. document.currentScript is only there while the script runs for the first time.
import { locate } from './engine.js';
import * as more from './more.js';
import { locateWorker } from './spawn.js';

const script = typeof document === 'undefined' ? null : document.currentScript;
if (script?.src) {
  const beside = (name) => new URL(name, script.src);
  locate((full) => beside(full ? 'postern.full.wasm' : 'postern.wasm'), {
    more: () => more, // inside, where the page's integrity attribute covers it
    diagnose: () => import(beside('postern.diagnose.js')),
    monitor: () => import(beside('postern.monitor.js')),
  });
  locateWorker(() => beside('postern.worker.js'));
}
export { AuthError, Client, createClient, preload } from './loader.js';
