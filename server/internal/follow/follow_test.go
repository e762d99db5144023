package follow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/pgtest"
	"hindsight/server/internal/store"
)

// mirror is a sink that remembers everything as text, so that two of them can be compared.
type mirror struct {
	name string
	mu   sync.Mutex
	at   incident.Seq
	rows map[string]string
	fail func(d incident.Delta) error // before anything is taken over; may panic
}

func newMirror(name string) *mirror { return &mirror{name: name, rows: map[string]string{}} }

func (m *mirror) Name() string { return m.name }

func (m *mirror) Seq() incident.Seq {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.at
}

func (m *mirror) Apply(_ context.Context, d incident.Delta) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		if err := m.fail(d); err != nil {
			return err
		}
	}
	for _, inc := range d.Incidents {
		m.rows[string(inc.ID)] = text(inc) + text(d.Timelines[inc.ID]) + text(d.Retrospectives[inc.ID])
	}
	for _, id := range d.Gone {
		m.rows[string(id)] = "gone"
	}
	for name, list := range map[string]any{"services": d.Services, "teams": d.Teams, "problems": d.Problems, "policies": d.Policies} {
		if list := text(list); list != "null" {
			m.rows[name] = list
		}
	}
	m.at = d.Upto
	return nil
}

func (m *mirror) dump() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return text(m.rows)
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func TestMain(m *testing.M) { pgtest.Main(m) }

func open(t *testing.T) *store.Store {
	t.Helper()
	return openAt(t, "")
}

// openAt opens the PostgreSQL database at url, or a new SQLite database without one.
func openAt(t *testing.T, url string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Config{URL: url, DataDir: t.TempDir(), Log: slog.New(slog.DiscardHandler), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close store: %v", err)
		}
	})
	return s
}

// start runs a follower until the test ends.
func start(t *testing.T, s *store.Store, sinks ...Sink) *Follower {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	f := New(s, s.Listen(ctx), slog.New(slog.DiscardHandler), sinks...)
	f.pause = func(int) time.Duration { return time.Millisecond }
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run = %v, want nil when its context ends", err)
		}
	})
	return f
}

// await waits until every sink is at seq.
func await(t *testing.T, f *Follower, seq incident.Seq) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if !f.WaitFor(ctx, seq) {
		t.Fatalf("WaitFor(%d) still false after a minute: %+v", seq, f.Lag())
	}
}

func put(t *testing.T, s *store.Store, f func(incident.Tx) error) incident.Seq {
	t.Helper()
	seq, err := s.Update(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	return seq
}

func made(n int, title string) *incident.Incident {
	at := time.Date(2024, 1, 1, 0, n, 0, 0, time.UTC)
	inc := &incident.Incident{ID: incident.ID(fmt.Sprintf("inc_%05d", n)), Title: title, Status: incident.Resolved, Kind: incident.Real, Origin: incident.OriginManual, Format: incident.Plain}
	inc.Milestones.Set(incident.Opened, at, incident.ToSecond, incident.FromField, "test", "opened")
	return inc
}

func TestNothingIsMissed(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		s := open(t)
		nothingIsMissed(t, s, s)
	})
	t.Run("postgres", func(t *testing.T) {
		url := pgtest.URL(t)
		nothingIsMissed(t, openAt(t, url), openAt(t, url))
	})
}

