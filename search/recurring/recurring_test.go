package recurring

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"hindsight/incident"
	"hindsight/search/similar"
)

func made(id, title, body string) Document {
	return Document{Document: similar.Document{ID: incident.ID(id), Title: title, Body: body}}
}

func linked(id, connection, problem string) Document {
	d := made(id, "Category 5 / Symptom 7", "")
	d.Connection, d.KnownProblem = incident.ID(connection), problem
	return d
}

func hidden(d Document) Document {
	d.Private = true
	return d
}

// sample holds three certificates, three failovers, a loner, and texts that say nothing.
func sample() []Document {
	return []Document{
		made("c1", "TLS certificate expired on edge proxy", "Clients rejected the expired certificate of the edge proxy."),
		made("c2", "Edge proxy certificate expired", "The TLS certificate of the proxy had expired; clients failed."),
		made("c3", "Expired TLS certificate at the edge proxy", "Renewal was late, clients rejected the certificate."),
		made("f1", "Database failover left replica read-only", "After the failover the replica stayed read-only and writes failed."),
		made("f2", "Replica read-only after database failover", "Writes failed because the promoted replica was read-only."),
		made("f3", "Writes failed: database replica read-only", "The failover did not promote the replica, it stayed read-only."),
		made("x1", "Invoice numbers skipped in March", "A sequence cache was lost at restart."),
		made("e1", "Down", ""), made("e2", "Down", ""), made("e3", "Category 5 / Symptom 7", ""), made("e4", "Category 5 / Symptom 7", ""),
		hidden(made("p1", "TLS certificate expired on edge proxy", "Clients rejected the expired certificate of the edge proxy.")),
	}
}

