package native

import (
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Cases run side by side, and each closes its servers when it ends. No other's connection is closed by that.
func TestCasesHaveNoTransportInCommonWithServers(t *testing.T) {
	var connections atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	for range 3 {
		_, err := network{}.Post(server.URL, "a=b", time.Minute)
		require.NoError(t, err)
		httptest.NewServer(http.NotFoundHandler()).Close()
	}
	assert.EqualValues(t, 1, connections.Load())
}
