// A request to an API that the vault's worker sends, both ends of it (fetchInWorker). The page knows the access token's name; the token itself is put
// in its place in the worker.

/** A Response as the browser would have made it. What only the browser can set is written over. */
const made = (response, told) => Object.defineProperties(response, Object.fromEntries(
  Object.entries({ ...told, clone: () => made(Response.prototype.clone.call(response), told) }).map(([name, value]) => [name, { value }]),
));

/** What comes of a body before the page aborts or the worker ends, of which its stream wouldn't hear. */
const passed = (body, signal, over) => {
  const { readable, writable } = new TransformStream(), both = new AbortController();
  const abort = () => both.abort(signal.reason);
  const end = () => both.abort(new TypeError('network error'));
  signal.addEventListener('abort', abort);
  over.addEventListener('abort', end);
  body.pipeTo(writable, { signal: both.signal }).catch(() => {}).then(() => {
    signal.removeEventListener('abort', abort);
    over.removeEventListener('abort', end);
  });
  return readable;
};

/** The page's end: what fetch does, by this worker. fail makes an AuthError, of which there is one class. */
export const delegate = async (worker, fail, input, init) => {
  const request = new Request(input, init);
  const { url, signal, method, mode, credentials, cache, redirect, referrer, referrerPolicy, integrity, keepalive } = request;
  signal.throwIfAborted();
  const { port1, port2 } = new MessageChannel();
  const post = (body, ...transfer) => worker.ask({ send: {
    url, stop: port2, init: {
      method, mode, credentials, cache, redirect, referrer, referrerPolicy, integrity, keepalive, headers: [...request.headers], body: body?.size === 0 ? undefined : body, duplex: 'half',
    },
  } }, [port2, ...transfer]);
  const answer = async () => {
    try {
      if (init.body instanceof ReadableStream && request.body) return await post(request.body, request.body);
    } catch (e) {
      if (e.name !== 'DataCloneError') throw e; // an engine that hands over no streams
    }
    return post(await request.blob());
  };
  let stop;
  const { body, status, statusText, headers, ...told } = await Promise.race([
    answer().catch((e) => { throw e.name === 'gone' ? fail('internal', 'the worker stopped, and nobody knows whether the request was sent', e) : e; }),
    new Promise((_, reject) => {
      stop = () => {
        port1.postMessage('stop');
        reject(signal.reason);
      };
      signal.addEventListener('abort', stop);
    }),
  ]).finally(() => {
    signal.removeEventListener('abort', stop);
    port1.close();
  });
  if (status === undefined) throw new TypeError('Failed to fetch');
  // Engines give some of these a body, and take none.
  const whole = /^(204|205|304)$/.test(status) ? null : body instanceof ReadableStream ? passed(body, signal, worker.over) : body;
  return made(
    new Response(whole, { status: status || 200, statusText, headers }),
    status ? told : { ...told, status, ok: false },
  );
};

/**
 * The worker's end. bear tells, of an origin and a token's name, what authorizes the request, and rejects for an origin that isn't allowed. Nothing is said of
 * a failure, as fetch says nothing; an engine's text may hold the header.
 */
export const carry = async ({ url, init, stop }, bear) => {
  try {
    const { href, origin } = new URL(url), headers = new Headers(init.headers), controller = new AbortController();
    stop.onmessage = () => controller.abort();
    const authorization = await bear(`${origin} ${headers.get('Authorization')?.split(' ')[1]}`);
    // The token was renewed just now: the page asks for the new one's name.
    if (!authorization) return { status: 401, headers: [] };
    headers.set('Authorization', authorization);
    const response = await fetch(href, { ...init, headers, signal: controller.signal });
    const { status, statusText, redirected, type, body } = response;
    return { status, statusText, redirected, type, url: response.url, headers: [...response.headers], body };
  } catch { return {}; }
};
