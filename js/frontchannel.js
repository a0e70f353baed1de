// What frontchannel.html does (OpenID Connect Front-Channel Logout 1.0): it tells every page of the origin what the provider says, each of which
// judges whether it is about its own session, and has a client look at the sessions in Web Storage, which may have no page open. What is stored is
// the clients' business; of it this page reads whose it is, which stands in the key.
import { Client } from './postern.js';

const stored = (storage, issuer) => {
  try {
    return Object.keys(globalThis[storage]).filter((key) => key.startsWith('postern:session:'))
      .map((key) => key.split(':').slice(2).map(decodeURIComponent)).filter(([theirs]) => theirs === issuer);
  } catch {
    return []; // blocked, as in many a frame
  }
};

const issuer = new URLSearchParams(location.search).get('iss');
if (globalThis.BroadcastChannel) {
  const pages = new BroadcastChannel('postern:frontchannel'); // the loader's name for it
  pages.postMessage(location.href);
  pages.close();
}
const ended = await Promise.all(['sessionStorage', 'localStorage'].flatMap((storage) => stored(storage, issuer).map(([, clientId]) => new Client({
  issuer, clientId, cacheLocation: storage.toLowerCase(), backgroundRenewal: false, useRefreshTokensFallback: false, logger: () => {},
}).handleFrontChannelLogout())));
document.title = ended.includes(true) ? 'Signed out' : 'Nothing stored to sign out of';
