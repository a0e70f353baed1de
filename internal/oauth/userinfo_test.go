package oauth_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

func TestUserInfo(t *testing.T) {
	const jsonType = "application/json"
	for name, test := range map[string]struct {
		status     int
		mime, body string
		want       oauth.Code // "" is accepted
		retryable  bool
	}{
		"the user":          {200, jsonType, `{"sub":"u1","name":"Ada"}`, "", false},
		"another user":      {200, jsonType, `{"sub":"u2"}`, oauth.UserinfoMismatch, false},
		"another case":      {200, jsonType, `{"sub":"U1"}`, oauth.UserinfoMismatch, false},
		"nobody":            {200, jsonType, `{"name":"Ada"}`, oauth.UserinfoMismatch, false},
		"a number":          {200, jsonType, `{"sub":1}`, oauth.UserinfoMismatch, false},
		"SUB":               {200, jsonType, `{"SUB":"u1"}`, oauth.UserinfoMismatch, false},
		"two":               {200, jsonType, `{"sub":"u2","sub":"u1"}`, oauth.AuthorizationFailed, false},
		"a list":            {200, jsonType, `["sub"]`, oauth.AuthorizationFailed, false},
		"signed":            {200, "application/jwt", `e30.e30.`, oauth.AuthorizationFailed, false},
		"a page":            {200, "text/html", `{"sub":"u1"}`, oauth.AuthorizationFailed, false},
		"cut":               {200, jsonType, `{"sub":"u1"`, oauth.AuthorizationFailed, false},
		"refused":           {401, jsonType, `{"sub":"u1"}`, oauth.AuthorizationFailed, false},
		"no scope":          {403, jsonType, `{"error":"insufficient_scope"}`, oauth.AuthorizationFailed, false},
		"down":              {503, "text/html", `<p>`, oauth.AuthorizationFailed, true},
		"too often":         {429, jsonType, `{}`, oauth.AuthorizationFailed, true},
		"no content":        {204, "", ``, oauth.AuthorizationFailed, false},
		"a type of no type": {200, "", `{"sub":"u1"}`, oauth.AuthorizationFailed, false},
	} {
		t.Run(name, func(t *testing.T) {
			claims, err := oauth.ParseUserInfo(&oauth.HTTPResponse{Status: test.status, ContentType: test.mime, Body: test.body}, "u1")
			if test.want == "" {
				require.NoError(t, err)
				assert.Equal(t, test.body, claims)
				return
			}
			e := requireCode(t, err, test.want)
			assert.Equal(t, test.retryable, e.Retryable)
			assert.NotEmpty(t, e.Description)
			assert.Empty(t, claims)
		})
	}
}

// A session without a user has no user info, whatever the server says.
func TestUserInfoOfNobody(t *testing.T) {
	for _, body := range []string{`{"sub":""}`, `{}`} {
		_, err := oauth.ParseUserInfo(&oauth.HTTPResponse{Status: 200, ContentType: "application/json", Body: body}, "")
		requireCode(t, err, oauth.UserinfoMismatch)
	}
}

// What an attacker wants: an answer that is taken, in which another reader finds another user.
func FuzzUserInfo(f *testing.F) {
	for _, seed := range []string{`{"sub":"u1"}`, `{"sub":"u1","Sub":"u2"}`, `{"sub":"u1","s\u0075b":"u2"}`, `{"a":{"sub":"u1"}}`, `{"sub":"u1"}}`} {
		f.Add(200, seed)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		claims, err := oauth.ParseUserInfo(&oauth.HTTPResponse{Status: status, ContentType: "application/json", Body: body}, "u1")
		if err != nil {
			return
		}
		require.Equal(t, 200, status)
		var read map[string]json.RawMessage // names exactly, the last of two
		require.NoError(t, json.Unmarshal([]byte(claims), &read))
		var sub string
		require.NoError(t, json.Unmarshal(read["sub"], &sub))
		require.Equal(t, "u1", sub)
	})
}
