package vault

import "github.com/postern-auth/postern/internal/oauth"

// mark is what the pages of a family note beside the record, where every page sees it at once: the newest generation that is known of, and
// how often its refresh token was sent with an outcome that nobody knows. Two pages can have different views of a record, by a copy of
// sessionStorage that a duplicated tab has, or by the tenth of a second that localStorage takes to travel; they can't of a mark. It only goes
// up, except that a send which the server answered without taking the token never was. It holds no secret.
type mark struct {
	gen, sends int
	ended      bool   // signed out, or revoked
	text       string // as it was read
}

// lockName is the family's name for locks and marks. It is a part of family only: locks can be listed by any script of the origin, and the
// whole is the name of the channel on which pages of the family hand tokens over.
func (v *Vault) lockName(family string) string {
	return v.records.key + ":" + family[:len(family)/2]
}

func (v *Vault) noted(family string) mark {
	text := v.Locks.Noted(v.lockName(family))
	note, _ := oauth.ParseJSON(text)
	return mark{int(number(note, "gen")), int(number(note, "sends")), note.Get("ended").True(), text}
}

// note writes a mark in the place of one that was read, and reports whether it still stood there. Where there is no place for marks, the
// attempt in the record has to do.
func (v *Vault) note(family string, was, m mark) bool {
	var w oauth.Writer
	return v.Locks.Note(v.lockName(family), was.text, w.Int("gen", int64(m.gen)).Int("sends", int64(m.sends)).Bool("ended", m.ended).String())
}

// raise notes a generation, or the end, unless more is known. It reports whether the family has ended.
func (v *Vault) raise(family string, m mark) (ended bool) {
	for family != "" {
		now := v.noted(family)
		if now.ended || !m.ended && now.gen >= m.gen {
			return now.ended
		}
		if v.note(family, now, m) {
			break
		}
	}
	return m.ended
}
