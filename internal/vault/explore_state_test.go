package vault

import "fmt"

// The exhaustive search drives decide through every order of events in a small world: two or three tabs of one origin, a server that rotates,
// and everything that can go wrong, a bounded number of times. A state of it is a plain value, so that states can be told apart by hash.

const (
	mostTabs = 3
	mostGens = 12
	families = 3 // 0 is nobody; 1 is who is signed in at first; 2 signs in later
)

// kind is what the tabs have for a store.
type kind uint8

const (
	// shared is one record, seen by all at once, that a page waits for: the application's own store.
	shared kind = iota
	// slow is one record that is read and written without a wait, but another tab's write is seen late: localStorage.
	slow
	// copied is a copy for each tab: sessionStorage of duplicated tabs.
	copied
)

func (k kind) String() string { return [...]string{"shared", "slow", "copied"}[k] }

// entry is a record. family 0 is nobody.
type entry struct {
	family, gen, epoch uint8
	token              uint8 // generation of the refresh token that stands in it, as the server counts
	of                 uint8 // family of that token
	good               uint8 // generation whose access token has been published; 0 says that no ID token has passed
	by, sends          uint8 // the attempt: its id and its count
}

func (e entry) signedIn() bool { return e.good != 0 }

func (e entry) moved(from entry) bool {
	return e.epoch != from.epoch || e.family != from.family || e.gen != from.gen
}

// stamp is a mark.
type stamp struct {
	gen, sends uint8
	ended      bool
}

// place is where a tab stands in rotate.go. Between two places other tabs may act.
type place uint8

const (
	idle        place = iota
	starting          // renew, before it reads
	waiting           // renew: v.Locks.Lock
	looking           // look: v.records.load
	judging           // look: v.noted; then decide
	asking            // ask
	probing           // reach
	marking           // send: v.note
	swapping          // send: v.records.swap
	sending           // send: v.post
	sent              // its answer is on its way
	committing        // commit: v.records.swap
	publishing        // accept: v.records.swap
	raising           // settle: v.raise
	revoking          // discard, or settle that found the end: v.revoke
	ending            // finish: v.raise
	wiping            // finish: v.records.update
	unmarking         // forget: v.note
	forgetting        // forget: v.records.swap
	exchanging        // Exchange: its first update
	introducing       // Exchange: accept
	settling          // Exchange: settle
)

var placeNames = [...]string{"idle", "start", "wait for the lock", "read the record", "read the mark and decide", "ask", "probe", "mark", "store the attempt",
	"send", "await the answer", "commit", "publish", "note the generation", "revoke", "note the end", "wipe", "unmark", "forget", "exchange", "introduce", "settle"}

// outcome of a call.
const (
	noResult uint8 = iota
	gotToken
	gotLogin   // login_required
	gotRevoked // session_revoked
	gotTrouble // retryable: the session is kept
)

// request is a token request's whereabouts.
const (
	noRequest uint8 = iota
	onItsWay
	answeredGranted
	answeredRefused
)

// tab is a page, and one call of Renew in it.
type tab struct {
	at       place
	calls    uint8 // that are still to be made
	result   uint8 // of the last
	haveFam  uint8 // what the page holds, as the session knows it
	haveGen  uint8
	attempt  uint8 // Vault.attempt
	sequence uint8 // of attempts
	own      entry // what its store shows it
	late     bool  // the family had been signed out of before the call

	// renewal
	family   uint8
	rec      entry
	mark     stamp
	sent     entry // x.sent; family 0 before
	before   entry // x.before: by and sends
	answer   answer
	brought  uint8 // generation of the refresh token that the answer brought
	asked    bool
	probe    reach
	overdue  bool // another tab took the lock from this one
	silent   bool // it asked, and a page that knew more didn't answer
	request  uint8
	leave    uint8 // result with which the call ends after finish
	ofFamily uint8 // family of the token that the request carried
	ofGen    uint8
}

// farewell is a sign-out under way: SignOut of signout.go, step by step.
type farewell struct {
	step, tab uint8
	family    uint8 // that it noted the end of
}

// state is the world.
type state struct {
	tabs   [mostTabs]tab
	shared entry
	marks  [families]stamp
	locks  [families]uint8 // holder, counted from 1
	leave  farewell
	faults uint8 // that may still happen

	// The server.
	newest   [families]uint8
	revoked  [families]bool
	stray    [families][mostGens]uint8 // requests in the network whose answer nobody waits for
	strayed  [families]bool            // there was one
	ledger   [families][mostGens]uint8 // uses by our own code, but for those that it has noted to have been none
	wasted   [families]uint8           // sends that are marked and were never made, or were none
	known    [families]uint8           // newest generation that a page which has the lock has stored, where all see it, or has told of
	beside   [families]bool            // what it stored was written over by the page that has the lock, and didn't see it yet
	signedUp bool                      // family 2 has come

	signedOut [families]bool // by the user, and the call has come to its end
	crashed   bool
	cleared   bool // the user, or the browser, cleared the store
}

func (t tab) String() string {
	return fmt.Sprintf("[%s own %v rec %v mark %v sent %v asked %v probe %d overdue %v request %d result %d]",
		placeNames[t.at], t.own, t.rec, t.mark, t.sent, t.asked, t.probe, t.overdue, t.request, t.result)
}

// sees is what the tab's store shows it.
func (x *explorer) sees(s *state, i int) entry {
	if x.kind == shared {
		return s.shared
	}
	return s.tabs[i].own
}

// store is records.save.
func (x *explorer) store(s *state, i int, e entry) {
	if x.kind == slow && s.shared.family == e.family && s.shared.gen > e.gen {
		if s.tabs[i].overdue {
			x.fail("lost: a page that had slept writes over a newer token")
		}
		s.beside[e.family] = true
	}
	if x.kind != copied {
		s.shared = e
	}
	if x.kind != shared {
		s.tabs[i].own = e
	}
}

// done ends the call: what belongs to it is forgotten, so that states which differ in nothing else are one.
func (x *explorer) done(s *state, i int, result uint8, held entry) {
	t := &s.tabs[i]
	x.release(s, i)
	x.checkResult(s, i, result, held)
	calls := t.calls - 1
	if x.fair && (result == gotTrouble || result == gotRevoked) && t.result != result {
		calls = t.calls // what can be tried again is
	}
	*t = tab{calls: calls, result: result, haveFam: held.family, haveGen: held.gen, attempt: t.attempt, sequence: t.sequence, own: t.own}
	if held.good == 0 {
		t.haveFam, t.haveGen = 0, 0
	}
}

// release gives back the lock, if it is this tab's still.
func (x *explorer) release(s *state, i int) {
	t := &s.tabs[i]
	if s.locks[t.family] == uint8(i+1) {
		s.locks[t.family] = 0
	}
}

// anew is renew's next turn: nothing of the last one stays.
func (x *explorer) anew(s *state, i int) {
	t := &s.tabs[i]
	x.release(s, i)
	*t = tab{at: starting, calls: t.calls, result: t.result, haveFam: t.haveFam, haveGen: t.haveGen, attempt: t.attempt, sequence: t.sequence, own: t.own, late: t.late}
}
