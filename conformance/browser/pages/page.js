// One application, written for each SDK as its documentation says and driven from outside. The address says which: ?sdk=tinygo and go are
// Postern's builds, auth0 and oidc the peers. It does nothing by itself; window.t takes one step after another and tells what came of it.
const sdk = new URLSearchParams(location.search).get('sdk');
const adapter = await import(`./${['tinygo', 'go'].includes(sdk) ? 'postern' : sdk}.js`);

/** An application waits no longer than this. */
const patience = 20000;

const late = () => new Promise((_, reject) => { setTimeout(reject, patience, new Error(`nothing came of it in ${patience / 1000} s`)); });

const t = {
  client: undefined,

  /** Whether the user has come back from a sign-in or a sign-out. */
  returned: sessionStorage.getItem('left') !== null,

  /** Warnings outlive the page: the one who signs out leaves it. */
  warned: () => JSON.parse(sessionStorage.getItem('warned') ?? '[]'),
  warn(code) { sessionStorage.setItem('warned', JSON.stringify([...t.warned(), code])); },

  /** Makes the client, as an application does when its page has been loaded. */
  async create(settings) {
    t.client = await adapter.start({ sdk, redirectUri: `${location.origin}/conformance/?sdk=${sdk}`, warn: t.warn, ...settings });
  },

  /** What the application sees once step is over. A client that can't even be made is an outcome too. */
  async outcome(settings, step) {
    let failed = {};
    try {
      await Promise.race([(async () => {
        if (!t.client) await t.create(settings);
        await step?.(t.client);
      })(), late()]);
    } catch (error) {
      failed = adapter.describe(error);
    }
    return { ...failed, user: await t.client?.user() ?? '', frames: document.querySelectorAll('iframe').length, lifetime: Math.round(Math.min(await t.client?.lifetime() ?? 0, 1e9)), warnings: t.warned() };
  },

  /** Leaves for the provider. What is awaited is only a failure: a step that works ends with the page. */
  left: undefined,
  leave(settings, verb) {
    t.returned = false;
    sessionStorage.setItem('left', verb);
    t.outcome(settings, (client) => client[verb]()).then((o) => { if (o.code) t.left = o; });
  },

  /** Forgets all of a case, so that the next can begin in this page. */
  async forget() {
    await t.client?.close();
    sessionStorage.clear();
    localStorage.clear();
    for (const cookie of document.cookie.split('; ')) document.cookie = `${cookie.split('=')[0]}=; max-age=0; path=/`;
    t.client = t.left = undefined;
    t.returned = false;
  },

  finish: (settings) => t.outcome(settings, (client) => client.callback()),
  renew: (settings) => t.outcome(settings, (client) => client.renew()),
  trade: (settings) => t.outcome(settings, (client) => client.trade(settings.subject)),
  fetch: (settings) => t.outcome(settings, async (client) => {
    const response = await client.fetch(settings.api);
    if (!response.ok) throw Object.assign(new Error(`the API answered with ${response.status}`), { code: `status_${response.status}`, error: '' });
  }),
  userInfo: (settings) => t.outcome(settings, (client) => client.userInfo?.()),
  look: (settings) => t.outcome(settings),
};
sessionStorage.removeItem('left');

// The answer to a silent sign-in in a frame is the parent's.
if (window.parent === window) globalThis.t = t;
else adapter.framed?.({ redirectUri: `${location.origin}/conformance/?sdk=${sdk}` });
