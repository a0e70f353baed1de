package browser

import (
	"syscall/js"

	"github.com/postern-auth/postern/internal/bridge"
)

// SHA256 is WebCrypto's digest: crypto/sha256 would make the module 29 KB larger. It implements pkce.Hash.
func SHA256(data []byte) ([]byte, error) {
	var s bridge.Scope
	defer s.Close()
	crypto, err := s.Global("crypto")
	if err != nil {
		return nil, err
	}
	subtle, err := s.Get(crypto, "subtle")
	if err != nil {
		return nil, err
	}
	class, err := s.Global("Uint8Array")
	if err != nil {
		return nil, err
	}
	input, err := s.New(class, len(data))
	if err != nil {
		return nil, err
	}
	js.CopyBytesToJS(input, data)
	buffer, err := s.AwaitCall(subtle, "digest", "SHA-256", input)
	if err != nil {
		return nil, err
	}
	output, err := s.New(class, buffer)
	if err != nil {
		return nil, err
	}
	sum := make([]byte, bridge.GetInt(output, "length"))
	js.CopyBytesToGo(sum, output)
	return sum, nil
}
