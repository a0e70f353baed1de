//go:build !js

package pkce

import "crypto/rand"

func random(p []byte) error {
	if _, err := rand.Read(p); err != nil {
		return ErrRandom
	}
	return nil
}
