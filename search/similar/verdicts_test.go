package similar

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"hindsight/incident"
)

// hears tells an engine what people said, and lets it weigh that.
func hears(t *testing.T, e *Engine, d incident.Delta) {
	t.Helper()
	d.Upto, d.CaughtUp = e.Seq()+1, true
	if err := e.Apply(context.Background(), d); err != nil {
		t.Fatal(err)
	}
	if err := e.Weigh(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestSimilarHeedsAnswers(t *testing.T) {
	e := newEngine(t, sample())
	if got := ids(e.Similar("a", 5, incident.Sight{}).Again); got != "b" {
		t.Fatalf("before any answer a is like %q, want b", got)
	}
	hears(t, e, incident.Delta{Answers: []incident.Answer{{A: "a", B: "b", Same: false}, {A: "c", B: "d", Same: true}}})
	got := e.Similar("a", 5, incident.Sight{})
	if len(got.Again) != 0 || fmt.Sprint(got.Apart) != "[b]" {
		t.Errorf("kept apart from b, a is like %q and apart from %v, want nothing and b", ids(got.Again), got.Apart)
	}
	if got := e.Similar("c", 5, incident.Sight{}).Again; len(got) != 1 || !got[0].Said {
		t.Errorf("c and d, called the same, give %+v, want d as said", got)
	}
	hears(t, e, incident.Delta{Answers: []incident.Answer{}})
	if got := ids(e.Similar("a", 5, incident.Sight{}).Again); got != "b" {
		t.Errorf("with all answers taken back a is like %q, want b", got)
	}
}

// TestVerdictsOfProblems: one decision about a problem counts as five pairs at most, and an answer about a pair counts before what follows from
// a problem.
func TestVerdictsOfProblems(t *testing.T) {
	members := func(n int, removed ...incident.ID) (out []incident.ProblemMember) {
		for i := range n {
			out = append(out, incident.ProblemMember{Incident: incident.ID(fmt.Sprintf("m%02d", i))})
		}
		for _, id := range removed {
			out = append(out, incident.ProblemMember{Incident: id, Removed: true})
		}
		return out
	}
	for _, tc := range []struct {
		name        string
		problem     incident.Problem
		same, apart int
	}{
		{"confirmed", incident.Problem{State: incident.Confirmed, Basis: "text", By: "ada", Members: members(3)}, 2, 0},
		{"confirmed, of many", incident.Problem{State: incident.Confirmed, Basis: "text", By: "ada", Members: members(40)}, 5, 0},
		{"confirmed, one taken out", incident.Problem{State: incident.Confirmed, Basis: "text", By: "ada", Members: members(3, "z")}, 2, 1},
		{"rejected", incident.Problem{State: incident.Rejected, Basis: "text", By: "ada", Members: members(3)}, 0, 2},
		{"suggested", incident.Problem{State: incident.Suggested, Basis: "text", Members: members(3)}, 0, 0},
		{"of the source", incident.Problem{State: incident.Confirmed, Basis: "source", By: "ada", Members: members(3)}, 0, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			same, apart := 0, 0
			for _, v := range (heard{problems: []incident.Problem{tc.problem}}).verdicts(func(incident.ID) bool { return false }) {
				if v.same {
					same++
				} else {
					apart++
				}
			}
			if same != tc.same || apart != tc.apart {
				t.Errorf("%d same, %d apart, want %d and %d", same, apart, tc.same, tc.apart)
			}
		})
	}
	both := heard{answers: []incident.Answer{{A: "m00", B: "m01", Same: false}}, problems: []incident.Problem{
		{State: incident.Confirmed, Basis: "text", By: "ada", Members: members(2)}}}
	if got := both.verdicts(func(incident.ID) bool { return false }); len(got) != 1 || got[0].same {
		t.Errorf("verdicts = %+v, want the answer alone", got)
	}
}

// TestLearntWeights: where people call those the same that hit one service, and the wording says nothing, the service comes to weigh more;
// where the wording decides already, the weights that are the same for everybody stay.
func TestLearntWeights(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	pairs := func(n int, same func(f features) bool) (out []judged) {
		for i := range n {
			var f features
			for j := range f {
				f[j] = random.Float64()
			}
			out = append(out, judged{verdict{incident.ID(fmt.Sprint("a", i)), incident.ID(fmt.Sprint("b", i)), same(f)}, f})
		}
		return out
	}
	w, scores, l := learn(pairs(300, func(f features) bool { return f[services] > 0.5 }))
	if !l.InForce || l.After < 0.9 || l.Before > 0.75 || w[services]/w.sum() < 3*defaults[services]/defaults.sum() || len(scores) != 300 {
		t.Errorf("by service: %+v, weights %v, want learnt ones that order at least 0.9 rightly", l, w)
	}
	w, _, l = learn(pairs(300, func(f features) bool { return defaults.score(f) > 0.5 }))
	if l.InForce || w != defaults || l.Before != 1 {
		t.Errorf("by the defaults themselves: %+v, weights %v, want the defaults, which cannot be bettered", l, w)
	}
	w, _, l = learn(pairs(60, func(f features) bool { return f[services] > 0.5 }))
	if l.InForce || w != defaults || l.Needs != 40 {
		t.Errorf("60 verdicts: %+v, want 40 more before anything is learnt", l)
	}
	_, _, l = learn(pairs(300, func(features) bool { return random.IntN(2) == 0 }))
	if l.InForce {
		t.Errorf("answers by chance: %+v, want the defaults", l)
	}
}

// TestOrdered holds the share of pairs in order against hand-counted ones.
func TestOrdered(t *testing.T) {
	vs := []judged{{verdict: verdict{same: true}}, {verdict: verdict{same: true}}, {verdict: verdict{}}, {verdict: verdict{}}}
	for _, tc := range []struct {
		scores []float64
		times  []int
		want   float64
	}{
		{[]float64{.9, .8, .2, .1}, nil, 1},
		{[]float64{.9, .1, .5, .2}, nil, 0.5},                // 2 of 4
		{[]float64{.9, .5, .5, .2}, nil, 0.875},              // 3 and a half of 4
		{[]float64{.9, .1, .5, .2}, []int{3, 1, 1, 1}, 0.75}, // 6 of 8
		{[]float64{.9, .1, .5, .2}, []int{1, 1, 0, 0}, 0.5},  // nothing to compare
	} {
		if got := ordered(vs, tc.scores, tc.times); got != tc.want {
			t.Errorf("ordered(%v, %v) = %v, want %v", tc.scores, tc.times, got, tc.want)
		}
	}
}

// TestRates: how often a strength was right comes with the interval of Wilson; for 8 of 10 it is 0.490 to 0.943 (Newcombe, Statistics
// in Medicine 17, 1998, method 3, worked by hand).
func TestRates(t *testing.T) {
	r := NewRate(8, 10)
	if fmt.Sprintf("%.3f %.3f", r.Low, r.High) != "0.490 0.943" || r.Few() {
		t.Errorf("NewRate(8, 10) = %+v, want 0.490 to 0.943", r)
	}
	if r := NewRate(0, 0); r.Low != 0 || r.High != 1 || !r.Few() {
		t.Errorf("NewRate(0, 0) = %+v, want nothing known", r)
	}
}

// TestHistory: incidents that their source links to one problem record try the engine on its own past, and only earlier incidents count.
func TestHistory(t *testing.T) {
	var incs []*incident.Incident
	add := func(id, title, body string, n int, problem string) {
		inc := made(id, title, body, n)
		inc.KnownProblem = problem
		incs = append(incs, inc)
	}
	add("a", "Cold cache after failover", "The cache was cold and retries exhausted the pool.", 0, "PRB1")
	add("b", "Cold cache again", "Retries exhausted the pool while the cache was cold.", 10, "PRB1")
	add("c", "Certificate expired", "The renewal job had been stopped.", 20, "PRB2")
	add("d", "Disk full on the log host", "Rotation kept too many files.", 30, "PRB2") // says nothing that c does
	add("e", "Queue backlog", "Consumers were stuck.", 40, "PRB3")
	add("f", "Queue backlog", "Consumers were stuck.", 50, "") // linked to nothing
	e := newEngine(t, incs)
	hears(t, e, incident.Delta{})
	if got := e.Trust().History; got.N != 2 || got.Right != 1 {
		t.Errorf("History = %+v, want b found its problem and d did not", got)
	}
}
