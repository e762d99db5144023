package incidenttest

import (
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

func testRoundTrip(t *testing.T, s incident.Store) {
	full := Incident(1)
	bare := &incident.Incident{ID: "inc_bare", Kind: incident.Real, Status: incident.StatusUnknown}
	edited := Incident(2, func(i *incident.Incident) {
		i.Private, i.ExcludeReason = true, "a drill after all"
		i.Audience = incident.NewAudience([]incident.ID{"usr_2", "usr_1"}, []incident.ID{"tea_1"})
		i.Parent, i.MergedInto, i.DuplicateOf, i.KnownProblem = "inc_p", "inc_m", "inc_d", "PRB1"
		i.SLA[0].Breached, i.Reopened = nil, nil
		i.Edits = []incident.Edit{{Field: "title", Value: "Better", Was: i.Title, By: "operator", At: Epoch()}}
	})
	seq := put(t, s, full, bare, edited)
	for _, want := range []*incident.Incident{full, bare, edited} {
		want.Seq = seq
		equal(t, "Incident("+string(want.ID)+")", get(t, s, want.ID), want)
	}
}

func testReplace(t *testing.T, s incident.Store) {
	put(t, s, Incident(1))
	want := Incident(1, func(i *incident.Incident) {
		i.Title, i.Tags, i.Links, i.Segments, i.Services = "Another title", []string{"z"}, nil, nil, nil
		i.Milestones = i.Milestones[:2]
	})
	want.Seq = put(t, s, want)
	equal(t, "Incident after a second put", get(t, s, want.ID), want)

	// Of two in one call the last one counts.
	first, second := Incident(9), Incident(9, func(i *incident.Incident) { i.Title = "Last" })
	put(t, s, first, second)
	equal(t, "Title of an incident put twice in one call", get(t, s, second.ID).Title, "Last")
}

func testNotFound(t *testing.T, s incident.Store) {
	ctx := t.Context()
	for _, id := range []incident.ID{"", "inc_none", "'; DROP TABLE incidents; --", "nul\x00byte", "not utf-8 \xff"} {
		for _, tc := range []struct {
			call string
			read func() error
		}{
			{"Incident", func() error { _, err := s.Incident(ctx, id); return err }},
			{"FindIncident", func() error { _, err := s.FindIncident(ctx, string(id), string(id)); return err }},
			{"Timeline", func() error { _, err := s.Timeline(ctx, id); return err }},
			{"Retrospective", func() error { _, err := s.Retrospective(ctx, id); return err }},
			{"Problem", func() error { _, err := s.Problem(ctx, id); return err }},
			{"Connection", func() error { _, err := s.Connection(ctx, id); return err }},
			{"Run", func() error { _, err := s.Run(ctx, id); return err }},
			{"Raw", func() error { _, err := s.Raw(ctx, id); return err }},
			{"User", func() error { _, err := s.User(ctx, id); return err }},
			{"UserByName", func() error { _, err := s.UserByName(ctx, string(id)); return err }},
			{"ProvisionedOf", func() error { _, err := s.ProvisionedOf(ctx, id); return err }},
			{"SecondFactor", func() error { _, err := s.SecondFactor(ctx, id); return err }},
			{"Session", func() error { _, err := s.Session(ctx, string(id)); return err }},
			{"TokenByHash", func() error { _, err := s.TokenByHash(ctx, string(id)); return err }},
			{"Setting", func() error { _, err := s.Setting(ctx, string(id)); return err }},
		} {
			fails(t, tc.call+"("+string(id)+")", tc.read(), incident.ErrNotFound)
		}
	}
}

func testStatements(t *testing.T, s incident.Store) {
	imported := Incident(1)
	put(t, s, imported)
	stated := incident.Milestone{Name: incident.ImpactStarted, At: Epoch(), Precision: incident.ToMinute, Basis: incident.FromPerson,
		Source: "operator", Reason: "seen in the graphs", StatedAt: Epoch().Add(48 * time.Hour)}
	unknown := incident.Milestone{Name: incident.ClosedAt, Basis: incident.FromPerson, Source: "operator", StatedAt: stated.StatedAt}
	put(t, s, Incident(1, func(i *incident.Incident) { i.Milestones = append(i.Milestones, stated, unknown) }))

	// The import knows nothing of them, and has itself changed its mind.
	later := Incident(1, func(i *incident.Incident) { i.Milestones = Milestones(Epoch().Add(3 * time.Hour)) })
	put(t, s, later)
	got := get(t, s, imported.ID)
	equal(t, "statements by people", got.Milestones.Stated(), incident.Milestones{stated, unknown})
	equal(t, "imported statements", len(got.Milestones), len(later.Milestones)+2)
	equal(t, "start in force", got.StartedAt(), stated.At)

	before, _ := s.Head(t.Context())
	put(t, s, later)
	put(t, s, got)
	equal(t, "Head after putting it without and with them again", check(s.Head(t.Context()))(t, "Head"), before)
}

func testHostileTexts(t *testing.T, s incident.Store) {
	for _, tc := range []struct{ name, text, want string }{
		{"quotes", `'"; DROP TABLE incidents; -- ? $1 @name %s \`, `'"; DROP TABLE incidents; -- ? $1 @name %s \`},
		{"markup", `<script>alert(1)</script>{{.}}`, `<script>alert(1)</script>{{.}}`},
		{"four bytes", "𝔘𝔫𝔦 🧯", "𝔘𝔫𝔦 🧯"},
		{"line ends and other controls", "a\r\nb\tc\x01\x7f", "a\r\nb\tc\x01\x7f"},
		{"nul is dropped", "a\x00b\x00", "ab"},
		{"what is not UTF-8 is marked", "a\xff\xfeb", "a\uFFFDb"},
		{"200 kB", strings.Repeat("größer ", 25_000), strings.Repeat("größer ", 25_000)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			id := incident.DeriveID("inc", tc.name)
			put(t, s, &incident.Incident{ID: id, Title: tc.text, Description: tc.text, Tags: []string{tc.text},
				Custom: []incident.CustomValue{{Name: tc.text, Value: tc.text}}})
			got := get(t, s, id)
			equal(t, "Title", got.Title, tc.want)
			equal(t, "Description", got.Description, tc.want)
			equal(t, "Tags", got.Tags, []string{tc.want})
			equal(t, "Custom", got.Custom, []incident.CustomValue{{Name: tc.want, Value: tc.want}})
			_, total, _, err := s.Page(t.Context(), incident.Filter{Tags: []string{tc.text}})
			if err != nil || total != 1 {
				t.Errorf("Page by that tag: %d incidents and %v, want 1", total, err)
			}
		})
	}
}

func testTimes(t *testing.T, s incident.Store) {
	tokyo := time.FixedZone("Tokyo", 9*60*60)
	for _, tc := range []struct {
		name     string
		at, want time.Time
	}{
		{"microseconds", time.Date(2025, 3, 1, 12, 0, 0, 123456000, time.UTC), time.Date(2025, 3, 1, 12, 0, 0, 123456000, time.UTC)},
		{"nanoseconds are cut", time.Date(2025, 3, 1, 12, 0, 0, 123456789, time.UTC), time.Date(2025, 3, 1, 12, 0, 0, 123456000, time.UTC)},
		{"another zone", time.Date(2025, 3, 1, 12, 0, 0, 0, tokyo), time.Date(2025, 3, 1, 3, 0, 0, 0, time.UTC)},
		{"before 1970", time.Date(1969, 7, 20, 20, 17, 40, 500000000, time.UTC), time.Date(1969, 7, 20, 20, 17, 40, 500000000, time.UTC)},
		{"far away", time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC)},
		{"none", time.Time{}, time.Time{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			id := incident.DeriveID("inc", tc.name)
			put(t, s, &incident.Incident{ID: id, ExternalUpdatedAt: tc.at, Actions: []incident.ActionItem{{Title: "a", Created: tc.at, Due: tc.at, Done: tc.at, State: "done"}},
				Milestones: incident.Milestones{{Name: incident.Opened, At: tc.at}}})
			got := get(t, s, id)
			equal(t, "ExternalUpdatedAt", got.ExternalUpdatedAt, tc.want)
			equal(t, "times of an action item", got.Actions[0], incident.ActionItem{Title: "a", Created: tc.want, Due: tc.want, Done: tc.want, State: "done"})
			equal(t, "Opened", got.Milestones.At(incident.Opened), tc.want)
		})
	}
}

