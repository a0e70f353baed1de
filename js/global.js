// The classic script: window.postern. document.currentScript is only there while the script runs for the first time.
import { locate } from './engine.js';

const script = typeof document === 'undefined' ? null : document.currentScript;
if (script?.src) locate(() => new URL('postern.wasm', script.src));
export { AuthError, Client, createClient, preload } from './loader.js';
