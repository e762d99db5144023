package recurring

import (
	"math"

	"hindsight/incident"
)

// Trust is how often people found suggestions right.
type Trust struct {
	N, Right  int
	Low, High float64 // 95 % confidence interval of the share that is right; 0 to 1 without verdicts
	Shadow    bool    // too little is known in favour of suggestions to show them unasked
}

const (
	// earned is the share of right suggestions that must be certain before they are shown unasked, and fewVerdicts how many
	// verdicts it takes at least.
	earned, fewVerdicts = 0.5, 10
	// normal95 is the normal quantile of a 95 % interval.
	normal95 = 1.959963984540054
)

// TrustOf counts verdicts on suggestions by text: each member of a confirmed problem is right, one that was taken out of it wrong, and
// so is a rejected problem; what nobody has decided about does not count. The interval is that of Wilson (JASA 1927). Suggestions stay
// in shadow until there are 10 verdicts and the lower bound is 0.5.
func TrustOf(problems []incident.Problem) Trust {
	t := Trust{High: 1, Shadow: true}
	for _, p := range problems {
		switch {
		case p.Basis != ByText || p.State == incident.Suggested:
		case p.State == incident.Rejected:
			t.N++
		default:
			for _, m := range p.Members {
				t.N++
				if !m.Removed {
					t.Right++
				}
			}
		}
	}
	if t.N == 0 {
		return t
	}
	t.Low, t.High = wilson(float64(t.Right), float64(t.N))
	t.Shadow = t.N < fewVerdicts || t.Low < earned
	return t
}

func wilson(right, n float64) (low, high float64) {
	share, z2 := right/n, normal95*normal95
	middle := (share + z2/(2*n)) / (1 + z2/n)
	half := normal95 / (1 + z2/n) * math.Sqrt(share*(1-share)/n+z2/(4*n*n))
	return max(0, middle-half), min(1, middle+half)
}
