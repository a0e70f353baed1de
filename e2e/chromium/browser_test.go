package chromium

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestFresh(t *testing.T) {
	assert.NoError(t, fresh("HeadlessChrome/156.0.8078.108"))
	assert.NoError(t, fresh("Chrome/151.0.1.2"))
	assert.NoError(t, fresh("a browser of another name")) // it is taken at its word, and the tests judge it
	assert.ErrorContains(t, fresh("HeadlessChrome/150.0.7871.100"), "Chromium 151 or newer, and this is 150.0.7871.100")
}
