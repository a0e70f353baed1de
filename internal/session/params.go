package session

import "github.com/postern-auth/postern/internal/oauth"

// checkParams judges authorizationParams, by client or by call. What the SDK answers for (state, nonce, PKCE) can't be set from outside.
// origin is the page's, where a redirect_uri may stand among them.
func checkParams(params oauth.Value, origin string) error {
	for w := params.Walk(); w.Next(); {
		if err := checkParam(w.Name, w.Value, origin); err != nil {
			return err
		}
	}
	if k := params.Kind(); k != oauth.Missing && k != oauth.Object {
		return config("authorizationParams must be an object")
	}
	return nil
}

// textParams are those that are a text or nothing. Of another type, an acr_values or organization would be asked for and not checked in the answer.
const textParams = "prompt acr_values login_hint id_token_hint ui_locales display organization invitation connection screen_hint"

func checkParam(name string, value oauth.Value, origin string) error {
	text, isText := value.Text()
	switch name {
	case "redirect_uri":
		return checkRedirectURI(text, origin)
	case "scope":
		if !isText || !oauth.CheckScope(text) {
			return config("scope must be a list of scopes (RFC 6749 section 3.3)")
		}
	case "max_age":
		if maxAge(value) < 0 {
			return config("max_age must be a whole number of seconds")
		}
	case "claims":
		if isText {
			value, _ = oauth.ParseJSON(text)
		}
		if value.Kind() != oauth.Object {
			return config("claims must be an object, or its JSON text (OpenID Connect Core section 5.5)")
		}
		for _, acr := range essentialACR(value) {
			if word, _ := oauth.FirstWord(acr); word == "" || word != acr {
				return config("claims must name the values of an essential acr, each a text without spaces")
			}
		}
	case "audience":
		if !isText && value.Kind() != oauth.Null || !oauth.CheckAudience(text) {
			return config("audience must be a text of one line")
		}
	case "resource":
		for _, uri := range resources(value) {
			if !oauth.CheckResource(uri) {
				return config("resource must be an absolute address without fragment (RFC 8707), or a list of them")
			}
		}
	case "authorization_details":
		if !oauth.CheckDetails(value) || value.Raw() == "[]" {
			return config("authorization_details must be a list of objects with a type (RFC 9396)")
		}
	case "response_mode":
		if text != "query" && text != "fragment" && !oauth.SealedMode(text) {
			return config("response_mode must be query, fragment, or query.jwt or jwt for a signed answer: elsewhere nobody looks for it")
		}
	}
	if !isText && value.Kind() != oauth.Null && oauth.HasScopes(textParams, name) {
		return config(name + " must be a text")
	}
	if !oauth.CheckExtra(name) {
		return config("authorizationParams may not set " + oauth.Inert(name) + "; the SDK does")
	}
	return nil
}

func checkRedirectURI(uri, origin string) error {
	if !oauth.CheckURL(uri) || oauth.Origin(uri) != origin {
		return config("redirect_uri must be an address of this page's origin, without fragment")
	}
	return nil
}

// maxAge returns max_age in seconds, and -1 where it is none or not asked for.
func maxAge(v oauth.Value) int64 {
	text := paramText(v)
	n := int64(0)
	for i := 0; i < len(text); i++ {
		if text[i] < '0' || text[i] > '9' || i > 9 {
			return -1
		}
		n = n*10 + int64(text[i]-'0')
	}
	if text == "" {
		return -1
	}
	return n
}

// resources returns one resource or a list of them.
func resources(v oauth.Value) (uris []string) {
	switch v.Kind() {
	case oauth.Missing, oauth.Null:
		return nil
	case oauth.Array:
	default:
		return []string{v.Str()}
	}
	for w := v.Walk(); w.Next(); {
		uris = append(uris, w.Value.Str())
	}
	return uris
}

// target is what a token is for. Where one refresh token serves many, a login names all resources, so that the user consents once, and each token is
// for one, of several the first: some providers make none for two, and an API that gets such a token could use it at the other (RFC 8707
// sections 2.2 and 3).
func (o *Options) target(audience, resource oauth.Value) string {
	uris := resources(resource)
	if o.UseMRRT && len(uris) > 1 {
		uris = uris[:1]
	}
	return oauth.Target(audience.Str(), uris)
}

// essentialACR are the contexts of which the provider must choose one, where claims asks for the ID token's acr so (OpenID Connect Core section
// 5.5.1.1).
func essentialACR(claims oauth.Value) []string {
	if text, ok := claims.Text(); ok {
		claims, _ = oauth.ParseJSON(text)
	}
	acr := claims.Get("id_token").Get("acr")
	if !acr.Get("essential").True() {
		return nil
	}
	return append(resources(acr.Get("value")), resources(acr.Get("values"))...)
}

// acrValues are the contexts of which the login must have met one. Where claims insists on some, it is those, and acr_values is the provider's
// to weigh.
func (c *Client) acrValues(params oauth.Value) (list string) {
	for _, acr := range essentialACR(c.param(params, "claims")) {
		list += acr + " "
	}
	if list == "" {
		list = c.param(params, "acr_values").Str()
	}
	return list
}

// paramText is how a value travels: a text as itself, and a number, or an object or a list, as JSON.
func paramText(v oauth.Value) string {
	if text, ok := v.Text(); ok {
		return text
	}
	return v.Raw()
}

// param returns a parameter: the call's, else the client's.
func (c *Client) param(call oauth.Value, name string) oauth.Value {
	if v := call.Get(name); v.Kind() != oauth.Missing {
		return v
	}
	return c.Params.Get(name)
}

// extra adds what the application wants said beside what the SDK says.
func (c *Client) extra(f *oauth.Form, call oauth.Value) {
	addParams(f, call, oauth.Value{})
	addParams(f, c.Params, call)
}

func addParams(f *oauth.Form, params, but oauth.Value) {
	for w := params.Walk(); w.Next(); {
		switch {
		case w.Value.Kind() == oauth.Null || w.Name == "redirect_uri" || w.Name == "scope" || but.Get(w.Name).Kind() != oauth.Missing:
		case w.Name == "resource":
			for _, uri := range resources(w.Value) {
				f.Add(w.Name, uri)
			}
		default:
			f.Add(w.Name, paramText(w.Value))
		}
	}
}
