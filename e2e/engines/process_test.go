package engines

import (
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What a browser starts ends with it, and all of it with the test, even one that is killed: its end of the pipe closes.
func TestNothingIsLeft(t *testing.T) {
	p, stdout, _, err := launch(nil, "sh", "-c", "sleep 1000 & echo started; wait")
	require.NoError(t, err)
	begun := make([]byte, len("started"))
	_, err = io.ReadFull(stdout, begun)
	require.NoError(t, err)
	gone := make(chan error)
	go func() {
		_, err := io.ReadAll(stdout) // ends when the last of them has ended
		gone <- err
	}()
	require.NoError(t, p.life.Close())
	select {
	case err := <-gone:
		assert.NoError(t, err)
	case <-time.After(patience):
		t.Error("something is left")
	}
	p.end()
}
