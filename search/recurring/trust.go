package recurring

import (
	"hindsight/incident"
	"hindsight/search/similar"
)

// Trust is how often people found suggestions right.
type Trust struct {
	similar.Rate
	Shadow bool // too little is known in favour of suggestions to show them unasked
}

const (
	// earned is the share of right suggestions that must be certain before they are shown unasked, and fewVerdicts how many
	// verdicts it takes at least.
	earned, fewVerdicts = 0.5, 10
)

// TrustOf counts verdicts on suggestions by text: each member of a confirmed problem is right, one that was taken out of it wrong, and
// so is a rejected problem; what nobody has decided about does not count. Suggestions stay
// in shadow until there are 10 verdicts and the lower bound is 0.5.
func TrustOf(problems []incident.Problem) Trust {
	n, right := 0, 0
	for _, p := range problems {
		switch {
		case p.Basis != ByText || p.State == incident.Suggested:
		case p.State == incident.Rejected:
			n++
		default:
			for _, m := range p.Members {
				n++
				if !m.Removed {
					right++
				}
			}
		}
	}
	r := similar.NewRate(right, n)
	return Trust{r, n < fewVerdicts || r.Low < earned}
}

// Unasked returns the problems that are shown where nobody asked for problems: those that people confirmed, those that a source links, and
// suggestions by text once they have left the shadow. It returns, too, how many suggestions are still in it.
func Unasked(problems []incident.Problem) (shown []incident.Problem, onTrial int) {
	shadow := TrustOf(problems).Shadow
	for _, p := range problems {
		switch {
		case p.State == incident.Rejected:
		case p.State == incident.Suggested && p.Basis == ByText && shadow:
			onTrial++
		default:
			shown = append(shown, p)
		}
	}
	return shown, onTrial
}
