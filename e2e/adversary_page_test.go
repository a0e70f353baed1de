package e2e

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

// thief poisons what script can of the page, and keeps in loot what it sees there, by the place where it was seen.
const thief = `{
	const { parse, stringify } = JSON, { apply, construct } = Reflect, { then } = Promise.prototype, decoder = new TextDecoder();
	const { decode } = TextDecoder.prototype, { push } = Array.prototype, { match } = String.prototype, { clone, text } = Response.prototype;
	const NativePromise = Promise, loot = globalThis.loot = Object.create(null), instances = [];
	let busy = false;
	const plain = (_, v) => (v instanceof WebAssembly.Module ? 'module' : v);
	const take = (where, value) => {
		if (busy || value == null || typeof value === 'number' || typeof value === 'boolean') return;
		busy = true;
		try {
			const seen = typeof value === 'string' ? value : ArrayBuffer.isView(value) ? apply(decode, decoder, [value]) : value instanceof URLSearchParams ? String(value)
				: value instanceof Headers ? stringify([...value]) : typeof value === 'object' ? stringify(value, plain) : '';
			loot[where] = (loot[where] ?? '') + ' ' + seen;
		} catch { /* what can't be read is not taken */ } finally { busy = false; }
	};
	const hook = (object, name, where = name) => {
		const was = object[name];
		object[name] = function (...args) {
			for (let i = 0; i < args.length; i++) take(where, args[i]);
			const result = apply(was, this, args);
			if (result instanceof NativePromise) apply(then, result, [(v) => { take(where, v); if (v && v.value) take(where, v.value); }, () => {}]);
			else take(where, result);
			return result;
		};
	};
	const { fetch } = globalThis;
	globalThis.fetch = (input, init) => {
		take('fetch', init?.body);
		take('fetch', init?.headers);
		take('fetch', input instanceof Request ? input.headers : String(input));
		const sent = fetch(input, init);
		apply(then, sent, [(response) => apply(then, apply(text, apply(clone, response, []), []), [(body) => take('fetch', body)]), () => {}]);
		return sent;
	};
	hook(JSON, 'parse', 'JSON.parse');
	hook(JSON, 'stringify', 'JSON.stringify');
	for (const name of ['text', 'json', 'arrayBuffer']) hook(Response.prototype, name, 'Response');
	hook(ReadableStreamDefaultReader.prototype, 'read', 'ReadableStream');
	for (const name of ['get', 'set', 'append']) hook(Headers.prototype, name, 'Headers');
	hook(TextDecoder.prototype, 'decode', 'TextDecoder');
	hook(TextEncoder.prototype, 'encode', 'TextEncoder');
	for (const type of [Worker, MessagePort, BroadcastChannel]) hook(type.prototype, 'postMessage', 'postMessage');
	for (const name of ['get', 'set']) hook(Map.prototype, name, 'Map');
	for (const name of ['push', 'join', 'shift']) hook(Array.prototype, name, 'Array');
	for (const name of ['split', 'replace', 'slice', 'startsWith']) {
		const was = String.prototype[name];
		String.prototype[name] = function (...args) { take('String', String(this)); return apply(was, this, args); };
	}
	for (const name of ['getItem', 'setItem']) hook(Storage.prototype, name, 'Storage');
	for (const name of ['get', 'put']) hook(IDBObjectStore.prototype, name, 'IndexedDB');
	for (const name of ['digest', 'sign', 'importKey', 'verify']) hook(SubtleCrypto.prototype, name, 'crypto');
	const data = Object.getOwnPropertyDescriptor(MessageEvent.prototype, 'data');
	Object.defineProperty(MessageEvent.prototype, 'data', { ...data, get() {
		const value = apply(data.get, this, []);
		take('MessageEvent', value);
		return value;
	} });
	Promise.prototype.then = function (done, failed) {
		return apply(then, this, [typeof done === 'function' ? (v) => { take('Promise', v); return done(v); } : done, failed]);
	};
	globalThis.Promise = class Promise extends NativePromise {
		constructor(start) { super((resolve, reject) => start((v) => { take('Promise', v); resolve(v); }, reject)); }
		static get [Symbol.species]() { return NativePromise; }
	};
	for (const name of ['refresh_token', 'access_token', 'record', 'answer', 'token']) {
		Object.defineProperty(Object.prototype, name, { configurable: true, get() { return undefined; }, set(value) {
			take('setter', value);
			Object.defineProperty(this, name, { value, configurable: true, enumerable: true, writable: true });
		} });
	}
	const { instantiate } = WebAssembly;
	WebAssembly.instantiate = (...args) => apply(then, apply(instantiate, WebAssembly, args), [(made) => {
		apply(push, instances, [made.instance ?? made]);
		return made;
	}]);
	/** Reads what the module has in its memory. */
	globalThis.scan = () => {
		const latin1 = new TextDecoder('latin1');
		for (const { exports } of instances) {
			const memory = Object.values(exports).find((v) => v instanceof WebAssembly.Memory);
			if (memory) loot.memory = (loot.memory ?? '') + apply(match, apply(decode, latin1, [memory.buffer]), [/[!-~]{20,}/g]).join(' ');
		}
	};
}`

