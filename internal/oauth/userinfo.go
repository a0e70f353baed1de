package oauth

// ParseUserInfo reads the UserInfo endpoint's answer (OpenID Connect Core section 5.3) and returns the claims as they were written. An answer
// about anybody but subject, the ID token's, is an attacker's who has swapped the access token (section 5.3.2).
func ParseUserInfo(h *HTTPResponse, subject string) (claims string, err error) {
	v, what := jsonObject(h)
	switch sub, isText := v.Get("sub").Text(); {
	case h.Status != 200:
		e := &Error{
			Code: AuthorizationFailed, Op: "UserInfo", ServerCode: Inert(v.Get("error").Str()), Retryable: h.Status >= 500 || h.Status == 429,
			Description: "the provider refused with status " + statusText(h.Status),
		}
		if h.Status == 401 {
			e.Description += "; the token's audience may leave UserInfo out"
		}
		return "", e
	case what != "":
		return "", Fail(AuthorizationFailed, "UserInfo", "the JSON text "+what)
	case !isText || sub != subject || sub == "":
		return "", Fail(UserinfoMismatch, "UserInfo", "sub is not that of the ID token")
	}
	return v.Raw(), nil
}
