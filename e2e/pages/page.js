// What the browser tests drive: an application that does nothing by itself. window.t makes clients, writes down what they tell, and turns
// results and errors into JSON. The tests call the rest of the API directly, as t.client.
const lib = globalThis.postern ?? await import('/postern/postern.js');
const settings = await (await fetch('/config.json')).json();

/** A cache of the application's own, under its own names in localStorage; every call takes its time. */
const own = {
  get: async (key) => localStorage.getItem(`own ${key}`) ?? undefined,
  set: async (key, value) => localStorage.setItem(`own ${key}`, value),
  remove: async (key) => localStorage.removeItem(`own ${key}`),
  allKeys: async () => Object.keys(localStorage).filter((key) => key.startsWith('own ')).map((key) => key.slice(4)),
};

/** Every field of an error that an application can read. */
const describe = (error) => (error instanceof lib.AuthError
  ? {
    name: error.name, code: error.code, error: error.error, error_description: error.error_description, retryable: error.retryable,
    appState: error.appState, message: error.message, cause: error.cause && String(error.cause.stack ?? error.cause), isError: error instanceof Error,
  }
  : { name: 'not an AuthError', code: String(error) });

const t = {
  lib,
  settings,
  own,
  client: undefined,
  /** {name, detail} of every event of every client, and every line for a logger. */
  events: [],
  /** Milliseconds by which the clock of a client made with {ahead} is ahead. */
  ahead: 0,

  /** Options for this page's server; what is given wins. ahead sets the clock, ownCache takes t.own, logs listens to the log. */
  options({ ahead, ownCache, logs, ...given } = {}) {
    t.ahead = ahead ?? t.ahead;
    return {
      issuer: settings.issuer,
      clientId: settings.clientId,
      ...(ahead !== undefined && { nowProvider: () => Date.now() + t.ahead }),
      ...(ownCache && { cache: own }),
      ...(logs && { logger: (entry) => t.events.push({ name: 'log', detail: entry }) }),
      useRefreshTokensFallback: false, // a session that ended is to be seen to end: see silent_test.go for the rest
      ...given,
      authorizationParams: {
        redirect_uri: location.origin + location.pathname,
        audience: settings.audience,
        scope: 'openid profile email read:messages',
        ...given.authorizationParams,
      },
    };
  },

  /** Makes t.client as an application does. */
  async create(given) {
    t.client = t.watch(await lib.createClient(t.options(given)));
  },

  /** Makes t.client without checkSession(), so that it is watched from its first event. */
  construct(given) {
    t.client = t.watch(new lib.Client(t.options(given)));
  },

  watch(client) {
    for (const name of ['session', 'token', 'deadline', 'warning']) client.on(name, (detail) => t.events.push({ name, detail }));
    return client;
  },

  /** What became of a promise, or of the function that makes it. */
  async outcome(make) {
    try {
      return { value: await (typeof make === 'function' ? make() : make) };
    } catch (error) {
      return { error: describe(error) };
    }
  },

  /** outcome for later: a promise by name in flights, and in ended what it came to. */
  flights: {},
  ended: {},
  begin(name, make) {
    t.flights[name] = t.outcome(make).then((o) => (t.ended[name] = o));
  },

  /** The details of one kind of event so far. */
  told: (name) => t.events.filter((event) => event.name === name).map((event) => event.detail),

  async api(path) {
    const response = await fetch(settings.audience + path, { headers: { Authorization: `Bearer ${await t.client.getTokenSilently()}` } });
    return { status: response.status, ...(await response.json()) };
  },

  /** The audience that the access token for an API, or a resource, says it is for. */
  async audienceOf(audience, resource) {
    const token = await t.client.getTokenSilently({ authorizationParams: { audience, resource } });
    return [JSON.parse(atob(token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/'))).aud].flat().join(' ');
  },

  /** Everything that the page has stored, in both storages and in IndexedDB, as one text. */
  async stored() {
    const settled = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const databases = [];
    for (const { name } of await globalThis.indexedDB?.databases() ?? []) {
      const db = await settled(indexedDB.open(name));
      for (const store of db.objectStoreNames) {
        const objects = db.transaction(store).objectStore(store);
        databases.push([name, store, await settled(objects.getAllKeys()), await settled(objects.getAll())]);
      }
      db.close();
    }
    return JSON.stringify([{ ...sessionStorage }, { ...localStorage }, databases]);
  },

  /** How often this page has sent a request to the token endpoint, lost ones included, since it was loaded or since
   *  performance.clearResourceTimings(). */
  sends: () => performance.getEntriesByType('resource').filter((entry) => entry.name === `${settings.issuer}/token`).length,
};
globalThis.t = t;
