package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// Another tab of the same origin listens to, and asks on, every channel that the page has. Where each tab has a store of its own, the tokens go between the
// holders of a family (a duplicated tab's), under a name that they alone know, which script in one of them may betray. Of a worker's session nothing is
// ever told.
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
				assert.Equal(t, "", other.subject(), "its own worker has no session")
			}
		}
	})
}

// A frame of the same origin has a realm that nobody has poisoned or hooked, and its own client in it: with a store, that has the session too; a worker's
// session belongs to the page that started the worker.
func TestAdversaryFrame(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		for options, status := range map[string]string{alone: "signed-in", inWorker: "signed-out"} {
			v := target(t, b)
			v.signIn(options)
			v.Eval("globalThis.frame = document.createElement('iframe'); frame.src = location.pathname; void document.body.append(frame)")
			v.WaitFor("frame.contentWindow.t")
			v.Eval("frame.contentWindow.t.create(" + options + ")")
			assert.Equal(t, status, v.Text("frame.contentWindow.t.client.session().status"))
			_, refresh := v.stolen(v.Text("frame.contentWindow.t.stored()"))
			assert.Equal(t, options == alone, refresh)
		}
	})
}
