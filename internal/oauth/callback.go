package oauth

// Response is an authorization response as it stands in the address bar: parsed, believed in nothing. Only Accept turns it into an
// AuthorizationCode, and only an AuthorizationCode can be exchanged, so that no path to the token endpoint goes around the checks.
//
// RFC 6749 sections 4.1.2 and 4.1.2.1; RFC 9207 section 2.
type Response struct {
	State string
	// InFragment says that it stands there, which only a login that asked for it believes.
	InFragment bool

	code             Secret
	iss              string
	issTwice         bool
	errorCode        string
	errorDescription string
	sealed           *IDToken // what the rest is to be taken from, where the response is a JWT
}

// AuthorizationCode is a code whose response passed every check.
type AuthorizationCode struct{ code Secret }

// CodeFromMessage is a code that passed the checks on the other side of a message.
func CodeFromMessage(code string) AuthorizationCode { return AuthorizationCode{NewSecret(code)} }

// Reveal returns the code for the token request.
func (c AuthorizationCode) Reveal() string { return c.code.Reveal() }

// responseParams are the parameters a response may hold; all else in a URL is the application's own.
var responseParams = [...]string{"code", "state", "iss", "error", "error_description", "error_uri", "session_state", "response"}

// MaxCallback is the longest callback URL that is read, in bytes. Browsers and servers give up long before.
const MaxCallback = 64 << 10

// ParseCallback reads the authorization response in a URL's query or fragment.
//
// Everything doubtful is refused: a parameter twice (RFC 6749 section 3.1), code and error together, an answer of which a part stands in the
// query and a part in the fragment, a token in the fragment, control characters. Unknown parameters are ignored.
func ParseCallback(url string) (*Response, error) {
	r, err := readResponse(url)
	switch {
	case err != nil:
	case !r.code.Empty() && r.errorCode != "":
		err = invalidCallback("code and error stand in the URL together")
	case !r.holdsAnswer():
		err = invalidCallback("neither code nor error stands in the URL; call handleRedirectCallback only where the provider sent the user back")
	case r.State == "":
		err = Fail(StateMismatch, "callback", "the response has no state, so it can't belong to a login that started here")
	default:
		return r, nil
	}
	return nil, err
}

// ReturnedState is the state in a URL that holds no answer to a login: with it the user comes back from a sign-out, if with any (RP-Initiated
// Logout 1.0 section 3). ok is false for all other URLs.
func ReturnedState(url string) (state string, ok bool) {
	r, err := readResponse(url)
	if err != nil || r.InFragment || r.holdsAnswer() {
		return "", false
	}
	return r.State, true
}

func (r *Response) holdsAnswer() bool { return !r.code.Empty() || r.errorCode != "" || r.sealed != nil }

func readResponse(url string) (*Response, error) {
	if len(url) > MaxCallback {
		return nil, Fail(ResponseTooLarge, "callback", "the URL is longer than 64 KB")
	}
	hash := indexByte(url, '#')
	question := indexByte(url[:hash], '?')
	query, fragment := url[min(question+1, hash):hash], url[min(hash+1, len(url)):]
	found := answerIn(fragment)
	r := &Response{InFragment: found == plainAnswer}
	if r.InFragment {
		query += "&" + fragment
	}
	misplaced := found == alienAnswer
	var values [len(responseParams)]string
	var seen [len(responseParams)]bool
	for query != "" {
		var name, value string
		name, value, query = nextParam(query)
		i := responseParam(name)
		if i < 0 {
			continue
		}
		misplaced = misplaced || r.InFragment && len(query) >= len(fragment)
		text, ok := unescape(value)
		if !ok {
			return nil, invalidCallback(responseParams[i] + " is not validly encoded")
		}
		if seen[i] {
			if i == 2 {
				r.issTwice = true
				continue
			}
			return nil, invalidCallback(responseParams[i] + " stands in the URL twice")
		}
		seen[i], values[i] = true, text
	}
	if misplaced {
		return nil, invalidCallback("the fragment holds a token, a signed answer, or a part of one")
	}
	if jwt := values[len(values)-1]; jwt != "" {
		for i := range 4 {
			if seen[i] {
				return nil, invalidJARM(responseParams[i] + " stands in the URL beside it")
			}
		}
		return ParseSealed(jwt)
	}
	r.code, r.State, r.iss = NewSecret(values[0]), values[1], values[2]
	r.errorCode, r.errorDescription = values[3], values[4]
	return r, nil
}

