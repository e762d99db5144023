package incidenttest

import (
	"errors"
	"testing"
	"time"

	"hindsight/incident"
)

// Retro returns a made-up retrospective of Incident(1), as it is begun.
func Retro() incident.Retro {
	return incident.Retro{Incident: Incident(1).ID, Version: 1, Title: "What we learnt", Template: "Full", State: incident.RetroDraft, Owner: "usr_1", OwnerName: "ada",
		Due: Epoch().AddDate(0, 0, 7), CreatedAt: Epoch(), CreatedBy: "ada", ChangedAt: Epoch(), ChangedBy: "ada"}
}

// begun puts Incident(1) and its retrospective with two sections.
func begun(t *testing.T, s incident.Store) incident.Retro {
	t.Helper()
	r := Retro()
	update(t, s, func(tx incident.Tx) error {
		return errors.Join(tx.PutIncidents([]*incident.Incident{Incident(1)}), tx.PutRetro(r), tx.PutRetroSections([]incident.RetroSection{
			{Incident: r.Incident, Slug: "impact", Place: 2, Title: "Impact", Text: "", ChangedAt: Epoch()},
			{Incident: r.Incident, Slug: "summary", Place: 1, Title: "Summary", Text: "Disks were full 😀.", ChangedAt: Epoch()},
		}))
	})
	return r
}

// testRetros: a retrospective comes back as it was put, a second writer of one version is refused, and its reading copy stands
// before an imported document, which is kept.
func testRetros(t *testing.T, s incident.Store) {
	ctx := t.Context()
	r := begun(t, s)
	equal(t, "retrospective", *check(s.Retro(ctx, r.Incident))(t, "Retro"), r)
	r.Version, r.State, r.Reviews = 2, incident.RetroInReview, []incident.RetroReview{{User: "usr_2", Name: "bob", AskedBy: "ada", AskedAt: Epoch().Add(time.Hour)}}
	r.ChangedAt = Epoch().Add(time.Hour)
	seq := update(t, s, func(tx incident.Tx) error { return tx.PutRetro(r) })
	equal(t, "retrospective in review", *check(s.Retro(ctx, r.Incident))(t, "Retro"), r)
	equal(t, "change of the incident", check(s.Incident(ctx, r.Incident))(t, "Incident").Seq, seq)
	if _, err := s.Update(ctx, func(tx incident.Tx) error { return tx.PutRetro(r) }); !errors.Is(err, incident.ErrConflict) {
		t.Errorf("PutRetro(version 2 again) = %v, want ErrConflict", err)
	}
	equal(t, "list", check(s.Retros(ctx))(t, "Retros"), []incident.Retro{r})

	imported := incident.Retrospective{Incident: r.Incident, Title: "From a folder", State: "imported", Sections: []incident.Section{{Slug: "summary", Title: "Summary", Body: "Old."}}}
	reading := incident.Retrospective{Incident: r.Incident, Title: "What we learnt", State: "in_review", Sections: []incident.Section{{Slug: "summary", Title: "Summary", Body: "New."}}, Authors: []string{"ada"}}
	update(t, s, func(tx incident.Tx) error { return tx.PutRetrospectives([]incident.Retrospective{imported}) })
	equal(t, "before there is a reading copy", *check(s.Retrospective(ctx, r.Incident))(t, "Retrospective"), imported)
	later := Epoch().Add(time.Hour)
	equal(t, "changed later than asked for", check(s.StaleRetros(ctx, later.Add(-time.Second)))(t, "StaleRetros"), nil)
	equal(t, "stale", check(s.StaleRetros(ctx, later))(t, "StaleRetros"), []incident.ID{r.Incident})
	update(t, s, func(tx incident.Tx) error { return tx.PutReading(reading, later) })
	equal(t, "reading copy", *check(s.Retrospective(ctx, r.Incident))(t, "Retrospective"), reading)
	equal(t, "reading copies", check(s.Retrospectives(ctx, []incident.ID{r.Incident}))(t, "Retrospectives"), map[incident.ID]incident.Retrospective{r.Incident: reading})
	equal(t, "imported", *check(s.ImportedRetrospective(ctx, r.Incident))(t, "ImportedRetrospective"), imported)
	equal(t, "stale afterwards", check(s.StaleRetros(ctx, later))(t, "StaleRetros"), nil)
}

