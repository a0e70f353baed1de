package setup

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseVersion(t *testing.T) {
	for output, want := range map[string]string{
		"tinygo version 0.41.1 linux/amd64 (using go version go1.26.8 and LLVM version 19.1.7)\n": "0.41.1 (LLVM 19.1.7)",
		"tinygo version 0.41.0 darwin/arm64 (using go version go1.26.0)":                          "0.41.0",
		"tinygo version 0.100.0-dev-1a2b3c linux/amd64":                                           "0.100.0-dev-1a2b3c",
		"tinygo version 1.0.0 linux/amd64":                                                        "1.0.0",
	} {
		got, err := parseVersion(output)
		require.NoError(t, err, output)
		assert.Equal(t, want, got)
	}
}

func TestParseVersionRefuses(t *testing.T) {
	for output, why := range map[string]string{
		"tinygo version 0.40.1 linux/amd64": "too old: need 0.41",
		"tinygo version 0.9.0 linux/amd64":  "too old: need 0.41", // 9 isn't more than 41
		"go version go1.26.8 linux/amd64":   "can't read the version",
		"":                                  "can't read the version",
	} {
		_, err := parseVersion(output)
		assert.ErrorContains(t, err, why, output)
	}
}
