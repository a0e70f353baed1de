package browser

import (
	"syscall/js"

	"github.com/postern-auth/postern/internal/bridge"
)

// SHA256 is WebCrypto's digest: crypto/sha256 would make the module 29 KB larger. It implements pkce.Hash.
func SHA256(text string) ([]byte, error) {
	var s bridge.Scope
	defer s.Close()
	digest, err := s.AwaitCall(bridge.Host(), "sha256", text)
	if err != nil {
		return nil, err
	}
	sum := make([]byte, 32)
	js.CopyBytesToGo(sum, digest)
	return sum, nil
}
