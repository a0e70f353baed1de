// postern/inline: the same, with the full WebAssembly module inside.
export * from './index.js';
