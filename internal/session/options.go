package session

import (
	"strings"
	"time"

	"github.com/postern-auth/postern/internal/oauth"
)

// Options are what createClient was given, checked and completed. index.d.ts says what each means.
type Options struct {
	Issuer   string
	ClientID string
	Origin   string // of the page; the redirect_uri where none is given
	Scope    string
	Audience string      // an oauth.Target, as everywhere in this package
	Params   oauth.Value // authorizationParams
	PAR      string      // auto, always or never
	Metadata *oauth.Metadata

	CacheLocation     string
	UseWorker         bool // the vault is in a worker
	UseRefreshTokens  bool
	UseMRRT           bool // refresh tokens are for several audiences
	UseDPoP           bool
	FetchInWorker     bool   // access tokens are in the worker, too, and requests to APIs are sent from there
	APIOrigins        string // that a token may be sent to, with spaces between them
	BackgroundRenewal bool
	UseFallback       bool // to a hidden frame
	SilentRedirectURI string
	PopupRedirectURI  string
	AuthorizeTimeout  time.Duration
	Leeway            time.Duration
	HTTPTimeout       time.Duration
	RotationOverlap   time.Duration

	SigningAlgs           string // with spaces between them
	InsecureSkipSignature bool
	// Idle and Absolute are how long the tenant's refresh tokens live unused, and in all; 0 where nobody said.
	Idle, Absolute time.Duration
}

// The names that createClient knows, so that a misspelt one is an error and not a setting silently lost.
const optionNames = "issuer domain clientId authorizationParams metadata useRefreshTokens useRefreshTokensFallback useMrrt useDpop par " +
	"cacheLocation cache useWorker fetchInWorker backgroundRenewal leeway httpTimeoutInSeconds authorizeTimeoutInSeconds rotationOverlapInSeconds " +
	"refreshTokenLifetime verifyIdTokenSignature idTokenSigningAlgs apiOrigins silentRedirectUri popupRedirectUri"

// ParseOptions reads createClient's options, given as JSON. origin is the page's.
func ParseOptions(json, origin string) (*Options, error) {
	v, err := oauth.ParseJSON(json)
	if err != nil || v.Kind() != oauth.Object {
		return nil, config("the options must be an object that JSON can express")
	}
	if err := checkNames(v, optionNames); err != nil {
		return nil, err
	}
	params := v.Get("authorizationParams")
	if err := checkParams(params, origin); err != nil {
		return nil, err
	}
	p := fields{in: v}
	o := &Options{
		Issuer: p.text("issuer", ""), ClientID: p.text("clientId", ""), Origin: origin,
		Scope: params.Get("scope").Str(), Params: params,
		PAR:               p.text("par", "auto"),
		CacheLocation:     p.text("cacheLocation", "sessionstorage"),
		UseRefreshTokens:  p.flag("useRefreshTokens", true),
		UseMRRT:           p.flag("useMrrt", false),
		UseDPoP:           p.flag("useDpop", false),
		FetchInWorker:     p.flag("fetchInWorker", false),
		APIOrigins:        p.origins("apiOrigins"),
		BackgroundRenewal: p.flag("backgroundRenewal", true),
		UseFallback:       p.flag("useRefreshTokensFallback", true),
		SilentRedirectURI: p.text("silentRedirectUri", ""),
		PopupRedirectURI:  p.text("popupRedirectUri", ""),
		AuthorizeTimeout:  p.seconds("authorizeTimeoutInSeconds", 60),
		Leeway:            p.seconds("leeway", 60),
		HTTPTimeout:       p.seconds("httpTimeoutInSeconds", 10),
		RotationOverlap:   p.seconds("rotationOverlapInSeconds", 0),

		SigningAlgs:           p.algs("idTokenSigningAlgs", "RS256 ES256 PS256 EdDSA"),
		InsecureSkipSignature: !p.flag("verifyIdTokenSignature", true),
	}
	o.Audience = o.target(params.Get("audience"), params.Get("resource"))
	lifetimes := v.Get("refreshTokenLifetime")
	if err := checkNames(lifetimes, "idleSeconds absoluteSeconds"); err != nil {
		return nil, err
	}
	lifetime := fields{in: lifetimes}
	// Cognito's may live for ten years. A century still fits a Duration that counts from the epoch.
	const century = 36525 * 24 * 3600
	o.Idle, o.Absolute = lifetime.upTo(century, "100 years", "idleSeconds", 0), lifetime.upTo(century, "100 years", "absoluteSeconds", 0)
	if p.err == nil {
		p.err = lifetime.err
	}
	if domain := p.text("domain", ""); strings.IndexByte(domain, '/') >= 0 {
		p.wrong("domain", "a host name; a whole address is called issuer")
	} else if domain != "" && o.Issuer == "" {
		o.Issuer = "https://" + domain + "/"
	} else if domain != "" {
		p.wrong("domain", "left out where issuer is given")
	}
	switch {
	case p.err != nil:
		return nil, p.err
	case o.ClientID == "":
		return nil, config("clientId is missing")
	case !oauth.CheckURL(o.Issuer) || strings.IndexByte(o.Issuer, '?') >= 0:
		return nil, config("issuer must be an https address (http on loopback only) without query and fragment, or domain a host name")
	case o.CacheLocation != "memory" && o.CacheLocation != "sessionstorage" && o.CacheLocation != "localstorage":
		return nil, config("cacheLocation must be memory, sessionstorage or localstorage")
	case o.PAR != "auto" && o.PAR != "always" && o.PAR != "never":
		return nil, config("par must be auto, always or never")
	case o.HTTPTimeout <= 0:
		return nil, config("httpTimeoutInSeconds must be above 0")
	case o.AuthorizeTimeout <= 0:
		return nil, config("authorizeTimeoutInSeconds must be above 0")
	case o.SilentRedirectURI != "" && checkRedirectURI(o.SilentRedirectURI, origin) != nil,
		o.PopupRedirectURI != "" && checkRedirectURI(o.PopupRedirectURI, origin) != nil:
		return nil, config("silentRedirectUri and popupRedirectUri must be addresses of this page's origin, without fragment")
	}
	if v.Get("cache").Kind() != oauth.Missing {
		o.CacheLocation = "custom"
	}
	o.UseWorker = p.flag("useWorker", o.CacheLocation == "memory")
	if p.err != nil {
		return nil, p.err
	}
	if o.UseWorker && o.CacheLocation != "memory" {
		return nil, config("useWorker keeps the refresh token where the page can't read it, so it needs cacheLocation memory, and no cache")
	}
	if o.FetchInWorker && !o.UseWorker {
		return nil, config("fetchInWorker needs the worker: cacheLocation memory, and useWorker not false")
	}
	o.APIOrigins += origin + " " + oauth.Origin(o.Issuer)
	if o.Scope == "" {
		o.Scope = "openid profile email"
	}
	o.Scope = o.completeScope(o.Scope)
	if given := v.Get("metadata"); given.Kind() != oauth.Missing {
		o.Metadata, err = oauth.MetadataFrom(given, o.Issuer)
		if err == nil && o.Metadata.JWKSURI == "" && !o.InsecureSkipSignature {
			return nil, config("metadata must have jwks_uri, or verifyIdTokenSignature be false")
		}
	}
	return o, err
}

