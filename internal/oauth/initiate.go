package oauth

// Initiation is what somebody else's page says when it sends the user here to sign in (OpenID Connect Core section 4).
type Initiation struct {
	LoginHint string
	// Target is where the user wanted to go, as a path of this page's origin; "" where that wasn't said.
	Target string
}

// ParseInitiation reads the address of such a request. Anybody can write it, so it may choose neither the issuer that the user signs in at nor a
// page of anybody else's.
func ParseInitiation(url, issuer, origin string) (*Initiation, error) {
	if len(url) > MaxCallback {
		return nil, Fail(ResponseTooLarge, "login request", "the URL is longer than 64 KB")
	}
	iss, ok1 := QueryParam(url, "iss")
	hint, ok2 := QueryParam(url, "login_hint")
	target, ok3 := QueryParam(url, "target_link_uri")
	if !ok1 || !ok2 || !ok3 {
		return nil, Fail(CallbackInvalid, "login request", "a parameter is not validly encoded, or stands in the URL twice")
	}
	if iss != issuer {
		return nil, Fail(IssuerMismatch, "login request", "iss is missing, or another issuer than this client's")
	}
	if target == "" {
		return &Initiation{LoginHint: hint}, nil
	}
	target = localPath(target, origin)
	if target == "" {
		return nil, Fail(RedirectBlocked, "login request", "target_link_uri is no address of this page's origin")
	}
	return &Initiation{LoginHint: hint, Target: target}, nil
}

// localPath returns path, query and fragment of an address of this origin, and "" for all else. Two slashes in a row are refused wherever they
// stand in the path: what an application makes of it could begin with them, and name another site.
func localPath(raw, origin string) string {
	raw = Destination(raw, origin)
	if raw == "" || Origin(raw) != origin {
		return ""
	}
	raw = raw[len(origin):]
	if raw == "" || raw[0] != '/' {
		raw = "/" + raw
	}
	if Contains(raw[:min(indexByte(raw, '?'), indexByte(raw, '#'))], "//") {
		return ""
	}
	return raw
}
