package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/tools/serve/fault"
)

// F8: the tab that holds the lock is frozen in the middle of a renewal. Another waits longer than any renewal may take, then takes over, and
// what the frozen tab does later changes nothing.
func TestF08HolderFrozen(t *testing.T) {
	for name, options := range map[string]string{"localstorage": brief, "custom": "{ahead: 0, backgroundRenewal: false, ownCache: true, httpTimeoutInSeconds: 1}"} {
		for _, point := range points {
			t.Run(name+" "+string(point), func(t *testing.T) {
				eachBuild(t, func(t *testing.T, b build) {
					a := start(t, b, overlapping)
					a.lossy()
					a.signIn(options)
					holder := a.tabs(1, options)[0]
					holder.lossy()
					age(a, holder)
					gate := held(t, point, holder)
					holder.Freeze()
					if point == fault.BeforeCommit {
						gate.Release() // else the provider would see the younger request first
					}
					renew(a)
					token := a.text("token") // 5 times the time allowed for a request, and 5 seconds
					assert.Equal(t, "demo|alice", a.subject())
					gate.Release()
					holder.Thaw()
					if o := holder.end("token"); o.Error != nil { // its own renewal came to nothing, or it has adopted the other's
						assert.True(t, o.Error.Retryable, "%+v", o.Error)
					}
					same(t, token, holder.token())
					assert.Equal(t, "demo|alice", holder.subject())
					assert.Equal(t, 2, a.session().Generation)
					assert.Equal(t, 2, holder.session().Generation)
					assert.Equal(t, 2, a.refreshes())

					for _, tab := range []*app{holder, a} {
						age(a, holder)
						same(t, tab.token(), a.token())
						same(t, a.token(), holder.token())
						tab.greeted("demo|alice")
					}
					assert.Equal(t, 4, a.refreshes())
					a.kept(2)
					a.atRest()
				})
			})
		}
	}
}

// A frozen tab that holds nothing keeps nobody waiting.
func TestF08BystanderFrozen(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.signIn(shared)
		other := a.tabs(1, shared)[0]
		other.token()
		other.Freeze()
		for range 3 {
			age(a, other)
			a.token()
		}
		other.Thaw()
		same(t, a.token(), other.token())
		assert.Equal(t, 3, a.refreshes())
		a.kept(1)
	})
}
