package oauth

// reader walks the text once, without recursion: a goroutine's stack in the shipped build is 8 KB, and depth is the attacker's choice.
type reader struct {
	src string
	at  int
}

// checker is a reader of a text that nobody has checked yet.
type checker struct {
	reader
	names []int // where the names in the objects around the cursor begin
}

// check walks over one value and says what is wrong with it.
func (r *checker) check() string {
	var open [maxDepth + 1]int // where the containers around the cursor begin
	depth := 0
	for {
		r.space()
		if depth > 0 && r.src[open[depth-1]] == '{' {
			if what := r.member(open[depth-1]); what != "" {
				return what
			}
		}
		if c := r.peek(); c == '{' || c == '[' {
			open[depth] = r.at
			depth++
			r.at++
			r.space()
			if r.peek() != c+2 { // the closing bracket, in ASCII
				if depth > maxDepth {
					return "is nested too deeply"
				}
				continue
			}
		} else if what := r.scalar(c); what != "" {
			return what
		}
		for comma := false; !comma; {
			if depth == 0 {
				return ""
			}
			r.space()
			c := r.peek()
			comma = c == ','
			if !comma {
				if c != r.src[open[depth-1]]+2 {
					return "wants a comma or a closing bracket"
				}
				depth--
				r.forget(open[depth])
			}
			r.at++
		}
	}
}

// member reads a name and its colon in the object that begins at start.
func (r *checker) member(start int) string {
	at := r.at
	if r.peek() != '"' {
		return "wants a name"
	}
	name, what := r.text()
	if what != "" {
		return what
	}
	// Only names are looked at again: with the values between them, a response of 512 KB could take seconds.
	for n := len(r.names); n > 0 && r.names[n-1] > start; n-- {
		before := reader{src: r.src, at: r.names[n-1]}
		if s, _ := before.text(); s == name {
			return "has the same name twice"
		}
		if len(r.names)-n == maxMembers-1 {
			return "has too many members"
		}
	}
	r.names = append(r.names, at)
	r.space()
	if r.peek() != ':' {
		return "wants a colon"
	}
	r.at++
	r.space()
	return ""
}

// forget drops the names of the container that begins at start.
func (r *checker) forget(start int) {
	n := len(r.names)
	for n > 0 && r.names[n-1] > start {
		n--
	}
	r.names = r.names[:n]
}

func (r *reader) scalar(c byte) string {
	if c == '"' {
		_, what := r.text()
		return what
	}
	if r.literal("true") || r.literal("false") || r.literal("null") || r.number() {
		return ""
	}
	return "wants a value"
}

func (r *reader) literal(word string) bool {
	if len(r.src)-r.at < len(word) || r.src[r.at:r.at+len(word)] != word {
		return false
	}
	r.at += len(word)
	return true
}

func (r *reader) number() bool {
	if r.peek() == '-' {
		r.at++
	}
	if r.peek() == '0' {
		r.at++
	} else if !r.digits() {
		return false
	}
	if r.peek() == '.' {
		r.at++
		if !r.digits() {
			return false
		}
	}
	if r.peek()|0x20 == 'e' {
		r.at++
		if c := r.peek(); c == '+' || c == '-' {
			r.at++
		}
		return r.digits()
	}
	return true
}

func (r *reader) digits() bool {
	start := r.at
	for r.peek() >= '0' && r.peek() <= '9' {
		r.at++
	}
	return r.at > start
}

// skip walks over a value that has been checked.
func (r *reader) skip() {
	depth := 0
	for r.at < len(r.src) {
		switch r.src[r.at] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return
			}
			depth--
		case ',', ' ', '\t', '\n', '\r':
			if depth == 0 {
				return
			}
		case '"':
			for r.at++; r.src[r.at] != '"'; r.at++ {
				if r.src[r.at] == '\\' {
					r.at++
				}
			}
		}
		r.at++
	}
}

func (r *reader) space() {
	for c := r.peek(); c == ' ' || c == '\t' || c == '\n' || c == '\r'; c = r.peek() {
		r.at++
	}
}

// peek returns the next byte, and 0 at the end: no JSON text has a NUL outside a string, where text looks itself.
func (r *reader) peek() byte {
	if r.at < len(r.src) {
		return r.src[r.at]
	}
	return 0
}