// testTexts: a text goes from version to version, each change is handed out again, and nobody skips or repeats one.
func testTexts(t *testing.T, s incident.Store) {
	ctx := t.Context()
	r := begun(t, s)
	one := incident.TextChange{Version: 1, Client: "c1", Changes: []byte(`[19,[0," And so"]]`), User: "usr_1", By: "ada", At: Epoch().Add(time.Minute)}
	two := incident.TextChange{Version: 2, Client: "c2", Changes: []byte(`[26,[0,"."]]`), By: "a token", At: Epoch().Add(2 * time.Minute)}
	put := func(text string, changes ...incident.TextChange) error {
		_, err := s.Update(ctx, func(tx incident.Tx) error { return tx.AppendText(r.Incident, "summary", text, changes) })
		return err
	}
	if err := put("Disks were full 😀. And so.", one, two); err != nil {
		t.Fatalf("AppendText: %v", err)
	}
	equal(t, "changes", check(s.TextChanges(ctx, r.Incident, "summary", 0))(t, "TextChanges"), []incident.TextChange{one, two})
	equal(t, "changes since version 1", check(s.TextChanges(ctx, r.Incident, "summary", 1))(t, "TextChanges"), []incident.TextChange{two})
	equal(t, "changes since version 2", check(s.TextChanges(ctx, r.Incident, "summary", 2))(t, "TextChanges"), nil)
	for name, err := range map[string]error{"a version again": put("x", two), "a version skipped": put("x", incident.TextChange{Version: 4})} {
		if !errors.Is(err, incident.ErrConflict) {
			t.Errorf("AppendText with %s = %v, want ErrConflict", name, err)
		}
	}
	if err := put("nul \x00", incident.TextChange{Version: 3, At: Epoch()}); !errors.Is(err, incident.ErrInvalid) {
		t.Errorf("AppendText(NUL) = %v, want ErrInvalid", err)
	}
	if _, err := s.TextChanges(ctx, r.Incident, "summary", 3); !errors.Is(err, incident.ErrNotFound) {
		t.Errorf("TextChanges since a version that is none = %v, want ErrNotFound", err)
	}
	sections := check(s.RetroSections(ctx, r.Incident))(t, "RetroSections")
	want := incident.RetroSection{Incident: r.Incident, Slug: "summary", Place: 1, Title: "Summary", Text: "Disks were full 😀. And so.", Version: 2, ChangedAt: two.At}
	equal(t, "first section", sections[0], want)
	pulse := check(s.RetroPulses(ctx, []incident.ID{r.Incident, "inc_none"}))(t, "RetroPulses")
	equal(t, "versions of the texts", pulse[r.Incident].Sections, map[string]int{"summary": 2, "impact": 0})

	want.Place, want.Title, want.RemovedAt = 3, "In short", Epoch().Add(time.Hour)
	update(t, s, func(tx incident.Tx) error {
		put := want
		put.Text, put.Version = "what somebody saw earlier", 1
		return tx.PutRetroSections([]incident.RetroSection{put})
	})
	equal(t, "the section is moved, not its text", check(s.RetroSections(ctx, r.Incident))(t, "RetroSections")[1], want)
	after := check(s.RetroPulses(ctx, []incident.ID{r.Incident}))(t, "RetroPulses")
	if len(after) != 1 || after[r.Incident].Beat <= pulse[r.Incident].Beat {
		t.Errorf("beat = %d after moving a section, was %d", after[r.Incident].Beat, pulse[r.Incident].Beat)
	}

	update(t, s, func(tx incident.Tx) error { return tx.SweepTextChanges(two.At) })
	if _, err := s.TextChanges(ctx, r.Incident, "summary", 0); !errors.Is(err, incident.ErrNotFound) {
		t.Errorf("TextChanges of which some are forgotten = %v, want ErrNotFound", err)
	}
	equal(t, "those that are kept", check(s.TextChanges(ctx, r.Incident, "summary", 1))(t, "TextChanges"), []incident.TextChange{two})
}

