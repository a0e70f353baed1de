// The ES module. These forms of URL and import are what bundlers recognise and rewrite.
import { locate } from './engine.js';
import { locateWorker } from './hire.js';

locate(new URL('./postern.wasm', import.meta.url), {
  diagnose: () => import('./postern.diagnose.js'),
  monitor: () => import('./postern.monitor.js'),
});
locateWorker(new URL('./postern.worker.js', import.meta.url));
export { AuthError, Client, createClient, preload } from './loader.js';
