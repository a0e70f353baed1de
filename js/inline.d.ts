// postern/inline: the same, with the WebAssembly module inside.
export * from './index.js';
