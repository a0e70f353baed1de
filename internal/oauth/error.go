// Package oauth holds the rules of the protocol: what a request must say and what an answer may say, one file for each message.
// Bytes come in; values or an *Error come out. It does no I/O and knows neither the time nor chance: both are handed to it.
package oauth

// Code names what went wrong. The set is closed and equal to ErrorCode in index.d.ts, so that callers branch on codes and never on text.
type Code string

// The codes, in the order of index.d.ts.
const (
	ConfigInvalid      Code = "config_invalid"
	InsecureContext    Code = "insecure_context"
	WasmUnavailable    Code = "wasm_unavailable"
	StorageUnavailable Code = "storage_unavailable"
	StorageCorrupt     Code = "storage_corrupt"

	DiscoveryFailed Code = "discovery_failed"
	IssuerMismatch  Code = "issuer_mismatch"
	InsecureURL     Code = "insecure_url"
	PKCEUnsupported Code = "pkce_unsupported"

	CallbackInvalid    Code = "callback_invalid"
	StateMismatch      Code = "state_mismatch"
	TransactionExpired Code = "transaction_expired"
	CallbackReplayed   Code = "callback_replayed"
	RedirectBlocked    Code = "redirect_blocked"
	LoginLoop          Code = "login_loop"

	AuthorizationFailed Code = "authorization_failed"
	AccessDenied        Code = "access_denied"

	LoginRequired            Code = "login_required"
	InteractionRequired      Code = "interaction_required"
	ConsentRequired          Code = "consent_required"
	AccountSelectionRequired Code = "account_selection_required"

	MFARequired    Code = "mfa_required"
	StepUpRequired Code = "step_up_required"

	TokenResponseInvalid Code = "token_response_invalid"
	TokenEndpointError   Code = "token_endpoint_error"
	ResponseTooLarge     Code = "response_too_large"
	MissingRefreshToken  Code = "missing_refresh_token"
	SessionRevoked       Code = "session_revoked"
	SessionExpired       Code = "session_expired"

	IDTokenMalformed Code = "id_token_malformed"
	IDTokenSignature Code = "id_token_signature"
	IDTokenClaim     Code = "id_token_claim"
	JWKSFailed       Code = "jwks_failed"
	UserinfoMismatch Code = "userinfo_mismatch"
	JARMInvalid      Code = "jarm_invalid"

	DPoPDowngrade       Code = "dpop_downgrade"
	DPoPNonceUnreadable Code = "dpop_nonce_unreadable"
	DPoPFailed          Code = "dpop_failed"
	ChallengeMalformed  Code = "challenge_malformed"

	Network     Code = "network"
	Timeout     Code = "timeout"
	Aborted     Code = "aborted"
	LockTimeout Code = "lock_timeout"
	RateLimited Code = "rate_limited"

	PopupBlocked Code = "popup_blocked"
	PopupClosed  Code = "popup_closed"
	PopupTimeout Code = "popup_timeout"

	OriginNotAllowed Code = "origin_not_allowed"
	MissingScopes    Code = "missing_scopes"
	ClientClosed     Code = "client_closed"
	Internal         Code = "internal"
)

// NeedsUser says that only the user can go on, at the provider: a token that was refused for it is none the worse, and to wait helps nobody.
func (c Code) NeedsUser() bool {
	switch c {
	case LoginRequired, InteractionRequired, ConsentRequired, AccountSelectionRequired, MFARequired:
		return true
	}
	return false
}

// Error is the one error that leaves Postern. It never carries a token, a code, a verifier or a key, in any field.
type Error struct {
	Code Code
	// Op is the message or step that failed, in the specification's noun: "token response", "ID token".
	Op string
	// ServerCode is the OAuth error code where a server spoke, cleaned for display.
	ServerCode string
	// Description says what was wrong and, where the caller can act, what to do.
	Description string
	// Retryable is true when the same call may succeed later without the user.
	Retryable bool
	// Err is the cause, where there is one.
	Err error
}

func (e *Error) Error() string {
	s := string(e.Code)
	if e.Op != "" {
		s += ": " + e.Op
	}
	if e.Description != "" {
		s += ": " + e.Description
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// Describe writes e as the loader and the other side of a message read it.
func (e *Error) Describe(w *Writer) *Writer {
	w.Str("code", string(e.Code)).Str("op", e.Op).Str("error", e.ServerCode).Str("message", e.Error()).
		Str("error_description", e.Description).Bool("retryable", e.Retryable)
	if cause, ok := e.Err.(*Error); ok {
		cause.Describe(w.Open("cause", "{")).Close("}")
	}
	return w
}

// DecodeError reads what Describe wrote.
func DecodeError(v Value) error {
	e := &Error{
		Code: Code(v.Get("code").Str()), Op: v.Get("op").Str(), ServerCode: v.Get("error").Str(),
		Description: v.Get("error_description").Str(), Retryable: v.Get("retryable").True(),
	}
	if cause := v.Get("cause"); cause.Kind() == Object {
		e.Err = DecodeError(cause)
	}
	return e
}

// Fail makes an Error that the same call would meet again.
func Fail(code Code, op, description string) *Error {
	return &Error{Code: code, Op: op, Description: description}
}

// AsError returns err as an *Error, with no code where there is no error. Anything else is a mistake of ours and becomes Internal, so that
// no caller meets a code outside the closed set.
func AsError(err error) *Error {
	// errors.As would link reflection; nothing inside Postern wraps an *Error.
	if e, ok := err.(*Error); ok {
		return e
	}
	if err == nil {
		return &Error{}
	}
	return &Error{Code: Internal, Description: "an unexpected failure in the browser", Err: err}
}
