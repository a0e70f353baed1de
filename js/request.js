// What the module can't do itself: requests, and WebCrypto's verification.
import { own } from './errors.js';
import { trace } from './trace.js';

/** fetch without cookies, redirects, cache and Referer, which reads at most `most` bytes: a server can't fill the memory. */
export const request = async (written, url, form, ms, most, authorization, proof) => {
  // The store's time counts: a page that waits longer than this may have lost its lock, and must not send any more.
  const signal = AbortSignal.timeout(ms);
  await written;
  const ended = trace(form ? 'POST' : 'GET', url.split('?')[0]);
  const response = await fetch(url, own({
    method: form ? 'POST' : 'GET',
    body: form || undefined,
    headers: { Accept: 'application/json', ...(form && { 'Content-Type': 'application/x-www-form-urlencoded' }),
      ...(authorization && { Authorization: authorization }), ...(proof && { DPoP: proof }) },
    credentials: 'omit', redirect: 'error', cache: 'no-store', referrerPolicy: 'no-referrer',
    // A revocation outlives the page that sends it on its way out. A token request doesn't: its answer would reach nobody.
    keepalive: !!form && !form.startsWith('grant_type='),
    signal,
  })).catch((e) => {
    ended(e.name);
    throw e;
  });
  ended(response.status);
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let size = 0, body = '';
  if (response.body) {
    const reader = response.body.getReader();
    for (let piece; !(piece = await reader.read()).done;) {
      size += piece.value.length;
      if (size > most) {
        reader.cancel();
        throw new RangeError('too large');
      }
      // What isn't UTF-8 isn't JSON either, nor is what stands in its place, whatever follows.
      try { body += decoder.decode(piece.value, { stream: true }); } catch { body = '!'; }
    }
    try { body += decoder.decode(); } catch { body = '!'; }
  }
  const headers = ['content-type', 'retry-after', 'dpop-nonce', 'www-authenticate'].map((name) => response.headers.get(name) || '');
  return [response.status, ...headers, body].join('\n');
};

export const utf8 = (text) => new TextEncoder().encode(text);

/** Each name is the start of the algorithms' own; how many bits of hash they use, or the curve's family, follows. */
const ALGORITHMS = { RS: 'RSASSA-PKCS1-v1_5', PS: 'RSA-PSS', ES: 'ECDSA', Ed: 'Ed25519' };

/** WebCrypto takes of the parameters what an algorithm has. The module has chosen the algorithm, the key, and what of it stands in jwk. */
export const verify = async (alg, jwk, text, signature) => {
  const key = JSON.parse(jwk), bits = alg.slice(2);
  const how = { name: ALGORITHMS[alg.slice(0, 2)], hash: `SHA-${bits}`, saltLength: bits / 8, namedCurve: key.crv };
  return crypto.subtle.verify(how, await crypto.subtle.importKey('jwk', key, how, false, ['verify']),
    Uint8Array.from(atob(signature.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0)), utf8(text));
};
