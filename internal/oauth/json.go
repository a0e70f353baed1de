package oauth

// Kind is the type of a JSON value.
type Kind byte

// The kinds. Missing is what Get returns for a name that isn't there, so that absent and null stay apart.
const (
	Missing Kind = iota
	Null
	Bool
	Number
	String
	Array
	Object
)

// Value is one JSON value, read strictly: names are compared exactly, a name stands once, text is valid UTF-8 (RFC 8259, and I-JSON's
// rule on duplicates in RFC 7493 section 2.3). encoding/json takes ACCESS_TOKEN for access_token and the last of two duplicates; a
// server or proxy that disagrees with us about which one counts is an attack.
//
// It is the text itself, checked once as a whole; members are found by walking it again. The messages are small, and a tree of values
// would make the module larger and slower. One pointer, because the shipped code hands values on everywhere; nil is a Missing one.
type Value struct{ text *string }

func valueOf(text string) Value { return Value{&text} }

const (
	// Deeper or wider than any message of the protocol, and small enough for the linear search in Get and the duplicate check.
	maxDepth   = 32
	maxMembers = 256
)

// ParseJSON checks that src is exactly one JSON value. Its errors never quote the text, which may hold secrets.
func ParseJSON(src string) (Value, error) {
	v, what := parse(src)
	if what != "" {
		return v, SyntaxError(what)
	}
	return v, nil
}

// parse is ParseJSON for callers who say more about the error than its text.
func parse(src string) (v Value, what string) {
	r := checker{reader: reader{src: src}}
	r.space()
	start := r.at
	what = r.check()
	end := r.at
	r.space()
	if what == "" && r.at != len(src) {
		what = "goes on after its end"
	}
	if what != "" {
		return v, what
	}
	return valueOf(src[start:end]), ""
}

// SyntaxError says why a text isn't the JSON we accept.
type SyntaxError string

func (e SyntaxError) Error() string { return "the JSON text " + string(e) }

// Kind returns the value's type.
func (v Value) Kind() Kind {
	if v.text == nil {
		return Missing
	}
	switch (*v.text)[0] {
	case '{':
		return Object
	case '[':
		return Array
	case '"':
		return String
	case 'n':
		return Null
	case 't', 'f':
		return Bool
	}
	return Number
}

// Raw returns the value as it was written.
func (v Value) Raw() string {
	if v.text == nil {
		return ""
	}
	return *v.text
}

// Str returns a string's content, and "" for anything else.
func (v Value) Str() string {
	if v.Kind() != String {
		return ""
	}
	r := reader{src: *v.text}
	s, _ := r.text()
	return s
}

// Text returns a string's content and whether the value is a string.
func (v Value) Text() (string, bool) { return v.Str(), v.Kind() == String }

// True reports whether the value is the literal true.
func (v Value) True() bool { return v.Raw() == "true" }

// Get returns the value under name; its Kind is Missing where there is none.
func (v Value) Get(name string) Value {
	if v.Kind() == Object {
		w := Walker{r: reader{src: *v.text}}
		for w.next() {
			if w.Name == name {
				return valueOf(w.text)
			}
		}
	}
	return Value{}
}

// Walker steps through an object's members or an array's items, in their order.
type Walker struct {
	Name  string // of an object's member
	Value Value
	text  string
	r     reader
}

// Walk starts before the first member or item. A value of another kind has none.
func (v Value) Walk() *Walker {
	w := &Walker{r: reader{src: v.Raw()}}
	if k := v.Kind(); k != Object && k != Array {
		w.r.at = len(w.r.src)
	}
	return w
}

// Next steps forward and reports whether there was something to step to.
func (w *Walker) Next() bool {
	ok := w.next()
	w.Value = valueOf(w.text)
	return ok
}

// next makes no Value, since most of those that Get passes by nobody wants, and nothing collects them in the shipped build.
func (w *Walker) next() bool {
	r := &w.r
	if r.at+1 >= len(r.src) {
		return false
	}
	r.at++ // the bracket or the comma
	r.space()
	if c := r.peek(); c == 0 || c == '}' || c == ']' {
		return false
	}
	if r.src[0] == '{' {
		w.Name, _ = r.text()
		r.space()
		r.at++
		r.space()
	}
	start := r.at
	r.skip()
	w.text = r.src[start:r.at]
	r.space()
	return true
}
