package similar

import (
	"context"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

func day(n int) time.Time { return time.Date(2024, 1, 1+n, 0, 0, 0, 0, time.UTC) }

func made(id, title, body string, n int, services ...string) *incident.Incident {
	inc := &incident.Incident{ID: incident.ID(id), Title: title, Description: body, Kind: incident.Real, Status: incident.Resolved}
	inc.Milestones.Set(incident.Opened, day(n), incident.ToDay, incident.FromField, "made", "")
	for _, s := range services {
		inc.Services = append(inc.Services, incident.ServiceUse{Service: incident.NewService(s).ID, Name: s})
	}
	return inc
}

func sample() []*incident.Incident {
	private := made("secret", "Checkout cold cache and a leaked credential", "", 2)
	private.Private = true
	return []*incident.Incident{
		made("a", "Checkout latency after failover", "The cache was cold; retries exhausted the connection pool.", 0, "checkout"),
		made("b", "Checkout slow: cold caches", "Retry storm from the gateway after the failover of the primary.", 30, "checkout", "gateway"),
		made("c", "Certificate expired at the edge", "The renewal job had been stopped.", 40, "edge"),
		made("d", "Edge certificates expire again", "Renewals were not alerted on.", 400, "edge"),
		made("e", "Category 55 / Subcategory 170 / Symptom 72", "", 41, "Category 55"),
		made("f", "Category 55 / Subcategory 170 / Symptom 72", "", 42, "Category 55"),
		made("g", "kubeApiServer OOMKilled", "", 43),
		made("h", "kube_api_server out of memory", "", 44),
		private,
	}
}

func newEngine(t testing.TB, incs []*incident.Incident) *Engine {
	t.Helper()
	e, err := NewEngine(slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Apply(context.Background(), incident.Delta{Upto: 5, Incidents: incs}); err != nil {
		t.Fatal(err)
	}
	return e
}

func ids(ms []Match) string {
	var out []string
	for _, m := range ms {
		out = append(out, string(m.ID))
	}
	return strings.Join(out, " ")
}

func TestSimilar(t *testing.T) {
	e := newEngine(t, sample())
	for _, tc := range []struct {
		name    string
		id      incident.ID
		private bool
		want    string
		none    string
	}{
		{"inflected words", "a", false, "b", ""},
		{"private shown to those who may see it", "b", true, "a secret", ""},
		{"years apart", "c", false, "d", ""},
		{"parts of identifiers", "g", false, "h", ""},
		{"codes are no text", "e", false, "", "There is no text to compare"},
		{"private is not known to others", "secret", false, "", "not known here"},
		{"unknown", "nope", true, "", "not known here"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := e.Similar(tc.id, 5, incident.Sight{All: tc.private})
			if ids(got.Again) != tc.want || !strings.Contains(got.None, tc.none) || (got.None == "") != (tc.none == "") || got.AsOf != 5 {
				t.Errorf("Similar(%q) = %q, %q as of %d, want %q, %q as of 5", tc.id, ids(got.Again), got.None, got.AsOf, tc.want, tc.none)
			}
		})
	}
}

// What a private incident says weighs in nothing that others see: neither in scores, nor in the words of reasons.
func TestPrivateIncidentsWeighNothing(t *testing.T) {
	open := slices.DeleteFunc(sample(), func(inc *incident.Incident) bool { return inc.Private })
	whole := sample()
	for n := range 9 {
		inc := made(fmt.Sprint("p", n), "Checkouts caching renewing certificating failovers", "Retries exhausting pools; the renewing was stopped.", n, "edge", "checkout")
		inc.Private = true
		whole = append(whole, inc)
	}
	x, y := newEngine(t, open), newEngine(t, whole)
	for _, id := range []incident.ID{"a", "b", "c", "d", "g"} {
		if want, got := x.Similar(id, 5, incident.Sight{}), y.Similar(id, 5, incident.Sight{}); !reflect.DeepEqual(got, want) {
			t.Errorf("Similar(%q) beside private incidents =\n%+v\nwant what it is without them\n%+v", id, got, want)
		}
	}
}

// A private incident is among those that are alike for its team, for who was let in, and for who sees all.
func TestSimilarBySight(t *testing.T) {
	incs := sample()
	secret := incs[len(incs)-1]
	secret.Team, secret.Audience = "team_1", incident.NewAudience([]incident.ID{"usr_named"}, []incident.ID{"team_named"})
	e := newEngine(t, incs)
	for _, tc := range []struct {
		sight incident.Sight
		want  bool
	}{
		{incident.Sight{}, false}, {incident.Sight{All: true}, true}, {incident.Sight{User: "usr_1"}, false}, {incident.Sight{User: "usr_named"}, true},
		{incident.Sight{User: "usr_1", Teams: []incident.ID{"team_1"}}, true}, {incident.Sight{User: "usr_1", Teams: []incident.ID{"team_2"}}, false},
		{incident.Sight{User: "usr_1", Teams: []incident.ID{"team_named"}}, true},
	} {
		if got := strings.Contains(ids(e.Similar("b", 5, tc.sight).Again), "secret"); got != tc.want {
			t.Errorf("%+v sees the secret one beside b: %t, want %t", tc.sight, got, tc.want)
		}
		if got := len(e.Similar("secret", 5, tc.sight).Again) > 0; got != tc.want {
			t.Errorf("%+v is told what is like the secret one: %t, want %t", tc.sight, got, tc.want)
		}
	}
}

func TestReasons(t *testing.T) {
	e := newEngine(t, sample())
	got := e.Similar("d", 1, incident.Sight{}).Again[0].Reasons
	if terms := slices.Sorted(slices.Values(got[0].Terms)); strings.Join(terms, " ") != "certificate edge expire renewal" || got[0].Kind != "words" {
		t.Errorf("first reason = %+v, want the shared words certificate edge expire renewal", got[0])
	}
	if got[1].Text != "same service: edge" || got[2].Text != "12 months earlier" {
		t.Errorf("other reasons = %+v, want same service: edge; 12 months earlier", got[1:])
	}
}

func TestApply(t *testing.T) {
	ctx := context.Background()
	e := newEngine(t, sample())
	again := sample()
	again[0] = made("a", "DNS resolver down", "", 0)
	if err := e.Apply(ctx, incident.Delta{Upto: 6, Incidents: again, Gone: []incident.ID{"d", "never"}}); err != nil {
		t.Fatal(err)
	}
	if got := e.Similar("b", 5, incident.Sight{}); len(got.Again) != 0 || got.None != "No other incident shares enough words with this one." {
		t.Errorf("Similar(b) after a change = %+v, want none", got)
	}
	if got := e.Similar("c", 5, incident.Sight{}); len(got.Again) != 0 {
		t.Errorf("Similar(c) after d is gone = %+v, want none", got)
	}
	if e.Seq() != 6 || e.corpus.Len() != 7 {
		t.Errorf("position %d with %d texts, want 6 with 7, the private one not counted", e.Seq(), e.corpus.Len())
	}
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	if err := e.Apply(canceled, incident.Delta{Upto: 7, Incidents: sample()}); err == nil || e.Seq() != 6 {
		t.Errorf("Apply when canceled = %v at %d, want an error at 6", err, e.Seq())
	}
}

func TestOrderDoesNotMatter(t *testing.T) {
	incs := sample()
	want := newEngine(t, incs).Similar("b", 5, incident.Sight{All: true})
	slices.Reverse(incs)
	if got := newEngine(t, incs).Similar("b", 5, incident.Sight{All: true}); !reflect.DeepEqual(got, want) {
		t.Errorf("Similar(b) fed backwards = %+v, want %+v", got, want)
	}
}

func TestPrivateEventsAreNotCompared(t *testing.T) {
	events := []incident.TimelineEvent{
		{Kind: incident.EventNote, Text: "cache warmed"},
		{Kind: incident.EventNote, Text: "customer Globex called", Private: true},
		{Kind: incident.EventAssigned, Text: "assigned to night shift"},
	}
	if got := NewDocument(made("a", "t", "d", 0), events, incident.Retrospective{}).Body; got != "d\ncache warmed" {
		t.Errorf("NewDocument: body %q, want only the open note", got)
	}
}

func TestWords(t *testing.T) {
	r, err := newReader()
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ name, in, want string }{
		{"Snowball English", "generously retries the databases", "generous retri databas"},
		{"camel case and its compound", "HTTPServer kubeProxy", "http server httpserver kube proxi kubeproxi"},
		{"snake case and its compound", "max_conn", "max conn maxconn"},
		{"short numbers are words, long ones are ids", "error 504 at 1700000000", "error 504"},
		{"hashes are data", strings.Repeat("ab", 30), ""},
		{"other scripts", "Größe 障害", "größe 障害"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var stems []string
			for _, w := range r.words(tc.in) {
				stems = append(stems, w.stem)
			}
			if got := strings.Join(stems, " "); got != tc.want {
				t.Errorf("words(%q) = %q, want %q", tc.in, got, tc.want)
			}
		})
	}
}

