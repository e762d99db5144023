package jobs

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// counts are those of a run that a test expects.
type counts struct{ Read, New, Changed, Unchanged, Dead int64 }

func countsOf(r incident.Run) counts { return counts{r.Read, r.New, r.Changed, r.Unchanged, r.Dead} }

func TestTwice(t *testing.T) {
	onBoth(t, func(b *bench) {
		f := &feed{records: records(tickets(25)), size: 10}
		first := b.run(f)
		if got, want := countsOf(first.Run), (counts{25, 25, 0, 0, 0}); got != want || first.State != incident.RunOK || first.Total != 25 {
			b.Errorf("first Run = %+v, %s, total %d, want %+v, ok, 25", got, first.State, first.Total, want)
		}
		before, head := b.dump(), b.head()
		second := b.run(f)
		if got, want := countsOf(second.Run), (counts{25, 0, 0, 25, 0}); got != want || second.State != incident.RunOK {
			b.Errorf("second Run = %+v, %s, want %+v, ok", got, second.State, want)
		}
		if got := b.head(); got != head {
			b.Errorf("head after the second run = %d, want %d as before", got, head)
		}
		if got := b.dump(); got != before {
			b.Errorf("the second run changed something:\n%s\nbefore:\n%s", got, before)
		}
	})
}

func TestMapped(t *testing.T) {
	b := sqliteBench(t)
	b.run(&feed{records: records(tickets(3)), size: 10})
	inc := b.incidents()["1000/0"]
	if inc == nil {
		t.Fatal("there is no incident 1000")
	}
	want := incident.Ref{Connection: "con_tickets", Type: "ticket", ExternalID: "1000"}
	if inc.Ref != want || inc.ID != want.ID() {
		t.Errorf("Ref, ID = %+v, %s, want %+v, %s", inc.Ref, inc.ID, want, want.ID())
	}
	services, err := b.store.Services(t.Context())
	if err != nil || len(services) != 2 {
		t.Errorf("Services = %+v, %v, want Checkout and Search: case and spaces do not count", services, err)
	}
	if got := inc.Services[0].Service; got != incident.NewService("Checkout").ID {
		t.Errorf("Services[0].Service = %s, want that of Checkout", got)
	}
	if inc.Team != incident.NewTeam("Web").ID || !slices.Equal(inc.Tags, []string{"a", "b"}) || inc.People[0].Person == "" {
		t.Errorf("Team, Tags, People = %s, %v, %+v", inc.Team, inc.Tags, inc.People)
	}
	if inc.Kind != incident.Real || inc.Origin != incident.OriginTicket || inc.MapVersion != 1 || inc.RawID == "" {
		t.Errorf("Kind, Origin, MapVersion, RawID = %s, %s, %d, %s", inc.Kind, inc.Origin, inc.MapVersion, inc.RawID)
	}
	events, err := b.store.Timeline(t.Context(), inc.ID)
	if err != nil || len(events) != 2 || events[0].Text != "opened" || events[0].ID != events[0].EventID() {
		t.Errorf("Timeline = %+v, %v, want 2 events", events, err)
	}
}

func TestOrderDoesNotMatter(t *testing.T) {
	versions := tickets(12)
	for _, tk := range tickets(12) {
		tk.Updated, tk.Title, tk.Notes = tk.Updated.Add(time.Hour), tk.Title+", solved", append(tk.Notes, "solved")
		versions = append(versions, tk)
	}
	want := ""
	for seed := range uint64(6) {
		b := sqliteBench(t)
		rs := records(versions)
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(rs), func(i, j int) { rs[i], rs[j] = rs[j], rs[i] })
		b.run(&feed{records: rs, size: 5})
		got := ""
		for i := range 12 {
			inc := b.incidents()[fmt.Sprintf("%d/0", 1000+i)]
			events, err := b.store.Timeline(t.Context(), inc.ID)
			if err != nil {
				t.Fatal(err)
			}
			inc.Seq = 0
			got += fmt.Sprintf("%+v\n%+v\n", *inc, events)
		}
		if want == "" {
			want = got
		}
		if strings.ReplaceAll(got, "0x", "") == "" || !strings.Contains(got, "solved") || got != want {
			t.Fatalf("incidents of order %d:\n%s\nwant those of order 0:\n%s", seed, got, want)
		}
	}
}

