package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/tools/serve/fault"
)

// The page keeps a connection to IndexedDB while it renews. It must not keep the user from clearing what is there.
func TestNotesCleared(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.signIn(shared)
		age(a)
		gate := held(t, fault.BeforeCommit, a)
		a.Eval("new Promise((resolve, reject) => { Object.assign(indexedDB.deleteDatabase('postern'), { onsuccess: resolve, onerror: reject }); })")
		gate.Release()
		a.text("token")
		age(a)
		a.token()
		assert.Equal(t, 2, a.refreshes())
		a.kept(1)
	})
}

// The browser may close that connection at any time, as when it clears what a site has stored. Without a note, other pages wouldn't know what was sent.
func TestNotesConnectionClosed(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.signIn(shared)
		a.Eval(`{
			const { transaction } = IDBDatabase.prototype, { put } = IDBObjectStore.prototype, closed = new Set();
			t.puts = [];
			IDBObjectStore.prototype.put = function (...args) {
				t.puts.push(args[0].text);
				return put.apply(this, args);
			};
			IDBDatabase.prototype.transaction = function (name, mode) {
				if (!closed.has(mode)) this.close();
				closed.add(mode);
				return transaction.call(this, name, mode);
			};
		}`)
		age(a)
		a.token()
		assert.Equal(t, "2", a.Text("String(t.puts.length)"), "the attempt, and the new generation")
		assert.Contains(t, a.Text("t.puts[0]"), `"sends":1`)
		a.kept(1)
	})
}

// Notes of families that nobody asks after any more go, and others stay.
func TestNotesSwept(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.signIn(shared)
		a.open(home)
		a.create(shared)
		a.Eval(`new Promise((resolve, reject) => {
			indexedDB.open('postern').onsuccess = ({ target: { result: db } }) => {
				const transaction = db.transaction('notes', 'readwrite'), notes = transaction.objectStore('notes');
				notes.put({ text: 'old', now: 0 }, 'a');
				notes.put({ text: 'new', now: Date.now() }, 'b');
				notes.put({ text: 'old', now: 0 }, 'z');
				transaction.oncomplete = () => resolve(db.close());
			};
		})`)
		age(a)
		a.token()
		a.WaitFor(`new Promise((resolve) => {
			indexedDB.open('postern').onsuccess = ({ target: { result: db } }) => {
				const request = db.transaction('notes').objectStore('notes').getAllKeys();
				request.onsuccess = () => resolve(request.result.includes('b') && !request.result.includes('a') && !request.result.includes('z'));
				db.close();
			};
		})`)
		a.kept(1)
	})
}
