package desk

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// summarised is told with a retrospective that has a summary.
func summarised(t *testing.T) (*Desk, incident.ID) {
	t.Helper()
	d, id := told(t)
	d.Live = analytics.NewLive(d.Now)
	_, err := d.Store.Update(t.Context(), func(tx incident.Tx) error {
		return tx.PutRetroSections([]incident.RetroSection{{Incident: id, Slug: "summary", Place: 1, Title: "Summary", Text: "It broke.", ChangedAt: d.Now().UTC()}})
	})
	if err != nil {
		t.Fatal(err)
	}
	return d, id
}

func rewrite(t *testing.T, d *Desk, id incident.ID, version int, text string) {
	t.Helper()
	if _, _, err := d.WriteText(t.Context(), id, "summary", TextWrite{Version: version, Text: text}, whole); err != nil {
		t.Fatalf("WriteText: %v", err)
	}
}

// TestIdleSnapshots: what nobody has written on for a while is kept once, however many replicas look, and again only after somebody wrote.
func TestIdleSnapshots(t *testing.T) {
	d, id := summarised(t)
	now := d.Now().UTC()
	d.Now = func() time.Time { return now }
	rewrite(t, d, id, 0, "It broke at noon.")
	kept := func(after time.Duration) int {
		t.Helper()
		now = now.Add(after)
		var replicas sync.WaitGroup
		for range 4 {
			replicas.Go(func() {
				if err := d.SnapRetros(t.Context()); err != nil {
					t.Errorf("SnapRetros: %v", err)
				}
			})
		}
		replicas.Wait()
		all, err := d.Store.RetroSnapshots(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	for _, step := range []struct {
		after time.Duration
		want  int
	}{{9 * time.Minute, 0}, {2 * time.Minute, 1}, {time.Hour, 1}} {
		if got := kept(step.after); got != step.want {
			t.Errorf("%s later there are %d snapshots, want %d", step.after, got, step.want)
		}
	}
	rewrite(t, d, id, 1, "It broke at one.")
	if got := kept(11 * time.Minute); got != 2 {
		t.Errorf("after another change there are %d snapshots, want 2", got)
	}
}

// TestPublishedIsWhatIsStored: what was written between the look at a retrospective and its publishing is in the version that is kept, and in
// what others read.
func TestPublishedIsWhatIsStored(t *testing.T) {
	d, id := summarised(t)
	seen, err := d.signed(t.Context(), id, whole)
	if err != nil {
		t.Fatal(err)
	}
	rewrite(t, d, id, 0, "It broke at noon.")
	if _, _, err := d.changeRetro(t.Context(), id, seen.Version, whole, func(tx incident.Tx, r *incident.Retro) error {
		return d.enter(t.Context(), tx, seen, r, incident.RetroPublished, "")
	}); err != nil {
		t.Fatal(err)
	}
	all, err := d.Store.RetroSnapshots(t.Context(), id)
	if err != nil || len(all) != 1 || all[0].Number != 1 {
		t.Fatalf("RetroSnapshots = %+v, %v, want version 1", all, err)
	}
	kept, err := d.Store.RetroSnapshot(t.Context(), all[0].ID)
	if err != nil || kept.Body.Sections[0].Text != "It broke at noon." {
		t.Errorf("version 1 says %+v, %v", kept.Body.Sections, err)
	}
	if read, err := d.Store.Retrospective(t.Context(), id); err != nil || read.Sections[0].Body != "It broke at noon." {
		t.Errorf("others read %+v, %v", read, err)
	}
	if _, _, err := d.WriteText(t.Context(), id, "summary", TextWrite{Version: 1, Text: "Later"}, whole); !errors.Is(err, incident.ErrInvalid) {
		t.Errorf("writing in what is published = %v, want ErrInvalid", err)
	}
	if err := d.PutBackSection(t.Context(), id, incident.RetroSection{Slug: "extra", Title: "Extra", Text: "Later"}, whole); !errors.Is(err, incident.ErrInvalid) {
		t.Errorf("a section that a file adds to what is published = %v, want ErrInvalid", err)
	}
}

// TestWithoutActions: the text of a retrospective that is begun from a document does not repeat the rows that stand below it, and loses nothing else.
func TestWithoutActions(t *testing.T) {
	const text = "Each has an owner.\n\n### Process\n\n- [x] Add a canary ([#12](https://x.example/12))\n- Write a runbook\n  - for the cold cache\n\n### Code\n\n1. Warm the cache first\n   before the rollout\n\nThat is all."
	doc := incident.Retrospective{Sections: []incident.Section{{Slug: "actions", Title: "Action items", Body: text}, {Slug: "summary", Body: "- Add a canary"}}}
	got := withoutActions(doc, []incident.ActionItem{{Title: "Add a canary #12", URL: "https://x.example/12"}, {Title: "Write a runbook"}, {Title: "Warm the cache first before the rollout"}})
	if want := "Each has an owner.\n\n### Process\n\n- Write a runbook\n  - for the cold cache\n\n### Code\n\nThat is all."; strings.TrimSpace(got.Sections[0].Body) != want || got.Sections[1].Body != "- Add a canary" || doc.Sections[0].Body != text {
		t.Errorf("got %q\nwant %q", got.Sections[0].Body, want)
	}
}
