package recurring

import (
	"context"
	"testing"
	"time"

	"hindsight/incident"
)

// TestAnswers: what people said of two incidents holds, whatever their texts are.
func TestAnswers(t *testing.T) {
	twice := append(sample(), made("e5", "Disk nearly full on build host", ""), made("e6", "Disk nearly full on build host", ""))
	for _, tc := range []struct {
		name     string
		docs     []Document
		said     []incident.Answer
		previous func(ps []incident.Problem) []incident.Problem
		want     string
	}{
		{"the same, though worded otherwise", sample(), []incident.Answer{same("c1", "x1")}, nil, "c1 c2 c3 x1; f1 f2 f3"},
		{"the same, though without words", sample(), []incident.Answer{same("e1", "e3")}, nil, "c1 c2 c3; e1 e3; f1 f2 f3"},
		{"an answer binds two incidents and no more", sample(), []incident.Answer{same("c1", "f1")}, nil, "c1 c2 c3 f1; f2 f3"},
		{"not the same", sample(), []incident.Answer{apart("f1", "f2"), apart("f1", "f3")}, nil, "c1 c2 c3; f2 f3"},
		{"not the same, though worded alike", twice, []incident.Answer{apart("e5", "e6")}, nil, "c1 c2 c3; f1 f2 f3"},
		{"apart from all that are the same", sample(), []incident.Answer{same("f1", "f2"), apart("f1", "f3")}, nil, "c1 c2 c3; f1 f2"},
		{"same through a third", sample(), []incident.Answer{same("e1", "e2"), same("e2", "e3"), apart("e1", "c1")}, nil, "c1 c2 c3; e1 e2 e3; f1 f2 f3"},
		{"the same as a member of a confirmed one", sample(), []incident.Answer{same("c1", "x1")}, func(ps []incident.Problem) []incident.Problem {
			for i := range ps {
				ps[i].State = incident.Confirmed
			}
			return ps
		}, "c1 c2 c3 x1; f1 f2 f3"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var previous []incident.Problem
			if tc.previous != nil {
				previous = tc.previous(grouped(t, tc.docs, nil))
			}
			got, err := Group(context.Background(), tc.docs, previous, tc.said)
			if err != nil || sketch(got) != tc.want {
				t.Errorf("Group = %q, %v, want %q", sketch(got), err, tc.want)
			}
		})
	}
}

func TestContradictingAnswers(t *testing.T) {
	no, yes := apart("c1", "c2"), same("c1", "c2")
	no.At, yes.At = time.Unix(1, 0), time.Unix(2, 0)
	for _, said := range [][]incident.Answer{{no, yes}, {yes, no}} {
		got, err := Group(context.Background(), sample(), nil, said)
		if err != nil || sketch(got) != "c1 c2 c3; f1 f2 f3" {
			t.Errorf("Group = %q, %v, want what was said last", sketch(got), err)
		}
	}
}

func TestQuestions(t *testing.T) {
	found := grouped(t, sample(), nil)
	first, err := Questions(context.Background(), sample(), found, nil, 2)
	if err != nil || len(first) != 2 || first[0].Nearness < first[1].Nearness || !first[0].Together {
		t.Fatalf("Questions = %+v, %v, want two, the nearest pair of a problem first", first, err)
	}
	said := []incident.Answer{same(string(first[0].A), string(first[0].B)), apart(string(first[1].A), string(first[1].B))}
	later, err := Questions(context.Background(), sample(), found, said, 20)
	if err != nil || len(later) == 0 {
		t.Fatalf("Questions after two answers = %+v, %v, want more", later, err)
	}
	known := newAnswers(said)
	for _, q := range later {
		if x, y := known.of(q.A), known.of(q.B); x == y || known.forbids(x, y) {
			t.Errorf("Questions asks about %s and %s, which follows from the answers", q.A, q.B)
		}
	}
}
