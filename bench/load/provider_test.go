package load

import "time"

type answer int

const (
	tokens      answer = iota
	unavailable        // 503, as a load balancer says it that has nobody behind it
	unreachable        // no connection
)

// provider counts what it is asked. It can do as much as is wanted of it, so that what is seen is the demand; the clients come one by one, each with
// the whole of its time.
type provider struct {
	from, to time.Duration // of the outage
	trouble  answer
	seconds  []int32 // requests in each second

	refused   bool    // this client had no answer in the outage, and none since
	recovered []int32 // clients by the second, after the outage's end, in which they had one
}

// answer is what a request for tokens comes to.
func (p *provider) answer(now time.Duration) answer {
	p.count(now)
	switch {
	case now >= p.from && now < p.to:
		p.refused = true
		return p.trouble
	case p.refused:
		p.refused = false
		p.recovered[(now-p.to)/time.Second]++
	}
	return tokens
}

// probe is any other request.
func (p *provider) probe(now time.Duration) (reached bool) {
	p.count(now)
	return now < p.from || now >= p.to || p.trouble != unreachable
}

func (p *provider) count(now time.Duration) {
	p.seconds[now/time.Second]++
}
