package oauth

// decodeSegment decodes base64url without padding (RFC 7515 section 2), and refuses the empty text.
//
// It is strict where encoding/base64 isn't: that skips line breaks even in strict mode, and outside of it takes a last character whose
// unused bits are set. Each of these gives one token many texts, and whoever compares texts is fooled.
func decodeSegment(s string) (string, bool) {
	out := make([]byte, 0, len(s)*3/4)
	bits, n := uint32(0), 0
	for i := 0; i < len(s); i++ {
		d := digit64(s[i])
		if d < 0 {
			return "", false
		}
		bits, n = bits<<6|uint32(d), n+6
		if n >= 8 {
			n -= 8
			out = append(out, byte(bits>>n))
		}
	}
	return textOf(out), n < 6 && bits&(1<<n-1) == 0 && len(out) > 0
}

func digit64(c byte) int {
	switch {
	case c >= 'A' && c <= 'Z':
		return int(c - 'A')
	case c >= 'a' && c <= 'z':
		return int(c-'a') + 26
	case c >= '0' && c <= '9':
		return int(c-'0') + 52
	case c == '-':
		return 62
	case c == '_':
		return 63
	}
	return -1
}
