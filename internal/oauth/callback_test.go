package oauth_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

const (
	issuer = "https://as.test"
	app    = "https://app.test/cb"
)

func TestParseCallback(t *testing.T) {
	for _, url := range []string{
		app + "?code=" + canaryCode + "&state=s1",
		app + "?state=s1&code=" + canaryCode,
		app + "?a=1&code=" + canaryCode + "&b=2&state=s1&c",
		app + "?code=" + canaryCode + "&state=s1#/settings",
		app + "?code=" + canaryCode + "&state=s1#/state=2&x=y",
		app + "?co%64e=" + canaryCode + "&%73tate=s1",
		app + "?code=" + canaryCode + "&state=s1&session_state=x.y&scope=openid&authuser=0",
		app + "?code=" + canaryCode + "&state=s1&x=%zz&y=1;2&z=%00", // not the response's: none of our business
		"/cb?code=" + canaryCode + "&state=s1",
		app + "?&&code=" + canaryCode + "&state=s1&error=&iss=",
	} {
		t.Run(url, func(t *testing.T) {
			r, err := oauth.ParseCallback(url)
			require.NoError(t, err)
			assert.Equal(t, "s1", r.State)
			code, err := r.Accept(&oauth.Metadata{Issuer: issuer})
			require.NoError(t, err)
			assert.Equal(t, canaryCode, code.Reveal())
			requireNoCanary(t, fmt.Sprintf("%v %+v %#v %v %+v %#v", *r, *r, *r, code, code, code))
		})
	}
}

// Where it stands is said, so that only a login that asked for the fragment believes it there.
func TestParseCallbackInFragment(t *testing.T) {
	for url, inFragment := range map[string]bool{
		app + "#code=" + canaryCode + "&state=s1":                true,
		app + "#state=s1&x=%zz&code=" + canaryCode:               true,
		app + "?page=2#code=" + canaryCode + "&state=s1":         true,
		app + "?code=" + canaryCode + "&state=s1#state=s2":       false,
		app + "?code=" + canaryCode + "&state=s1#error=x":        false,
		app + "?code=" + canaryCode + "&state=s1#/a?code=d&e":    false,
		app + "?code=" + canaryCode + "&state=s1#c%6fde=" + "no": false,
	} {
		r, err := oauth.ParseCallback(url)
		require.NoError(t, err, url)
		assert.Equal(t, inFragment, r.InFragment, url)
		code, err := r.Accept(&oauth.Metadata{Issuer: issuer})
		require.NoError(t, err, url)
		assert.Equal(t, "s1 "+canaryCode, r.State+" "+code.Reveal(), url)
	}
	r, err := oauth.ParseCallback(app + "#error=access_denied&state=s1&iss=" + oauth.Escape(issuer))
	require.NoError(t, err)
	assert.True(t, r.InFragment)
	_, err = r.Accept(&oauth.Metadata{Issuer: issuer, IssParameterSupported: true})
	requireCode(t, err, oauth.AccessDenied)
}

func TestParseCallbackRefuses(t *testing.T) {
	const code = "code=" + canaryCode
	for name, test := range map[string]struct {
		url  string
		want oauth.Code
	}{
		"empty":                       {"", oauth.CallbackInvalid},
		"no query":                    {app, oauth.CallbackInvalid},
		"empty query":                 {app + "?", oauth.CallbackInvalid},
		"separators only":             {app + "?&&=&", oauth.CallbackInvalid},
		"only the application's":      {app + "?page=2", oauth.CallbackInvalid},
		"state only":                  {app + "?state=s1", oauth.CallbackInvalid},
		"code without value":          {app + "?code=&state=s1", oauth.CallbackInvalid},
		"code without equals":         {app + "?code&state=s1", oauth.CallbackInvalid},
		"CODE":                        {app + "?CODE=" + canaryCode + "&state=s1", oauth.CallbackInvalid},
		"code without state":          {app + "?" + code, oauth.StateMismatch},
		"state without value":         {app + "?" + code + "&state=", oauth.StateMismatch},
		"error without state":         {app + "?error=access_denied", oauth.StateMismatch},
		"STATE":                       {app + "?" + code + "&STATE=s1", oauth.StateMismatch},
		"two codes":                   {app + "?" + code + "&state=s1&code=other", oauth.CallbackInvalid},
		"the same code twice":         {app + "?" + code + "&state=s1&" + code, oauth.CallbackInvalid},
		"two codes, one encoded":      {app + "?" + code + "&state=s1&%63ode=other", oauth.CallbackInvalid},
		"two codes, first empty":      {app + "?code=&" + code + "&state=s1", oauth.CallbackInvalid},
		"two states":                  {app + "?" + code + "&state=s1&state=s2", oauth.CallbackInvalid},
		"two errors":                  {app + "?error=a&error=b&state=s1", oauth.CallbackInvalid},
		"code and error":              {app + "?" + code + "&state=s1&error=access_denied", oauth.CallbackInvalid},
		"broken escape":               {app + "?" + code + "%zz&state=s1", oauth.CallbackInvalid},
		"cut escape":                  {app + "?state=s1&" + code + "%4", oauth.CallbackInvalid},
		"broken escape in state":      {app + "?" + code + "&state=%zz", oauth.CallbackInvalid},
		"broken escape in error text": {app + "?error=x&state=s1&error_description=%", oauth.CallbackInvalid},
		"semicolons":                  {app + "?" + code + ";state=s1", oauth.CallbackInvalid},
		"semicolon in state":          {app + "?" + code + "&state=s1;iss=x", oauth.CallbackInvalid},
		"NUL in code":                 {app + "?" + code + "%00&state=s1", oauth.CallbackInvalid},
		"line break in code":          {app + "?" + code + "%0d%0a&state=s1", oauth.CallbackInvalid},
		"bare NUL in code":            {app + "?" + code + "\x00&state=s1", oauth.CallbackInvalid},
		"1 MB":                        {app + "?" + code + "&state=" + strings.Repeat("s", 1<<20), oauth.ResponseTooLarge},
		"a byte too long":             {app + "?" + code + "&state=s1&x=" + strings.Repeat("x", oauth.MaxCallback), oauth.ResponseTooLarge},
		"state alone in the query":    {app + "?state=s1#" + code, oauth.CallbackInvalid},
		"code alone in the query":     {app + "?" + code + "#error=access_denied&state=s1", oauth.CallbackInvalid},
		"iss alone in the query":      {app + "?iss=x#" + code + "&state=s1", oauth.CallbackInvalid},
		"an answer in each":           {app + "?" + code + "&state=s1#error=access_denied&state=s1", oauth.CallbackInvalid},
		"two codes in the fragment":   {app + "#" + code + "&state=s1&code=d", oauth.CallbackInvalid},
		"NUL in the fragment":         {app + "#" + code + "%00&state=s1", oauth.CallbackInvalid},
		"code and error in it":        {app + "#" + code + "&state=s1&error=e", oauth.CallbackInvalid},
		"code in it without state":    {app + "#" + code, oauth.StateMismatch},
		"access token in it, too":     {app + "#" + code + "&state=s1&access_token=" + canaryAccess, oauth.CallbackInvalid},
		"error in it without state":   {app + "#error=access_denied", oauth.CallbackInvalid}, // the application's
		"code in query and fragment":  {app + "?" + code + "&state=s1#" + code, oauth.CallbackInvalid},
		"implicit access token":       {app + "#access_token=" + canaryAccess + "&token_type=bearer&state=s1", oauth.CallbackInvalid},
		"access token beside a code":  {app + "?" + code + "&state=s1#state=s1&access_token=" + canaryAccess, oauth.CallbackInvalid},
		"id token in the fragment":    {app + "?" + code + "&state=s1#id_token=" + canaryID, oauth.CallbackInvalid},
		"JARM in the fragment":        {app + "?" + code + "&state=s1#response=a.b.c", oauth.CallbackInvalid},
		"query after the fragment":    {app + "#?" + code + "&state=s1", oauth.CallbackInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := oauth.ParseCallback(test.url)
			requireCode(t, err, test.want)

			assert.Nil(t, r, "a response that was refused must not be accepted by a caller who overlooks it")
		})
	}
}

