package hostile

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"math/big"
	"sync"
)

// weak is an RSA key that crypto/rsa rightly refuses to make. Its signatures are true ones: a client that accepts them has looked at the
// signature and not at the key.
type weak struct{ n, e, d *big.Int }

// RSA512 is a key that a laptop factors.
func RSA512() *Key { return &Key{"rsa", "RS256", rsa512} }

// RSAExponentOne is a key whose signatures are their own plain text, so that everybody can make them.
func RSAExponentOne() *Key {
	return &Key{"rsa", "RS256", func() any {
		one := big.NewInt(1)
		return &weak{rsaKey().(*rsa.PrivateKey).N, one, one}
	}}
}

var rsa512 = sync.OnceValue(func() any {
	one, e := big.NewInt(1), big.NewInt(65537)
	for {
		p, q := made(rand.Prime(rand.Reader, 256)), made(rand.Prime(rand.Reader, 256))
		phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
		if d := new(big.Int).ModInverse(e, phi); d != nil {
			return &weak{new(big.Int).Mul(p, q), e, d}
		}
	}
})

// digestInfo says that what follows is SHA-256 (RFC 8017 section 9.2).
var digestInfo = []byte{
	0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20,
}

// sign is RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2.1).
func (k *weak) sign(sum [sha256.Size]byte) []byte {
	size := (k.n.BitLen() + 7) / 8
	padded := make([]byte, size)
	padded[1] = 1
	rest := padded[size-len(digestInfo)-len(sum):]
	for i := 2; i < size-len(rest)-1; i++ {
		padded[i] = 0xff
	}
	copy(rest, digestInfo)
	copy(rest[len(digestInfo):], sum[:])
	signature := new(big.Int).Exp(new(big.Int).SetBytes(padded), k.d, k.n)
	return signature.FillBytes(make([]byte, size))
}
