// Counts what the module calls outside, and lets one of those calls throw through the module's frames, as a trap in the middle of it would. It is
// there before the page's scripts, or the worker's, and needs nothing of the package. A page's trap is set where its vault is.
{
	const trap = globalThis.trap = { kind: /^/, left: 0, sprung: 0 };
	const { instantiate } = WebAssembly;
	WebAssembly.instantiate = (module, imports) => {
		for (const functions of Object.values(imports)) {
			for (const [name, f] of Object.entries(functions)) {
				if (typeof f != 'function') continue;
				functions[name] = (...args) => {
					if (trap.left > 0 && trap.kind.test(name) && !--trap.left) {
						trap.sprung++;
						throw new Error('a trap of the test');
					}
					return f(...args);
				};
			}
		}
		return instantiate.call(WebAssembly, module, imports);
	};
	if (globalThis.document) {
		let worker;
		const { SharedWorker } = globalThis;
		globalThis.SharedWorker = class extends SharedWorker {
			constructor(...args) {
				super(...args);
				worker = this.port;
			}
		};
		const told = (message) => new Promise((resolve) => {
			worker.addEventListener('message', ({ data }) => { if (data.trap) resolve(data.trap.sprung); });
			worker.postMessage({ trap: message });
		});
		trap.set = async (to) => { await (worker ? told(to) : Object.assign(trap, to)); };
		trap.spring = async () => (worker ? await told({ left: 0 }) : (trap.left = 0, trap.sprung)) > 0;
	} else {
		addEventListener('connect', ({ ports: [page] }) => page.addEventListener('message', (e) => {
			if (!e.data.trap) return;
			e.stopImmediatePropagation();
			Object.assign(trap, e.data.trap);
			page.postMessage({ trap: { sprung: trap.sprung } });
		}));
	}
}
