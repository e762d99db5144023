package recurring

import (
	"math"
	"testing"

	"hindsight/incident"
	"hindsight/search/similar"
)

// verdicts are a confirmed problem with so many members, some of them taken out, and rejected ones.
func verdicts(members, removed, rejected int) []incident.Problem {
	confirmed := incident.Problem{Basis: ByText, State: incident.Confirmed}
	for i := range members {
		confirmed.Members = append(confirmed.Members, incident.ProblemMember{Removed: i < removed})
	}
	ps := []incident.Problem{confirmed, {Basis: ByText, State: incident.Suggested}, {Basis: BySource, State: incident.Rejected}}
	for range rejected {
		ps = append(ps, incident.Problem{Basis: ByText, State: incident.Rejected})
	}
	return ps
}

func TestTrustOf(t *testing.T) {
	for _, tc := range []struct {
		name     string
		problems []incident.Problem
		want     Trust
	}{
		{"nobody has said anything", nil, Trust{similar.Rate{High: 1}, true}},
		// Wilson's interval of 8 of 10 is .490 to .943, of 9 of 10 .596 to .982 (Newcombe, Statistics in Medicine 1998, method 3).
		{"eight of ten", verdicts(9, 1, 1), Trust{similar.Rate{N: 10, Right: 8, Low: .4902, High: .9433}, true}},
		{"nine of ten", verdicts(9, 0, 1), Trust{similar.Rate{N: 10, Right: 9, Low: .5958, High: .9821}, false}},
		{"all of nine", verdicts(9, 0, 0), Trust{similar.Rate{N: 9, Right: 9, Low: .7009, High: 1}, true}},
		{"none of three", verdicts(0, 0, 3), Trust{similar.Rate{N: 3, Right: 0, Low: 0, High: .5615}, true}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := TrustOf(tc.problems)
			low, high := math.Abs(got.Low-tc.want.Low), math.Abs(got.High-tc.want.High)
			got.Low, got.High = tc.want.Low, tc.want.High
			if got != tc.want || low > 1e-4 || high > 1e-4 {
				t.Errorf("TrustOf = %+v, bounds off by %.5f and %.5f, want %+v", got, low, high, tc.want)
			}
		})
	}
}
