package session_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/session"
)

func TestDefaults(t *testing.T) {
	o, err := session.ParseOptions("{"+plain+"}", origin)
	require.NoError(t, err)
	assert.Equal(t, &session.Options{
		Issuer: issuer, ClientID: "spa", Origin: origin, Scope: "openid profile email offline_access", CacheLocation: "sessionstorage",
		UseRefreshTokens: true, BackgroundRenewal: true, Leeway: time.Minute, HTTPTimeout: 10 * time.Second,
		SigningAlgs: "RS256 ES256 PS256 EdDSA", UseFallback: true, PAR: "auto", AuthorizeTimeout: time.Minute, APIOrigins: origin + " " + issuer,
	}, o)
}

func TestOptions(t *testing.T) {
	for text, check := range map[string]func(*session.Options) bool{
		plain + `,"leeway":0`:                   func(o *session.Options) bool { return o.Leeway == 0 },
		plain + `,"leeway":5.9`:                 func(o *session.Options) bool { return o.Leeway == 5*time.Second },
		plain + `,"httpTimeoutInSeconds":3`:     func(o *session.Options) bool { return o.HTTPTimeout == 3*time.Second },
		plain + `,"rotationOverlapInSeconds":5`: func(o *session.Options) bool { return o.RotationOverlap == 5*time.Second },
		plain + `,"useRefreshTokens":false`:     func(o *session.Options) bool { return o.Scope == "openid profile email" },
		plain + `,"backgroundRenewal":false`: func(o *session.Options) bool {
			return !o.BackgroundRenewal
		},
		plain + `,"cacheLocation":"memory"`:                      func(o *session.Options) bool { return o.CacheLocation == "memory" && o.UseWorker },
		plain + `,"cacheLocation":"memory","useWorker":false`:    func(o *session.Options) bool { return o.CacheLocation == "memory" && !o.UseWorker },
		plain + `,"cacheLocation":"memory","fetchInWorker":true`: func(o *session.Options) bool { return o.FetchInWorker },
		plain + `,"apiOrigins":["https://a.test"]`: func(o *session.Options) bool {
			return o.APIOrigins == "https://a.test "+origin+" "+issuer
		},
		plain + `,"cacheLocation":"localstorage"`:       func(o *session.Options) bool { return o.CacheLocation == "localstorage" },
		plain + `,"cacheLocation":"memory","cache":{}`:  func(o *session.Options) bool { return o.CacheLocation == "custom" },
		`"domain":"tenant.eu.auth0.com","clientId":"x"`: func(o *session.Options) bool { return o.Issuer == "https://tenant.eu.auth0.com/" },
		`"domain":"as.test:8443","clientId":"x"`:        func(o *session.Options) bool { return o.Issuer == "https://as.test:8443/" },
		`"issuer":"http://localhost:4000","clientId":"x"`: func(o *session.Options) bool {
			return o.Issuer == "http://localhost:4000"
		},
		`"issuer":"http://127.0.0.1","clientId":"x"`:        func(o *session.Options) bool { return o.Issuer == "http://127.0.0.1" },
		`"issuer":"https://as.test/t/1/","clientId":"x"`:    func(o *session.Options) bool { return o.Issuer == "https://as.test/t/1/" },
		plain + `,"authorizationParams":{"scope":"read"}`:   func(o *session.Options) bool { return o.Scope == "read openid offline_access" },
		plain + `,"authorizationParams":{"scope":""}`:       func(o *session.Options) bool { return o.Scope == asked },
		plain + `,"authorizationParams":{"audience":"api"}`: func(o *session.Options) bool { return o.Audience == "api" },
		plain + `,"authorizationParams":{"audience":"api","resource":["urn:a","urn:b"]}`: func(o *session.Options) bool {
			return o.Audience == "api\nurn:a\nurn:b"
		},
		plain + `,"useMrrt":true,"authorizationParams":{"resource":["urn:a","urn:b"]}`: func(o *session.Options) bool {
			return o.Audience == "\nurn:a"
		},
		plain + `,"par":"auto","useDpop":true`:               func(o *session.Options) bool { return o.UseDPoP },
		plain + `,"verifyIdTokenSignature":true`:             func(o *session.Options) bool { return !o.InsecureSkipSignature },
		plain + `,"verifyIdTokenSignature":false`:            func(o *session.Options) bool { return o.InsecureSkipSignature },
		plain + `,"idTokenSigningAlgs":["ES512","RS384"]`:    func(o *session.Options) bool { return o.SigningAlgs == "ES512 RS384 " },
		plain + `,"authorizationParams":{"foo":{"bar":[1]}}`: func(o *session.Options) bool { return o.Params.Get("foo").Kind() == oauth.Object },
		plain + `,"metadata":{"issuer":"https://as.test","authorization_endpoint":"https://as.test/a","token_endpoint":"https://as.test/t","jwks_uri":"https://as.test/k"}`: func(o *session.Options) bool {
			return o.Metadata.TokenEndpoint == "https://as.test/t"
		},
	} {
		o, err := session.ParseOptions("{"+text+"}", origin)
		if assert.NoError(t, err, text) {
			assert.True(t, check(o), text)
		}
	}
}

