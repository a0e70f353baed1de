// The ES module. These forms of URL and import are what bundlers recognise and rewrite.
import { locate } from './engine.js';

locate(new URL('./postern.wasm', import.meta.url), {
  diagnose: () => import('./postern.diagnose.js'),
  monitor: () => import('./postern.monitor.js'),
});
export { AuthError, Client, createClient, preload } from './loader.js';