func testUnwritableTime(t *testing.T, s incident.Store) {
	_, err := s.Update(t.Context(), func(tx incident.Tx) error {
		return tx.PutIncidents([]*incident.Incident{{ID: "inc_far", DeletedAt: time.Date(12025, 1, 1, 0, 0, 0, 0, time.UTC)}})
	})
	fails(t, "PutIncidents in the year 12025", err, incident.ErrInvalid)
}

func testFindIncident(t *testing.T, s incident.Store) {
	update(t, s, func(tx incident.Tx) error {
		return tx.PutConnection(incident.Connection{ID: "con_sample", Source: "servicenow", Name: "Service desk"})
	})
	old := Incident(1)
	renewed := Incident(1, func(i *incident.Incident) { i.Ref.Incarnation = 1; i.ID = i.Ref.ID() })
	put(t, s, renewed, Incident(2))
	put(t, s, old)
	for _, source := range []string{"servicenow", "Service desk"} {
		got, err := s.FindIncident(t.Context(), source, old.Ref.ExternalID)
		if err != nil || got.ID != renewed.ID {
			t.Errorf("FindIncident(%q, %q) = %v, %v, want %s", source, old.Ref.ExternalID, got, err, renewed.ID)
		}
	}
	_, err := s.FindIncident(t.Context(), "jira", old.Ref.ExternalID)
	fails(t, "FindIncident of another source", err, incident.ErrNotFound)
}

