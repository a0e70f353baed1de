// The page that is timed: it loads an SDK as an application does, and nothing beside it. adapter is the SDK's file here, by the bundler.
import { start } from 'adapter';

const { options, ...settings } = JSON.parse(document.querySelector('meta[name="bench"]').content);
const returned = /[?&#](code|error)=/.test(location.href);

const sdk = await start(settings, options);
if (returned) await sdk.callback();
/** Milliseconds since the page itself was asked for: what the provider did before it sent the user here isn't in it. */
const ready = performance.now() - performance.getEntriesByType('navigation')[0].fetchStart;

const timed = async (call) => {
  const from = performance.now();
  await call();
  return performance.now() - from;
};

globalThis.b = {
  ready,

  /** How long after the call of login the page is sent to the provider, and where to. It isn't let go. */
  login: () => new Promise((resolve) => {
    const from = performance.now();
    navigation.addEventListener('navigate', (event) => {
      const ms = performance.now() - from;
      event.preventDefault();
      resolve({ ms, url: event.destination.url });
    }, { once: true });
    sdk.login();
  }),

  /** The mean of a call in each of the batches, in microseconds: a single one is shorter than what the browser's clock shows. */
  async cached(batches, calls) {
    const call = sdk.cached ?? sdk.token;
    const means = [];
    for (let n = 0; n < batches; n++) means.push(await timed(async () => { for (let i = 0; i < calls; i++) await call(); }) * 1000 / calls);
    return means;
  },

  /** How long each of n renewals took, in milliseconds, one after the other. */
  async refresh(n) {
    const all = [];
    while (all.length < n) all.push(await timed(sdk.refresh));
    return all;
  },

  /** An access token, so that whoever measures can see that there is one. */
  token: () => sdk.token(),
};

// Whoever waits is told: to be asked again and again would take its time.
globalThis.started?.();