func TestParseCallbackAtItsLimit(t *testing.T) {
	url := app + "?code=c&state="
	_, err := oauth.ParseCallback(url + strings.Repeat("s", oauth.MaxCallback-len(url)))
	require.NoError(t, err)
}

// RFC 9207 section 2.4, and H7: the issuer is compared before anything else in the response is believed.
func TestAcceptIssuer(t *testing.T) {
	const wrong = "https://evil.test"
	for name, test := range map[string]struct {
		iss        []string
		advertised bool
		want       oauth.Code // "" where the response is accepted
	}{
		"absent":                       {nil, false, ""},
		"right":                        {[]string{issuer}, true, ""},
		"right, not advertised":        {[]string{issuer}, false, ""},
		"absent though advertised":     {nil, true, oauth.IssuerMismatch},
		"empty though advertised":      {[]string{""}, true, oauth.IssuerMismatch},
		"wrong":                        {[]string{wrong}, false, oauth.IssuerMismatch},
		"wrong, advertised":            {[]string{wrong}, true, oauth.IssuerMismatch},
		"trailing slash":               {[]string{issuer + "/"}, true, oauth.IssuerMismatch},
		"another case":                 {[]string{"https://AS.test"}, true, oauth.IssuerMismatch},
		"twice":                        {[]string{issuer, issuer}, true, oauth.IssuerMismatch},
		"right and wrong":              {[]string{issuer, wrong}, false, oauth.IssuerMismatch},
		"empty and wrong":              {[]string{"", wrong}, false, oauth.IssuerMismatch},
		"escaped twice":                {[]string{"https%3A%2F%2Fas.test"}, false, oauth.IssuerMismatch},
		"three times, all of it empty": {[]string{"", "", ""}, false, oauth.IssuerMismatch},
	} {
		t.Run(name, func(t *testing.T) {
			query := "&state=s1"
			for _, iss := range test.iss {
				query += "&iss=" + oauth.Escape(iss)
			}
			m := &oauth.Metadata{Issuer: issuer, IssParameterSupported: test.advertised}

			r, err := oauth.ParseCallback(app + "?code=" + canaryCode + query)
			require.NoError(t, err)
			code, err := r.Accept(m)
			if test.want == "" {
				require.NoError(t, err)
				assert.Equal(t, canaryCode, code.Reveal())
			} else {
				requireCode(t, err, test.want)
				assert.Empty(t, code.Reveal())
			}

			// The same on an error response: a mix-up works with errors too.
			r, err = oauth.ParseCallback(app + "?error=access_denied" + query)
			require.NoError(t, err)
			_, err = r.Accept(m)
			if test.want == "" {
				requireCode(t, err, oauth.AccessDenied)
			} else {
				requireCode(t, err, test.want)
			}
		})
	}
}

func TestAcceptWantsACode(t *testing.T) {
	_, err := (&oauth.Response{State: "s1"}).Accept(&oauth.Metadata{Issuer: issuer})
	requireCode(t, err, oauth.CallbackInvalid)
}
