// The ES module. These forms of URL and import are what bundlers recognise and rewrite; one that makes a classic script of it leaves an address that is
// none.
import { locate } from './engine.js';
import { locateWorker } from './spawn.js';

locate((full) => {
  try {
    return full ? new URL('./postern.full.wasm', import.meta.url) : new URL('./postern.wasm', import.meta.url);
  } catch { return undefined; }
}, {
  more: () => import('./postern.more.js'),
  diagnose: () => import('./postern.diagnose.js'),
  monitor: () => import('./postern.monitor.js'),
});
locateWorker(() => { try { return new URL('./postern.worker.js', import.meta.url); } catch { return undefined; } });
export { AuthError, Client, createClient, preload } from './loader.js';
