package search

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

func at(day string) time.Time {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return t
}

// made is an incident with the fields that cases are about.
func made(id, title, day string, change func(*incident.Incident)) *incident.Incident {
	inc := &incident.Incident{ID: incident.ID(id), Title: title, Status: incident.Resolved, Kind: incident.Real, Origin: incident.OriginTicket}
	inc.Milestones.Set(incident.Opened, at(day), incident.ToSecond, incident.FromField, "made", "")
	if change != nil {
		change(inc)
	}
	return inc
}

func sample() incident.Delta {
	checkout := incident.Service{ID: "svc_1", Name: "Checkout API", Alias: []string{"basket"}}
	payments := incident.Service{ID: "svc_2", Name: "payments-db"}
	return incident.Delta{
		Upto:     7,
		Services: []incident.Service{checkout, payments},
		Teams:    []incident.Team{{ID: "team_1", Name: "Site Reliability"}},
		Incidents: []*incident.Incident{
			made("a", "Checkout is slow: cold cache after failover", "2024-01-10", func(inc *incident.Incident) {
				inc.Severity, inc.Number, inc.Team, inc.Tags = incident.Sev1, "INC-1", "team_1", []string{"cache"}
				inc.Services = []incident.ServiceUse{{Service: "svc_1", Name: "checkout", Role: "affected"}}
				inc.Ref = incident.Ref{Connection: "con_1", Type: "incident", ExternalID: "sys77"}
				inc.PriorityRaw = "1 - Critical"
			}),
			made("b", "Payments database out of connections", "2024-03-31", func(inc *incident.Incident) {
				inc.Severity, inc.Status, inc.Tags = incident.Sev2, incident.Triggered, []string{"database", "pool"}
				inc.Services = []incident.ServiceUse{{Service: "svc_2", Name: "payments-db", Role: "affected"}}
				inc.Description, inc.Format = "<p>The <b>cache</b> was cold, retries exhausted the pool.</p>", incident.HTML
				inc.PriorityRaw = "2 - High"
			}),
			made("c", "Drill: expired certificate", "2025-07-01", func(inc *incident.Incident) {
				inc.Kind, inc.Factors = incident.Drill, []incident.Factor{{Role: "trigger", Text: "renewal job stopped in spring"}}
				inc.Actions = []incident.ActionItem{{Title: "alert on certificates that expire soon"}}
			}),
			made("d", "Credential theft in the vault", "2025-08-01", func(inc *incident.Incident) {
				inc.Severity, inc.Private, inc.Tags = incident.Sev1, true, []string{"security"}
				inc.PriorityRaw = "1 - Critical"
			}),
		},
		Timelines: map[incident.ID][]incident.TimelineEvent{
			"a": {{Text: "rollback started"}, {Text: "customer Globex called", Private: true}},
		},
		Retrospectives: map[incident.ID]incident.Retrospective{
			"b": {Incident: "b", Title: "Review", Sections: []incident.Section{{Title: "Lessons", Body: "- we had **no** [alarm](https://a.example)"}}},
		},
	}
}