func grouped(t *testing.T, docs []Document, previous []incident.Problem) []incident.Problem {
	t.Helper()
	out, err := Group(context.Background(), docs, previous, nil)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// sketch writes problems as their members, removed ones in brackets.
func sketch(ps []incident.Problem) string {
	var out []string
	for _, p := range ps {
		var ids []string
		for _, m := range p.Members {
			id := string(m.Incident)
			if m.Removed {
				id = "(" + id + ")"
			}
			ids = append(ids, id)
		}
		slices.Sort(ids)
		out = append(out, strings.Join(ids, " "))
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}

func holding(t *testing.T, ps []incident.Problem, id incident.ID) incident.Problem {
	t.Helper()
	for _, p := range ps {
		if slices.ContainsFunc(p.Members, func(m incident.ProblemMember) bool { return m.Incident == id }) {
			return p
		}
	}
	t.Fatalf("no problem holds %s in %s", id, sketch(ps))
	return incident.Problem{}
}

func TestGroup(t *testing.T) {
	for _, tc := range []struct {
		name string
		docs []Document
		want string
	}{
		{"nothing", nil, ""},
		{"texts", sample(), "c1 c2 c3; f1 f2 f3"},
		{"references", []Document{linked("a", "k", "PRB1"), linked("b", "k", "PRB1"), linked("c", "k", "PRB2")}, "a b"},
		{"one reference in two connections is two problems", []Document{linked("a", "k", "PRB1"), linked("b", "l", "PRB1")}, ""},
		{"private references", []Document{linked("a", "k", "PRB1"), hidden(linked("b", "k", "PRB1"))}, ""},
		{"equal texts", []Document{made("a", "Disk nearly full on build host", ""), made("b", "Disk nearly full on build host", "")}, "a b"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := sketch(grouped(t, tc.docs, nil)); got != tc.want {
				t.Errorf("Group = %q, want %q", got, tc.want)
			}
		})
	}
}

func TestProblem(t *testing.T) {
	p := holding(t, grouped(t, sample(), nil), "c1")
	if p.Title != "Certificate expired" { // in two of three titles
		t.Errorf("Title = %q, want %q", p.Title, "Certificate expired")
	}
	if p.State != incident.Suggested || p.Basis != ByText || p.ID == "" {
		t.Errorf("problem = %+v, want a suggestion by text with an id", p)
	}
	for _, m := range p.Members {
		speaks := slices.ContainsFunc(m.Reasons, func(r string) bool { return strings.HasPrefix(r, "speaks of certificate") })
		if m.Score <= 0 || m.Score > 1 || !speaks {
			t.Errorf("member = %+v, want a score and the shared words", m)
		}
	}
}

func TestIdentity(t *testing.T) {
	first := grouped(t, sample(), nil)
	cert := holding(t, first, "c1").ID
	grown := append(sample(), made("c4", "Edge proxy TLS certificate expired again", "Clients rejected the expired certificate."))
	slices.Reverse(grown)
	second := grouped(t, grown, first)
	if got := holding(t, second, "c4"); got.ID != cert || len(got.Members) != 4 {
		t.Errorf("grown problem = %s with %d members, want %s with 4", got.ID, len(got.Members), cert)
	}
	shrunk := slices.DeleteFunc(sample(), func(d Document) bool { return d.ID == "c1" })
	if got := holding(t, grouped(t, shrunk, second), "c2").ID; got != cert {
		t.Errorf("id without its first member = %s, want %s", got, cert)
	}
	for _, gone := range []string{"c2", "c3"} {
		shrunk = slices.DeleteFunc(shrunk, func(d Document) bool { return string(d.ID) == gone })
	}
	if got := sketch(grouped(t, shrunk, second)); got != "f1 f2 f3" {
		t.Errorf("without support = %q, want only f1 f2 f3", got)
	}
}

func TestOrderDoesNotMatter(t *testing.T) {
	docs := sample()
	want := grouped(t, docs, nil)
	slices.Reverse(docs)
	if got := grouped(t, docs, nil); !reflect.DeepEqual(got, want) {
		t.Errorf("Group backwards = %+v, want %+v", got, want)
	}
}

// decided returns the first run's problems after a person has looked at the one about certificates.
func decided(t *testing.T, change func(p *incident.Problem)) []incident.Problem {
	t.Helper()
	ps := grouped(t, sample(), nil)
	id := holding(t, ps, "c1").ID
	for i := range ps {
		if ps[i].ID == id {
			change(&ps[i])
		}
	}
	return ps
}

func remove(p *incident.Problem, id incident.ID) {
	for i := range p.Members {
		if p.Members[i].Incident == id {
			p.Members[i].Removed = true
		}
	}
}

func TestDecisions(t *testing.T) {
	grown := append(sample(), made("c4", "Edge proxy TLS certificate expired again", "Clients rejected the expired certificate."))
	for _, tc := range []struct {
		name   string
		docs   []Document
		change func(p *incident.Problem)
		want   string
		title  string // of the problem with c2; empty: not compared
	}{
		{"confirmed keeps its title and grows", grown, func(p *incident.Problem) {
			p.State, p.By, p.Title = incident.Confirmed, "kim", "Certificates run out"
		}, "c1 c2 c3 c4; f1 f2 f3", "Certificates run out"},
		{"confirmed keeps a member that is worded otherwise", sample(), func(p *incident.Problem) {
			p.State = incident.Confirmed
			p.Members = append(p.Members, incident.ProblemMember{Incident: "x1"})
		}, "c1 c2 c3 x1; f1 f2 f3", ""},
		{"confirmed keeps a member without words", sample(), func(p *incident.Problem) {
			p.State = incident.Confirmed
			p.Members = append(p.Members, incident.ProblemMember{Incident: "e1"})
		}, "c1 c2 c3 e1; f1 f2 f3", ""},
		{"rejected is not suggested again", grown, func(p *incident.Problem) { p.State, p.By = incident.Rejected, "kim" }, "c1 c2 c3; f1 f2 f3", ""},
		{"removed does not come back", grown, func(p *incident.Problem) { remove(p, "c3") }, "(c3) c1 c2 c4; f1 f2 f3", ""},
		{"confirmed and removed", grown, func(p *incident.Problem) {
			p.State = incident.Confirmed
			remove(p, "c3")
		}, "(c3) c1 c2 c4; f1 f2 f3", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			previous := decided(t, tc.change)
			cert := holding(t, previous, "c1")
			got := grouped(t, tc.docs, previous)
			if sketch(got) != tc.want {
				t.Errorf("Group = %q, want %q", sketch(got), tc.want)
			}
			if p := holding(t, got, "c2"); p.ID != cert.ID || p.State != cert.State || tc.title != "" && p.Title != tc.title {
				t.Errorf("problem = %s %s %q, want %s %s %q", p.ID, p.State, p.Title, cert.ID, cert.State, tc.title)
			}
			if again := grouped(t, tc.docs, got); !reflect.DeepEqual(again, got) {
				t.Errorf("Group of its own result = %+v, want %+v", again, got)
			}
		})
	}
}

