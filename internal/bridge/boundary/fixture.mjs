// The JavaScript side of the checks: what throws, and what crosses. compiler is "go" or "tinygo".
import { isDeepStrictEqual } from 'node:util';

const fail = (text) => { throw new RangeError(text); };

const trap = (what) => new Proxy({}, { get: () => () => { throw what(); } });

/** A function, so that it can be called and constructed, whose every trap throws what make makes. */
const proxy = (make) => new Proxy(class {}, trap(make));

// What is thrown, and the name and the message that the bridge makes of it.
const noError = ['Error', 'a value that is no error was thrown'];
const named = (error, members) => Object.defineProperties(error, members);

const things = (compiler) => {
  const own = new Error('its own');
  const itself = { get name() { throw itself; }, get message() { throw itself; } };
  const fresh = () => ({ get name() { throw fresh(); }, get message() { throw fresh(); } });
  const ofItself = proxy(() => ofItself);
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  return [
    ['a TypeError', new TypeError('wrong'), 'TypeError', 'wrong'],
    ['the same error every time', own, 'Error', 'its own'],
    ['a full store', new DOMException('no room', 'QuotaExceededError'), 'QuotaExceededError', 'no room'],
    ['an abort', new DOMException('', 'AbortError'), 'AbortError', ''],
    ['a text', 'oops', 'Error', 'oops'],
    ['an empty text', '', 'Error', ''],
    ['null', null, ...noError],
    ['undefined', undefined, ...noError],
    ['a number', 7, ...noError],
    ['zero', 0, ...noError],
    ['NaN', NaN, ...noError],
    ['true', true, ...noError],
    ['a symbol', Symbol('oops'), ...noError],
    // A bigint has no place among syscall/js's types, and Go's panics over one.
    ...(compiler === 'go' ? [] : [['a bigint', 7n, ...noError]]),
    ['an object without a name', {}, '', ''],
    ['an object without a prototype', Object.create(null), '', ''],
    ['an object whose name is no text', { name: 7, message: {} }, '', ''],
    ['an array', ['name', 'message'], '', ''],
    ['a function', function oops() {}, 'oops', ''],
    ['a name with surrogates', { name: '\u{1d11e}', message: '\ud834 alone' }, '\u{1d11e}', '\ufffd alone'],
    ['an error whose message throws', named(new SyntaxError('x'), { message: { get: () => fail('no') } }), 'SyntaxError', ''],
    ['an error whose name throws', named(new Error('kept'), { name: { get: () => fail('no') } }), '', 'kept'],
    ['an error whose name and message throw it', itself, '', ''],
    ['an error whose name and message throw another like it', fresh(), '', ''],
    ['a proxy whose traps throw', proxy(() => new Error('trap')), '', ''],
    ['a proxy whose traps throw it', ofItself, '', ''],
    ['a revoked proxy', revoked.proxy, '', ''],
  ].map(([what, thing, name, message]) => ({
    what, name, message,
    tell(key) { return this[key]; },
    method() { throw thing; },
    get property() { throw thing; },
    reject: () => Promise.reject(thing),
    thenable: { get then() { throw thing; } },
  }));
};

const strings = ['', 'plain', 'h\u00e9llo \u20ac \u{1d11e}', '\0', 'a\0b', 'e\u0301', '\u202eright to left', 'a\u2028b', '\ud834', '\udd1e',
  '\udd1e\ud834', 'a\ud834b', '\ud834\ud834\udd1e', '\ufffd', '\uffff', '\ufeffbegins with a mark', 'mark\ufeff inside', '\u{10ffff}'];

const same = (what, got, wanted) => {
  if (!isDeepStrictEqual(got, wanted)) fail(`${what} went out as ${String(got)}`);
};

export const fixture = (compiler) => {
  const ofItself = proxy(() => ofItself);
  const revoked = Proxy.revocable(class {}, {});
  revoked.revoke();
  const long = '0123456789abcde\u00e9'.repeat(1 << 16);
  const lists = { thrown: things(compiler), strings };
  const proxies = { proxy: proxy(() => new Error('trap')), proxyOfItself: ofItself, revoked: revoked.proxy };
  const accept = {
    acceptString: (i, text, bytes) => {
      // UTF-8 has no lone surrogates. Go's own loader swallows a byte order mark.
      const wanted = strings[i].toWellFormed?.() ?? Buffer.from(strings[i]).toString();
      same(`string ${i}`, text, compiler === 'go' ? wanted.replace(/^\ufeff/, '') : wanted);
      same(`string ${i}'s length`, +bytes, Buffer.byteLength(strings[i]));
    },
    invalid: (text) => same('invalid UTF-8', text, new TextDecoder().decode(Uint8Array.of(0x61, 0xff, 0xc0, 0xaf, 0x62, 0xed, 0xa0, 0x80, 0x63))),
  };
  return {
    // What Get and Call are tried with.
    object: {},
    join: (...args) => args.join('|'),
    itself() { return this; },
    fails: fail,
    get failing() { return fail('text'); },
    count: (name) => String(lists[name].length),
    thrown: lists.thrown,
    ...proxies,
    string: (i) => strings[i],
    ...accept,
    acceptLong: (text) => same('a long text', text === long, true),
    octets: (n) => Uint8Array.from({ length: n }, (_, i) => i * 7),

    // What Ask and Await are tried with: the host object's operations, which have a number first.
    operations: {
      same: (_, text) => text,
      nothing: () => {},
      none: () => null,
      object: () => ({}),
      number: () => 7,
      join: (...args) => args.join('|'),
      fails: (_, text) => fail(text),
      later: async (_, text) => text,
      laterNothing: async () => {},
      failsLater: async (_, text) => fail(text),
      after: (turns, text) => { // turns of the event loop's microtasks
        let p = Promise.resolve(text);
        while (turns--) p = p.then((x) => x);
        return p;
      },
      throw: (_, i) => lists.thrown[i].method(),
      reject: (_, i) => lists.thrown[i].reject(),
      thenable: (_, i) => lists.thrown[i].thenable,
      give: (_, name) => proxies[name],
      string: (_, i) => strings[i],
      long: () => long,
      acceptString: (_, ...args) => accept.acceptString(...args),
      invalid: (_, text) => accept.invalid(text),
    },
  };
};