func opened(t *testing.T, d incident.Delta) *Index {
	t.Helper()
	x, err := Open(t.TempDir(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	if err := x.Apply(context.Background(), d); err != nil {
		t.Fatal(err)
	}
	return x
}

func found(t *testing.T, x *Index, query string, f incident.Filter) Result {
	t.Helper()
	q, err := Parse(query)
	if err != nil {
		t.Fatal(err)
	}
	r, err := x.Search(context.Background(), Request{Query: q, Filter: f, Facets: true,
		Connections: []incident.Connection{{ID: "con_1", Name: "Our tickets", Source: "servicenow"}, {ID: "con_2", Name: "Other"}}})
	if err != nil {
		t.Fatalf("Search(%q): %v", query, err)
	}
	return r
}

func ids(r Result) string {
	var out []string
	for _, h := range r.Hits {
		out = append(out, string(h.ID))
	}
	return strings.Join(out, " ")
}

func TestSearch(t *testing.T) {
	x := opened(t, sample())
	for _, tc := range []struct{ name, query, want string }{
		{"nothing lists by date", "", "c b a"},
		{"a property lists by date", "status:resolved", "c a"},
		{"title before description", "cold cache", "a b"},
		{"phrase", `"cold cache"`, "a"},
		{"inflected", "connection exhausting", "b"},
		{"no markup", "strong", ""},
		{"stop words ask for nothing", "the cache", "a b"},
		{"word of a compound", "payments-db", "b"},
		{"number", "inc-1", "a"},
		{"id at the source", "SYS77", "a"},
		{"timeline", "rollback", "a"},
		{"retrospective without markup", "alarm -globex", "b"},
		{"link targets are not text", "a.example", ""},
		{"factor", `factors:"renewal job"`, "c"},
		{"action", "actions:alert", "c"},
		{"prefix", "certif*", "c"},
		{"prefix longer than the stem", "certificates*", "c"},
		{"fuzzy", "databse~", "b"},
		{"not", "cache -failover", "b"},
		{"either word", "rollback|renewal", "c a"},
		{"severity", "sev:1|2", "b a"},
		{"severity unset", "sev:unset", "c"},
		{"open", "status:open", "b"},
		{"service by a word of its name", "service:checkout", "a"},
		{"service by another name", "service:basket", "a"},
		{"service by all words", `service:"api checkout"`, "a"},
		{"service nobody knows", "service:nope", ""},
		{"team", "team:reliability", "a"},
		{"priority", `priority:"1 - critical"`, "a"},
		{"priority by one word", "priority:high", "b"},
		{"tag", "tag:pool", "b"},
		{"source by name", "source:tickets", "a"},
		{"source by sort", "source:servicenow", "a"},
		{"kind", "kind:drill", "c"},
		{"not kind", "-kind:drill", "b a"},
		{"quarter", "opened:2024-Q1", "b a"},
		{"range includes its last day", "started:2024-02..2024-03-31", "b"},
		{"after", "opened:>2024", "c"},
		{"title only", "title:cache", "a"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := found(t, x, tc.query, incident.Filter{})
			if got := ids(r); got != tc.want {
				t.Errorf("Search(%q) = %q, want %q", tc.query, got, tc.want)
			}
			if r.Total != len(r.Hits) || r.AsOf != 7 {
				t.Errorf("Search(%q): total %d, as of %d, want %d, 7", tc.query, r.Total, r.AsOf, len(r.Hits))
			}
		})
	}
}

func TestFilter(t *testing.T) {
	x := opened(t, sample())
	for _, tc := range []struct {
		name string
		f    incident.Filter
		want string
	}{
		{"severities are alternatives", incident.Filter{Severities: []incident.Severity{1, 2}}, "b a"},
		{"fields must all hold", incident.Filter{Severities: []incident.Severity{1, 2}, Tags: []string{"pool"}}, "b"},
		{"service", incident.Filter{Services: []incident.ID{"svc_1"}}, "a"},
		{"not service", incident.Filter{NotServices: []incident.ID{"svc_1"}}, "c b"},
		{"team, connection", incident.Filter{Teams: []incident.ID{"team_1"}, Connections: []incident.ID{"con_1"}}, "a"},
		{"priority is exact", incident.Filter{Priorities: []string{"1 - Critical"}}, "a"},
		{"half-open range", incident.Filter{From: at("2024-01-10"), To: at("2024-03-31")}, "a"},
		{"counted", incident.Filter{Counted: true}, "b a"},
		{"ids", incident.Filter{IDs: []incident.ID{"b", "d"}}, "b"},
		{"oldest first", incident.Filter{Sort: incident.OldestFirst}, "a b c"},
		{"worst first, unknown last", incident.Filter{Sort: incident.WorstFirst}, "a b c"},
		{"status, kind, origin", incident.Filter{Statuses: []incident.Status{incident.Resolved}, Kinds: []incident.Kind{incident.Real},
			Origins: []incident.Origin{incident.OriginTicket}}, "a"},
		{"private included", incident.Filter{Sight: incident.Sight{All: true}}, "d c b a"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := ids(found(t, x, "", tc.f)); got != tc.want {
				t.Errorf("Search(%+v) = %q, want %q", tc.f, got, tc.want)
			}
		})
	}
}

