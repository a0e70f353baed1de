package vault

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

// keeper is a browser that keeps keys.
type keeper struct {
	webCrypto
	mu      sync.Mutex
	kept    map[string]*ecdsa.PrivateKey
	blocked bool // IndexedDB
	absent  bool // the loader's part of it, which is a file of its own
}

func (k *keeper) Key(name string, make bool) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.absent {
		return "", &oauth.Error{Code: oauth.WasmUnavailable, Op: "loader", Retryable: true}
	}
	if k.blocked {
		return "", errors.New("IndexedDB does not answer")
	}
	if k.kept[name] == nil && make {
		private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return "", err
		}
		if k.kept == nil {
			k.kept = map[string]*ecdsa.PrivateKey{}
		}
		k.kept[name] = private
	}
	if k.kept[name] == nil {
		return "", nil
	}
	return public(k.kept[name]), nil
}

func public(private *ecdsa.PrivateKey) string {
	point, _ := private.PublicKey.Bytes()
	return `{"crv":"P-256","kty":"EC","x":"` + b64.EncodeToString(point[1:33]) + `","y":"` + b64.EncodeToString(point[33:]) + `"}`
}

func (k *keeper) Sign(jwk, header, payload string) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, private := range k.kept {
		if public(private) == jwk {
			text := b64.EncodeToString([]byte(header)) + "." + b64.EncodeToString([]byte(payload))
			sum := sha256.Sum256([]byte(text))
			r, s, err := ecdsa.Sign(rand.Reader, private, sum[:])
			return text + "." + b64.EncodeToString(append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)), err
		}
	}
	return "", errors.New("no such key")
}

// lose is a user who clears the site's data.
func (k *keeper) lose() { k.kept = nil }

// proven is what a proof says, once it has been verified as RFC 9449 section 4.3 wants.
type proven struct {
	JTI, HTM, HTU, ATH, Nonce string
	IAT                       int64
	jkt                       string
}

func proofOf(t testing.TB, proof string) (c proven) {
	t.Helper()
	parts := strings.Split(proof, ".")
	require.Len(t, parts, 3, proof)
	header, err := b64.DecodeString(parts[0])
	require.NoError(t, err)
	payload, err := b64.DecodeString(parts[1])
	require.NoError(t, err)
	var h struct {
		Typ, Alg string
		JWK      json.RawMessage
	}
	require.NoError(t, json.Unmarshal(header, &h))
	require.Equal(t, "dpop+jwt", h.Typ)
	require.Equal(t, "ES256", h.Alg)
	var members map[string]any
	require.NoError(t, json.Unmarshal(h.JWK, &members))
	require.Len(t, members, 4, "the public half alone")
	genuine, err := webCrypto{}.Verify(h.Alg, string(h.JWK), parts[0]+"."+parts[1], parts[2])
	require.NoError(t, err)
	require.True(t, genuine)
	require.NoError(t, json.Unmarshal(payload, &c))
	require.GreaterOrEqual(t, len(c.JTI), 43)
	sum := sha256.Sum256(h.JWK)
	c.jkt = b64.EncodeToString(sum[:])
	return c
}

// dpopWorld is a world whose tokens are bound to a key.
func dpopWorld(t testing.TB) *world {
	t.Helper()
	full(t)
	w := newWorld(t)
	w.keeper = &keeper{}
	return w
}

// bindings answers as grants does, with tokens that are bound.
func bindings(with map[string]string) reply {
	all := map[string]string{"token_type": `"DPoP"`}
	for name, value := range with {
		all[name] = value
	}
	return grants(all)
}

// saying adds a nonce to an answer.
func saying(nonce string, answer reply) reply {
	return func(n int, r request) (*oauth.HTTPResponse, error) {
		response, err := answer(n, r)
		if response != nil {
			response.DPoPNonce = nonce
		}
		return response, err
	}
}

// wants refuses for want of a nonce.
func wants(nonce string) reply { return saying(nonce, refuse(400, `{"error":"use_dpop_nonce"}`)) }

// boundPage is a page whose user is signed in with tokens that are bound, and whose access token has ended.
func boundPage(t testing.TB) (*world, *Vault) {
	w := dpopWorld(t)
	v := w.page()
	w.server.answers(bindings(nil))
	w.signIn(v)
	w.clock += lifetime
	return w, v
}

// proofs are those of the token requests so far that are of the last one's kind.
func (w *world) proofs() (all []proven) {
	w.t.Helper()
	kind := w.server.sent[len(w.server.sent)-1].form.Get("grant_type")
	for _, r := range w.server.sent {
		if r.form.Get("grant_type") != kind {
			continue
		}
		c := proofOf(w.t, r.proof)
		require.Equal(w.t, "POST", c.HTM)
		require.Equal(w.t, tokenURL, c.HTU)
		require.Empty(w.t, c.ATH)
		require.Equal(w.t, int64(w.clock/time.Second), c.IAT)
		for _, other := range all {
			require.NotEqual(w.t, other.JTI, c.JTI, "a proof is used once")
		}
		all = append(all, c)
	}
	return all
}