// nothingIsMissed writes from many sides while two replicas follow.
func nothingIsMissed(t *testing.T, s, other *store.Store) {
	const writers, each = 8, 40
	one, two, late := newMirror("one"), newMirror("two"), newMirror("late")
	f, g := start(t, s, one), start(t, other, two)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				n := w*each + i
				_, err := s.Update(context.Background(), func(tx incident.Tx) error {
					inc, shared := made(n, fmt.Sprintf("incident %d", n)), made(99999, fmt.Sprintf("shared, by %d", n))
					events := map[incident.ID][]incident.TimelineEvent{inc.ID: {{ID: incident.NewID("evt"), Incident: inc.ID, At: inc.StartedAt(), Kind: incident.EventNote, Text: "begun"}}}
					return errors.Join(tx.PutIncidents([]*incident.Incident{inc, shared}), tx.PutTimeline(events),
						tx.PutServices([]incident.Service{incident.NewService(fmt.Sprintf("service %d", n%7))}))
				})
				if err != nil {
					t.Errorf("Update: %v", err)
				}
			}
		})
	}
	wg.Wait()
	head, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	await(t, f, head)
	await(t, g, head)
	await(t, start(t, s, late), head)
	if got, want := len(one.rows), writers*each+2; got != want {
		t.Errorf("rows = %d, want %d: every incident, the shared one and the services", got, want)
	}
	if one.dump() != two.dump() {
		t.Errorf("two followers of one database differ:\n%s\n%s", one.dump(), two.dump())
	}
	if one.dump() != late.dump() {
		t.Errorf("a sink that was rebuilt differs:\n%s\nwant\n%s", late.dump(), one.dump())
	}
}

func TestEverythingArrives(t *testing.T) {
	s, m := open(t), newMirror("m")
	f := start(t, s, m)
	inc := made(1, "one")
	inc.Private = true
	put(t, s, func(tx incident.Tx) error {
		return errors.Join(tx.PutIncidents([]*incident.Incident{inc, made(2, "two")}),
			tx.PutRetrospectives([]incident.Retrospective{{Incident: inc.ID, Title: "what happened"}}),
			tx.PutTeams([]incident.Team{incident.NewTeam("Web")}),
			tx.PutPolicy(incident.Policy{ID: "pol_1", Version: 1, Kind: incident.ContractPolicy, Name: "Resolution", Body: []byte("{}"), SavedAt: time.Now().UTC()}),
			tx.PutProblems([]incident.Problem{{ID: "prb_1", Title: "disks", State: incident.Suggested}}))
	})
	seq := put(t, s, func(tx incident.Tx) error {
		gone := made(2, "two")
		gone.DeletedAt, gone.DeletedReason = time.Now().UTC(), "test"
		return errors.Join(tx.PutIncidents([]*incident.Incident{gone}), tx.DeleteProblems([]incident.ID{"prb_1"}))
	})
	await(t, f, seq)
	for key, want := range map[string]string{
		string(inc.ID): "what happened", "inc_00002": "gone", "teams": "Web", "policies": "Resolution", "problems": "[]",
	} {
		if got := m.rows[key]; !strings.Contains(got, want) {
			t.Errorf("row %s = %s, want one with %q", key, got, want)
		}
	}
}

func TestFailingSinks(t *testing.T) {
	for _, tc := range []struct {
		name string
		fail func(calls int) error
	}{
		{"error", func(calls int) error {
			if calls <= 3 {
				return errors.New("disk full")
			}
			return nil
		}},
		{"panic", func(calls int) error {
			if calls <= 3 {
				panic("index out of range")
			}
			return nil
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, good, bad := open(t), newMirror("good"), newMirror("bad")
			calls, first := 0, incident.Seq(0)
			bad.fail = func(d incident.Delta) error {
				if calls++; first == 0 {
					first = d.Upto
				}
				return tc.fail(calls)
			}
			put(t, s, func(tx incident.Tx) error { return tx.PutIncidents([]*incident.Incident{made(1, "one")}) })
			f := start(t, s, good, bad)
			seq := put(t, s, func(tx incident.Tx) error { return tx.PutIncidents([]*incident.Incident{made(2, "two")}) })
			await(t, f, seq)
			if good.dump() != bad.dump() || calls < 4 {
				t.Errorf("after %d calls the sink holds %s, want %s", calls, bad.dump(), good.dump())
			}
			if first > 2 {
				t.Errorf("first call up to %d, want it at the beginning of the feed", first)
			}
		})
	}
}

