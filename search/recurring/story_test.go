package recurring

import (
	"reflect"
	"testing"

	"hindsight/incident"
)

func having(id string, members ...incident.ID) incident.Problem {
	p := incident.Problem{ID: incident.ID(id), Basis: ByText, State: incident.Suggested}
	for _, m := range members {
		p.Members = append(p.Members, incident.ProblemMember{Incident: m, Score: 0.5})
	}
	return p
}

func TestStory(t *testing.T) {
	event := func(problem string, kind incident.ProblemEventKind, who, other string, score float64, rule string) incident.ProblemEvent {
		return incident.ProblemEvent{Problem: incident.ID(problem), Kind: kind, Incident: incident.ID(who), Other: incident.ID(other), Score: score, Rule: rule}
	}
	for _, tc := range []struct {
		name        string
		before, now []incident.Problem
		want        []incident.ProblemEvent
	}{
		{"nothing", []incident.Problem{having("p", "a", "b")}, []incident.Problem{having("p", "b", "a")}, nil},
		{"found", nil, []incident.Problem{having("p", "a", "b")}, []incident.ProblemEvent{event("p", "found", "", "", 0, ByText),
			event("p", "joined", "a", "", .5, ByText), event("p", "joined", "b", "", .5, ByText)}},
		{"moved", []incident.Problem{having("p", "a", "b", "c"), having("q", "d", "e")}, []incident.Problem{having("p", "a", "b"), having("q", "c", "d", "e")},
			[]incident.ProblemEvent{event("q", "joined", "c", "p", .5, ByText), event("p", "left", "c", "q", 0, "regrouping")}},
		{"merged", []incident.Problem{having("p", "a", "b", "c"), having("q", "d", "e")}, []incident.Problem{having("p", "a", "b", "c", "d", "e")},
			[]incident.ProblemEvent{event("p", "merged", "", "q", 0, "regrouping")}},
		{"gone", []incident.Problem{having("p", "a", "b")}, nil, []incident.ProblemEvent{event("p", "gone", "", "", 0, "regrouping")}},
		{"split", []incident.Problem{having("p", "a", "b", "c", "d")}, []incident.Problem{having("p", "a", "b"), having("q", "c", "d")},
			[]incident.ProblemEvent{event("p", "split", "", "q", 0, "regrouping"), event("q", "joined", "c", "p", .5, ByText), event("q", "joined", "d", "p", .5, ByText),
				event("p", "left", "c", "q", 0, "regrouping"), event("p", "left", "d", "q", 0, "regrouping")}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := Story(tc.before, tc.now); !reflect.DeepEqual(got, tc.want) {
				t.Errorf("Story = %+v, want %+v", got, tc.want)
			}
		})
	}
}

func TestContradicts(t *testing.T) {
	said := []incident.Answer{same("a", "b"), apart("b", "c")}
	for _, tc := range []struct {
		answer incident.Answer
		want   bool
	}{
		{same("a", "c"), true}, {apart("a", "b"), false}, // the same pair again replaces what was said of it
		{same("a", "d"), false}, {apart("a", "d"), false}, {same("b", "c"), false},
	} {
		if got := Contradicts(said, tc.answer); got != tc.want {
			t.Errorf("Contradicts(%+v) = %v, want %v", tc.answer, got, tc.want)
		}
	}
	if !Contradicts(append(said, same("b", "d")), apart("a", "d")) {
		t.Error("apart although the same through a third is no contradiction")
	}
}
