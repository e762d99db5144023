package desk

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"hindsight/incident"
)

// suggestedOf writes what events and milestones propose: time, lane and words, and how many events tell of it.
func suggestedOf(s *Story) string {
	var out []string
	found := s.suggestEvents()
	for _, x := range append(found, s.suggestMilestones(found)...) {
		if !s.tells(x.Moment) {
			out = append(out, fmt.Sprintf("%s %s %s %d", x.Moment.At.Format("15:04"), x.Moment.Lane, x.Moment.Title, len(x.Moment.Events)))
		}
	}
	return strings.Join(out, "; ")
}

// TestSuggestMoments: alert and ticket of one time are one moment; what is not for everybody is not proposed; what a moment rests on is
// not proposed again, not even when the moment was removed.
func TestSuggestMoments(t *testing.T) {
	d, id := told(t)
	story := func() *Story {
		s, err := d.Story(t.Context(), id, whole)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if got, want := suggestedOf(story()), "14:00 detection Alert: latency 2; 14:05 detection Acknowledged 1; 14:32 diagnosis In progress 1; 15:00 recovery Resolved 1"; got != want {
		t.Errorf("proposal = %s\nwant %s", got, want)
	}
	s := story()
	m, _, err := d.AddMoment(context.Background(), id, MomentPatch{Events: &[]incident.ID{s.suggestEvents()[1].Moment.Events[0]}}, whole)
	if err == nil {
		_, _, err = d.RemoveMoment(t.Context(), id, m.ID, true, whole)
	}
	if err != nil {
		t.Fatal(err)
	}
	if got, want := suggestedOf(story()), "14:00 detection Alert: latency 2; 14:32 diagnosis In progress 1; 15:00 recovery Resolved 1"; got != want {
		t.Errorf("after one of them was removed = %s\nwant %s", got, want)
	}
}
