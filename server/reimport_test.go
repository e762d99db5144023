package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"hindsight/incident"
)

// importSummary is the line that import --json prints.
type importSummary struct {
	ID        string `json:"id"`
	State     string `json:"state"`
	Read      int    `json:"read"`
	New       int    `json:"new"`
	Changed   int    `json:"changed"`
	Unchanged int    `json:"unchanged"`
	Dead      int    `json:"dead"`
	Message   string `json:"message"`
}

// changesNothing imports what is there already: nothing may be new or changed.
func changesNothing(t *testing.T, in installation, args ...string) {
	t.Helper()
	before := feedHead(t, in)
	var run importSummary
	parseJSON(t, "import --json", in.mustRun(t, append([]string{"import", "--json"}, args...)...), &run)
	if run.State != "ok" || run.New != 0 || run.Changed != 0 || run.Dead != 0 || run.Read == 0 || run.Unchanged != run.Read {
		t.Errorf("import %q again = %+v, want everything unchanged", args, run)
	}
	if after := feedHead(t, in); after != before {
		t.Errorf("import %q again: the feed went from change %d to %d, want no change", args, before, after)
	}
}

// feedHead returns the number of the last change.
func feedHead(t *testing.T, in installation) (head incident.Seq) {
	t.Helper()
	in.withStore(t, func(ctx context.Context, s incident.Store) (err error) {
		head, err = s.Head(ctx)
		return err
	})
	return head
}

// withStore opens the database as commands do.
func (in installation) withStore(t *testing.T, use func(context.Context, incident.Store) error) {
	t.Helper()
	p := program{out: t.Output(), err: t.Output(), getenv: in.getenv, now: time.Now}
	cfg, err := in.config()
	if err != nil {
		t.Fatal(err)
	}
	s, err := p.openStore(t.Context(), cfg)
	if err != nil {
		t.Fatalf("open the store: %v", err)
	}
	defer s.Close()
	if err := use(t.Context(), s); err != nil {
		t.Fatal(err)
	}
}

// shuffled returns a file with the rows of a compressed CSV file in another order, the same in every run.
func shuffled(t *testing.T, file string) string {
	t.Helper()
	packed, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	plain, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(plain).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	rows := records[1:]
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	if err := w.WriteAll(records); err != nil {
		t.Fatal(err)
	}
	return write(t, "shuffled.csv", out.Bytes())
}
