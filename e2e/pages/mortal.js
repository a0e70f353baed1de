const { setTimeout } = globalThis;
const news = new BroadcastChannel('mortal');
globalThis.setTimeout = (f, ms) => (ms === 60000 ? setTimeout(() => {
	f();
	news.postMessage('alone');
}) : setTimeout(f, ms));
addEventListener('connect', ({ ports: [page] }) => page.addEventListener('message', ({ data }) => { if (data === 'die') close(); }));
