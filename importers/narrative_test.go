package importers

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"hindsight/incident"
)

func TestTimelineIsInOrder(t *testing.T) {
	var d Draft
	for _, e := range []incident.TimelineEvent{{At: noon.Add(time.Minute), Text: "late"}, {At: noon, Text: " first\n"}, {Text: "at no time"}, {At: noon, Text: "second"}, {At: noon, Text: " "}} {
		d.AddEvent(e)
	}
	d.SortTimeline()
	var got []string
	for _, e := range d.Timeline {
		got = append(got, fmt.Sprint(e.Pos, " ", e.Text))
	}
	if want := []string{"0 first", "1 second", "2 late"}; !slices.Equal(got, want) {
		t.Errorf("the timeline is %q, want %q", got, want)
	}
}

func TestActionsAndKind(t *testing.T) {
	var d Draft
	states := map[string]string{"doing": "open"}
	d.AddAction("state", "doing", states, incident.ActionItem{Title: " Mend\nit "})
	d.AddAction("state", "dreaming", states, incident.ActionItem{Title: "Rest"})
	d.AddAction("state", "doing", states, incident.ActionItem{Owner: "Responder One"})
	if want := []incident.ActionItem{{Title: "Mend it", State: "open"}, {Title: "Rest", State: "unknown"}}; !slices.Equal(d.Incident.Actions, want) || len(d.Warnings) != 1 {
		t.Errorf("the actions are %+v with %d warnings, want %+v with one", d.Incident.Actions, len(d.Warnings), want)
	}
	for _, tc := range []struct {
		word  string
		kind  incident.Kind
		warns bool
	}{{"Test", incident.Test, false}, {"", incident.Real, false}, {"dream", incident.Real, true}} {
		var d Draft
		if d.SetKind("kind", tc.word, KindWords()); d.Incident.Kind != tc.kind || len(d.Warnings) > 0 != tc.warns {
			t.Errorf("the kind %q is %q with the warnings %+v, want %q", tc.word, d.Incident.Kind, d.Warnings, tc.kind)
		}
	}
}

func TestSections(t *testing.T) {
	got := Sections("\nBefore.\n## Empty\n\n## Lessons *learned*\n- measure\n### Detail\nmore\n")
	want := []incident.Section{{Slug: "summary", Title: "Summary", Body: "Before."}, {Slug: "lessons-learned", Title: "Lessons *learned*", Body: "- measure\n### Detail\nmore"}}
	if !slices.EqualFunc(got, want, func(a, b incident.Section) bool { return a == b }) {
		t.Errorf("the sections are %+v, want %+v", got, want)
	}
	if got := Sections(""); len(got) != 0 {
		t.Errorf("no text has the sections %+v", got)
	}
}

// A status that comes behind that of today was left again; how often is not known.
func TestStages(t *testing.T) {
	d := Draft{Incident: incident.Incident{Status: incident.Investigating}}
	d.SetStages("synthetic", []Turn{{At: noon, Status: incident.Triggered}, {At: noon.Add(time.Hour), Status: incident.Investigating}, {At: noon.Add(2 * time.Hour), Status: incident.Resolved}})
	var got []incident.Status
	for _, s := range d.Incident.Segments {
		got = append(got, s.Status)
	}
	if want := []incident.Status{incident.Triggered, incident.Investigating}; !slices.Equal(got, want) || d.Incident.Reopened != nil || !d.Incident.Milestones.At(incident.ResolvedAt).IsZero() {
		t.Errorf("the segments are %v, reopened %v, want %v and how often unknown", got, d.Incident.Reopened, want)
	}
}

func TestHappened(t *testing.T) {
	var d Draft
	d.Happened(incident.TimelineEvent{At: noon, Kind: incident.EventAcknowledged, Actor: " Responder\nOne"})
	d.Happened(incident.TimelineEvent{Kind: incident.EventResolved, Text: "no time"})
	d.AddEvent(incident.TimelineEvent{At: noon, Kind: incident.EventNote, Text: " \n"})
	d.AddEvent(incident.TimelineEvent{At: noon, Kind: incident.EventNote, Text: "a note\r\n"})
	if len(d.Timeline) != 2 || d.Timeline[0].Actor != "Responder One" || d.Timeline[1].Text != "a note" || d.Timeline[1].Pos != 1 {
		t.Errorf("the timeline is %+v; want what was done, and the note behind it", d.Timeline)
	}
}

func TestSetRetrospective(t *testing.T) {
	d := NewIncident("incidents", "1", incident.OriginTicket)
	d.SetTitle("title", "Checkout down")
	if d.SetRetrospective("", "imported", incident.Section{Title: "Why", Body: " \n"}); d.Retrospective != nil {
		t.Errorf("a review without a word became %+v", d.Retrospective)
	}
	d.SetRetrospective("", "imported", incident.Section{Title: "Why", Body: "\nIt was full. "}, incident.Section{Title: "How"})
	if r := d.Retrospective; r == nil || r.Title != "Checkout down" || len(r.Sections) != 1 || r.Sections[0].Body != "It was full." {
		t.Errorf("the review is %+v; want one part, under the incident's title", r)
	}
}
