package recurring

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

func texts(titles ...string) []Text {
	var out []Text
	for i, t := range titles {
		out = append(out, Text{ID: incident.ID(fmt.Sprintf("t%02d", i)), Words: strings.Fields(t)})
	}
	return out
}

var troubles = []string{
	"certificate expired edge proxy", "edge proxy certificate expired again", "replica readonly after failover", "expired certificate proxy",
	"failover left replica readonly", "invoice numbers skipped", "replica readonly failover",
}

func streamed(t *testing.T, said []incident.Answer, texts []Text) *Stream {
	t.Helper()
	s := NewStream(said)
	s.Add(texts)
	if err := s.Repair(context.Background()); err != nil {
		t.Fatal(err)
	}
	return s
}

// outline writes the incidents of each problem, one problem behind the other.
func outline(s *Stream) string {
	var out []string
	for _, members := range s.Problems() {
		var ids []string
		for _, m := range members {
			ids = append(ids, string(m))
		}
		out = append(out, strings.Join(ids, " "))
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}

func same(a, b string) incident.Answer {
	return incident.Answer{A: incident.ID(a), B: incident.ID(b), Same: true, By: "kim"}
}

func apart(a, b string) incident.Answer {
	return incident.Answer{A: incident.ID(a), B: incident.ID(b), By: "kim"}
}

func TestStream(t *testing.T) {
	later := same("t00", "t01")
	later.At = time.Unix(1, 0)
	for _, tc := range []struct {
		name string
		said []incident.Answer
		want string
	}{
		{"by words", nil, "t00 t01 t03; t02 t04 t06; t05"},
		{"same though worded otherwise", []incident.Answer{same("t03", "t05")}, "t00 t01 t03 t05; t02 t04 t06"},
		{"not the same", []incident.Answer{apart("t00", "t01")}, "t00 t03; t01; t02 t04 t06; t05"},
		{"what is the same as one is apart from what that is apart from", []incident.Answer{same("t00", "t05"), apart("t05", "t01")},
			"t00 t03 t05; t01; t02 t04 t06"},
		{"the last of two answers is in force", []incident.Answer{apart("t00", "t01"), later}, "t00 t01 t03; t02 t04 t06; t05"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := outline(streamed(t, tc.said, texts(troubles...))); got != tc.want {
				t.Errorf("problems = %q, want %q", got, tc.want)
			}
		})
	}
}

func TestStreamKeepsIDs(t *testing.T) {
	all := texts(troubles...)
	s := streamed(t, nil, all[:5])
	before := assignment(s)
	s.Add(all[5:])
	if err := s.Repair(context.Background()); err != nil {
		t.Fatal(err)
	}
	after := assignment(s)
	for incident, problem := range before {
		if after[incident] != problem {
			t.Errorf("problem of %s = %s, want %s as before", incident, after[incident], problem)
		}
	}
	if id, score := s.Nearest([]string{"proxy", "certificate", "expired"}); id != after["t00"] || score < attach {
		t.Errorf("Nearest = %s %.2f, want %s", id, score, after["t00"])
	}
	if id, _ := s.Nearest([]string{"invoice", "numbers"}); id != "" {
		t.Errorf("Nearest to a single incident = %s, want none", id)
	}
}

func assignment(s *Stream) map[incident.ID]incident.ID {
	out := map[incident.ID]incident.ID{}
	for problem, members := range s.Problems() {
		for _, m := range members {
			out[m] = problem
		}
	}
	return out
}

// TestEventsTellTheStory: whoever replays the events knows where every incident is.
func TestEventsTellTheStory(t *testing.T) {
	s := NewStream([]incident.Answer{apart("n003", "n004")})
	story := map[incident.ID]incident.ID{}
	all := news(600, 12)
	for part := range slices.Chunk(all, 150) {
		s.Add(part)
		if err := s.Repair(context.Background()); err != nil {
			t.Fatal(err)
		}
		replay(story, s.Events())
	}
	merged := 0
	got := assignment(s)
	for _, text := range all {
		if story[text.ID] != got[text.ID] {
			merged++
		}
	}
	if merged > 0 {
		t.Errorf("%d of %d incidents are elsewhere than the events tell", merged, len(all))
	}
	if n := len(s.Problems()); n < 12 || n > 60 {
		t.Errorf("%d stories give %d problems", 12, n)
	}
}

func replay(story map[incident.ID]incident.ID, events []incident.ProblemEvent) {
	for _, e := range events {
		switch e.Kind {
		case incident.ProblemFound, incident.ProblemJoined:
			story[e.Incident] = e.Problem
		case incident.ProblemMerged:
			for i, p := range story {
				if p == e.Other {
					story[i] = e.Problem
				}
			}
		}
	}
}

// news is n made-up headlines of 6 words about some stories with 30 words each.
func news(n, stories int) []Text {
	random := rand.New(rand.NewPCG(3, 4))
	zipf := rand.NewZipf(random, 1.3, 3, 29)
	var out []Text
	for i := range n {
		story := random.IntN(stories)
		t := Text{ID: incident.ID(fmt.Sprintf("n%03d", i))}
		for range 6 {
			t.Words = append(t.Words, fmt.Sprintf("s%dw%d", story, zipf.Uint64()))
		}
		out = append(out, t)
	}
	return out
}

func TestStreamIsDeterministic(t *testing.T) {
	first, second := streamed(t, nil, news(300, 8)), streamed(t, nil, news(300, 8))
	if !reflect.DeepEqual(first.Problems(), second.Problems()) || !reflect.DeepEqual(first.Events(), second.Events()) {
		t.Error("the same texts give other problems the second time")
	}
}

func TestRepairCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s := NewStream(nil)
	s.Add(texts(troubles...))
	before := s.Problems()
	if err := s.Repair(ctx); err == nil || !reflect.DeepEqual(s.Problems(), before) {
		t.Errorf("Repair when canceled = %v with %v, want an error and what was", err, s.Problems())
	}
}

// BenchmarkAdd adds one text to 100,000 about 2,000 stories.
func BenchmarkAdd(b *testing.B) {
	all := news(100_000, 2000)
	s := NewStream(nil)
	s.Add(all)
	b.ResetTimer()
	for i := 0; b.Loop(); i++ {
		s.Nearest(all[i%len(all)].Words)
	}
}
