package pkce_test

import (
	"crypto/sha256"
	"fmt"

	"github.com/postern-auth/postern/pkce"
)

func sum(text string) ([]byte, error) {
	hash := sha256.Sum256([]byte(text))
	return hash[:], nil
}

// The challenge goes along with the authorization request. The verifier waits, and goes along with the code.
func Example() {
	verifier, err := pkce.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	challenge, err := verifier.Challenge(sum)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(pkce.Method, len(challenge.Value()), "characters")
	fmt.Println("the token request has", len(verifier.Reveal()), "others, and a log has", verifier)
	// Output:
	// S256 43 characters
	// the token request has 43 others, and a log has [redacted]
}

// RFC 7636, appendix B: the user is back, and the verifier is read from where it was kept.
func ExampleParse() {
	verifier, err := pkce.Parse("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
	if err != nil {
		fmt.Println(err)
		return
	}
	challenge, err := verifier.Challenge(sum)
	fmt.Println(challenge.Value(), err)

	_, err = pkce.Parse("too short")
	fmt.Println(err)
	// Output:
	// E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM <nil>
	// pkce: a code verifier has 43 to 128 characters of A-Z a-z 0-9 - . _ ~
}

// plain would show the verifier to whoever sees the authorization request.
func ExampleCheckMethod() {
	fmt.Println(pkce.CheckMethod("S256"))
	fmt.Println(pkce.CheckMethod("plain"))
	// Output:
	// <nil>
	// pkce: only the method S256 is supported; plain protects nothing
}