func TestPrivateIsInvisible(t *testing.T) {
	x := opened(t, sample())
	for _, query := range []string{"credential", "vault*", "thefd~", "tag:security", "globex", "timeline:globex", "credentail"} {
		r := found(t, x, query, incident.Filter{})
		if r.Total != 0 || len(r.Hits) != 0 || r.Suggest != "" {
			t.Errorf("Search(%q) in public = %d hits, suggests %q, want none", query, r.Total, r.Suggest)
		}
		for name, buckets := range r.Facets {
			if len(buckets) != 0 {
				t.Errorf("Search(%q) in public counts %s %v, want nothing", query, name, buckets)
			}
		}
	}
	if got := count(found(t, x, "", incident.Filter{}).Facets["severity"], "1"); got != 1 {
		t.Errorf("public count of severity 1 = %d, want 1", got)
	}
	for query, want := range map[string]string{"credential": "d", "globex": "a"} {
		if got := ids(found(t, x, query, incident.Filter{Sight: incident.Sight{All: true}})); got != want {
			t.Errorf("Search(%q) with private = %q, want %q", query, got, want)
		}
	}
	if got := found(t, x, "credentail", incident.Filter{Sight: incident.Sight{All: true}}).Suggest; got != "credential" {
		t.Errorf("Suggest with private = %q, want credential", got)
	}
}

// Notes that are private are read by those who would see the incident if it were private.
func TestPrivateNotes(t *testing.T) {
	d := sample()
	d.Incidents[0].Audience = incident.NewAudience([]incident.ID{"usr_named"}, []incident.ID{"team_named"})
	x := opened(t, d)
	for _, tc := range []struct {
		name  string
		sight incident.Sight
		want  string
	}{
		{"nobody", incident.Sight{}, ""},
		{"who sees all", incident.Sight{All: true}, "a"},
		{"a member of its team", incident.Sight{User: "usr_1", Teams: []incident.ID{"team_1"}}, "a"},
		{"a member of another team", incident.Sight{User: "usr_1", Teams: []incident.ID{"team_2"}}, ""},
		{"somebody who is named", incident.Sight{User: "usr_named"}, "a"},
		{"a member of a team that is named", incident.Sight{User: "usr_1", Teams: []incident.ID{"team_named"}}, "a"},
	} {
		for _, query := range []string{"globex", "timeline:globex", `"customer Globex"`, "glob*", "globec~"} {
			r := found(t, x, query, incident.Filter{Sight: tc.sight})
			if got := ids(r); got != tc.want {
				t.Errorf("%s: Search(%q) = %q, want %q", tc.name, query, got, tc.want)
			}
		}
		// Found by another word, it is not shown with the note.
		for _, h := range found(t, x, "rollback globex|started", incident.Filter{Sight: tc.sight}).Hits {
			for _, f := range h.Fragments {
				for _, s := range f.Segments {
					if tc.want == "" && strings.Contains(s.Text, "Globex") {
						t.Errorf("%s: a passage shows %q", tc.name, s.Text)
					}
				}
			}
		}
	}
}

// How public incidents are ranked, and what is suggested, is the same whether or not private ones have their words.
func TestRankTellsNothing(t *testing.T) {
	open, whole := sample(), sample()
	open.Incidents = open.Incidents[:3]
	for n := range 8 {
		whole.Incidents = append(whole.Incidents, made(fmt.Sprint("p", n), "Cold cache failover certificate cachf rolback "+strings.Repeat("database pool ", n), "2024-05-01", func(inc *incident.Incident) {
			inc.Private, inc.Tags, inc.Description = true, []string{"cache"}, "retries exhausted the pool of connections"
		}))
	}
	x, y := opened(t, open), opened(t, whole)
	for _, query := range []string{"cache", "cold cache", "cach*", "cache~", `"cold cache"`, "pool", "database pool", "cachef", "rolbackk", "tag:cache", "failover"} {
		want, got := found(t, x, query, incident.Filter{}), found(t, y, query, incident.Filter{})
		want.Took, got.Took = 0, 0
		if !reflect.DeepEqual(got, want) {
			t.Errorf("Search(%q) beside private incidents =\n%+v\nwant what it is without them\n%+v", query, got, want)
		}
	}
}

