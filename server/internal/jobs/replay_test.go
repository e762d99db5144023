package jobs

import (
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"hindsight/importers"
	"hindsight/incident"
)

// replay runs Remap or RetryDeadLetters and fails the test when it cannot go on.
func (b *bench) replay(dry bool, how func(*Runner, incident.Run) (Outcome, error)) Outcome {
	b.Helper()
	out, err := how(b.runner((&feed{}).source()), incident.Run{DryRun: dry})
	if err != nil {
		b.Fatalf("replay: %v", err)
	}
	return out
}

func (b *bench) remap(dry bool) Outcome {
	b.Helper()
	return b.replay(dry, func(r *Runner, run incident.Run) (Outcome, error) { return r.Remap(b.Context(), b.conn, run, nil) })
}

func (b *bench) retry(ids ...incident.ID) Outcome {
	b.Helper()
	return b.replay(false, func(r *Runner, run incident.Run) (Outcome, error) {
		return r.RetryDeadLetters(b.Context(), b.conn, ids, run, nil)
	})
}

func (b *bench) letters() []incident.DeadLetter {
	b.Helper()
	letters, err := b.store.DeadLetters(b.Context(), b.conn.ID, 0)
	if err != nil {
		b.Fatalf("DeadLetters: %v", err)
	}
	return letters
}

func TestRemap(t *testing.T) {
	b := sqliteBench(t)
	ts := tickets(8) // priorities 1, 2, 3, 4, 1, 2, 3, 4
	ts[3].Break = "error"
	stale := ts[5]
	stale.Updated, stale.Title = stale.Updated.AddDate(0, 0, -1), "an older version that arrived later"
	b.run(&feed{records: append(records(ts), stale.record()), size: 20})
	before := b.dump()
	if out := b.remap(false); countsOf(out.Run) != (counts{8, 0, 0, 7, 1}) || len(out.Changes) != 0 {
		t.Errorf("Remap without a change = %+v, %v, want nothing changed and one dead", countsOf(out.Run), out.Changes)
	}
	head := b.head()
	b.conn.Settings, b.conn.MapVersion = map[string]string{"reversed": "yes", "lenient": "yes"}, 2 // severity 5-n
	want := counts{8, 1, 7, 0, 0}
	changes := map[string]int{"severity": 7}
	dry := b.remap(true)
	if countsOf(dry.Run) != want || !reflect.DeepEqual(dry.Changes, changes) {
		t.Errorf("dry Remap = %+v, %v, want %+v, %v", countsOf(dry.Run), dry.Changes, want, changes)
	}
	if got := b.dump(); b.head() != head || strings.ReplaceAll(got, `"Count": 2`, `"Count": 1`) != before {
		t.Errorf("dry Remap wrote something:\n%s\nwant\n%s", got, before)
	}
	out := b.remap(false)
	if countsOf(out.Run) != want || !reflect.DeepEqual(out.Changes, changes) || out.State != incident.RunOK {
		t.Errorf("Remap = %+v, %v, want %+v, %v", countsOf(out.Run), out.Changes, want, changes)
	}
	incs := b.incidents()
	if inc := incs["1005/0"]; inc.Title != "Checkout slow 5" || inc.Severity != incident.Sev3 || inc.MapVersion != 2 {
		t.Errorf("incident with a stale last record = %q, %v, want the newer title under the new mapping, SEV3", inc.Title, inc.Severity)
	}
	if inc := incs["1003/0"]; inc == nil || inc.Severity != incident.Sev1 {
		t.Errorf("incident of the dead letter = %+v, want one of SEV1", inc)
	}
	if letters := b.letters(); len(letters) != 0 {
		t.Errorf("dead letters = %+v, want none", letters)
	}
	head = b.head()
	if out := b.remap(false); out.Unchanged != 8 || b.head() != head {
		t.Errorf("Remap again = %+v, head %d, want 8 unchanged, head %d", countsOf(out.Run), b.head(), head)
	}
}

func TestRetryDeadLetters(t *testing.T) {
	b := sqliteBench(t)
	ts := tickets(5)
	ts[1].Break, ts[2].Break, ts[3].Break = "error", "panic", "error"
	f := &feed{records: records(ts), size: 2, rejects: []importers.Reject{{Place: "tickets.json, row 9", Reason: "no JSON", Body: "{"}}}
	if out := b.run(f); countsOf(out.Run) != (counts{6, 2, 0, 0, 4}) || out.State != incident.RunPartial || !strings.Contains(out.Message, "4 of 6") {
		t.Errorf("Run = %+v %s %q, want 4 of 6 dead", countsOf(out.Run), out.State, out.Message)
	}
	if out := b.retry(); countsOf(out.Run) != (counts{4, 0, 0, 0, 4}) || out.State != incident.RunPartial {
		t.Errorf("RetryDeadLetters without a change = %+v, want 4 dead", countsOf(out.Run))
	}
	if out := b.run(f); countsOf(out.Run) != (counts{6, 0, 0, 2, 4}) || out.State != incident.RunPartial {
		t.Errorf("Run again = %+v %s, want what is dead to be tried and counted again", countsOf(out.Run), out.State)
	}
	b.conn.Settings = map[string]string{"lenient": "yes"}
	var one incident.ID
	for _, l := range b.letters() {
		if l.ExternalID == "1002" {
			one = l.ID
		}
	}
	if out := b.retry(one); countsOf(out.Run) != (counts{1, 1, 0, 0, 0}) || out.State != incident.RunOK {
		t.Errorf("RetryDeadLetters(%s) = %+v %s, want 1 new", one, countsOf(out.Run), out.State)
	}
	if n := len(b.letters()); n != 3 {
		t.Errorf("%d letters wait, want 3", n)
	}
	if out := b.run(f); countsOf(out.Run) != (counts{6, 2, 0, 3, 1}) {
		t.Errorf("Run under a better mapping = %+v, want the 2 dead ones to be new", countsOf(out.Run))
	}
	letters := b.letters()
	if len(letters) != 1 || letters[0].Stage != "read" || letters[0].Place != "tickets.json, row 9" || letters[0].Body != "{" {
		t.Errorf("letters = %+v, want what was no record at all", letters)
	}
}

