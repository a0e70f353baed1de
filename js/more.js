// What few pages need of the loader, in a file that it fetches when it first does. Nothing here has a state that the loader has, too.
export { delegate } from './delegate.js';
export { send, under } from './fetch.js';
export { hire } from './hire.js';
export { key, sign } from './keys.js';
export { frame, popup } from './windows.js';
export const version = VERSION;