func TestOptionsRefused(t *testing.T) {
	params := func(p string) string { return plain + `,"authorizationParams":{` + p + `}` }
	for name, test := range map[string]struct{ text, says string }{
		"http issuer":              {`"issuer":"http://as.test","clientId":"x"`, "issuer"},
		"issuer with query":        {`"issuer":"https://as.test/?x","clientId":"x"`, "issuer"},
		"issuer with fragment":     {`"issuer":"https://as.test/#x","clientId":"x"`, "issuer"},
		"issuer of another scheme": {`"issuer":"javascript:alert(1)","clientId":"x"`, "issuer"},
		"issuer with a user":       {`"issuer":"https://as.test@evil.test","clientId":"x"`, "issuer"},
		"issuer a number":          {`"issuer":1,"clientId":"x"`, "issuer"},
		"neither":                  {`"clientId":"x"`, "issuer"},
		"issuer and domain":        {plain + `,"domain":"as.test"`, "domain"},
		"domain with a scheme":     {`"domain":"https://as.test","clientId":"x"`, "domain"},
		"domain with a path":       {`"domain":"as.test/x","clientId":"x"`, "domain"},
		"domain with a user":       {`"domain":"a@b","clientId":"x"`, "issuer"},
		"domain with a query":      {`"domain":"as.test?x","clientId":"x"`, "issuer"},
		"no clientId":              {`"issuer":"https://as.test"`, "clientId"},
		"empty clientId":           {`"issuer":"https://as.test","clientId":""`, "clientId"},
		"null clientId":            {`"issuer":"https://as.test","clientId":null`, "clientId"},

		"redirect_uri with fragment":        {params(`"redirect_uri":"https://app.test/#x"`), "redirect_uri"},
		"redirect_uri of another origin":    {params(`"redirect_uri":"https://evil.test/"`), "redirect_uri"},
		"redirect_uri of another port":      {params(`"redirect_uri":"https://app.test:444/"`), "redirect_uri"},
		"redirect_uri of a longer host":     {params(`"redirect_uri":"https://app.test.evil.test/"`), "redirect_uri"},
		"redirect_uri relative":             {params(`"redirect_uri":"/cb"`), "redirect_uri"},
		"redirect_uri a number":             {params(`"redirect_uri":1`), "redirect_uri"},
		"redirect_uri with a backslash":     {params(`"redirect_uri":"https://app.test\\@evil.test"`), "redirect_uri"},
		"no time to authorize":              {plain + `,"authorizeTimeoutInSeconds":0`, "authorizeTimeoutInSeconds"},
		"silentRedirectUri elsewhere":       {plain + `,"silentRedirectUri":"https://evil.test/"`, "silentRedirectUri"},
		"popupRedirectUri elsewhere":        {plain + `,"popupRedirectUri":"https://evil.test/"`, "popupRedirectUri"},
		"silentRedirectUri relative":        {plain + `,"silentRedirectUri":"/callback.html"`, "silentRedirectUri"},
		"no algorithm":                      {plain + `,"idTokenSigningAlgs":[]`, "idTokenSigningAlgs"},
		"none":                              {plain + `,"idTokenSigningAlgs":["RS256","none"]`, "idTokenSigningAlgs"},
		"HS256":                             {plain + `,"idTokenSigningAlgs":["HS256"]`, "idTokenSigningAlgs"},
		"algorithms in a text":              {plain + `,"idTokenSigningAlgs":"RS256"`, "idTokenSigningAlgs"},
		"algorithm a number":                {plain + `,"idTokenSigningAlgs":[256]`, "idTokenSigningAlgs"},
		"metadata without keys":             {plain + `,"metadata":{"issuer":"https://as.test","authorization_endpoint":"https://as.test/a","token_endpoint":"https://as.test/t"}`, "jwks_uri"},
		"client secret":                     {plain + `,"client_secret":"canary"`, "public client"},
		"clientSecret":                      {plain + `,"clientSecret":"canary"`, "public client"},
		"client secret among params":        {params(`"client_secret":"canary"`), "client_secret"},
		"state":                             {params(`"state":"x"`), "state"},
		"nonce":                             {params(`"nonce":"x"`), "nonce"},
		"client_id":                         {params(`"client_id":"x"`), "client_id"},
		"code_challenge":                    {params(`"code_challenge":"x"`), "code_challenge"},
		"code_challenge_method":             {params(`"code_challenge_method":"plain"`), "code_challenge_method"},
		"response_type":                     {params(`"response_type":"token"`), "response_type"},
		"request":                           {params(`"request":"x"`), "request"},
		"request_uri":                       {params(`"request_uri":"x"`), "request_uri"},
		"empty name":                        {params(`"":"x"`), "authorizationParams"},
		"response_mode":                     {params(`"response_mode":"Fragment"`), "response_mode must be"},
		"response_mode form_post":           {params(`"response_mode":"form_post.jwt"`), "response_mode must be"},
		"response_mode fragment.jwt":        {params(`"response_mode":"fragment.jwt"`), "response_mode must be"},
		"response_mode a list":              {params(`"response_mode":["jwt"]`), "response_mode must be"},
		"authorization_details":             {params(`"authorization_details":[]`), "authorization_details must be"},
		"authorization_details a text":      {params(`"authorization_details":"[{}]"`), "authorization_details must be"},
		"authorization_details an object":   {params(`"authorization_details":{"type":"payment"}`), "authorization_details must be"},
		"authorization_details untyped":     {params(`"authorization_details":[{"type":"a"},{"typ":"b"}]`), "authorization_details must be"},
		"authorization_details type 5":      {params(`"authorization_details":[{"type":5}]`), "authorization_details must be"},
		"authorization_details of texts":    {params(`"authorization_details":["payment"]`), "authorization_details must be"},
		"authorization_details null":        {params(`"authorization_details":null`), "authorization_details must be"},
		"relative resource":                 {params(`"resource":"/api"`), "resource"},
		"resource with fragment":            {params(`"resource":"https://api.test/#x"`), "resource"},
		"one relative resource of many":     {params(`"resource":["https://api.test","api"]`), "resource"},
		"resource a number":                 {params(`"resource":5`), "resource"},
		"resource with a line break":        {params(`"resource":"https://api.test/\nhttps://other.test"`), "resource"},
		"resource with a space":             {params(`"resource":"https://api.test/ https://other.test"`), "resource"},
		"audience of two lines":             {params(`"audience":"api\nhttps://other.test"`), "audience"},
		"audience a number":                 {params(`"audience":5`), "audience"},
		"scope with a quote":                {params(`"scope":"a\"b"`), "scope"},
		"scope with a newline":              {params(`"scope":"a\nb"`), "scope"},
		"scope with a backslash":            {params(`"scope":"a\\b"`), "scope"},
		"scope a list":                      {params(`"scope":["a"]`), "scope"},
		"acr_values ['gold']":               {params(`"acr_values":["gold"]`), "acr_values must be a text"},
		"acr_values 5":                      {params(`"acr_values":5`), "acr_values must be a text"},
		"essential acr 5":                   {params(`"claims":{"id_token":{"acr":{"essential":true,"values":[5]}}}`), "essential acr"},
		"essential acr of two words":        {params(`"claims":"{\"id_token\":{\"acr\":{\"essential\":true,\"value\":\"a b\"}}}"`), "essential acr"},
		"organization {}":                   {params(`"organization":{}`), "organization must be a text"},
		"organization 5":                    {params(`"organization":5`), "organization must be a text"},
		"login_hint 5":                      {params(`"login_hint":5`), "login_hint must be a text"},
		"prompt ['login']":                  {params(`"prompt":["login"]`), "prompt must be a text"},
		"ui_locales ['de']":                 {params(`"ui_locales":["de"]`), "ui_locales must be a text"},
		"invitation true":                   {params(`"invitation":true`), "invitation must be a text"},
		"screen_hint []":                    {params(`"screen_hint":[]`), "screen_hint must be a text"},
		"connection 1":                      {params(`"connection":1`), "connection must be a text"},
		"display {}":                        {params(`"display":{}`), "display must be a text"},
		"id_token_hint 5":                   {params(`"id_token_hint":5`), "id_token_hint must be a text"},
		"claims 'openid'":                   {params(`"claims":"openid"`), "claims must be"},
		"claims '[]'":                       {params(`"claims":"[]"`), "claims must be"},
		"claims []":                         {params(`"claims":[]`), "claims must be"},
		"claims 5":                          {params(`"claims":5`), "claims must be"},
		"claims '{'a':1,'a':2}'":            {params(`"claims":"{\"a\":1,\"a\":2}"`), "claims must be"},
		"claims null":                       {params(`"claims":null`), "claims must be"},
		"max_age -1":                        {params(`"max_age":-1`), "max_age"},
		"max_age behind another":            {params(`"scope":"openid","max_age":-1`), "max_age"},
		"max_age NaN":                       {params(`"max_age":null`), "max_age"}, // as JSON writes it
		"max_age 1.5":                       {params(`"max_age":1.5`), "max_age"},
		"max_age 1e3":                       {params(`"max_age":1e3`), "max_age"},
		"max_age of a text":                 {params(`"max_age":"soon"`), "max_age"},
		"max_age empty":                     {params(`"max_age":""`), "max_age"},
		"max_age too large":                 {params(`"max_age":99999999999`), "max_age"},
		"params a text":                     {plain + `,"authorizationParams":"scope=x"`, "authorizationParams"},
		"params a list":                     {plain + `,"authorizationParams":[]`, "authorizationParams"},
		"params null":                       {plain + `,"authorizationParams":null`, "authorizationParams"},
		"unknown option":                    {plain + `,"clientID":"x"`, "did you mean clientId?"},
		"unknown option, near another":      {plain + `,"useRefreshToken":true`, "did you mean useRefreshTokens?"},
		"unknown option, near cacheLocaton": {plain + `,"cacheLocaton":"memory"`, "did you mean cacheLocation?"},
		"unknown option, far from all":      {plain + `,"frobnicate":1`, "there is no option frobnicate"},
		"unknown option with markup":        {plain + `,"<b>":1`, "there is no option  b "},
		"apiOrigins, a text":                {plain + `,"apiOrigins":"https://a.test"`, "apiOrigins"},
		"apiOrigins, a path":                {plain + `,"apiOrigins":["https://a.test/"]`, "apiOrigins"},
		"apiOrigins, http":                  {plain + `,"apiOrigins":["http://a.test"]`, "apiOrigins"},
		"apiOrigins, a host":                {plain + `,"apiOrigins":["a.test"]`, "apiOrigins"},
		"apiOrigins, a number":              {plain + `,"apiOrigins":["https://a.test",7]`, "apiOrigins"},
		"useDpop":                           {plain + `,"useDpop":1`, "useDpop"},
		"fetchInWorker":                     {plain + `,"fetchInWorker":true`, "fetchInWorker"},
		"fetchInWorker without the worker":  {plain + `,"cacheLocation":"memory","useWorker":false,"fetchInWorker":true`, "fetchInWorker"},
		"useWorker":                         {plain + `,"useWorker":true`, "useWorker"},
		"useMrrt a text":                    {plain + `,"useMrrt":"yes"`, "useMrrt"},
		"par of another kind":               {plain + `,"par":"sometimes"`, "par"},
		"cacheLocation":                     {plain + `,"cacheLocation":"cookie"`, "cacheLocation"},
		"cacheLocation of two":              {plain + `,"cacheLocation":"memory localstorage"`, "cacheLocation"},
		"cacheLocation empty":               {plain + `,"cacheLocation":""`, "cacheLocation"},
		"leeway negative":                   {plain + `,"leeway":-1`, "leeway"},
		"leeway a text":                     {plain + `,"leeway":"60"`, "leeway"},
		"leeway null":                       {plain + `,"leeway":null`, "leeway"},
		"leeway beyond 24 days":             {plain + `,"leeway":1e9`, "leeway"},
		"timeout beyond a timer's 31 bits":  {plain + `,"authorizeTimeoutInSeconds":2147484`, "authorizeTimeoutInSeconds"},
		"timeout 0":                         {plain + `,"httpTimeoutInSeconds":0`, "httpTimeoutInSeconds"},
		"overlap negative":                  {plain + `,"rotationOverlapInSeconds":-1`, "rotationOverlapInSeconds"},
		"timeout negative":                  {plain + `,"httpTimeoutInSeconds":-1`, "httpTimeoutInSeconds"},
		"useRefreshTokens of a text":        {plain + `,"useRefreshTokens":"false"`, "useRefreshTokens"},
		"backgroundRenewal a number":        {plain + `,"backgroundRenewal":0`, "backgroundRenewal"},
		"two options in one":                {plain + `,"leeway cache":1`, "leeway cache"},
		"an option without name":            {plain + `,"":1`, "there is no option"},
		"an option twice":                   {plain + `,"clientId":"y"`, "JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			o, err := session.ParseOptions("{"+test.text+"}", origin)
			e := requireCode(t, err, oauth.ConfigInvalid)
			assert.Contains(t, e.Description, test.says)
			assert.False(t, e.Retryable)
			assert.Nil(t, o)
		})
	}
	for _, text := range []string{"", "null", "[]", `"x"`, "{", `{"issuer":"https://as.test","clientId":"x"}x`} {
		_, err := session.ParseOptions(text, origin)
		requireCode(t, err, oauth.ConfigInvalid)
	}
}

func TestMetadataRefused(t *testing.T) {
	for metadata, want := range map[string]oauth.Code{
		`{"issuer":"https://as.test/"}`: oauth.IssuerMismatch,
		`{"issuer":"https://as.test"}`:  oauth.DiscoveryFailed,
		`"https://as.test"`:             oauth.IssuerMismatch,
		`{"issuer":"https://as.test","authorization_endpoint":"javascript:x","token_endpoint":"https://as.test/t"}`: oauth.InsecureURL,
	} {
		_, err := session.ParseOptions("{"+plain+`,"metadata":`+metadata+"}", origin)
		requireCode(t, err, want)
	}
}

// A name of any length is compared in little time, and a long one suggests nothing.
func TestUnknownOptionOfAnyLength(t *testing.T) {
	_, err := session.ParseOptions("{"+plain+`,"`+strings.Repeat("clientId", 50_000)+`":1}`, origin)
	e := requireCode(t, err, oauth.ConfigInvalid)
	assert.Less(t, len(e.Description), 300)
	assert.NotContains(t, e.Description, "did you mean")
}
