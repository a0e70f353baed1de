package vault

import (
	"time"

	"github.com/postern-auth/postern/internal/oauth"
)

// Pages are the other pages of the origin, and other tabs' copies of this one.
type Pages interface {
	// Listen hears what is told under name from now on, and nothing of any other name.
	Listen(name string)
	// Tell sends text to the pages that listen under the same name. closing says that this page is about to be closed, and that they may not
	// get it.
	Tell(text string) (closing bool)
	// Pause waits, while messages and other pages' writes arrive. Even the shortest outlasts our own writes.
	Pause(time.Duration)
}

const (
	// step and steps bound the wait for what another page knows. A page that is there answers within milliseconds, and localStorage shows
	// another page's write after a tenth of a second; a frozen page never answers.
	step  = 25 * time.Millisecond
	steps = 24
)

// listen joins the pages that know of this record. Where the store is shared they are told only that it has changed. Where it isn't, as
// with the copy of sessionStorage in a duplicated tab, the tokens go from page to page, to holders of the family alone: its whole name,
// 256 random bits, stands in the record and nowhere else.
func (v *Vault) listen(rec *record) {
	name := v.records.key
	if !v.Shared {
		name = rec.family
	}
	if name != "" && name != v.listening {
		v.listening = name
		v.Pages.Listen(name)
	}
}

// tell hands on what has changed. lost says that it may have stayed with this page, which is being closed.
func (v *Vault) tell(rec *record) (lost bool) {
	v.listen(rec)
	var w oauth.Writer
	switch {
	case v.Shared:
		w.Str("changed", fingerprint(rec))
	case rec.family == "":
		w.Bool("ended", true)
	default:
		w.Raw("record", v.records.encode(rec))
	}
	return v.Pages.Tell(w.String()) && !v.Shared
}

// fingerprint tells one state of the record from others, and nothing of its secrets: what is told may arrive before what was written does.
func fingerprint(rec *record) string {
	until := time.Duration(0)
	for _, t := range rec.tokens {
		until = max(until, t.Expires)
	}
	s := oauth.Decimal(int64(rec.epoch))
	for _, n := range [...]int64{int64(rec.gen), millis(rec.signedInAt), millis(until)} {
		s += " " + oauth.Decimal(n)
	}
	return s
}

// ask wants to know what came of a refresh token that another page has used, and waits until done.
func (v *Vault) ask(rec *record, done func(now *record) bool) error {
	v.listen(rec)
	var w oauth.Writer
	v.Pages.Tell(w.Num("ask", int64(rec.gen)).String())
	_, err := v.await(done)
	return err
}

// await reads the record again and again until done, or until there is no more to be expected.
func (v *Vault) await(done func(now *record) bool) (now *record, err error) {
	for range steps {
		v.Pages.Pause(step)
		if now, err = v.records.load(); err != nil || done(now) {
			break
		}
	}
	return now, err
}

// Heard implements Port.
func (v *Vault) Heard(text string) (*Held, error) {
	message, err := oauth.ParseJSON(text)
	if err != nil {
		return nil, nil
	}
	rec, err := v.records.load()
	if err != nil {
		return nil, err
	}
	theirs := v.records.decode(message.Get("record"))
	switch {
	case message.Get("ask").Kind() != oauth.Missing:
		if !v.Shared && number(message, "ask") < int64(rec.gen) {
			v.tell(rec)
		}
	case v.Shared:
		if told := message.Get("changed").Str(); told != "" && told != fingerprint(rec) {
			rec, err = v.await(func(now *record) bool { return told == fingerprint(now) })
		}
	case message.Get("ended").True():
		rec, _, err = v.records.swap(rec, end)
	case theirs != nil && theirs.signedIn():
		rec, _, err = v.records.update(func(now *record) bool {
			if now.family != theirs.family || now.gen > theirs.gen || now.gen == theirs.gen && now.attempt.id != "" {
				return false
			}
			theirs.epoch = now.epoch
			*now = *theirs
			return true
		})
	}
	return v.held(rec), err
}
