package api

import (
	"testing"
	"time"

	"hindsight/incident"
)

func TestRetroListParams(t *testing.T) {
	draft := RetroListed{RetroStanding: RetroStanding{State: "draft", Owner: "Responder One"}, Late: true}
	for _, tc := range []struct {
		name string
		p    RetroListParams
		want bool
	}{
		{"everything", RetroListParams{}, true},
		{"its state, of two", RetroListParams{State: []string{"published", "draft"}}, true},
		{"another state", RetroListParams{State: []string{"published"}}, false},
		{"late", RetroListParams{Late: true}, true},
		{"its owner by name", RetroListParams{Owner: "Responder One"}, true},
		{"somebody else's", RetroListParams{Owner: "Responder Two"}, false},
		{"mine", RetroListParams{Owner: "me"}, true},
		{"nobody's", RetroListParams{Owner: "none"}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := tc.p.takes(draft, "usr_1", "usr_1"); got != tc.want {
				t.Errorf("takes = %v, want %v", got, tc.want)
			}
		})
	}
	if (RetroListParams{Owner: "me"}).takes(draft, "", "") {
		t.Error("what nobody owns belongs to a token that acts for nobody")
	}
}

func TestRetroStanding(t *testing.T) {
	at := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	got := retroStanding(incident.Retro{State: incident.RetroInReview, Version: 3, Reviews: []incident.RetroReview{{Name: "Responder One"}}, ChangedAt: at})
	if got.Due != nil || got.PublishedAt != nil || got.Reviews[0].AnsweredAt != nil {
		t.Errorf("a time that is not known is told: %+v", got)
	}
	if want := []string{"approved", "draft"}; len(got.Next) != 2 || got.Next[0] != want[0] || got.Next[1] != want[1] {
		t.Errorf("next states = %v, want %v", got.Next, want)
	}
}
