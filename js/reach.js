// Whether the provider can be reached from this page, and its answers read: the part of diagnose() that asks over the network.
import { pause } from './pages.js';

export const PATIENCE = 5000;

/** What stands in an address beside its path may be secret, and one that the provider gave may be endless. */
export const shown = (url) => String(url).replace(/[?#].*/s, '').slice(0, 200);

/** A finding. What is wrong has a sentence that says what to change; what is only worth knowing may have one too. */
export const found = (name, ok, detail, hint) => ({ name, ok, detail, ...(hint && { hint }) });

const ask = (url, init) => fetch(url, {
  credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer', signal: AbortSignal.timeout(PATIENCE), ...init,
});

/**
 * Asks for url as Postern does, which lets read find out what the answer is worth. Where there is none, the browser hides why on purpose; a request
 * whose answer nobody wants to read, and what the policy blocked meanwhile, tell the reasons apart.
 */
const reached = async (name, url, blocked, read, init) => {
  const where = shown(url);
  let origin, response;
  try { ({ origin } = new URL(url)); } catch { return found(name, false, `"${where}" is no address.`, 'Write it whole, with https:// before it.'); }
  try {
    response = await ask(url, { redirect: 'manual', ...init });
  } catch (e) {
    if (e.name === 'TimeoutError') return found(name, false, `${where} didn't answer within ${PATIENCE / 1000} seconds.`, 'See whether the provider is up, and what stands between it and this browser.');
    const there = await ask(url, { mode: 'no-cors' }).then(() => true, () => false);
    await pause(50); // what the policy blocked is told a little later
    if (blocked.some(({ directive, uri }) => directive === 'connect-src' && uri.startsWith(origin))) {
      return found(name, false, `This page's Content-Security-Policy forbids requests to ${origin}.`, `Add ${origin} to connect-src.`);
    }
    if (there) {
      return found(name, false, `${where} can be reached, but its answer can't be read here: CORS.`,
        `At the provider, add ${location.origin} to the origins that this client allows (CORS); a proxy in between has to let Access-Control-Allow-Origin through.`);
    }
    return found(name, false, `${where} can't be reached: no connection, a wrong address, or a certificate that this browser doesn't trust.`,
      navigator.onLine ? 'Open the address in a tab of its own to see why.' : 'This device says that it is offline.');
  }
  if (response.type === 'opaqueredirect') {
    return found(name, false, `${where} answers with a redirect, which Postern doesn't follow: it could lead to anybody.`, 'Give the address that it leads to, as issuer or in metadata.');
  }
  return read(response, where);
};

/** Both addresses at which metadata may stand: OpenID Connect Discovery's and RFC 8414's. */
const wellKnown = (issuer) => {
  const base = issuer.replace(/\/$/, ''), [origin] = /^[^:]*:..[^/?#]*/.exec(base) ?? [base];
  return [`${base}/.well-known/openid-configuration`, `${origin}/.well-known/oauth-authorization-server${base.slice(origin.length)}`];
};

const discovered = async (issuer, blocked, know) => {
  let first;
  for (const url of wellKnown(issuer)) {
    const finding = await reached('discovery', url, blocked, async (response, where) => {
      const metadata = response.ok && await response.json().catch(() => undefined);
      if (typeof metadata?.issuer !== 'string') {
        return found('discovery', false, `${where} answers with ${response.ok ? 'something that is no metadata' : `status ${response.status}`}.`,
          'Check issuer: it is the address that the provider calls itself by, without /.well-known; or give metadata.');
      }
      know(metadata, response.headers.get('date'));
      return found('discovery', true, `${where} can be reached and read.`);
    });
    if (finding.ok) return finding;
    first ??= finding;
  }
  return first;
};

const named = (issuer, metadata) => (metadata.issuer === issuer
  ? found('issuer', true, `The provider calls itself ${issuer}.`)
  : found('issuer', false, `The provider calls itself ${shown(metadata.issuer)}, and the client was made for ${issuer}.`,
    'Give issuer as the provider writes it, equal to the letter, the last slash included.'));

const keys = (url, blocked) => reached('keys', url, blocked, async (response, where) => {
  const { length } = (await response.json().catch(() => {}))?.keys ?? [];
  return length > 0
    ? found('keys', true, `${where} can be reached and read: ${length} ${length > 1 ? 'keys' : 'key'}.`)
    : found('keys', false, `${where} answers with no keys (status ${response.status}).`, 'Without keys no ID token can be verified: see to jwks_uri at the provider.');
});

/** A grant type that no provider knows is refused, and the refusal can be read or can't. */
const tokens = (url, clientId, blocked) => reached('token-endpoint', url, blocked,
  (response, where) => (response.status < 500
    ? found('token-endpoint', true, `${where} can be reached and read.`)
    : found('token-endpoint', false, `${where} is in trouble (status ${response.status}).`, 'Try again later; the session is kept meanwhile.')),
  { method: 'POST', body: new URLSearchParams({ grant_type: 'urn:postern:diagnose', client_id: clientId }) });

/** Resolves with the findings, the metadata as far as it is known, and what the provider's clock says where that can be read. */
export const provider = async ({ metadata: given, clientId }, issuer, blocked) => {
  let metadata = given, date;
  const findings = [given
    ? found('discovery', true, 'The metadata was given as an option, so nothing is discovered.')
    : await discovered(issuer, blocked, (...known) => { [metadata, date] = known; })];
  if (metadata) {
    findings.push(named(issuer, metadata));
    const { token_endpoint: endpoint, jwks_uri: jwks } = metadata;
    findings.push(...await Promise.all([endpoint && tokens(endpoint, clientId, blocked), jwks && keys(jwks, blocked)].filter(Boolean)));
  }
  return { findings, metadata, date };
};
