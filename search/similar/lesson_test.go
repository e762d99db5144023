package similar

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"hindsight/incident"
)

// matters are made-up troubles, each told in two ways that share no word, and what people write below either title.
var matters = [][3]string{
	{"checkout sluggish", "payments crawling", "cold cache after failover of the primary, retries exhausted the pool"},
	{"login broken", "authentication refused", "identity provider returned stale keys, token validation failed everywhere"},
	{"disk exhausted", "volume overflowing", "retention job stopped, old segments piled up on every broker"},
	{"certificate lapsed", "handshake rejected", "renewal hook missing since the migration, chain outdated at the edge"},
	{"search empty", "lookup blank", "index rebuild swapped an unfinished shard set into production traffic"},
}

func told(n int) []*incident.Incident {
	var out []*incident.Incident
	for i := range n {
		m := matters[i%len(matters)]
		out = append(out, made(fmt.Sprintf("inc-%04d", i), m[i/len(matters)%2], fmt.Sprintf("%s, case c%dx", m[2], i%40), i))
	}
	return out
}

func part(m Match, kind string) float64 {
	for _, r := range m.Reasons {
		if r.Kind == kind {
			return r.Part
		}
	}
	return 0
}

// TestLearn: once enough texts are there, vectors take part, and incidents whose titles share no word with the others are drawn
// nearer by them. Nothing is taught before the feed was read to its end.
func TestLearn(t *testing.T) {
	ctx := context.Background()
	e := newEngine(t, nil)
	if err := e.Apply(ctx, incident.Delta{Upto: 6, Incidents: told(enough)}); err != nil {
		t.Fatal(err)
	}
	learn := func(want int) {
		t.Helper()
		if err := e.Learn(ctx); err != nil {
			t.Fatal(err)
		}
		if got := e.Similar("inc-0000", 3, incident.Sight{}); got.Taught != want {
			t.Fatalf("version of the vectors is %d, want %d", got.Taught, want)
		}
	}
	learn(0)
	if err := e.Apply(ctx, incident.Delta{Upto: 7, CaughtUp: true}); err != nil {
		t.Fatal(err)
	}
	if got := e.Similar("inc-0000", 1, incident.Sight{}).Again[0]; part(got, "vectors") != 0 {
		t.Errorf("vectors take part untaught: %+v", got.Reasons)
	}
	learn(1)
	learn(1) // nothing new
	if got := e.Similar("inc-0000", 1, incident.Sight{}).Again[0]; part(got, "vectors") < 0.1 {
		t.Errorf("taught vectors are no reason: %+v", got.Reasons)
	}
	more := told(enough + fresh)[enough:]
	if err := e.Apply(ctx, incident.Delta{Upto: 8, Incidents: more, CaughtUp: true}); err != nil {
		t.Fatal(err)
	}
	learn(2)
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	if err := e.Apply(context.Background(), incident.Delta{Upto: 9, Incidents: told(3 * enough)[enough+fresh:]}); err != nil {
		t.Fatal(err)
	}
	if err := e.Learn(ctx); err == nil || e.taught.version != 2 {
		t.Errorf("a stopped lesson = %v, version %d, want an error and version 2", err, e.taught.version)
	}
}

// TestReasonsAreTrue: taking the evidence that a reason names out of the other incident lowers the score, by words, service and time.
func TestReasonsAreTrue(t *testing.T) {
	score := func(incs []*incident.Incident) (float64, Match) {
		e := newEngine(t, incs)
		for _, m := range e.Similar("b", 5, incident.Sight{}).Again {
			if m.ID == "a" {
				return m.Score, m
			}
		}
		return 0, Match{}
	}
	before, match := score(sample())
	var sum float64
	for _, r := range match.Reasons {
		sum += r.Part
		incs := sample()
		a := incs[0]
		switch r.Kind {
		case "words":
			for _, word := range r.Terms {
				a.Title = strings.ReplaceAll(strings.ToLower(a.Title), word, "other")
				a.Description = strings.ReplaceAll(strings.ToLower(a.Description), word, "other")
			}
		case "service":
			a.Services = nil
		case "time":
			a.Milestones = incident.Milestones{}
		default:
			t.Fatalf("a reason of kind %q that this test does not know", r.Kind)
		}
		if after, _ := score(incs); after >= before {
			t.Errorf("without %q the score is %.4f, with it %.4f", r.Text, after, before)
		}
	}
	if sum < before-0.01 || sum > before+0.01 {
		t.Errorf("the reasons add up to %.4f, the score is %.4f", sum, before)
	}
}

// TestSeenBefore: the second list has what began 90 days earlier or more, however many recent ones are alike.
func TestSeenBefore(t *testing.T) {
	e := newEngine(t, sample())
	got := e.Similar("d", 5, incident.Sight{}) // its relative c began 360 days earlier
	if ids(got.Again) != "c" || ids(got.Before) != "c" || got.Before[0].Score >= 1 {
		t.Errorf("Similar(d) = again %q, before %q, want c in both", ids(got.Again), ids(got.Before))
	}
	if got := e.Similar("b", 5, incident.Sight{}); ids(got.Before) != "" { // a began 30 days earlier
		t.Errorf("Similar(b) was seen before: %q, want nothing", ids(got.Before))
	}
}

// TestSameForm: titles that differ in values only are said to be of one form.
func TestSameForm(t *testing.T) {
	var incs []*incident.Incident
	for i, host := range []string{"db-03.example.com", "db-17.example.com", "db-21.example.com"} {
		incs = append(incs, made(fmt.Sprint("inc", i), fmt.Sprintf("Disk usage %d%% on %s", 90+i, host), "volume filling", i))
	}
	incs = append(incs, made("other", "Disk usage alarms were muted", "volume filling", 4))
	e := newEngine(t, incs)
	for _, m := range e.Similar("inc0", 5, incident.Sight{}).Again {
		text := m.Reasons[0].Text
		if got, want := strings.HasPrefix(text, "titles of one form; "), m.ID != "other"; got != want {
			t.Errorf("%s: %q is of one form: %v, want %v", m.ID, text, got, want)
		}
	}
}