func TestDecisionsBySource(t *testing.T) {
	docs := []Document{linked("a", "k", "PRB1"), linked("b", "k", "PRB1"), linked("c", "k", "PRB1")}
	previous := grouped(t, docs, nil)
	previous[0].State, previous[0].By, previous[0].Title = incident.Confirmed, "kim", "Printer driver"
	remove(&previous[0], "b")
	got := grouped(t, docs, previous)
	if sketch(got) != "(b) a c" || got[0].Title != "Printer driver" || got[0].ID != previous[0].ID {
		t.Errorf("Group = %q %q, want (b) a c, Printer driver", sketch(got), got[0].Title)
	}
	previous[0].State = incident.Rejected
	if got := grouped(t, append(docs, linked("d", "k", "PRB1")), previous); !reflect.DeepEqual(got, previous) {
		t.Errorf("Group after rejection = %+v, want %+v", got, previous)
	}
}

func TestNoChains(t *testing.T) {
	// Each text shares half of its words with the next one and none with the one after that.
	var docs []Document
	for i := range 40 {
		var words []string
		for k := range 8 {
			words = append(words, fmt.Sprintf("part%cx%c", 'a'+(i*4+k)%26, 'a'+(i*4+k)/26))
		}
		docs = append(docs, made(fmt.Sprintf("d%02d", i), strings.Join(words, " "), ""))
	}
	for _, p := range grouped(t, docs, nil) {
		if len(p.Members) > 3 {
			t.Errorf("a chain of %d texts is one problem: %s", len(p.Members), sketch([]incident.Problem{p}))
		}
	}
}

func TestCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Group(ctx, sample(), nil, nil); err == nil {
		t.Error("Group when canceled = nil, want an error")
	}
}

// causes makes n incidents in which 1,000 causes come back, in one of five, in words as unevenly frequent as those of English.
func causes(n int) []Document {
	random := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(random, 1.1, 8, 50_000)
	text := func(n int) (out []string) {
		for range n {
			out = append(out, fmt.Sprintf("w%dx", zipf.Uint64()))
		}
		return out
	}
	causes := make([][]string, 1000)
	for i := range causes {
		causes[i] = text(12)
	}
	var docs []Document
	for i := range n {
		title, body := text(8), text(50)
		if i%5 == 0 {
			cause := causes[random.IntN(len(causes))]
			title, body = append(title[:3], cause[:5]...), append(body, cause...)
		}
		docs = append(docs, made(fmt.Sprint(i), strings.Join(title, " "), strings.Join(body, " ")))
	}
	return docs
}

// BenchmarkGroup groups 100,000 incidents, in which 1,000 causes come back about 20 times each.
func BenchmarkGroup(b *testing.B) {
	docs := causes(100_000)
	for b.Loop() {
		if _, err := Group(context.Background(), docs, nil, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkGroupTitles groups 100,000 incidents of which there is nothing but a title, about 5,000 stories.
func BenchmarkGroupTitles(b *testing.B) {
	var docs []Document
	for _, text := range news(100_000, 5000) {
		docs = append(docs, made(string(text.ID), strings.Join(text.Words, " "), ""))
	}
	for b.Loop() {
		if _, err := Group(context.Background(), docs, nil, nil); err != nil {
			b.Fatal(err)
		}
	}
}