func TestDryRun(t *testing.T) {
	b := sqliteBench(t)
	ts := tickets(30)
	ts[4].Break, ts[5].Priority = "error", "high"
	f := &feed{records: append(records(ts), ts[0].record()), size: 7}
	dry := func() Outcome {
		t.Helper()
		out, err := b.runner(f.source()).Run(t.Context(), b.conn, incident.Run{}, nil, Options{DryRun: true}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	before, head := b.dump(), b.head()
	out := dry()
	if got, want := countsOf(out.Run), (counts{31, 29, 0, 1, 1}); got != want || out.State != incident.RunPartial {
		t.Errorf("dry Run = %+v %s, want %+v, partial", got, out.State, want)
	}
	if len(out.Drafts) != 20 || out.Drafts[0].Incident.Title != "Checkout slow 0" {
		t.Errorf("%d drafts, want the first 20", len(out.Drafts))
	}
	if len(out.Letters) != 1 || out.Letters[0].ExternalID != "1004" {
		t.Errorf("letters = %+v, want that of 1004", out.Letters)
	}
	if want := []incident.Warning{{Field: "priority", Value: "high", Message: "this is no number", Count: 1}}; !reflect.DeepEqual(out.Warnings, want) {
		t.Errorf("warnings = %+v, want %+v", out.Warnings, want)
	}
	covered := map[string]string{}
	for _, c := range out.Coverage {
		covered[c.Field] = fmt.Sprintf("%d/%d", c.Filled, c.Of)
	}
	for field, want := range map[string]string{"title": "30/30", "severity": "29/30", "resolved": "15/30", "impact_started": "0/30", "timeline": "30/30", "url": "0/30"} {
		if covered[field] != want {
			t.Errorf("coverage of %s = %s, want %s", field, covered[field], want)
		}
	}
	runs, err := b.store.Runs(t.Context(), "", 0)
	if err != nil || len(runs) != 0 || b.dump() != before || b.head() != head {
		t.Errorf("dry Run wrote something: runs %+v, %v, head %d", runs, err, b.head())
	}
	b.run(f)
	if got, want := countsOf(dry().Run), (counts{31, 0, 0, 30, 1}); got != want {
		t.Errorf("dry Run after the import = %+v, want %+v", got, want)
	}
}

func TestCombine(t *testing.T) {
	join := func(a, b []byte) ([]byte, error) { // the union of letters, in order
		seen := map[byte]bool{}
		for _, c := range append(append([]byte{}, a...), b...) {
			seen[c] = true
		}
		var out []byte
		for c := byte('a'); c <= 'z'; c++ {
			if seen[c] {
				out = append(out, c)
			}
		}
		return out, nil
	}
	for _, order := range [][]string{{"a", "bc", "ad"}, {"ad", "a", "bc"}, {"bc", "ad", "bc"}} {
		for _, size := range []int{1, 3} {
			b := sqliteBench(t)
			f := &feed{size: size}
			for _, body := range order {
				f.records = append(f.records, importers.Record{ExternalID: "1", Body: []byte(body)})
			}
			s := f.source()
			s.Collections[0].Combine = join
			s.Collections[0].Map = func(raw incident.Raw, _ importers.Config) (importers.Draft, error) {
				return importers.Draft{Incident: incident.Incident{Title: string(raw.Body)}}, nil
			}
			r := NewRunner(b.store, []importers.Source{s}, b.now, slog.New(slog.DiscardHandler))
			for _, dry := range []bool{true, false} {
				out, err := r.Run(t.Context(), b.conn, incident.Run{}, nil, Options{DryRun: dry}, nil)
				if err != nil || out.Read != 3 || out.New != 1 {
					t.Fatalf("Run of %q, pages of %d, dry %t = %+v, %v, want 1 of 3 new", order, size, dry, countsOf(out.Run), err)
				}
			}
			if inc := b.incidents()["1/0"]; inc == nil || inc.Title != "abcd" {
				t.Errorf("incident of %q, pages of %d = %+v, want all four letters", order, size, inc)
			}
		}
	}
}
