// An OpenID Provider behind globalThis.fetch. It rotates its refresh tokens and ends a family whose token comes twice, and what it signs
// can be verified.
import { createHash, randomUUID, webcrypto } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const encode = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

export class Provider {
  issuer = 'https://provider.example';
  /** Requests so far, by path. */
  requests = {};
  /** Milliseconds that each answer takes. */
  delay = 0;
  /** "down" answers 503 and "gone" answers nothing; both for tokens only. "refused once" is the API's. */
  trouble = '';
  #codes = new Map();
  #families = new Map(); // by refresh token
  #keys;

  async start() {
    this.#keys = await webcrypto.subtle.generateKey(
      { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1), hash: 'SHA-256' }, true, ['sign', 'verify']);
    globalThis.fetch = async (url, { body } = {}) => {
      if (this.delay) await sleep(this.delay);
      const { pathname } = new URL(url);
      this.requests[pathname] = (this.requests[pathname] ?? 0) + 1;
      const [status, answer] = await this.#answer(pathname, new URLSearchParams(body));
      return new Response(JSON.stringify(answer), { status, headers: { 'content-type': 'application/json' } });
    };
  }

  /** The user signs in at the address that loginWithRedirect opened; returns the address that the provider sends back to. */
  authorize(address) {
    const q = new URL(address).searchParams;
    const code = randomUUID();
    this.#codes.set(code, { challenge: q.get('code_challenge'), nonce: q.get('nonce'), redirect: q.get('redirect_uri') });
    return `${q.get('redirect_uri')}?${new URLSearchParams({ code, state: q.get('state'), iss: this.issuer })}`;
  }

  async #answer(path, form) {
    const { issuer } = this;
    switch (path) {
      case '/.well-known/openid-configuration':
        return [200, {
          issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks`,
          revocation_endpoint: `${issuer}/revoke`, userinfo_endpoint: `${issuer}/userinfo`, end_session_endpoint: `${issuer}/logout`, code_challenge_methods_supported: ['S256'],
          authorization_response_iss_parameter_supported: true, id_token_signing_alg_values_supported: ['RS256'],
        }];
      case '/jwks':
        return [200, { keys: [{ ...await webcrypto.subtle.exportKey('jwk', this.#keys.publicKey), kid: 'k', use: 'sig', alg: 'RS256' }] }];
      case '/userinfo':
        return [200, { sub: 'user' }];
      case '/api': {
        const refused = this.trouble === 'refused once';
        if (refused) this.trouble = '';
        return [refused ? 401 : 200, {}];
      }
      case '/revoke':
        this.#families.delete(form.get('token'));
        return [200, {}];
      case '/token':
        if (this.trouble === 'down') return [503, { error: 'temporarily_unavailable' }];
        if (this.trouble === 'gone') throw new TypeError('failed to fetch');
        return form.get('grant_type') === 'refresh_token' ? this.#refresh(form) : this.#exchange(form);
    }
    return [404, {}];
  }

  #exchange(form) {
    const login = this.#codes.get(form.get('code'));
    this.#codes.delete(form.get('code'));
    const challenge = createHash('sha256').update(form.get('code_verifier')).digest('base64url');
    if (!login || login.challenge !== challenge || login.redirect !== form.get('redirect_uri')) return [400, { error: 'invalid_grant' }];
    return this.#grant({ authTime: Math.floor(Date.now() / 1000) }, login.nonce);
  }

  #refresh(form) {
    const family = this.#families.get(form.get('refresh_token'));
    if (!family || family.current !== form.get('refresh_token')) return [400, { error: 'invalid_grant' }];
    return this.#grant(family);
  }

  async #grant(family, nonce) {
    this.#families.delete(family.current);
    family.current = randomUUID();
    this.#families.set(family.current, family);
    const now = Math.floor(Date.now() / 1000);
    const signed = `${encode({ alg: 'RS256', typ: 'JWT', kid: 'k' })}.${encode({
      iss: this.issuer, aud: 'app', sub: 'user', iat: now, exp: now + 3600, auth_time: family.authTime, name: 'Zo\u00eb \u{1d11e}', ...(nonce && { nonce }),
    })}`;
    const signature = Buffer.from(await webcrypto.subtle.sign('RSASSA-PKCS1-v1_5', this.#keys.privateKey, Buffer.from(signed)));
    return [200, {
      access_token: randomUUID(), token_type: 'Bearer', expires_in: 3600, refresh_token: family.current,
      id_token: `${signed}.${signature.toString('base64url')}`, scope: 'openid profile email offline_access',
    }];
  }
}