// testRetroParts: what stands beside the texts comes back as it was put, in its order, version by version.
func testRetroParts(t *testing.T, s incident.Store) {
	ctx := t.Context()
	r := begun(t, s)
	late := incident.Moment{ID: "mom_1", Incident: r.Incident, Version: 1, At: Epoch().Add(time.Hour), About: 10 * time.Minute, Lane: "diagnosis", Title: "<b>Disk</b> was seen",
		Text: "By *two* people", KnownThen: "That the queue grew", Question: true, Events: []incident.ID{"evt_1", "evt_2"}, ChangedBy: "ada", ChangedAt: Epoch()}
	early := incident.Moment{ID: "mom_2", Incident: r.Incident, Version: 1, At: Epoch(), Lane: "detection", Title: "Alert", ChangedBy: "ada", ChangedAt: Epoch(), AccountOf: "mom_1"}
	asked := incident.RetroComment{ID: "com_1", Incident: r.Incident, Version: 1, Slug: "summary", Quote: "Disks", From: 0, To: 5, TextVersion: 0, After: " full", Text: "Which?", User: "usr_2", By: "bob", At: Epoch()}
	told := incident.RetroComment{ID: "com_2", Incident: r.Incident, Version: 1, Slug: "summary", Row: "moment:mom_1", Answers: "com_1", Text: "All", User: "usr_1", By: "ada", At: Epoch().Add(time.Minute)}
	snap := incident.RetroSnapshot{ID: "snap_1", Incident: r.Incident, Why: incident.SnapshotPublished, Number: 1, Name: "first", By: "ada", At: Epoch(),
		Body: incident.RetroBody{Title: r.Title, State: r.State, Sections: []incident.RetroSection{{Slug: "summary", Title: "Summary", Text: "Short", Version: 4, ChangedAt: Epoch()}}, Moments: []incident.Moment{early}}}
	update(t, s, func(tx incident.Tx) error {
		return errors.Join(tx.PutMoment(late), tx.PutMoment(early), tx.PutRetroComment(told), tx.PutRetroComment(asked), tx.PutRetroSnapshot(snap))
	})
	equal(t, "moments", check(s.Moments(ctx, r.Incident))(t, "Moments"), []incident.Moment{early, late})
	equal(t, "comments", check(s.RetroComments(ctx, r.Incident))(t, "RetroComments"), []incident.RetroComment{asked, told})
	equal(t, "snapshot", *check(s.RetroSnapshot(ctx, "snap_1"))(t, "RetroSnapshot"), snap)
	snap.Body = incident.RetroBody{}
	equal(t, "snapshots", check(s.RetroSnapshots(ctx, r.Incident))(t, "RetroSnapshots"), []incident.RetroSnapshot{snap})

	late.Version, late.Title, told.Version, told.RemovedAt = 2, "The disk was seen", 2, Epoch().Add(time.Hour)
	update(t, s, func(tx incident.Tx) error { return errors.Join(tx.PutMoment(late), tx.PutRetroComment(told)) })
	late.Touched = map[string]int{"title": 2}
	equal(t, "moment of version 2", check(s.Moments(ctx, r.Incident))(t, "Moments")[1], late)
	late.Version, late.KnownThen, late.Lane = 3, "", "key"
	update(t, s, func(tx incident.Tx) error { return tx.PutMoment(late) })
	equal(t, "which version changed what of a moment", check(s.Moments(ctx, r.Incident))(t, "Moments")[1].Touched, map[string]int{"title": 2, "known_then": 3, "lane": 3})
	equal(t, "comments without the removed one", check(s.RetroComments(ctx, r.Incident))(t, "RetroComments"), []incident.RetroComment{asked})
	for name, f := range map[string]func(incident.Tx) error{
		"moment": func(tx incident.Tx) error { return tx.PutMoment(late) }, "comment": func(tx incident.Tx) error { return tx.PutRetroComment(told) }} {
		if _, err := s.Update(ctx, f); !errors.Is(err, incident.ErrConflict) {
			t.Errorf("the same version of a %s again = %v, want ErrConflict", name, err)
		}
	}
}
