package oauth

// Form builds application/x-www-form-urlencoded parameters in the order of the calls. Its zero value is ready.
type Form struct{ buf []byte }

// Add appends a parameter, unless value is empty: RFC 6749 section 3.1 has parameters without a value treated as omitted.
func (f *Form) Add(name, value string) *Form {
	if value == "" {
		return f
	}
	if len(f.buf) > 0 {
		f.buf = append(f.buf, '&')
	}
	f.buf = appendEscaped(f.buf, name)
	f.buf = append(f.buf, '=')
	f.buf = appendEscaped(f.buf, value)
	return f
}

// Append adds the parameters of another form.
func (f *Form) Append(other *Form) {
	if len(f.buf) > 0 && len(other.buf) > 0 {
		f.buf = append(f.buf, '&')
	}
	f.buf = append(f.buf, other.buf...)
}

func (f *Form) String() string { return textOf(f.buf) }

// Escape percent-encodes s so that it stands for itself in a query, a form body or a key.
func Escape(s string) string { return textOf(appendEscaped(nil, s)) }

func appendEscaped(b []byte, s string) []byte {
	const upper = "0123456789ABCDEF"
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.' || c == '~' {
			b = append(b, c)
		} else {
			b = append(b, '%', upper[c>>4], upper[c&15])
		}
	}
	return b
}

// WithQuery appends parameters to an endpoint that may have a query of its own (RFC 6749 section 3.1).
func WithQuery(endpoint, query string) string {
	if indexByte(endpoint, '?') < len(endpoint) {
		return endpoint + "&" + query
	}
	return endpoint + "?" + query
}

// QueryParam returns the parameter by this name in a URL's query, "" where there is none. ok is false where it isn't validly encoded, or stands
// there twice.
func QueryParam(url, wanted string) (text string, ok bool) {
	url = url[:indexByte(url, '#')]
	ok = true
	for query := url[min(indexByte(url, '?')+1, len(url)):]; query != ""; {
		var name, value string
		name, value, query = nextParam(query)
		if name, _ = unescape(name); name == wanted {
			before := text
			text, ok = unescape(value)
			if !ok || before != "" {
				return "", false
			}
		}
	}
	return text, ok
}

// nextParam cuts the first name=value off a query and leaves both still encoded.
func nextParam(query string) (name, value, rest string) {
	pair, rest := Cut(query, '&')
	name, value = Cut(pair, '=')
	return name, value, rest
}

// indexByte is strings.IndexByte, but answers len(s) where c is missing, which makes every cut below a plain slice.
func indexByte(s string, c byte) int {
	for i := 0; i < len(s); i++ {
		if s[i] == c {
			return i
		}
	}
	return len(s)
}

// unescape decodes one name or value. It refuses broken escapes, bare semicolons (which some servers take for separators) and control
// characters, whether written or encoded.
func unescape(s string) (string, bool) {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch c {
		case ';':
			return "", false
		case '+':
			c = ' '
		case '%':
			if i+2 >= len(s) {
				return "", false
			}
			high, low := unhex(s[i+1]), unhex(s[i+2])
			if high < 0 || low < 0 {
				return "", false
			}
			c = byte(high<<4 | low)
			i += 2
		}
		if c < ' ' || c == 0x7F {
			return "", false
		}
		out = append(out, c)
	}
	return textOf(out), true
}