// TestResume breaks a run off at each page, in three ways, and goes on with it.
func TestResume(t *testing.T) {
	boom := errors.New("connection reset")
	ts := tickets(23)
	ts[7].Break, ts[15].Break = "error", "panic"
	straight := sqliteBench(t)
	whole := straight.run(&feed{records: records(ts), size: 5})
	want := straight.dump()
	for _, how := range []string{"source fails", "process stops", "process dies"} {
		for at := range 5 {
			t.Run(fmt.Sprintf("%s at page %d", how, at), func(t *testing.T) {
				b := sqliteBench(t)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				broken := &feed{records: records(ts), size: 5}
				broken.at = func(page int) error {
					switch {
					case page != at:
						return nil
					case how == "source fails":
						return boom
					}
					cancel()
					return ctx.Err()
				}
				out, err := b.runner(broken.source()).Run(ctx, b.conn, incident.Run{ID: "run_1"}, nil, Options{}, nil)
				if err == nil {
					t.Fatalf("Run = %+v, nil, want an error", out.Run)
				}
				b.update(func(tx incident.Tx) error { // as people or the sweep start it again
					run, err := b.store.Run(t.Context(), "run_1")
					if err != nil {
						return err
					}
					run.State = incident.RunQueued
					if how == "process dies" {
						run.State, run.Heartbeat = incident.RunRunning, b.clock.Add(-3*time.Minute)
					}
					return tx.PutRun(*run)
				})
				out, err = b.runner((&feed{records: records(ts), size: 5}).source()).Run(t.Context(), b.conn, incident.Run{ID: "run_1"}, nil, Options{}, nil)
				if err != nil {
					t.Fatalf("Run again: %v", err)
				}
				if countsOf(out.Run) != countsOf(whole.Run) || out.State != whole.State || out.Total != whole.Total {
					t.Errorf("Run again = %+v, want as in one go %+v", out.Run, whole.Run)
				}
				if got := b.dump(); got != want {
					t.Errorf("rows after going on:\n%s\nwant as in one go:\n%s", got, want)
				}
			})
		}
	}
}

func TestVersions(t *testing.T) {
	base := tickets(1)[0]
	older, newer := base, base
	older.Updated, older.Title = base.Updated.Add(-time.Minute), "older"
	newer.Updated, newer.Title = base.Updated.Add(time.Minute), "newer"
	tie := base
	tie.Title = "same moment"
	reborn := base
	reborn.Created, reborn.Updated, reborn.Title = base.Created.AddDate(0, 1, 0), base.Updated.AddDate(0, 1, 0), "reborn"
	gone := importers.Record{ExternalID: base.ID, Gone: true}
	for _, tc := range []struct {
		name    string
		records []importers.Record
		want    map[string]string // title, or "gone"
		counts  counts
	}{
		{"newer", []importers.Record{base.record(), newer.record()}, map[string]string{"1000/0": "newer"}, counts{2, 1, 1, 0, 0}},
		{"older", []importers.Record{base.record(), older.record()}, map[string]string{"1000/0": base.Title}, counts{2, 1, 0, 1, 0}},
		{"same moment, other content", []importers.Record{base.record(), tie.record()}, map[string]string{"1000/0": "same moment"}, counts{2, 1, 1, 0, 0}},
		{"id given again", []importers.Record{base.record(), reborn.record()}, map[string]string{"1000/0": base.Title, "1000/1": "reborn"}, counts{2, 1, 1, 0, 0}},
		{"id given again, then updated", []importers.Record{base.record(), reborn.record(), base.record(), reborn.record()}, map[string]string{"1000/0": base.Title, "1000/1": "reborn"}, counts{4, 1, 3, 0, 0}},
		{"deleted", []importers.Record{base.record(), gone}, map[string]string{"1000/0": "gone"}, counts{2, 1, 1, 0, 0}},
		{"deleted twice", []importers.Record{base.record(), gone, gone}, map[string]string{"1000/0": "gone"}, counts{3, 1, 1, 1, 0}},
		{"deleted with its last content", []importers.Record{base.record(), {ExternalID: base.ID, Body: base.record().Body, Gone: true}}, map[string]string{"1000/0": "gone"}, counts{2, 1, 1, 0, 0}},
		{"deleted, then an older version", []importers.Record{base.record(), gone, older.record()}, map[string]string{"1000/0": "gone"}, counts{3, 1, 1, 1, 0}},
		{"deleted and restored", []importers.Record{base.record(), gone, newer.record()}, map[string]string{"1000/0": "newer"}, counts{3, 1, 2, 0, 0}},
		{"deleted before it was known", []importers.Record{gone}, map[string]string{}, counts{1, 0, 0, 1, 0}},
	} {
		for _, size := range []int{1, 10} {
			t.Run(fmt.Sprintf("%s, pages of %d", tc.name, size), func(t *testing.T) {
				b := sqliteBench(t)
				out := b.run(&feed{records: tc.records, size: size})
				got := map[string]string{}
				for key, inc := range b.incidents() {
					got[key] = inc.Title
					if inc.Deleted() {
						got[key] = "gone"
					}
				}
				if fmt.Sprint(got) != fmt.Sprint(tc.want) {
					t.Errorf("incidents = %v, want %v", got, tc.want)
				}
				if c := countsOf(out.Run); c != tc.counts {
					t.Errorf("Run = %+v, want %+v", c, tc.counts)
				}
			})
		}
	}
}

