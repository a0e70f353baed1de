package browser

import (
	"syscall/js"

	"github.com/postern-auth/postern/internal/bridge"
)

// Crypto is WebCrypto: crypto/sha256 alone would make the module 29 KB larger.
type Crypto struct{}

// Digest implements vault.Crypto.
func (Crypto) Digest(hash, text string) ([]byte, error) {
	var s bridge.Scope
	defer s.Close()
	digest, err := s.AwaitCall(bridge.Host(), "digest", hash, text)
	if err != nil {
		return nil, err
	}
	const longest = 64
	sum := make([]byte, longest)
	return sum[:js.CopyBytesToGo(sum, digest)], nil
}

// Verify implements vault.Crypto.
func (Crypto) Verify(alg, jwk, text, signature string) (bool, error) {
	var s bridge.Scope
	defer s.Close()
	genuine, err := s.AwaitCall(bridge.Host(), "verify", alg, jwk, text, signature)
	return err == nil && genuine.Type() == js.TypeBoolean && genuine.Bool(), err
}
