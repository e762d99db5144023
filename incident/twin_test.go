package incident_test

import (
	"maps"
	"slices"
	"testing"

	"hindsight/incident"
)

// page is a pager's record of an incident: opened, acknowledged, resolved.
func page() *incident.Incident {
	inc := &incident.Incident{ID: "inc_page", Number: "P-1", URL: "https://pager.example.com/incidents/1", Origin: incident.OriginPager, Kind: incident.Real}
	inc.Milestones.Set(incident.Opened, at(0), incident.ToSecond, incident.FromField, "pager", "created_at")
	inc.Milestones.Set(incident.Acked, at(5), incident.ToSecond, incident.FromLog, "pager", "log")
	inc.Milestones.Set(incident.ResolvedAt, at(60), incident.ToSecond, incident.FromField, "pager", "resolved_at")
	return inc
}

// issue is the ticket about it: opened later, mitigated, resolved days later.
func issue() *incident.Incident {
	inc := &incident.Incident{ID: "inc_issue", Number: "OPS-7", URL: "https://tickets.example.com/OPS-7", Origin: incident.OriginTicket, Kind: incident.Real,
		Links: []incident.Link{{Kind: "same_as", URL: "https://pager.example.com/incidents/1"}}}
	inc.Milestones.Set(incident.Opened, at(20), incident.ToSecond, incident.FromField, "tickets", "created")
	inc.Milestones.Set(incident.MitigatedAt, at(40), incident.ToMinute, incident.FromField, "tickets", "mitigated")
	inc.Milestones.Set(incident.ResolvedAt, at(4000), incident.ToSecond, incident.FromField, "tickets", "resolved")
	return inc
}

// unite returns the incidents as they are after Unite.
func unite(incs ...*incident.Incident) map[incident.ID]*incident.Incident {
	out := map[incident.ID]*incident.Incident{}
	for _, inc := range incs {
		out[inc.ID] = inc
	}
	for _, inc := range incident.Unite(incs) {
		out[inc.ID] = inc
	}
	return out
}

func TestUnite(t *testing.T) {
	got := unite(issue(), page())
	pager, ticket := got["inc_page"], got["inc_issue"]
	if ticket.SameAs != "inc_page" || ticket.Uncounted() == "" || pager.SameAs != "" || pager.Uncounted() != "" {
		t.Errorf("the ticket is the same as %q and the page as %q, want the page alone to count", ticket.SameAs, pager.SameAs)
	}
	if resolved := pager.Milestones.At(incident.ResolvedAt); !resolved.Equal(at(60)) {
		t.Errorf("resolved at %v, want the pager's own time", resolved)
	}
	m, _ := pager.Milestones.Current(incident.MitigatedAt)
	if !m.At.Equal(at(40)) || m.Basis != incident.FromTwin || m.Source != "tickets" || m.Field != "OPS-7" || m.Precision != incident.ToMinute {
		t.Errorf("mitigated = %+v, want what the ticket says, as its statement", m)
	}
	if again := incident.Unite(slices.Collect(maps.Values(got))); len(again) != 0 {
		t.Errorf("uniting again changed %d records, want none", len(again))
	}
}

func TestUniteIsReversible(t *testing.T) {
	got := unite(issue(), page())
	free := *got["inc_issue"]
	if err := free.Edit("same_as", "", "ada", at(5000)); err != nil {
		t.Fatal(err)
	}
	got = unite(&free, got["inc_page"])
	if got["inc_issue"].Uncounted() != "" || !got["inc_page"].Milestones.At(incident.MitigatedAt).IsZero() || len(got["inc_page"].Milestones) != 3 {
		t.Errorf("after a person said that they differ: %+v and %+v, want both as they were", got["inc_issue"], got["inc_page"])
	}

	// A link that its source takes back frees the records, too.
	got = unite(issue(), page())
	unlinked := *got["inc_issue"]
	unlinked.Links = nil
	if got = unite(&unlinked, got["inc_page"]); got["inc_issue"].SameAs != "" || len(got["inc_page"].Milestones) != 3 {
		t.Errorf("without the link the ticket is still the same as %q", got["inc_issue"].SameAs)
	}
}

