package speed

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
)

// samples are what was measured, by variant and measure.
type samples struct {
	mu  sync.Mutex
	all map[[2]string][]float64
}

func (s *samples) add(variant, measure string, values ...float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil {
		s.all = map[[2]string][]float64{}
	}
	key := [2]string{variant, measure}
	s.all[key] = append(s.all[key], values...)
}

// of returns the figure of a measure, and whether there is one.
func (s *samples) of(variant, measure string) (figure, bool) {
	values := s.all[[2]string{variant, measure}]
	return summary(values), len(values) > 0
}

// figure is a median between its quartiles.
type figure struct{ low, median, high float64 }

func summary(values []float64) figure {
	sorted := slices.Sorted(slices.Values(values))
	return figure{quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75)}
}

// quantile interpolates between the two values that are nearest.
func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	at := q * float64(len(sorted)-1)
	below := int(at)
	above := min(below+1, len(sorted)-1)
	return sorted[below] + (at-float64(below))*(sorted[above]-sorted[below])
}

// short writes three digits of a number, and all that are before its point.
func short(x float64) string {
	switch {
	case x >= 99.95:
		return fmt.Sprintf("%.0f", x)
	case x >= 9.995:
		return fmt.Sprintf("%.1f", x)
	default:
		return fmt.Sprintf("%.2f", x)
	}
}

// write is short for what was measured, and whole for what was counted.
func (f figure) write(x float64) string {
	if whole := func(x float64) bool { return x == math.Trunc(x) }; whole(f.low) && whole(f.median) && whole(f.high) {
		return fmt.Sprintf("%.0f", x)
	}
	return short(x)
}

// String leaves out quartiles that say nothing.
func (f figure) String() string {
	if low, high := f.write(f.low), f.write(f.high); low != high {
		return f.write(f.median) + " (" + low + "–" + high + ")"
	}
	return f.write(f.median)
}

func TestFigures(t *testing.T) {
	assert.Equal(t, figure{2, 3, 4}, summary([]float64{5, 1, 4, 2, 3}))
	assert.Equal(t, figure{1.75, 2.5, 3.25}, summary([]float64{4, 3, 2, 1}))
	assert.Equal(t, figure{7, 7, 7}, summary([]float64{7}))
	assert.Equal(t, "2.50 (1.75–3.25)", summary([]float64{4, 3, 2, 1}).String())
	assert.Equal(t, "18.0 (17.6–18.4)", figure{17.6, 18, 18.4}.String())
	assert.Equal(t, "20", summary([]float64{20, 20}).String())
	assert.Equal(t, "100", figure{99.96, 99.96, 99.96}.String())
	assert.Equal(t, "123 (12.3–1234)", figure{12.34, 123.4, 1234.4}.String())
}
