// client.fetch and createFetcher: sends what the module has judged. What a request must carry, and whether it is sent again, is the module's to say.

/** What a Request in init's place says. Its body is read: fetch would send the stream that it is there over HTTP/2 alone, and once. */
const members = async (request) => ({
  ...Object.fromEntries(['method', 'headers', 'mode', 'credentials', 'cache', 'redirect', 'referrer', 'referrerPolicy', 'integrity', 'keepalive', 'signal']
    .map((name) => [name, request[name]])),
  body: /^(GET|HEAD)$/.test(request.method) ? undefined : await request.blob(),
});

/**
 * Sends a request with what judge says it must carry, and again where judge says so. by is what fetches. The loader lends what makes its errors, of
 * which there is one class.
 */
export const send = async ({ abandonable, absolute, own, toJSON }, judge, by, input, given, more) => {
  const { href: url, origin } = absolute(input instanceof Request ? input.url : input);
  const init = own(given instanceof Request ? await members(given) : given);
  let request = input instanceof Request ? input : own();
  const { method } = new Request(location.href, own({ method: init.method ?? request.method })); // as fetch writes it
  const signal = init.signal ?? request.signal;
  const authorize = async (what) => {
    try {
      return await abandonable(() => judge(toJSON('authorizationParams', {
        authorizationParams: init.authorizationParams, ...more, url, origin, method, once: init.body instanceof ReadableStream, ...what,
      })), signal);
    } catch (e) {
      signal?.throwIfAborted(); // as fetch does
      throw e;
    }
  };
  for (let sent = await authorize(), response; ; response.body?.cancel()) {
    const spare = request.clone?.(); // sending a Request uses its body up
    const headers = new Headers(init.headers ?? request.headers);
    headers.set('Authorization', sent.authorization);
    if (sent.dpop) headers.set('DPoP', sent.dpop);
    response = await by(spare ? request : url, own({ ...init, headers })); // what was judged is what is sent
    const { status } = response, [nonce, challenge] = ['dpop-nonce', 'www-authenticate'].map((name) => response.headers.get(name) ?? undefined);
    if (status !== 401) {
      if (nonce) await authorize({ status, nonce }).catch(() => {}); // an answer is an answer
      return response;
    }
    sent = await authorize({ status, nonce, challenge, sent });
    if (!sent) return response;
    request = spare ?? request;
  }
};

/** An address under baseUrl, unless it is whole. */
export const under = (baseUrl, input) => (!baseUrl || input instanceof Request || /^([a-z][a-z\d+.-]*:|\/\/)/i.test(input) ? input : `${baseUrl.replace(/\/$/, '')}/${`${input}`.replace(/^\//, '')}`);