func TestUniteAsPeopleSay(t *testing.T) {
	pager := page()
	unlinked := issue()
	unlinked.Links = nil
	if err := pager.Edit("same_as", "inc_issue", "ada", at(5000)); err != nil {
		t.Fatal(err)
	}
	got := unite(pager, unlinked)
	if got["inc_page"].SameAs != "inc_issue" || got["inc_issue"].SameAs != "" {
		t.Errorf("a person chose the ticket, but the page is the same as %q and the ticket as %q", got["inc_page"].SameAs, got["inc_issue"].SameAs)
	}
	if acked := got["inc_issue"].Milestones.At(incident.Acked); !acked.Equal(at(5)) {
		t.Errorf("the ticket's acknowledgement = %v, want the page's", acked)
	}
}

func TestUniteKeepsSecrets(t *testing.T) {
	secret := issue()
	secret.Private = true
	if got := unite(secret, page()); !got["inc_page"].Milestones.At(incident.MitigatedAt).IsZero() {
		t.Error("a public record tells what only a private one says")
	}
}

// Of two private records, one tells the other only what everybody who sees the other may know.
func TestUniteKeepsSecretsAmongPrivateRecords(t *testing.T) {
	for _, tc := range []struct {
		name            string
		pager, ticket   incident.Audience
		pagerIn, tickIn incident.ID // their teams
		told            bool
	}{
		{"the same team", incident.Audience{}, incident.Audience{}, "tea_1", "tea_1", true},
		{"no team", incident.Audience{}, incident.Audience{}, "", "tea_1", true},
		{"another team", incident.Audience{}, incident.Audience{}, "tea_1", "tea_2", false},
		{"another team that was let in", incident.Audience{}, incident.NewAudience(nil, []incident.ID{"tea_1"}), "tea_1", "tea_2", true},
		{"somebody else", incident.NewAudience([]incident.ID{"usr_1"}, nil), incident.Audience{}, "tea_1", "tea_1", false},
		{"somebody let in to both", incident.NewAudience([]incident.ID{"usr_1"}, nil), incident.NewAudience([]incident.ID{"usr_1", "usr_2"}, nil), "", "", true},
		{"a team let in to one", incident.NewAudience(nil, []incident.ID{"tea_3"}), incident.Audience{}, "tea_1", "tea_1", false},
	} {
		pager, ticket := page(), issue()
		pager.Private, pager.Team, pager.Audience = true, tc.pagerIn, tc.pager
		ticket.Private, ticket.Team, ticket.Audience = true, tc.tickIn, tc.ticket
		if told := !unite(pager, ticket)["inc_page"].Milestones.At(incident.MitigatedAt).IsZero(); told != tc.told {
			t.Errorf("%s: the page tells when the ticket says it was mitigated: %t, want %t", tc.name, told, tc.told)
		}
	}
}

// Where a private record stood for a public one, the incident would count nowhere for those who may not see it.
func TestAPublicRecordStandsForAPrivateOne(t *testing.T) {
	secret := page()
	secret.Private = true
	got := unite(secret, issue())
	if got["inc_issue"].Uncounted() != "" || got["inc_page"].SameAs != "inc_issue" {
		t.Errorf("the public ticket is the same as %q and the private page as %q, want the ticket to count", got["inc_issue"].SameAs, got["inc_page"].SameAs)
	}
	other := issue()
	other.Private = true
	if got := unite(secret, other); got["inc_page"].SameAs != "" || got["inc_issue"].SameAs != "inc_page" {
		t.Errorf("of two private records the ticket is the same as %q, want the page to count", got["inc_issue"].SameAs)
	}
}

func TestUniteSurvivesImports(t *testing.T) {
	got := unite(issue(), page())
	pager := incident.Reimport(got["inc_page"], page())
	ticket := incident.Reimport(got["inc_issue"], issue())
	if changed := incident.Unite([]*incident.Incident{pager, ticket}); len(changed) != 0 {
		t.Errorf("after both were imported again, uniting changed %d records, want none", len(changed))
	}
}
