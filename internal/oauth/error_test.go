package oauth_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

// read returns a source file, which a browser that runs these tests doesn't have.
func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if runtime.GOOS == "js" && errors.Is(err, fs.ErrNotExist) {
		t.Skip("no source files here")
	}
	require.NoError(t, err)
	return string(content)
}

// codesInGo returns the values of all constants of type Code, in order.
func codesInGo(t *testing.T) []string {
	file, err := parser.ParseFile(token.NewFileSet(), "error.go", read(t, "error.go"), 0)
	require.NoError(t, err)
	var codes []string
	for _, decl := range file.Decls {
		group, ok := decl.(*ast.GenDecl)
		if !ok || group.Tok != token.CONST {
			continue
		}
		for _, spec := range group.Specs {
			constant := spec.(*ast.ValueSpec)
			require.Equal(t, "Code", constant.Type.(*ast.Ident).Name, "%s", constant.Names[0])
			require.Len(t, constant.Values, 1)
			value, err := strconv.Unquote(constant.Values[0].(*ast.BasicLit).Value)
			require.NoError(t, err)
			codes = append(codes, value)
		}
	}
	return codes
}

// The set of codes is closed and public: what Go can fail with and what TypeScript lets callers branch on are the same. Whoever meets one there is told
// what to do about it.
func TestCodesEqualErrorCode(t *testing.T) {
	declared := read(t, "../../js/index.d.ts")
	_, union, found := strings.Cut(declared, "export type ErrorCode =")
	require.True(t, found)
	union, _, found = strings.Cut(union, "';\n")
	require.True(t, found)
	var inTypeScript []string
	for _, member := range regexp.MustCompile(`(?s)\s*/\*\* (.*?) \*/\s*\| '([a-z_]+)`).FindAllStringSubmatch(union, -1) {
		inTypeScript = append(inTypeScript, member[2])
	}
	require.NotEmpty(t, inTypeScript)
	assert.Equal(t, inTypeScript, codesInGo(t))
}

func TestCodesAreWords(t *testing.T) {
	seen := make(map[string]bool)
	for _, code := range codesInGo(t) {
		assert.Regexp(t, `^[a-z]+(_[a-z]+)*$`, code)
		assert.False(t, seen[code], "%s stands twice", code)
		seen[code] = true
	}
	assert.True(t, seen[string(oauth.Internal)])
}

func TestError(t *testing.T) {
	cause := errors.New("cause")
	e := &oauth.Error{Code: oauth.Network, Op: "token response", Description: "no answer", Err: cause}
	assert.Equal(t, "network: token response: no answer", e.Error())
	assert.ErrorIs(t, e, cause)
	assert.Equal(t, "aborted", (&oauth.Error{Code: oauth.Aborted}).Error())
	assert.Equal(t, "timeout: login", oauth.Fail(oauth.Timeout, "login", "").Error())
}

func TestAsError(t *testing.T) {
	e := oauth.Fail(oauth.Timeout, "login", "too slow")
	assert.Same(t, e, oauth.AsError(e))

	foreign := errors.New("index out of range")
	internal := oauth.AsError(foreign)
	assert.Equal(t, oauth.Internal, internal.Code)
	assert.Equal(t, "internal: an unexpected failure in the browser", internal.Error())
	assert.ErrorIs(t, internal, foreign)
	assert.False(t, internal.Retryable)

	none := oauth.AsError(nil)
	require.NotNil(t, none)
	assert.Empty(t, none.Code)
}
