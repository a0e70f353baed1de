package vault

import (
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

// allocated is how many bytes f allocates. What else runs here may add to it, and nothing takes away from it.
func allocated(f func()) int {
	least := -1
	for range 10 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		f()
		runtime.ReadMemStats(&after)
		if n := int(after.TotalAlloc - before.TotalAlloc); least < 0 || n < least {
			least = n
		}
	}
	return least
}

// Nothing is collected in the shipped build, and a renewal reads and writes the record again and again. So writing it takes one buffer and no copy, and
// reading it leaves the text where it is, but for what the ID token says.
func TestRecordLeavesLittleBehind(t *testing.T) {
	w := newWorld(t)
	v := w.page()
	w.signIn(v)
	rec := w.record()
	rec.refreshToken, rec.tokens[0].Value = oauth.NewSecret(strings.Repeat("r", 1000)), oauth.NewSecret(strings.Repeat("a", 1000))
	rec.attempt = attempt{"43 characters, as the ids of attempts have..", w.clock, 1}
	text := v.records.encode(rec)
	require.Greater(t, len(text), 2000)
	assert.Less(t, allocated(func() { v.records.encode(rec) }), len(text)*3/2)

	parsed, err := oauth.ParseJSON(text)
	require.NoError(t, err)
	assert.Less(t, allocated(func() { v.records.decode(parsed) }), len(text))
	assert.Less(t, allocated(func() { _, _ = oauth.ParseJSON(text) }), 1000)
}
