package oauth

// Challenge is one way to be let in that an API offers in WWW-Authenticate (RFC 9110 section 11.6.1).
type Challenge struct {
	Scheme string
	params []string // each name, in lower case, before its value
}

// Param returns a parameter's value, and "" where there is none.
func (c *Challenge) Param(name string) string {
	for i := 0; i < len(c.params); i += 2 {
		if c.params[i] == name {
			return c.params[i+1]
		}
	}
	return ""
}

// ParseChallenges reads WWW-Authenticate. Several may stand in it, by the server or because fetch joins headers, and commas part challenges as well as
// their parameters: whoever reads an error of one as another's renews where a nonce is wanted.
func ParseChallenges(header string) (all []Challenge, err error) {
	const most = 8 << 10
	r := challengeReader{s: header}
	for len(header) <= most {
		r.skip(" \t,")
		if r.at == len(r.s) {
			return all, nil
		}
		word := r.word("")
		r.skip(" \t")
		switch n := len(all); {
		case word == "":
			return nil, badChallenge("has something that is no word")
		case r.peek() == '=' && n > 0:
			if !r.param(&all[n-1], word) {
				return nil, badChallenge("has a parameter twice, or one without an end")
			}
		default:
			all = append(all, Challenge{Scheme: word})
			if !r.first(&all[n]) {
				return nil, badChallenge("has a parameter without an end")
			}
		}
		if r.skip(" \t"); r.at < len(r.s) && r.peek() != ',' {
			return nil, badChallenge("lacks a comma")
		}
	}
	return nil, badChallenge("is longer than 8 KB")
}

func badChallenge(what string) *Error {
	return Fail(ChallengeMalformed, "WWW-Authenticate", "it "+what)
}

type challengeReader struct {
	s  string
	at int
}

func (r *challengeReader) peek() byte {
	if r.at < len(r.s) {
		return r.s[r.at]
	}
	return 0
}

func (r *challengeReader) skip(any string) {
	for r.at < len(r.s) && indexByte(any, r.s[r.at]) < len(any) {
		r.at++
	}
}

// word reads a token (RFC 9110 section 5.6.2), with the characters of more.
func (r *challengeReader) word(more string) string {
	more += "!#$%&'*+-.^_`|~"
	start := r.at
	for r.at < len(r.s) {
		if c := lower(r.s[r.at]); (c < 'a' || c > 'z') && (c < '0' || c > '9') && indexByte(more, c) == len(more) {
			break
		}
		r.at++
	}
	return r.s[start:r.at]
}

// first reads what stands behind a scheme: nothing, a parameter, or a token68, which is nothing to us.
func (r *challengeReader) first(c *Challenge) bool {
	start := r.at
	r.word("/")
	r.skip("=")
	r.skip(" \t")
	if r.at == len(r.s) || r.peek() == ',' {
		return true
	}
	r.at = start
	name := r.word("")
	r.skip(" \t")
	return name != "" && r.peek() == '=' && r.param(c, name)
}

// param reads a value from its equals sign on.
func (r *challengeReader) param(c *Challenge, name string) bool {
	r.at++
	r.skip(" \t")
	var value []byte
	if r.peek() == '"' {
		for r.at++; r.peek() != '"'; r.at++ {
			if r.peek() == '\\' {
				r.at++
			}
			if c := r.peek(); c < ' ' && c != '\t' || c == 0x7F {
				return false // the end, too
			}
			value = append(value, r.peek())
		}
		r.at++
	} else if value = []byte(r.word("")); len(value) == 0 {
		return false
	}
	small := make([]byte, len(name))
	for i := range small {
		small[i] = lower(name[i])
	}
	for i := 0; i < len(c.params); i += 2 {
		if c.params[i] == string(small) {
			return false
		}
	}
	c.params = append(c.params, string(small), string(value))
	return true
}

// Demand is what an API wants before it answers.
type Demand struct {
	Code string // of RFC 6750, 9449 or 9470; "" where it only wants a token
	// ACRValues and MaxAge are what another sign-in must bring (RFC 9470 section 3), MaxAge in digits.
	ACRValues, MaxAge string
}

// ReadDemand picks what is said to a token of this type, "Bearer" or "DPoP"; where nothing is, what is said of the other.
func ReadDemand(header, tokenType string) (*Demand, error) {
	all, err := ParseChallenges(header)
	d := &Demand{}
	for i := range all {
		c := &all[i]
		ours := sameFold(c.Scheme, tokenType)
		if code := c.Param("error"); code != "" && (ours || d.Code == "" && (sameFold(c.Scheme, "Bearer") || sameFold(c.Scheme, "DPoP"))) {
			d.Code, d.ACRValues, d.MaxAge = code, c.Param("acr_values"), c.Param("max_age")
			if ours {
				break
			}
		}
	}
	const most = 500
	for i := 0; i < len(d.MaxAge); i++ {
		if d.MaxAge[i] < '0' || d.MaxAge[i] > '9' || i > 9 {
			err = badChallenge("has a max_age that is none")
		}
	}
	if !CheckScope(d.ACRValues) || len(d.ACRValues) > most {
		err = badChallenge("has acr_values that are none")
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}

// WantsNonce reports whether the request should be sent once more with the nonce that was heard beside the challenge; again says that it was.
func (d *Demand) WantsNonce(heard string, again bool) (bool, error) {
	if d.Code == useNonce {
		err := NonceError("WWW-Authenticate", heard)
		if again || !WantsNonce(err) {
			return false, err
		}
		return true, nil
	}
	return d.Code == "" && heard != "" && !again, nil // perhaps a challenge that this page may not read
}
