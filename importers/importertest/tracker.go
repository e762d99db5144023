package importertest

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// LookAt returns what a tracker says of one issue.
func LookAt(t *importers.Tracker, in importers.Input, id string) (incident.IssueSays, error) {
	seen, err := t.Look(context.Background(), in, []importers.IssueAsked{{ID: id}})
	return seen[id].IssueSays, err
}

// LookThrough looks at issues 1 to n, whose ids are made with format, as many at a time as the tracker gives, and returns how many requests were
// sent through in since it was made. It logs how many 1,000 issues take.
func LookThrough(t testing.TB, tracker *importers.Tracker, in importers.Input, format string, n int) int64 {
	t.Helper()
	before := in.Client.Requests()
	var asked []importers.IssueAsked
	for i := range n {
		asked = append(asked, importers.IssueAsked{ID: fmt.Sprintf(format, i+1)})
	}
	for some := range slices.Chunk(asked, tracker.Together) {
		if seen, err := tracker.Look(context.Background(), in, some); err != nil || len(seen) != len(some) {
			t.Fatalf("of %d issues a look shows %d, %v", len(some), len(seen), err)
		}
	}
	t.Logf("requests per 1,000 issues: %d", (in.Client.Requests()-before)*1000/int64(n))
	return in.Client.Requests()
}

// Losing is a server that does what it is asked for and, while Lose is set, drops the connection in the place of an answer to a change.
type Losing struct {
	http.Handler
	Lose bool
	Lost int // changes whose answers were lost
}

func (l *Losing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !l.Lose || r.Method == http.MethodGet {
		l.Handler.ServeHTTP(w, r)
		return
	}
	l.Lost++
	l.Handler.ServeHTTP(httptest.NewRecorder(), r)
	panic(http.ErrAbortHandler)
}

// RunWriter makes an issue in place, finds it by what stands in its text, closes it, comments on it and returns its id; finds nothing of another marker;
// finds one whose answer was lost, which was sent once; and, with locked called, is refused for certain. in asks served, the made-up system of a source
// with WriteIssues.
func RunWriter(t *testing.T, tracker *importers.Tracker, in importers.Input, place string, served *Losing, locked func()) (id string) {
	t.Helper()
	ctx, w := context.Background(), tracker.Write
	if !slices.Contains(w.Places(in.Config), place) {
		t.Fatalf("issues can be made in %v, not in %s", w.Places(in.Config), place)
	}
	const title, marker = "Add an alert <b>for</b> retries", "hindsight-0123456789abcdef"
	since := time.Now().Add(-time.Hour)
	n := importers.NewIssue{Title: title, Text: "What would prove that it worked: it pages first\n\n/close {code} https://hindsight.example.com/incidents/inc_1/retrospective\n\nMade here (" + marker + ")."}
	if at, err := w.Find(ctx, in, place, marker, since); err != nil || at != "" {
		t.Fatalf("before it is made an issue is found at %q, %v", at, err)
	}
	address, err := w.Create(ctx, in, place, n)
	if err != nil {
		t.Fatal(err)
	}
	var ours bool
	id, ours = tracker.Issue(in.Config, address)
	if !ours {
		t.Fatalf("the address of the new issue, %s, is none of the connection's", address)
	}
	if at, err := w.Find(ctx, in, place, marker, since); err != nil || at != address {
		t.Errorf("the new issue is found at %q, %v, want %s", at, err, address)
	}
	if at, err := w.Find(ctx, in, place, "hindsight-fedcba9876543210", since); err != nil || at != "" {
		t.Errorf("an issue that nobody made is found at %q, %v", at, err)
	}
	if says, err := LookAt(tracker, in, id); err != nil || says.State != incident.ActionOpen || says.Title != title {
		t.Errorf("the new issue says %+v, %v", says, err)
	}
	if err := w.Close(ctx, in, id, false); err != nil {
		t.Fatal(err)
	}
	if err := w.Comment(ctx, in, id, "It paged first, twice."); err != nil {
		t.Fatal(err)
	}
	if says, err := LookAt(tracker, in, id); err != nil || says.State != incident.ActionDone {
		t.Errorf("once closed the issue says %+v, %v", says, err)
	}
	const lost = "hindsight-aaaaaaaaaaaaaaaa"
	served.Lose = true
	at, err := w.Create(ctx, in, place, importers.NewIssue{Title: title, Text: "Made here (" + lost + ")."})
	served.Lose = false
	if err == nil || importers.Undone(err) || served.Lost != 1 {
		t.Errorf("after a lost answer an issue is made at %q, %v, sent %d times; want an error that leaves it open, once", at, err, served.Lost)
	}
	if at, err := w.Find(ctx, in, place, lost, since); err != nil || at == "" || at == address {
		t.Errorf("the issue whose answer was lost is found at %q, %v", at, err)
	}
	locked()
	before := in.Client.Requests()
	if at, err := w.Create(ctx, in, place, n); err == nil || !importers.Undone(err) {
		t.Errorf("with a credential that may only read an issue is made at %q, %v", at, err)
	} else if in.Client.Requests() > before+2 {
		t.Errorf("what was refused was sent %d times", in.Client.Requests()-before)
	}
	return id
}