// TestSlowSink shows that a sink which does not get on keeps neither another one nor its reader waiting.
func TestSlowSink(t *testing.T) {
	s, good, bad := open(t), newMirror("good"), newMirror("bad")
	bad.fail = func(incident.Delta) error { return errors.New("disk full") }
	seq := put(t, s, func(tx incident.Tx) error { return tx.PutIncidents([]*incident.Incident{made(1, "one")}) })
	await(t, start(t, s, good), seq)
	f := start(t, s, bad)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if f.WaitFor(ctx, seq) {
		t.Errorf("WaitFor(%d) = true, want false: the sink fails", seq)
	}
	if lag := f.Lag()["bad"]; lag.Changes != int64(seq) || lag.Since.IsZero() {
		t.Errorf("Lag = %+v, want %d changes since some time", lag, seq)
	}
	if p := f.Progress(); len(p) != 1 || p[0].Goal != seq || p[0].At != 0 || p[0].Ready() {
		t.Errorf("Progress = %+v, want 0 of %d", p, seq)
	}
}

// TestCursorIsTheSinks restarts a follower with a sink that lost its last change in a crash.
func TestCursorIsTheSinks(t *testing.T) {
	s, whole := open(t), newMirror("whole")
	var seqs []incident.Seq
	for n := range 5 {
		seqs = append(seqs, put(t, s, func(tx incident.Tx) error { return tx.PutIncidents([]*incident.Incident{made(n, "x")}) }))
	}
	await(t, start(t, s, whole), seqs[4])
	crashed := newMirror("crashed")
	crashed.at = seqs[2]
	for _, id := range []string{"inc_00000", "inc_00001", "inc_00002"} {
		crashed.rows[id] = whole.rows[id]
	}
	f := start(t, s, crashed)
	await(t, f, seqs[4])
	if crashed.dump() != whole.dump() {
		t.Errorf("rows = %s, want %s", crashed.dump(), whole.dump())
	}
	if lag := f.Lag()["crashed"]; lag.Changes != 0 || !lag.Since.IsZero() {
		t.Errorf("Lag = %+v, want none", lag)
	}
	if p := f.Progress(); !p[0].Ready() {
		t.Errorf("Progress = %+v, want ready", p)
	}
}

func TestPause(t *testing.T) {
	for failures, want := range map[int]time.Duration{1: time.Second, 2: 2 * time.Second, 4: 8 * time.Second, 7: time.Minute, 1000: time.Minute} {
		if got := pause(failures); got != want {
			t.Errorf("pause(%d) = %s, want %s", failures, got, want)
		}
	}
}

// BenchmarkCatchUp measures a sink that starts from nothing.
func BenchmarkCatchUp(b *testing.B) {
	s, err := store.Open(b.Context(), store.Config{DataDir: b.TempDir(), Log: slog.New(slog.DiscardHandler), Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	const n = 20_000
	var incs []*incident.Incident
	events := map[incident.ID][]incident.TimelineEvent{}
	for i := range n {
		inc := made(i, fmt.Sprintf("incident %d", i))
		inc.Services = []incident.ServiceUse{{Service: incident.NewService("web").ID, Name: "web", Role: "affected"}}
		inc.Tags = []string{"a", "b"}
		for k := range 4 {
			events[inc.ID] = append(events[inc.ID], incident.TimelineEvent{ID: incident.NewID("evt"), Incident: inc.ID, At: inc.StartedAt().Add(time.Duration(k) * time.Minute), Kind: incident.EventNote, Text: "something happened"})
		}
		if incs = append(incs, inc); len(incs) == 1000 {
			if _, err := s.Update(b.Context(), func(tx incident.Tx) error { return errors.Join(tx.PutIncidents(incs), tx.PutTimeline(events)) }); err != nil {
				b.Fatal(err)
			}
			incs, events = nil, map[incident.ID][]incident.TimelineEvent{}
		}
	}
	b.ResetTimer()
	for range b.N {
		for after := incident.Seq(0); ; {
			d, found, err := load(b.Context(), s, after, everything)
			if err != nil {
				b.Fatal(err)
			}
			if !found {
				break
			}
			after = d.Upto
		}
	}
	b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds(), "incidents/s")
}