func count(buckets []Bucket, value string) int {
	for _, b := range buckets {
		if b.Value == value {
			return b.Count
		}
	}
	return 0
}

func TestFacets(t *testing.T) {
	x := opened(t, sample())
	r := found(t, x, "", incident.Filter{Severities: []incident.Severity{1}})
	for _, tc := range []struct {
		facet string
		want  []Bucket
	}{
		{"severity", []Bucket{{"0", "unset", 1}, {"1", "SEV1", 1}, {"2", "SEV2", 1}}}, // as if none were picked
		{"service", []Bucket{{"svc_1", "Checkout API", 1}}},
		{"team", []Bucket{{"team_1", "Site Reliability", 1}}},
		{"connection", []Bucket{{"con_1", "Our tickets", 1}}},
		{"priority", []Bucket{{"1 - Critical", "1 - Critical", 1}}},
		{"tag", []Bucket{{"cache", "cache", 1}}},
	} {
		if got := r.Facets[tc.facet]; !slices.Equal(got, tc.want) {
			t.Errorf("facet %s = %v, want %v", tc.facet, got, tc.want)
		}
	}
}

func TestFragments(t *testing.T) {
	x := opened(t, sample())
	r := found(t, x, "cache retries", incident.Filter{})
	want := []Fragment{{"description", []Segment{{"The ", false}, {"cache", true}, {" was cold, ", false}, {"retries", true}, {" exhausted the pool.", false}}}}
	if len(r.Hits) != 1 || len(r.Hits[0].Fragments) != 1 || !slices.Equal(r.Hits[0].Fragments[0].Segments, want[0].Segments) {
		t.Errorf("fragments = %+v, want %+v", r.Hits, want)
	}
}

func TestPages(t *testing.T) {
	d := sample()
	for i := range 25 {
		d.Incidents = append(d.Incidents, made(string(rune('A'+i)), "Disk full", "2023-01-01", nil))
	}
	x := opened(t, d)
	for _, tc := range []struct {
		name, query string
		sort        incident.Sort
		total       int
	}{
		{"by date", "", "", 28},
		{"oldest", "", incident.OldestFirst, 28},
		{"by relevance, all alike", "disk", "", 25},
		{"worst", "", incident.WorstFirst, 28},
	} {
		t.Run(tc.name, func(t *testing.T) {
			seen := map[incident.ID]bool{}
			f := incident.Filter{Limit: 7, Sort: tc.sort}
			pages := 0
			for range 10 {
				pages++
				r := found(t, x, tc.query, f)
				if r.Total != tc.total {
					t.Errorf("total = %d, want %d", r.Total, tc.total)
				}
				for _, h := range r.Hits {
					if seen[h.ID] {
						t.Errorf("%s is on two pages", h.ID)
					}
					seen[h.ID] = true
				}
				if f.After = r.Next; r.Next == "" {
					break
				}
			}
			if len(seen) != tc.total {
				t.Errorf("pages hold %d incidents, want %d", len(seen), tc.total)
			}
			if pages != 4 { // of 28 the last one is exactly full
				t.Errorf("%d pages of %d, want 4 and none that is empty", pages, f.Limit)
			}
		})
	}
}

func TestSuggest(t *testing.T) {
	x := opened(t, sample())
	for _, tc := range []struct{ query, want string }{
		{"databse", "database"},
		{"certifciate sev:unset", "certificate sev:unset"},
		{"certifciate sev:1", ""}, // no spelling finds anything
		{"xyzzy", ""},
		{"cache", ""}, // it matches as it is
	} {
		if got := found(t, x, tc.query, incident.Filter{}).Suggest; got != tc.want {
			t.Errorf("Suggest(%q) = %q, want %q", tc.query, got, tc.want)
		}
	}
}