// inPage has the vault in the page and nothing in a store: what memory alone is worth.
const inPage = "{ahead: 0, backgroundRenewal: false, cacheLocation: 'memory', useWorker: false}"

// places are where a thief has seen tokens, sorted.
func (v *victim) places() (access, refresh []string) {
	v.Helper()
	v.Eval("globalThis.scan()")
	var loot map[string]string
	v.Eval("({...loot})", &loot)
	for where, text := range loot {
		a, r := v.stolen(text)
		if a {
			access = append(access, where)
		}
		if r {
			refresh = append(refresh, where)
		}
	}
	slices.Sort(access)
	slices.Sort(refresh)
	return access, refresh
}

// Script that was there before Postern and poisoned everything it can: with the vault in the page it has the refresh token from many places, with the
// vault in a worker from none. It has the access token in both.
func TestAdversaryPoisonedBefore(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		for _, options := range []string{inPage, alone, inWorker} {
			v := target(t, b)
			v.BeforeScripts(thief)
			v.open(home)
			v.signIn(options)
			v.token()
			for range 2 {
				age(v.app)
				v.token()
			}
			assert.Equal(t, 2, v.refreshes())
			access, refresh := v.places()
			assert.Subset(t, access, []string{"memory", "JSON.parse"})
			if options == inWorker {
				assert.Contains(t, access, "MessageEvent", "it is what the page is given")
				assert.Empty(t, refresh)
			} else {
				assert.Subset(t, refresh, []string{"fetch", "ReadableStream", "TextDecoder", "memory"})
			}
		}
	})
}

// Script that comes later, by injection: what it poisons then is used as well.
func TestAdversaryPoisonedAfter(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		for _, options := range []string{inPage, inWorker} {
			v := target(t, b)
			v.signIn(options)
			v.token()
			v.Eval(thief)
			age(v.app)
			v.token()
			access, refresh := v.places()
			assert.NotEmpty(t, access)
			if options == inWorker {
				assert.Empty(t, refresh)
			} else {
				assert.Subset(t, refresh, []string{"fetch", "ReadableStream"})
			}
		}
	})
}

// walk reads all that can be reached from the window without a hook: properties, symbols, prototypes, the entries of maps and sets.
const walk = `(() => {
	const seen = new Set(), queue = [globalThis], texts = [];
	while (queue.length && seen.size < 500000) {
		const object = queue.pop();
		if (typeof object === 'string') texts.push(object);
		if (Object(object) !== object || seen.has(object)) continue;
		seen.add(object);
		for (let holder = object; holder; holder = Object.getPrototypeOf(holder)) {
			queue.push(holder);
			for (const key of Reflect.ownKeys(holder)) try {
				const value = Reflect.get(holder, key, object);
				if (value instanceof Promise) value.catch(() => {});
				queue.push(value);
			} catch { /* another's getter */ }
		}
		if (object instanceof Map || object instanceof Set) try { queue.push(...[...object].flat()); } catch { /* a prototype */ }
	}
	return [seen.has(t.client) && !queue.length, texts.join(' ')];
})()`

// Without a hook, no token can be reached from the window; in a store that the page can read, it can be.
func TestAdversaryReach(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		for options, stored := range map[string]bool{inPage: false, inWorker: false, alone: true, shared: true} {
			v := target(t, b)
			v.signIn(options)
			v.token()
			var reached []any
			v.Eval(walk, &reached)
			assert.Equal(t, true, reached[0], "the walk comes to the client, and to an end")
			access, refresh := v.stolen(reached[1].(string))
			// Web Storage's entries look like properties of the window's own objects.
			assert.Equal(t, []bool{stored, stored}, []bool{access, refresh}, options)
			access, refresh = v.stolen(v.Text("t.stored()"))
			assert.Equal(t, []bool{stored, stored}, []bool{access, refresh}, options)
		}
	})
}
