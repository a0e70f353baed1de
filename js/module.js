// The ES module. This form of URL is what bundlers recognise and rewrite.
import { locate } from './engine.js';
import { locateWorker } from './hire.js';

locate(new URL('./postern.wasm', import.meta.url));
locateWorker(new URL('./postern.worker.js', import.meta.url));
export { AuthError, Client, createClient, preload } from './loader.js';