func TestSearchErrors(t *testing.T) {
	x := opened(t, sample())
	for _, tc := range []struct {
		name, query string
		f           incident.Filter
		want        string
	}{
		{"unknown source", "source:jira", incident.Filter{}, `q: there is no source "jira"; there are: Our tickets`},
		{"garbled cursor", "", incident.Filter{After: "%%"}, "after: "},
		{"cursor of another order", "", incident.Filter{After: "WyJhIl0"}, "after: "},
		{"cursor without numbers", "", incident.Filter{After: "WyJhIiwiYiJd"}, "after: "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			q, err := Parse(tc.query)
			if err != nil {
				t.Fatal(err)
			}
			_, err = x.Search(context.Background(), Request{Query: q, Filter: tc.f, Connections: []incident.Connection{{ID: "con_1", Name: "Our tickets"}}})
			if !errors.Is(err, incident.ErrInvalid) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("Search = %v, want ErrInvalid with %q", err, tc.want)
			}
		})
	}
}

// TestMatches: all that a search finds on all of its pages, and no more.
func TestMatches(t *testing.T) {
	x := opened(t, sample())
	for _, text := range []string{"cache", "sev:1", "-cache", ""} {
		q, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, private := range []bool{false, true} {
			req := Request{Query: q, Filter: incident.Filter{Sight: incident.Sight{All: private}}}
			found, err := x.Search(context.Background(), req)
			if err != nil {
				t.Fatal(err)
			}
			got, err := x.Matches(context.Background(), req)
			if err != nil || len(got) != found.Total {
				t.Errorf("Matches(%q, private %t) = %v, %v, want %d", text, private, got, err, found.Total)
			}
			for _, h := range found.Hits {
				if !slices.Contains(got, h.ID) {
					t.Errorf("Matches(%q) lacks %s", text, h.ID)
				}
			}
		}
	}
}

// TestViewsInQueries: a view is a condition like others, whatever it consists of, and ranks nothing.
func TestViewsInQueries(t *testing.T) {
	x := opened(t, sample())
	asked := func(text string, f incident.Filter, views map[string]Request) Request {
		q, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return Request{Query: q, Filter: f, Views: views}
	}
	views := map[string]Request{
		"cold ones": asked("cold cache", incident.Filter{}, nil),
		"first":     asked("sev:1", incident.Filter{}, nil),
		"of 2025":   asked("", incident.Filter{From: at("2025-01-01"), To: at("2026-01-01")}, nil),
	}
	views["nested"] = asked(`view:"cold ones"`, incident.Filter{Severities: []incident.Severity{incident.Sev2}}, views)
	for _, tc := range []struct{ name, query, want string }{
		{"by words", `view:"cold ones"`, "b a"}, // by date: words of a view rank nothing
		{"with another condition", `view:"cold ones" sev:1`, "a"},
		{"with a word", `view:"cold ones" pool`, "b"},
		{"a condition; the private one is hidden", "view:first", "a"},
		{"a period", `view:"of 2025"`, "c"},
		{"not", `-view:"cold ones"`, "c"},
		{"one of two", `view:"of 2025"|first`, "c a"},
		{"within another", "view:nested", "b"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, err := x.Search(t.Context(), asked(tc.query, incident.Filter{}, views))
			if err != nil || ids(r) != tc.want || r.Total != len(strings.Fields(tc.want)) {
				t.Errorf("Search(%q) = %q of %d, %v, want %q", tc.query, ids(r), r.Total, err, tc.want)
			}
		})
	}
	if _, err := x.Search(t.Context(), asked("view:unknown", incident.Filter{}, views)); !errors.Is(err, incident.ErrInvalid) {
		t.Errorf("Search(view:unknown): %v, want ErrInvalid", err)
	}
}
