package oauth

import "strings"

// CheckURL refuses an issuer or endpoint that must not be talked to: anything but https (http only to this machine), with user
// information, a fragment, or characters that parsers disagree about. It judges the text; a browser's own parser has the last word
// before anything is navigated to.
//
// RFC 8414 section 2; RFC 9700 section 2.6; RFC 8252 section 8.3 on loopback.
func CheckURL(raw string) bool {
	rest, https := strings.CutPrefix(raw, "https://")
	if !https {
		var http bool
		if rest, http = strings.CutPrefix(raw, "http://"); !http {
			return false
		}
	}
	for i := 0; i < len(rest); i++ {
		if c := rest[i]; c <= ' ' || c >= 0x7F || c == '\\' || c == '#' {
			return false
		}
	}
	authority := rest[:min(indexByte(rest, '/'), indexByte(rest, '?'))]
	if authority == "" || strings.IndexByte(authority, '@') >= 0 {
		return false
	}
	return https || loopback(authority)
}

// loopback reports whether an authority names this machine, where no network can listen in.
func loopback(authority string) bool {
	if strings.HasPrefix(authority, "[::1]") {
		return len(authority) == 5 || authority[5] == ':'
	}
	host := authority[:indexByte(authority, ':')]
	return host == "localhost" || host == "127.0.0.1" || strings.HasSuffix(host, ".localhost")
}

// Origin returns scheme and authority of a URL that CheckURL accepts.
func Origin(raw string) string {
	start := strings.IndexByte(raw, ':') + 3
	rest := raw[start:]
	return raw[:start] + rest[:min(indexByte(rest, '/'), indexByte(rest, '?'), indexByte(rest, '#'))]
}

// CheckOrigin refuses an origin, as the browser reads it, that isn't among those that a token may be sent to, which have spaces between them.
func CheckOrigin(allowed, origin string) error {
	if word, _ := FirstWord(origin); word == "" || word != origin || !HasScopes(allowed, origin) {
		return Fail(OriginNotAllowed, "fetch", "no token is sent to "+Inert(origin)+"; name it in apiOrigins if it is your API")
	}
	return nil
}

// Destination returns the address that raw names to a page of this origin: an address that CheckURL accepts, with a fragment if need be, or a
// path of the page's own origin. It is "" for all else. Browsers take a backslash for a slash, drop tabs and line breaks, and read //evil as
// another site and https:evil as one or the other, so a judgement on anything but the two plain forms would be a guess.
func Destination(raw, origin string) string {
	if len(raw) > 0 && raw[0] == '/' && (len(raw) < 2 || raw[1] != '/') {
		raw = origin + raw
	}
	if !CheckURL(raw[:indexByte(raw, '#')]) {
		return ""
	}
	return raw
}

// CheckScope refuses a scope that RFC 6749 section 3.3 doesn't allow: tokens of %x21 / %x23-5B / %x5D-7E, one space between them.
func CheckScope(scope string) bool {
	for i := 0; i < len(scope); i++ {
		if c := scope[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// HasScopes reports whether every token of wanted stands in granted.
func HasScopes(granted, wanted string) bool {
	for wanted != "" {
		var token string
		if token, wanted = FirstWord(wanted); token != "" && !hasScope(granted, token) {
			return false
		}
	}
	return true
}

func hasScope(granted, token string) bool {
	for granted != "" {
		var word string
		if word, granted = FirstWord(granted); word == token {
			return true
		}
	}
	return false
}

// FirstWord cuts a list at its first space.
func FirstWord(list string) (word, rest string) { return Cut(list, ' ') }

// Cut is strings.Cut for one byte: that would link a search for any text, 0.4 KB.
func Cut(s string, c byte) (before, after string) {
	end := indexByte(s, c)
	return s[:end], s[min(end+1, len(s)):]
}

// Contains is strings.Contains for texts of a few KB: it is slower and 0.4 KB smaller.
func Contains(s, part string) bool {
	for i := 0; i+len(part) <= len(s); i++ {
		if s[i:i+len(part)] == part {
			return true
		}
	}
	return false
}
