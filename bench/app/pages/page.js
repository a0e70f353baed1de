// One application, written for each SDK as its documentation says and driven from outside. The address says which: ?sdk=postern, auth0, oidc,
// msal, okta or keycloak. It does nothing by itself: window.t signs in, asks for tokens, and turns what comes of it into JSON.

const sdk = new URLSearchParams(location.search).get('sdk');

// The clock comes first, so that the SDK finds no other. It can be moved, as a laptop that was asleep moves it: by Date alone. startAhead is set
// from outside before the page's scripts run.
const RealDate = Date;
const clock = { ahead: globalThis.startAhead ?? 0, now: () => RealDate.now() + clock.ahead };
// Postern asks the application for the time, and its worker goes by that; in a Date of the page's own the two would disagree.
if (sdk !== 'postern') {
  globalThis.Date = class Date extends RealDate {
    constructor(...given) {
      if (given.length) super(...given);
      else super(clock.now());
    }

    static now() { return clock.now(); }
  };
}

// A worker that all tabs share speaks for them: who has told it what it wants is as far as who has sent a request.
const { postMessage } = MessagePort.prototype;
MessagePort.prototype.postMessage = function (...given) {
  t.told = true;
  return postMessage.apply(this, given);
};

const settings = await (await fetch('/config.json')).json();
settings.redirectUri = `${location.origin}/bench/?sdk=${sdk}`;
settings.scope = 'openid profile email offline_access read:messages';
const adapter = await import(`./${sdk}/adapter.js`);

/** An application waits no longer than this for a token. No SDK's own limit is longer, but for auth0-spa-js's three times ten seconds. */
const patience = 25000;

const late = () => new Promise((_, reject) => { setTimeout(reject, patience, new Error(`nothing came of it in ${patience / 1000} s`)); });

const describe = (error) => ({ name: error?.name ?? typeof error, code: error?.code ?? error?.error, message: String(error?.message ?? error) });

const t = {
  /** What the adapter makes; see README.md of the bench. Undefined until create. */
  sdk: undefined,
  /** Whether the provider has sent the user back to this page. */
  returned: /[?&#](code|error)=/.test(location.href),

  /** Makes the client and restores what session there is, as an application does when it starts. */
  async create(options) { t.sdk = await adapter.start(settings, options, clock.now); },

  /** What became of a promise: a text or an error, and after how long. */
  async outcome(make) {
    const start = performance.now();
    const seconds = () => (performance.now() - start) / 1000;
    try {
      return { value: String(await Promise.race([make(), late()])), seconds: seconds() };
    } catch (error) {
      return { error: describe(error), seconds: seconds() };
    }
  },

  /** outcome for later: a promise by name in flights, and in ended what it came to. */
  flights: {},
  ended: {},
  begin(name, make) {
    delete t.ended[name];
    t.flights[name] = t.outcome(make).then((o) => (t.ended[name] = o));
  },

  clock,

  /** Moves it. */
  pass(ms) { clock.ahead += ms; },

  /** Moves the clock and asks for a token, before anything of the SDK's own can come between. */
  later(ms) {
    t.pass(ms);
    t.told = false;
    t.begin('token', () => t.sdk.token());
  },

  /** Does that when some page calls go: all pages at one moment, however long it took to tell them. */
  arm(ms) {
    const channel = new BroadcastChannel('go');
    delete t.ended.token;
    t.told = false;
    t.armed = true;
    t.flights.token = new Promise((resolve) => {
      channel.onmessage = () => {
        channel.close();
        t.armed = false;
        t.later(ms);
        resolve(t.flights.token);
      };
    });
  },
  go() { new BroadcastChannel('go').postMessage(''); },
};

// The answer to a silent sign-in in a frame is the parent's.
if (window.parent === window) globalThis.t = t;
else adapter.framed?.(settings);
