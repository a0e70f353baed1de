// Starts the vault's worker.

let located = () => {};

/** Says where the worker's script is when nobody else does: beside this one. */
export const locateWorker = (place) => { located = place; };

let policy;

/** Trusted Types let no text start a worker. The address is the package's own or the application's, never one that came from outside. */
const trusted = (url) => {
  policy ??= (globalThis.trustedTypes ?? { createPolicy: (_, rules) => rules }).createPolicy('postern', { createScriptURL: (text) => text });
  return policy.createScriptURL(`${url}`);
};

/** Starts the worker's script, under a name that developer tools show. A shared one's life is extended over a reload of the only page that has it. */
export const worker = (url, name, Kind) => new Kind(trusted(url || located()), { type: 'module', name, extendedLifetime: true });