// completeScope adds what the SDK can't do without.
func (o *Options) completeScope(scope string) string {
	scope = withScope(scope, "openid")
	if o.UseRefreshTokens {
		scope = withScope(scope, "offline_access")
	}
	return scope
}

func withScope(scope, token string) string {
	if oauth.HasScopes(scope, token) {
		return scope
	}
	return scope + " " + token
}

func config(what string) *oauth.Error { return oauth.Fail(oauth.ConfigInvalid, "options", what) }

// fields reads options one by one and keeps the first complaint.
type fields struct {
	in  oauth.Value
	err error
}

func (f *fields) wrong(name, want string) {
	if f.err == nil {
		f.err = config(name + " must be " + want)
	}
}

func (f *fields) text(name, otherwise string) string {
	v := f.in.Get(name)
	s, ok := v.Text()
	if v.Kind() == oauth.Missing {
		return otherwise
	}
	if !ok || s == "" {
		f.wrong(name, "a text")
	}
	return s
}

func (f *fields) flag(name string, otherwise bool) bool {
	v := f.in.Get(name)
	if v.Kind() == oauth.Missing {
		return otherwise
	}
	if v.Kind() != oauth.Bool {
		f.wrong(name, "true or false")
	}
	return v.True()
}

// seconds is for what a browser's timer measures, which counts milliseconds in 31 bits: one that was set for longer would go off at once.
func (f *fields) seconds(name string, otherwise int64) time.Duration {
	return f.upTo(24*24*3600, "24 days", name, otherwise)
}

func (f *fields) upTo(most int64, inWords, name string, otherwise int64) time.Duration {
	v := f.in.Get(name)
	n, ok := v.Whole()
	if v.Kind() == oauth.Missing {
		n, ok = otherwise, true
	}
	if !ok || n < 0 || n > most {
		f.wrong(name, "a number of seconds, 0 or more and at most "+inWords)
	}
	return time.Duration(n) * time.Second
}

// algs reads a list of signature algorithms.
func (f *fields) algs(name, otherwise string) string {
	v := f.in.Get(name)
	if v.Kind() == oauth.Missing {
		return otherwise
	}
	list, known := "", v.Kind() == oauth.Array
	for w := v.Walk(); w.Next(); {
		kty, _ := oauth.Algorithm(w.Value.Str())
		known = known && kty != ""
		list += w.Value.Str() + " "
	}
	if list == "" || !known {
		f.wrong(name, "a list of RS256, PS256, ES256, their longer kinds, or EdDSA")
	}
	return list
}

// origins reads a list of origins, written as browsers write them.
func (f *fields) origins(name string) (list string) {
	v := f.in.Get(name)
	if k := v.Kind(); k != oauth.Missing && k != oauth.Array {
		f.wrong(name, "a list")
	}
	for w := v.Walk(); w.Next(); {
		origin := w.Value.Str()
		if !oauth.CheckURL(origin) || oauth.Origin(origin) != origin {
			f.wrong(name, "a list of https origins (http on loopback only), without a slash at the end")
		}
		list += origin + " "
	}
	return list
}

// checkNames refuses a name that isn't known, and says which one was probably meant.
func checkNames(v oauth.Value, known string) error {
	if k := v.Kind(); k != oauth.Missing && k != oauth.Object {
		return config("the options must be an object that JSON can express")
	}
	for w := v.Walk(); w.Next(); {
		if oauth.HasScopes(known, w.Name) && w.Name != "" && strings.IndexByte(w.Name, ' ') < 0 {
			continue
		}
		best, near := 4, ""
		for rest := known; rest != ""; {
			var name string
			name, rest = oauth.FirstWord(rest)
			if d := distance(w.Name, name); d < best {
				best, near = d, "; did you mean "+name+"?"
			}
		}
		if w.Name == "clientSecret" || w.Name == "client_secret" {
			near = "; a browser can't keep a secret, so register a public client"
		}
		return config("there is no option " + oauth.Inert(w.Name) + near)
	}
	return nil
}

// distance counts the letters to insert, delete or change between two names (Levenshtein).
func distance(a, b string) int {
	if len(a) > 40 {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := corner
			if a[i] != b[j] {
				change++
			}
			corner = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