func TestPeoplesWordsStay(t *testing.T) {
	b := sqliteBench(t)
	tk := tickets(1)[0]
	b.run(&feed{records: []importers.Record{tk.record()}, size: 1})
	id := b.incidents()["1000/0"].ID
	b.update(func(tx incident.Tx) error {
		found, err := tx.IncidentsByID([]incident.ID{id})
		if err != nil {
			return err
		}
		inc := found[id]
		if err := inc.Edit("severity", "2", "ada", b.clock); err != nil {
			return err
		}
		inc.Milestones = append(inc.Milestones, incident.Milestone{Name: incident.ResolvedAt, At: day.Add(4 * time.Hour), Precision: incident.About, Basis: incident.FromPerson, Source: "ada", StatedAt: b.clock})
		if err := tx.PutIncidents([]*incident.Incident{inc}); err != nil {
			return err
		}
		events, err := b.store.Timeline(t.Context(), id)
		if err != nil {
			return err
		}
		events = append(events, incident.TimelineEvent{ID: incident.NewID("evt"), Incident: id, At: day.Add(time.Hour), Kind: incident.EventNote, Actor: "ada", Text: "rolled back"})
		return tx.PutTimeline(map[incident.ID][]incident.TimelineEvent{id: events})
	})
	tk.Priority, tk.Title, tk.Updated, tk.Notes = "4", "Checkout down", tk.Updated.Add(time.Hour), []string{"opened again"}
	b.run(&feed{records: []importers.Record{tk.record()}, size: 1})
	inc := b.incidents()["1000/0"]
	if inc.Severity != incident.Sev2 || inc.Title != "Checkout down" || inc.PriorityRaw != "4" {
		t.Errorf("Severity, Title, PriorityRaw = %v, %q, %q, want the person's 2, and the source's title and 4", inc.Severity, inc.Title, inc.PriorityRaw)
	}
	if len(inc.Edits) != 1 || inc.Edits[0].Was != "4" {
		t.Errorf("Edits = %+v, want one that remembers the source's 4", inc.Edits)
	}
	if got, want := inc.Milestones.At(incident.ResolvedAt), day.Add(4*time.Hour); !got.Equal(want) {
		t.Errorf("resolved at %s, want the person's %s", got, want)
	}
	var texts []string
	events, err := b.store.Timeline(t.Context(), id)
	for _, e := range events {
		texts = append(texts, e.Text)
	}
	if want := []string{"opened again", "rolled back"}; err != nil || !slices.Equal(texts, want) {
		t.Errorf("Timeline = %q, %v, want %q", texts, err, want)
	}
}

func TestHostileDrafts(t *testing.T) {
	for _, tc := range []struct {
		name, breaks, reason string
	}{
		{"mapping error", "error", `there is no such priority (it is "1")`},
		{"panic", "panic", "the mapping failed on this record: no such thing"},
		{"year 20240", "badtime", "is not between the years 1 and 9999"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := sqliteBench(t)
			ts := tickets(3)
			ts[0].Break = tc.breaks
			out := b.run(&feed{records: records(ts), size: 10})
			if got, want := countsOf(out.Run), (counts{3, 2, 0, 0, 1}); got != want || out.State != incident.RunPartial {
				t.Errorf("Run = %+v, %s, want %+v, partial", got, out.State, want)
			}
			letters, err := b.store.DeadLetters(t.Context(), b.conn.ID, 0)
			if err != nil || len(letters) != 1 {
				t.Fatalf("DeadLetters = %+v, %v, want one", letters, err)
			}
			if l := letters[0]; !strings.Contains(l.Reason, tc.reason) || l.Stage != "map" || !strings.HasPrefix(l.Place, "tickets, id 1000") || l.ExternalID != "1000" || !strings.Contains(l.Body, "Checkout slow 0") {
				t.Errorf("dead letter = %+v, want reason %q", l, tc.reason)
			}
		})
	}
	t.Run("broken text", func(t *testing.T) {
		b := sqliteBench(t)
		ts := tickets(1)
		ts[0].Break = "nul"
		b.run(&feed{records: records(ts), size: 1})
		if got, want := b.incidents()["1000/0"].Description, "beforeafter \uFFFD"; got != want {
			t.Errorf("Description = %q, want %q", got, want)
		}
	})
}
