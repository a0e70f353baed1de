// What the page's module takes, seen from outside: it is there before the page's scripts, after internal/bridge/boundary's Handles, and needs nothing
// of the package.
{
	const memories = [];
	let handles;
	const seen = globalThis.seen = {
		instances: 0,
		/** Call it once the garbage is collected: bytes of every module's memory that is still there, the replaced ones' included. */
		bytes: () => memories.reduce((sum, memory) => sum + (memory.deref()?.buffer.byteLength ?? 0), 0),
		/** Entries that the running module has had in its table of the page's values, at most. Go's build has a table of its own, which finalizers keep. */
		entries: () => handles.most,

		/** Renews n times, so many milliseconds of the page's clock apart, and returns the size of the running module's memory after each. */
		async renew(n, step) {
			const sizes = [];
			for (let last; n > 0; n--) {
				t.ahead += step;
				const token = await t.client.getTokenSilently();
				if (token === last) throw new Error('no renewal');
				last = token;
				sizes.push(memories.at(-1).deref().buffer.byteLength);
			}
			t.events.length = 0;
			return sizes;
		},

		/** Goes to the provider, which knows the user, and back, n times: in a frame, since this page stays. */
		async signIn(n) {
			for (; n > 0; n--) {
				const frame = document.createElement('iframe');
				await t.client.loginWithRedirect({
					authorizationParams: { redirect_uri: `${location.origin}/e2e/empty.html` },
					openUrl: (url) => new Promise((resolve) => {
						frame.onload = resolve;
						frame.src = url;
						document.body.append(frame);
					}),
				});
				const { href } = frame.contentWindow.location;
				frame.remove();
				await t.client.handleRedirectCallback(href);
				t.ahead += 60_000; // sooner, four of them would be a page that goes in circles
			}
		},

		/** Makes n clients, as an application does that is mounted again, and closes them. */
		async mount(n) {
			for (; n > 0; n--) {
				const client = await t.lib.createClient(t.options({ clientId: 'another' }));
				await client.close();
			}
		},
	};

	const { instantiate } = WebAssembly;
	WebAssembly.instantiate = async (module, imports) => {
		const counting = new Handles();
		counting.watch(imports.gojs);
		const instance = await instantiate.call(WebAssembly, module, imports);
		const { memory, mem } = instance.exports; // TinyGo's name for it, and Go's
		if (memory) counting.enter(instance.exports);
		memories.push(new WeakRef(memory ?? mem));
		handles = counting;
		seen.instances++;
		return instance;
	};
}