func testOwnership(t *testing.T, s incident.Store) {
	inc := Incident(1)
	put(t, s, inc)
	inc.Tags[0] = "changed by the caller"
	first := get(t, s, inc.ID)
	first.Tags[0], first.Milestones[0].Source = "changed by the reader", "x"
	second := get(t, s, inc.ID)
	equal(t, "Tags after others changed theirs", second.Tags, Incident(1).Tags)
	equal(t, "Milestones after others changed theirs", second.Milestones, Incident(1).Milestones)
}

func testTimelines(t *testing.T, s incident.Store) {
	one, two, three := Incident(1), Incident(2), Incident(3)
	events, same := Timeline(one), Timeline(two)
	update(t, s, func(tx incident.Tx) error {
		if err := tx.PutIncidents([]*incident.Incident{one, two, three}); err != nil {
			return err
		}
		shuffled := []incident.TimelineEvent{events[2], events[0], events[1]}
		return tx.PutTimeline(map[incident.ID][]incident.TimelineEvent{one.ID: shuffled, two.ID: same})
	})
	equal(t, "Timeline in time order", check(s.Timeline(t.Context(), one.ID))(t, "Timeline"), events)
	equal(t, "events of an incident without any", len(check(s.Timeline(t.Context(), three.ID))(t, "Timeline")), 0)

	update(t, s, func(tx incident.Tx) error {
		return tx.PutTimeline(map[incident.ID][]incident.TimelineEvent{one.ID: events[:1]})
	})
	got := check(s.Timelines(t.Context(), []incident.ID{one.ID, two.ID, three.ID, "inc_none"}))(t, "Timelines")
	equal(t, "Timelines", got, map[incident.ID][]incident.TimelineEvent{one.ID: events[:1], two.ID: same})

	_, err := s.Update(t.Context(), func(tx incident.Tx) error {
		return tx.PutTimeline(map[incident.ID][]incident.TimelineEvent{"inc_none": events})
	})
	fails(t, "PutTimeline of an unknown incident", err, incident.ErrNotFound)
}

func testRetrospectives(t *testing.T, s incident.Store) {
	inc := Incident(1)
	want := incident.Retrospective{Incident: inc.ID, Title: "What happened", State: "draft", Authors: []string{"operator"},
		Sections: []incident.Section{{Slug: "summary", Title: "Summary", Body: "# It broke\n<b>"}, {Slug: "lessons", Title: "Lessons"}}}
	write := func() incident.Seq {
		return update(t, s, func(tx incident.Tx) error { return tx.PutRetrospectives([]incident.Retrospective{want}) })
	}
	put(t, s, inc)
	write()
	equal(t, "Retrospective", check(s.Retrospective(t.Context(), inc.ID))(t, "Retrospective"), &want)
	want.State, want.Sections = "published", want.Sections[:1]
	seq := write()
	equal(t, "Retrospective after a change", check(s.Retrospective(t.Context(), inc.ID))(t, "Retrospective"), &want)
	equal(t, "Seq of the incident", get(t, s, inc.ID).Seq, seq)
	equal(t, "number of a put without change", write(), 0)

	many := check(s.Retrospectives(t.Context(), []incident.ID{inc.ID, "inc_none"}))(t, "Retrospectives")
	equal(t, "Retrospectives", many, map[incident.ID]incident.Retrospective{inc.ID: want})

	_, err := s.Update(t.Context(), func(tx incident.Tx) error {
		return tx.PutRetrospectives([]incident.Retrospective{{Incident: "inc_none"}})
	})
	fails(t, "PutRetrospectives of an unknown incident", err, incident.ErrNotFound)
}

func testReadYourWrites(t *testing.T, s incident.Store) {
	one, two := Incident(1), Incident(2, func(i *incident.Incident) { i.DeletedAt, i.DeletedReason = Epoch(), "by mistake" })
	update(t, s, func(tx incident.Tx) error {
		if err := tx.PutIncidents([]*incident.Incident{one, two}); err != nil {
			return err
		}
		got, err := tx.IncidentsByID([]incident.ID{two.ID, one.ID, "inc_none", one.ID})
		equal(t, "IncidentsByID in the transaction", got, map[incident.ID]*incident.Incident{one.ID: one, two.ID: two})
		return err
	})
}