// Accept checks the response against the issuer and returns its code, or the provider's refusal as an error. State has been checked by
// finding the transaction under it.
//
// The issuer is compared before the error is believed: a mix-up attack works with errors too (RFC 9207 section 2.4).
func (r *Response) Accept(m *Metadata) (AuthorizationCode, error) {
	switch {
	case r.issTwice:
		return AuthorizationCode{}, Fail(IssuerMismatch, "callback", "iss stands in the URL twice")
	case r.iss != "" && r.iss != m.Issuer:
		return AuthorizationCode{}, Fail(IssuerMismatch, "callback", "the response comes from another issuer than the one asked")
	case r.iss == "" && m.IssParameterSupported:
		return AuthorizationCode{}, Fail(IssuerMismatch, "callback", "the response lacks iss, which the provider says it always sends")
	case r.errorCode != "":
		return AuthorizationCode{}, authorizationError(r.errorCode, r.errorDescription)
	case r.code.Empty():
		return AuthorizationCode{}, invalidCallback("the response holds no code")
	}
	return AuthorizationCode{r.code}, nil
}

// authorizationError gives each refusal its own code, since each wants another reaction (OpenID Connect Core section 3.1.2.6).
func authorizationError(code, description string) *Error {
	e := &Error{Code: AuthorizationFailed, Op: "authorization response", ServerCode: Inert(code), Description: Inert(description)}
	switch c := Code(code); {
	case c == AccessDenied || c.NeedsUser():
		e.Code = c
	case c == "temporarily_unavailable" || c == "server_error":
		e.Retryable = true
	}
	return e
}

func invalidCallback(what string) *Error { return Fail(CallbackInvalid, "callback", what) }

func responseParam(name string) int {
	name, _ = unescape(name)
	for i, n := range &responseParams {
		if n == name {
			return i
		}
	}
	return -1
}

const (
	noAnswer = iota
	plainAnswer
	// alienAnswer is what no login of ours asks for: the implicit grant's tokens (RFC 9700 section 2.1.2), and a signed response, which is asked for
	// in the query.
	alienAnswer
)

// answerIn looks for what a response in the fragment would hold. A router's own fragment, such as #/settings, holds none.
func answerIn(fragment string) (found int) {
	parts := 0
	for fragment != "" {
		var name string
		name, _, fragment = nextParam(fragment)
		switch name {
		case "access_token", "id_token", "response":
			return alienAnswer
		case "code":
			found = plainAnswer
		case "error":
			parts |= 1
		case "state":
			parts |= 2
		}
	}
	if parts == 3 {
		found = plainAnswer
	}
	return found
}

// StripCallback returns url without the response's parameters, for the address bar: a code that stays there reaches the history, the
// Referer header and every script on the page (RFC 9700 section 4.2). A fragment with an answer in it goes whole.
func StripCallback(url string) string {
	hash := indexByte(url, '#')
	fragment := url[hash:]
	if answerIn(url[min(hash+1, len(url)):]) != noAnswer {
		fragment = ""
	}
	question := indexByte(url[:hash], '?')
	// A slice, not a string that grows: a link of a megabyte of "a&a&a" would freeze the page.
	kept := make([]byte, 0, hash-question)
	for query := url[min(question+1, hash):hash]; query != ""; {
		var name, value string
		before := query
		name, value, query = nextParam(query)
		end := len(name)
		if end < len(before) && before[end] == '=' {
			end += 1 + len(value)
		}
		if end == 0 || responseParam(name) >= 0 {
			continue
		}
		if len(kept) == 0 {
			kept = append(kept, '?')
		} else {
			kept = append(kept, '&')
		}
		kept = append(kept, before[:end]...)
	}
	return url[:question] + string(kept) + fragment
}
