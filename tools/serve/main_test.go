package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestServesUntilToldToStop(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out, in := io.Pipe()
	ended := make(chan error)
	go func() {
		ended <- run(ctx, []string{"-app", ":0", "-issuer", ":0", "-api", ":0", "-demo", t.TempDir(), "-dist", t.TempDir()}, in, io.Discard)
	}()

	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	require.NoError(t, err)
	url, found := strings.CutPrefix(strings.TrimSpace(line), "Postern's demo is at ")
	require.True(t, found, line)
	_, err = lines.ReadString('\n')
	require.NoError(t, err)

	response, err := http.Get(url + "/config.json")
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, response.Body)
	require.NoError(t, err)
	response.Body.Close()
	assert.Equal(t, http.StatusOK, response.StatusCode)

	stop()
	assert.NoError(t, <-ended)
	_, err = http.Get(url)
	assert.Error(t, err)
}

func TestRefusesWhatCannotWork(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	_, taken, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	dir := t.TempDir()

	for want, args := range map[string][]string{
		"port " + taken + " is in use":       {"-demo", dir, "-dist", dir, "-app", ":" + taken},
		"run `make pack` first":              {"-demo", dir, "-dist", dir + "/dist"},
		"run this from the root":             {"-demo", dir + "/demo", "-dist", dir},
		"unexpected argument \"now\"":        {"now"},
		"give at least 1s":                   {"-demo", dir, "-dist", dir, "-access-lifetime", "1ms"},
		"flag provided but not defined: -no": {"-no"},
	} {
		assert.ErrorContains(t, run(t.Context(), args, io.Discard, io.Discard), want)
	}
}
