// postern/auth0 without a framework, for the test to call. What fails is told by its class, as auth0-spa-js's users tell it.
import * as names from 'postern/auth0';

const { issuer, clientId, audience } = await (await fetch('/config.json')).json();
const options = { domain: issuer, clientId, authorizationParams: { audience, redirect_uri: location.origin + '/', scope: 'openid email read:messages' } };
const client = (more) => new names.Auth0Client({ ...options, ...more });

const classOf = (e) => Object.keys(names).filter((name) => /Error$/.test(name) && e instanceof names[name]).join(' ');

window.uses = {
  names, client,
  /** The parameters of the login that a client would leave for. */
  login: async (more, login, as = 'openUrl') => {
    let url;
    sessionStorage.clear(); // logins that are begun and never finished are held for a loop
    await client(more).loginWithRedirect({ ...login, [as]: async (to) => { url = to; } });
    return Object.fromEntries(new URL(url).searchParams);
  },
  fails: async (run) => {
    try {
      return `no: ${JSON.stringify(await run())}`;
    } catch (e) {
      return `${classOf(e)}: ${e.error}: ${e.code}`;
    }
  },
};
