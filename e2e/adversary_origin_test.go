package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/e2e/chromium"
)

// Another tab of the same origin listens to, and asks on, every channel that the page has. Where each tab has a store of its own, the tokens go between the
// holders of a family (a duplicated tab's), under a name that they alone know, which script in one of them may betray. Of a worker's session no more is told
// than that it has changed.
func TestAdversaryOtherTab(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		for options, want := range map[string]bool{alone: true, shared: false, inWorker: false} {
			v := target(t, b)
			v.BeforeScripts(`{
				globalThis.names = new Set();
				const { BroadcastChannel } = globalThis;
				globalThis.BroadcastChannel = class extends BroadcastChannel { constructor(name) { super(name); names.add(name); } };
			}`)
			v.open(home)
			v.signIn(options)
			names := v.Text("JSON.stringify([...names.add('postern').add('postern:session:' + encodeURIComponent(t.settings.issuer) + ':' + t.settings.clientId)])")
			other := v.anotherTab()
			other.Eval(`globalThis.heard = []; globalThis.over = 0; globalThis.channels = ` + names + `.map((name) => {
				const channel = new BroadcastChannel(name);
				channel.onmessage = ({ data }) => { if (data === 'over') over++; else heard.push(data); };
				for (const ask of ['{"ask":0}', '{"ask":-1}', '{"record":{}}', 'null', '{"changed":"x"}']) channel.postMessage(ask);
				return channel;
			})`)
			if want {
				other.WaitFor("heard.length")
			}
			age(v.app)
			v.token()
			v.Eval("for (const name of " + names + ") { const channel = new BroadcastChannel(name); channel.postMessage('over'); setTimeout(() => channel.close(), 1000); }")
			other.WaitFor("over === channels.length")
			access, refresh := v.stolen(other.Text("JSON.stringify(heard)"))
			assert.Equal(t, []bool{want, want}, []bool{access, refresh}, options)
			_, refresh = v.stolen(other.Text("t.stored()"))
			assert.Equal(t, options == shared, refresh, options)
			if options == inWorker {
				other.create(options)
				assert.Equal(t, "demo|alice", other.subject(), "all tabs have one worker")
			}
		}
	})
}

// A frame of the same origin has a realm that nobody has poisoned or hooked, and its own client in it, which has the session too: a store's with the refresh
// token, the one of all tabs' worker without it. Where each page has a worker of its own, the session is that page's.
func TestAdversaryFrame(t *testing.T) {
	for name, test := range map[string]struct{ browser, options, status string }{
		"sessionstorage": {"", alone, "signed-in"}, "a shared worker": {"", inWorker, "signed-in"}, "a worker of its own": {ofItsOwn, inWorker, "signed-out"},
	} {
		t.Run(name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				v := target(t, b)
				v.BeforeScripts(test.browser)
				v.open(home)
				v.signIn(test.options)
				v.Eval("globalThis.frame = document.createElement('iframe'); frame.src = location.pathname; void document.body.append(frame)")
				v.WaitFor("frame.contentWindow.t")
				v.Eval("frame.contentWindow.t.create(" + test.options + ")")
				assert.Equal(t, test.status, v.Text("frame.contentWindow.t.client.session().status"))
				_, refresh := v.stolen(v.Text("frame.contentWindow.t.stored()"))
				assert.Equal(t, test.options == alone, refresh)
			})
		})
	}
}

// Script in any page of the origin finds the worker of all tabs by its name, and may have started it: the name says what it is for, and no message does.
func TestAdversarySharedWorker(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		v := target(t, b)
		v.Eval("globalThis.SharedWorker = class { constructor(...args) { globalThis.started = args; throw new Error('not yet'); } }")
		v.create(inWorker) // with a worker of its own
		started := v.Text("JSON.stringify(started)")
		v.open(home)

		other := v.anotherTab()
		evil := v.stack.IssuerURL() + "/evil"
		other.Eval(`{
			const [url, how] = ` + started + `, { port } = new SharedWorker(trustedTypes.createPolicy('postern', { createScriptURL: (text) => text }).createScriptURL(url), how);
			Object.assign(globalThis, { answers: [], port });
			port.onmessage = ({ data }) => answers.push(data);
		}`)
		options := chromium.Quote(v.stack.AppURL() + ` {"issuer":"` + evil + `","clientId":"x"}`)
		for _, first := range []string{"open: " + options, "module: " + chromium.Quote(evil) + ", open: " + options, "module: new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])"} {
			other.Eval("port.postMessage({ " + first + " })")
		}
		v.signIn(inWorker)
		age(v.app)
		v.token()
		for n, call := range []string{"restore {}", `renew {"audience":"","scope":"","leeway":0}`, "metadata {}"} {
			other.Eval("port.postMessage({ n: " + itoa(n+1) + ", call: " + chromium.Quote(call) + " })")
			other.WaitFor("answers.some(({ n }) => n === " + itoa(n+1) + ")")
		}
		access, refresh := v.stolen(other.Text("JSON.stringify(answers)"))
		assert.Equal(t, []bool{true, false}, []bool{access, refresh}, "as calling getTokenSilently there would bring")
		assert.Empty(t, v.sentToEvil())
		assert.Equal(t, "demo|alice", v.subject())
	})
}
