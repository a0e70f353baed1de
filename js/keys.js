// The key pairs that tokens are bound to (RFC 9449). They stay in IndexedDB, and nobody can read the private half.
import { atomically } from './pages.js';

/** The key pair by this name, which is made where there is none; one transaction, so that of two pages that make it both have the first. */
const keyPair = (name, made) => atomically(made ? 'readwrite' : 'readonly', name, (held, notes) => {
  const pair = held?.pair ?? made;
  if (!held?.pair && made) notes.put({ pair }, name); // without a time, so that it never grows old
  return pair;
});

const utf8 = (text) => new TextEncoder().encode(text);
const ES256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const base64url = (bytes) => btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');

/** Private keys by their public half. Nobody can read them, this script included. */
const keys = new Map();

export const key = async (name, make) => {
  const pair = await keyPair(name) ?? (make && await keyPair(name, await crypto.subtle.generateKey(ES256, false, ['sign'])));
  if (!pair) return '';
  const { crv, kty, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  const jwk = JSON.stringify({ crv, kty, x, y });
  keys.set(jwk, pair.privateKey);
  return jwk;
};

export const sign = async (jwk, ...parts) => {
  const text = parts.map((part) => base64url(utf8(part))).join('.');
  return `${text}.${base64url(new Uint8Array(await crypto.subtle.sign(ES256, keys.get(jwk), utf8(text))))}`;
};