func FuzzWords(f *testing.F) {
	f.Add("HTTPServer_v2 größe__x 障害")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := newReader()
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range append(r.words(text), r.pieces(text)...) {
			if w.stem == "" {
				t.Errorf("words(%q) holds an empty stem", text)
			}
		}
	})
}

// TestStatesInTitles: how far an incident has come is no part of what it is about.
func TestStatesInTitles(t *testing.T) {
	for title, want := range map[string]string{
		"[RESOLVED] Increased error rates":  "Increased error rates",
		"[FIRING:3] DiskFull (db-1)":        "DiskFull (db-1)",
		"Disk full (recovered after 3 min)": "Disk full",
		"(closed) [db] Replica lag":         "[db] Replica lag",
		"Resolved hosts stay resolved":      "Resolved hosts stay resolved",
		"OK button does nothing (OKR page)": "OK button does nothing (OKR page)",
	} {
		if got := NewDocument(made("x", title, "", 0), nil, incident.Retrospective{}).Title; got != want {
			t.Errorf("title of %q = %q, want %q", title, got, want)
		}
	}
}

// TestHoursAreNoEvidence: what stands beside clock times is no word that two texts share.
func TestHoursAreNoEvidence(t *testing.T) {
	e := newEngine(t, []*incident.Incident{
		made("a", "Certificate issuance delayed", "4:00 PM PST delays in issuance.", 0),
		made("b", "Certificate issuance delayed again", "6:12 PM PST delays in issuance.", 9),
	})
	for _, m := range e.Similar("a", 5, incident.Sight{}).Again {
		for _, r := range m.Reasons {
			if slices.Contains(r.Terms, "pm") || slices.Contains(r.Terms, "pst") {
				t.Errorf("reason %q names the time of day", r.Text)
			}
		}
	}
}
