package desk

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

var whole = incident.Sight{All: true}

// told is judged with an incident that a retrospective is written about, a twin of it and a private incident that was merged into it.
func told(t *testing.T) (*Desk, incident.ID) {
	t.Helper()
	d := judged(t)
	at := func(clock string) time.Time {
		m, err := time.Parse("2006-01-02 15:04", "2026-02-01 "+clock)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	event := func(inc incident.ID, clock string, kind incident.EventKind, text string, private bool) incident.TimelineEvent {
		e := incident.TimelineEvent{Incident: inc, At: at(clock), Kind: kind, Actor: "Responder One", Text: text, Private: private}
		e.ID = e.EventID()
		return e
	}
	made := func(id incident.ID) *incident.Incident {
		return &incident.Incident{ID: id, Title: "Checkout " + string(id), Status: incident.Resolved, Kind: incident.Real, Origin: incident.OriginPager, Format: incident.Plain}
	}
	main, twin, merged := made("main"), made("twin"), made("merged")
	main.Milestones.Set(incident.Opened, at("14:00"), incident.ToSecond, incident.FromField, "pager", "created_at")
	main.Milestones.Set(incident.ResolvedAt, at("15:00"), incident.ToSecond, incident.FromField, "pager", "resolved_at")
	twin.SameAs, merged.MergedInto, merged.Private = "main", "main", true
	_, err := d.Store.Update(t.Context(), func(tx incident.Tx) error {
		return errors.Join(tx.PutIncidents([]*incident.Incident{main, twin, merged}), tx.PutTimeline(map[incident.ID][]incident.TimelineEvent{
			"main": {event("main", "14:00", incident.EventCreated, "Alert: latency", false), event("main", "14:05", incident.EventAcknowledged, "Acknowledged", false),
				event("main", "14:10", incident.EventNote, "Between us: it was the key", true), event("main", "15:00", incident.EventResolved, "Resolved", false)},
			"twin":   {event("twin", "14:01", incident.EventCreated, "Ticket opened\nby mail", false), event("twin", "14:32", incident.EventStatus, "In progress", false)},
			"merged": {event("merged", "14:20", incident.EventEscalated, "Secret customer called", false)},
		}), tx.PutRetro(incident.Retro{Incident: "main", Version: 1, Title: "Checkout", State: incident.RetroDraft, CreatedAt: at("16:00"), ChangedAt: at("16:00")}))
	})
	if err != nil {
		t.Fatal(err)
	}
	return d, "main"
}

// lines writes events as their words.
func lines(s *Story) string {
	var out []string
	for _, e := range s.Events {
		out = append(out, firstLine(e.Text, 40))
	}
	return strings.Join(out, "; ")
}

// TestStory: the events of other records and parts of the incident belong to its course, as far as they may be read, and silences are told.
func TestStory(t *testing.T) {
	d, id := told(t)
	s, err := d.Story(t.Context(), id, whole)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := lines(s), "Alert: latency; Ticket opened; Acknowledged; Between us: it was the key; Secret customer called; In progress; Resolved"; got != want {
		t.Errorf("events = %s, want %s", got, want)
	}
	if len(s.Gaps) != 1 || s.Gaps[0].Length() != 28*time.Minute {
		t.Errorf("gaps = %v, want one of 28 minutes, from 14:32 to 15:00", s.Gaps)
	}
	if s, err = d.Story(t.Context(), id, incident.Sight{}); err != nil {
		t.Fatal(err)
	}
	if got, want := lines(s), "Alert: latency; Ticket opened; Acknowledged; In progress; Resolved"; got != want {
		t.Errorf("to others: %s, want %s", got, want)
	}
	if got := len(s.Gaps); got != 2 {
		t.Errorf("%d gaps without what they may not see, want those of 27 and 28 minutes", got)
	}
}

// TestAddMoment: a moment takes time and words from what it rests on, but never words that not everybody may read.
func TestAddMoment(t *testing.T) {
	d, id := told(t)
	s, err := d.Story(t.Context(), id, whole)
	if err != nil {
		t.Fatal(err)
	}
	of := func(words string) incident.ID {
		i := slices.IndexFunc(s.Events, func(e StoryEvent) bool { return strings.HasPrefix(e.Text, words) })
		return s.Events[i].ID
	}
	m, _, err := d.AddMoment(t.Context(), id, MomentPatch{Events: &[]incident.ID{of("Ticket"), of("Alert")}}, whole)
	if err != nil || m.Title != "Ticket opened" || !m.At.Equal(s.Events[1].At) || len(m.Events) != 2 || m.Version != 1 {
		t.Errorf("moment of two events = %+v, %v", m, err)
	}
	var field *incident.FieldError
	for _, words := range []string{"Between us", "Secret"} {
		if _, _, err = d.AddMoment(t.Context(), id, MomentPatch{Events: &[]incident.ID{of(words)}}, whole); !errors.As(err, &field) || field.Field != "title" {
			t.Errorf("a moment of %q without words of its own = %v, want a complaint about its title", words, err)
		}
	}
	if _, _, err = d.AddMoment(t.Context(), id, MomentPatch{Events: &[]incident.ID{of("Secret")}}, incident.Sight{}); !errors.As(err, &field) || field.Field != "events" {
		t.Errorf("resting on what one does not see = %v, want a complaint about events", err)
	}
	if _, _, err = d.AddMoment(t.Context(), "twin", MomentPatch{Events: &[]incident.ID{of("Ticket")}}, whole); !errors.As(err, &field) || field.Field != "retrospective" {
		t.Errorf("without a retrospective = %v", err)
	}
}

// TestChangeMoment: who knew an older version changes other fields silently, and is told what was written where the other changed the same.
func TestChangeMoment(t *testing.T) {
	d, id := told(t)
	at := d.Now().Add(-time.Hour)
	m, _, err := d.AddMoment(t.Context(), id, MomentPatch{At: &at, Title: new("Latency rose")}, whole)
	if err != nil {
		t.Fatal(err)
	}
	change := func(p MomentPatch) (incident.Moment, error) {
		out, _, err := d.ChangeMoment(t.Context(), id, m.ID, p, whole)
		return out, err
	}
	if _, err := change(MomentPatch{Version: 1, Title: new("Latency rose in zone b")}); err != nil {
		t.Fatal(err)
	}
	if got, err := change(MomentPatch{Version: 1, KnownThen: new("Only zone a was watched\r\n")}); err != nil || got.Version != 3 || got.Title != "Latency rose in zone b" || got.KnownThen != "Only zone a was watched" {
		t.Errorf("another field of an older version = %+v, %v", got, err)
	}
	var meanwhile *MomentError
	if _, err := change(MomentPatch{Version: 1, Title: new("Latency doubled")}); !errors.As(err, &meanwhile) || !errors.Is(err, incident.ErrConflict) || !slices.Equal(meanwhile.Fields, []string{"title"}) ||
		meanwhile.Now.Title != "Latency rose in zone b" || !strings.Contains(err.Error(), `title to "Latency rose in zone b"`) {
		t.Errorf("the same field of an older version = %v", err)
	}
	if got, err := change(MomentPatch{Version: 1, Title: new("Latency rose in zone b")}); err != nil || got.Version != 3 {
		t.Errorf("the same words = %+v, %v, want no new version", got, err)
	}
	if got, err := change(MomentPatch{Version: 3, Title: new("Latency doubled")}); err != nil || got.Title != "Latency doubled" {
		t.Errorf("with the newest version = %+v, %v", got, err)
	}
	removed, _, err := d.RemoveMoment(t.Context(), id, m.ID, true, whole)
	if err != nil || removed.RemovedAt.IsZero() {
		t.Fatalf("removed = %+v, %v", removed, err)
	}
	if back, _, err := d.RemoveMoment(t.Context(), id, m.ID, false, whole); err != nil || !back.RemovedAt.IsZero() || back.Title != "Latency doubled" {
		t.Errorf("put back = %+v, %v", back, err)
	}
}

// TestUntold: a time that a moment tells of is not told twice, and one that was moved away from it is.
func TestUntold(t *testing.T) {
	resolved := incident.Milestone{Name: incident.ResolvedAt, At: time.Date(2026, 2, 1, 15, 0, 0, 0, time.UTC)}
	acked := incident.Milestone{Name: incident.Acked, At: time.Date(2026, 2, 1, 14, 5, 0, 0, time.UTC)}
	s := &Story{Incident: &incident.Incident{Milestones: incident.Milestones{acked, resolved}}, Moments: []incident.Moment{{At: resolved.At, Lane: "recovery"}, {At: acked.At, Lane: "recovery"}}}
	if got := s.Untold(); len(got) != 1 || got[0].Name != incident.Acked {
		t.Errorf("untold are %v, want what was acknowledged alone: the moment at its time is about the recovery", got)
	}
	s.Moments[0].At = resolved.At.Add(time.Minute)
	if got := s.Untold(); len(got) != 2 {
		t.Errorf("untold are %v, want both: no moment stands at their times in their lanes", got)
	}
}
