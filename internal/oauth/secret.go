package oauth

// Secret is a token, code, verifier or key. It prints as [redacted] through every formatting verb, so that a secret which strays into
// an error, a log line or a trace stays one; reading it takes a deliberate call to Reveal.
//
// The text stands behind a pointer because fmt calls String neither for %d nor for a Secret in an unexported field: there it walks into
// the struct, and finds an address. Two Secrets can't be compared with ==, which would compare the addresses.
type Secret struct {
	_     [0]func()
	value *string
}

// NewSecret wraps value.
func NewSecret(value string) Secret {
	if value == "" {
		return Secret{}
	}
	return Secret{value: &value}
}

// Reveal returns the secret itself, for the request or the store that needs it.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// Empty reports whether there is no secret at all.
func (s Secret) Empty() bool { return s.value == nil }

// Equal compares two secrets of ours; neither is a guess of somebody else's, so time doesn't matter.
func (s Secret) Equal(t Secret) bool { return s.Reveal() == t.Reveal() }

func (s Secret) String() string { return "[redacted]" }

// GoString is what %#v prints, which would otherwise walk into the struct.
func (s Secret) GoString() string { return "[redacted]" }

// MarshalText keeps a Secret out of anything that encodes structs by reflection.
func (s Secret) MarshalText() ([]byte, error) { return []byte("[redacted]"), nil }

// Inert makes text from a server or a URL safe to show: printable ASCII without quotes, backslashes and angle brackets (RFC 6749
// section 4.1.2.1 allows little more), at most 200 bytes. Markup, bidirectional controls and floods have no way through.
func Inert(text string) string {
	const most = 200
	cut := len(text) > most
	if cut {
		text = text[:most]
	}
	out := make([]byte, len(text))
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' {
			c = ' '
		}
		out[i] = c
	}
	if cut {
		return string(out) + "..."
	}
	return string(out)
}
