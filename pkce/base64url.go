package pkce

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// base64url encodes without padding (RFC 7636 appendix A). encoding/base64, which decodes and pads too, is 0.1 KB more.
func base64url(b []byte) string {
	out := make([]byte, 0, len(b)*4/3+1)
	bits, n := uint32(0), 0
	for _, c := range b {
		bits, n = bits<<8|uint32(c), n+8
		for n >= 6 {
			n -= 6
			out = append(out, alphabet[bits>>n&63])
		}
	}
	if n > 0 {
		out = append(out, alphabet[bits<<(6-n)&63])
	}
	return string(out)
}
