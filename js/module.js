// The ES module. This form of URL is what bundlers recognise and rewrite.
import { locate } from './engine.js';

locate(new URL('./postern.wasm', import.meta.url));
export { AuthError, Client, createClient, preload } from './loader.js';
