package oauth

import (
	"unicode/utf8"
	"unsafe"
)

const hexDigits = "0123456789abcdef"

// text reads a JSON string from its opening quote to behind its closing one, and says what is wrong with it.
func (r *reader) text() (content, what string) {
	r.at++
	start := r.at
	var out []byte // nil until the first escape: most strings are their own content
	for r.at < len(r.src) {
		c := r.src[r.at]
		switch {
		case c == '"':
			s := r.src[start:r.at]
			r.at++
			if out != nil {
				return textOf(out), ""
			}
			return s, ""
		case c < ' ':
			return "", "has a control character in a string"
		case c != '\\':
			char, size := utf8.DecodeRuneInString(r.src[r.at:])
			if char == utf8.RuneError && size == 1 {
				return "", "is not UTF-8"
			}
			if out != nil {
				out = append(out, r.src[r.at:r.at+size]...)
			}
			r.at += size
		default:
			if out == nil {
				out = append(make([]byte, 0, r.at-start+16), r.src[start:r.at]...)
			}
			char, ok := r.escape()
			if !ok {
				return "", "has a wrong escape in a string"
			}
			out = utf8.AppendRune(out, char)
		}
	}
	return "", "ends inside a string"
}

// escape reads one escape sequence; a surrogate must come with its other half.
func (r *reader) escape() (rune, bool) {
	r.at++
	c := r.peek()
	r.at++
	switch c {
	case '"', '\\', '/':
		return rune(c), true
	case 'b':
		return '\b', true
	case 'f':
		return '\f', true
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	case 'u':
		high := r.hex4()
		if high < 0xD800 || high > 0xDFFF {
			return high, high >= 0
		}
		if high > 0xDBFF || !r.literal(`\u`) {
			return 0, false
		}
		low := r.hex4()
		return 0x10000 + (high-0xD800)<<10 + (low - 0xDC00), low >= 0xDC00 && low <= 0xDFFF
	}
	return 0, false
}

func (r *reader) hex4() rune {
	var n rune
	for range 4 {
		d := unhex(r.peek())
		if d < 0 {
			return -1
		}
		n = n<<4 | rune(d)
		r.at++
	}
	return n
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// Writer builds one JSON object, member by member, in the order of the calls. Its zero value is ready; members left empty are left out.
type Writer struct{ buf []byte }

// Grow makes room for so many bytes more: a buffer that grows by itself leaves shorter ones behind, which nothing collects in the shipped build.
func (w *Writer) Grow(size int) { w.buf = append(make([]byte, 0, len(w.buf)+size), w.buf...) }

// Str adds a string, unless it is empty.
func (w *Writer) Str(name, value string) *Writer {
	if value != "" {
		w.buf = appendQuoted(w.name(name), value)
	}
	return w
}

// Int adds a whole number, unless it is 0.
func (w *Writer) Int(name string, value int64) *Writer {
	if value != 0 {
		return w.Num(name, value)
	}
	return w
}

// Num adds a whole number, 0 too.
func (w *Writer) Num(name string, value int64) *Writer {
	w.buf = appendInt(w.name(name), value)
	return w
}

// Bool adds true, unless value is false.
func (w *Writer) Bool(name string, value bool) *Writer {
	if value {
		return w.Raw(name, "true")
	}
	return w
}

// Raw adds a value that already is JSON, unless it is empty.
func (w *Writer) Raw(name, json string) *Writer {
	if json != "" {
		w.buf = append(w.name(name), json...)
	}
	return w
}

// Item stands in the place of a name in a list. No JSON text has a name like it, which is no UTF-8; the empty name is one that a provider may use.
const Item = "\xff"

// Open begins an object or a list, by its bracket: what follows stands in there, as Items in a list, until it is closed.
func (w *Writer) Open(name, bracket string) *Writer { return w.Raw(name, bracket) }

// Close ends what was opened last.
func (w *Writer) Close(bracket string) *Writer {
	w.buf = append(w.buf, bracket...)
	return w
}

// String closes the object. It is the last call.
func (w *Writer) String() string {
	if len(w.buf) == 0 {
		return "{}"
	}
	return textOf(append(w.buf, '}'))
}

func (w *Writer) name(name string) []byte {
	b := w.buf
	if len(b) == 0 {
		b = append(b, '{')
	} else if last := b[len(b)-1]; last != '{' && last != '[' {
		b = append(b, ',')
	}
	if name != Item {
		b = append(appendQuoted(b, name), ':')
	}
	return b
}

// textOf is string(b) without the copy, for bytes that nobody writes to any more.
func textOf(b []byte) string { return *(*string)(unsafe.Pointer(&b)) }

// Quote returns s as a JSON string.
func Quote(s string) string { return textOf(appendQuoted(make([]byte, 0, len(s)+2), s)) }

func appendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ':
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

// Whole returns a JSON number as a whole number, its fraction cut off: NumericDate (RFC 7519 section 2) may have one. It refuses what
// is not a number and what lies outside +-2^53, where JavaScript and we might read different values.
func (v Value) Whole() (int64, bool) {
	if v.Kind() != Number {
		return 0, false
	}
	return whole(*v.text)
}

func whole(s string) (int64, bool) {
	const most = 1 << 53
	if len(s) > 64 { // no number of the protocol is; a longer one costs time and could outrun exp below
		return 0, false
	}
	neg := s != "" && s[0] == '-'
	if neg {
		s = s[1:]
	}
	e := min(indexByte(s, 'e'), indexByte(s, 'E'))
	digits, exp, negExp := s[:e], 0, false
	for e++; e < len(s); e++ {
		switch c := s[e]; {
		case c == '-':
			negExp = true
		case c == '+':
		case exp < 1000:
			exp = exp*10 + int(c-'0')
		}
	}
	if negExp {
		exp = -exp
	}
	left := indexByte(digits, '.') + exp // digits before the point, once the exponent has moved it
	var n int64
	for i := 0; i < len(digits) || left > 0; i++ {
		var digit byte
		if i < len(digits) {
			if digits[i] == '.' {
				continue
			}
			digit = digits[i] - '0'
		}
		if left > 0 {
			n = n*10 + int64(digit)
		}
		if left--; n > most {
			return 0, false
		}
	}
	if neg {
		n = -n
	}
	return n, true
}

// Decimal returns n in decimal digits; strconv would cost 5 KB.
func Decimal(n int64) string { return textOf(appendInt(nil, n)) }

func appendInt(b []byte, n int64) []byte {
	u := uint64(n)
	if n < 0 {
		b, u = append(b, '-'), -u
	}
	if u > 9 {
		b = appendInt(b, int64(u/10))
	}
	return append(b, '0'+byte(u%10))
}
