package vault

import "github.com/postern-auth/postern/internal/oauth"

// mark is what the pages of a family note beside the record, where every page sees it at once: which generation's refresh token was sent
// last, and how often. Two pages can have different views of a record, by a copy of sessionStorage that a duplicated tab has, or by the
// tenth of a second that localStorage takes to travel; they can't of a mark. It holds no secret.
type mark struct {
	gen, sends int
	ended      bool // signed out, or revoked
}

// lockName is the family's name for locks and marks. It is a part of family only: locks can be listed by any script of the origin, and the
// whole is the name of the channel on which pages of the family hand tokens over.
func (v *Vault) lockName(family string) string {
	return v.records.key + ":" + family[:len(family)/2]
}

func (v *Vault) noted(family string) (m mark) {
	note, err := oauth.ParseJSON(v.Locks.Noted(v.lockName(family)))
	if err != nil {
		return mark{}
	}
	return mark{gen: int(number(note, "gen")), sends: int(number(note, "sends")), ended: note.Get("ended").True()}
}

// note writes a mark. Where there is no place for one, the attempt in the record has to do.
func (v *Vault) note(family string, m mark) {
	if family == "" {
		return
	}
	var w oauth.Writer
	v.Locks.Note(v.lockName(family), w.Int("gen", int64(m.gen)).Int("sends", int64(m.sends)).Bool("ended", m.ended).String())
}
