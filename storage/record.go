package storage

// A record is text that says which version of its format it has: "postern/1 " and the payload. Two versions of the SDK may share an
// origin for as long as some tab stays open, so a record says what it is before anybody reads it.
const mark = "postern/"

// Put writes payload under key as a record of the given version, 1 to 9. It fails as Set does.
func Put(s Store, key string, version int, payload string) error {
	return s.Set(key, mark+string(rune('0'+version))+" "+payload)
}

// Take reads the record under key and removes it, so that it can be used once only.
func Take(s Store, key string, version int) (payload string, ok bool, err error) {
	payload, ok, err = Read(s, key, version)
	if ok || ErrCorrupt.Is(err) {
		if removal := s.Remove(key); removal != nil {
			return "", false, removal
		}
	}
	return payload, ok, err
}

// Read returns the payload under key and whether there is one. It fails with ErrNewer where the record's version is above the given one,
// and with ErrCorrupt where the text is no record.
func Read(s Store, key string, version int) (payload string, ok bool, err error) {
	text, ok, err := s.Get(key)
	if !ok || err != nil {
		return "", false, err
	}
	const digit = len(mark)
	if len(text) < digit+2 || text[:digit] != mark || text[digit] < '1' || text[digit] > '9' || text[digit+1] != ' ' {
		return "", false, ErrCorrupt
	}
	if int(text[digit]-'0') > version {
		return "", false, ErrNewer
	}
	return text[digit+2:], true, nil
}
