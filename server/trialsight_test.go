package main

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"hindsight/incident"
)

// TestTrialsHidePrivateRecords: words and records that setting up a connection shows are those of records that somebody may see.
func TestTrialsHidePrivateRecords(t *testing.T) {
	onBoth(t, func(t *testing.T, in installation) {
		s := in.serve(t, false, false)
		conn := connectJira(t, s)
		editor, admin := s.signedIn(t, in, "editor"), s.signedIn(t, in, "admin")
		words, preview := "/imports/"+conn+"/words", "/imports/"+conn+"/preview"
		shows := func(v visitor, path, what string) bool {
			got := v.get(t, path)
			if got.status != http.StatusOK {
				t.Errorf("GET %s = %d, want 200\n%.500s", path, got.status, got.body)
			}
			return strings.Contains(got.body, what)
		}
		if !shows(editor, words, `value="Highest"`) || !shows(editor, preview, "Checkout answers with 500") {
			t.Error("before the record is private, an editor does not see its words and what it becomes")
		}
		ref := incident.Ref{Connection: incident.ID(conn), Type: "issues", ExternalID: "10001"}
		found, err := s.app.Desk.Store.Connection(t.Context(), ref.Connection)
		if err != nil {
			t.Fatal(err)
		}
		trial, err := s.app.Desk.TryLive(t.Context(), *found, incident.Sight{All: true})
		if err != nil || len(trial.Raws) != 1 {
			t.Fatalf("a trial keeps %d records, %v; want 1", len(trial.Raws), err)
		}
		raw := slices.Collect(maps.Values(trial.Raws))[0]
		raw.Latest, raw.Via = true, "poll"
		private := &incident.Incident{ID: ref.ID(), Ref: ref, Title: "Checkout answers with 500", Kind: incident.Real, Status: incident.Triggered, Private: true, RawID: raw.ID}
		for _, stored := range []bool{false, true} { // the words come from the source first, and from what is kept later
			_, err := s.app.Desk.Store.Update(t.Context(), func(tx incident.Tx) error {
				err := tx.PutIncidents([]*incident.Incident{private})
				if stored {
					err = errors.Join(err, tx.PutRaws([]incident.Raw{raw}))
				}
				return err
			})
			if err := errors.Join(err, s.app.CatchUp(t.Context())); err != nil {
				t.Fatal(err)
			}
			for path, what := range map[string]string{words: `value="Highest"`, preview: "Checkout answers with 500"} {
				if e, a := shows(editor, path, what), shows(admin, path, what); e || !a {
					t.Errorf("stored: %t, %s shows %s of a private record to an editor: %t, and to an administrator: %t; want no and yes", stored, path, what, e, a)
				}
			}
		}
	})
}
