package main

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/incident/incidenttest"
	"hindsight/server/internal/app"
	"hindsight/server/internal/desk"
)

// The person of these tests is made up. Only in their names is the word by which they are looked for.
const madeUp, word = "Responder Fortytwo", "fortytwo"

const sheet = `ref,what,details,who,opened,fixed
OPS-1,Responder Fortytwo restarted the checkout,"Ask responder.fortytwo@example.com, or Fortytwo, Responder",Responder Fortytwo,2026-03-01T09:00:00Z,2026-03-01T10:00:00Z
OPS-2,Mail delayed,"@responder_fortytwo saw it",Responder One,2026-03-02T09:00:00Z,2026-03-02T12:00:00Z
OPS-3,Broken row,by Responder Fortytwo,Responder Fortytwo,yesterday,
`

const sheetMapping = `{"key": ["ref"], "fields": {"title": {"columns": ["what"]}, "description": {"columns": ["details"]}, "assignee": {"columns": ["who"]},
"opened": {"columns": ["opened"]}, "resolved": {"columns": ["fixed"]}}}`

// TestErase: whoever is erased is named nowhere any more, the same file does not bring them back, and figures are what they were.
func TestErase(t *testing.T) {
	onBoth(t, func(t *testing.T, in installation) {
		dir := t.TempDir()
		file, mapping, report := filepath.Join(dir, "incidents.csv"), filepath.Join(dir, "mapping.json"), filepath.Join(dir, "report.json")
		for path, text := range map[string]string{file: sheet, mapping: sheetMapping} {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		in.run(t, "import", "table", "--file", file, "--mapping", mapping)
		if got := in.runWith(t, "correct horse battery staple\n", "user", "add", "responder.fortytwo", "--display", madeUp, "--role", "editor"); got.code != 0 {
			t.Fatal(got.err)
		}
		writeOfPerson(t, in)
		before := figures(t, in)
		if found := in.everything(t); !strings.Contains(found, word) {
			t.Fatal("the test looks in the wrong places: the person is not found before either")
		}
		plan := in.mustRun(t, "erase", "--person", madeUp, "--dry-run")
		if !strings.Contains(plan, "raws: 3 would be rewritten") || !strings.Contains(plan, "users: 1") || !strings.Contains(in.everything(t), word) {
			t.Errorf("the dry run says %s", plan)
		}
		if got := in.runWith(t, "somebody else\n", "erase", "--person", madeUp); got.code != 2 || !strings.Contains(got.err, "nothing is erased") {
			t.Errorf("erase without the name typed again ended with %d: %s", got.code, got.err)
		}
		if got := in.run(t, "erase", "--person", madeUp, "--confirm", madeUp, "--report", report); got.code != 0 {
			t.Fatalf("erase ended with %d: %s", got.code, got.err)
		}
		in.forgotten(t, "after the erasure")
		in.typed(t)
		if text, err := os.ReadFile(report); err != nil || !strings.Contains(string(text), `"raws": 3`) || strings.Contains(strings.ToLower(string(text)), word) {
			t.Errorf("the report is %s; %v", text, err)
		}
		if now := figures(t, in); now != before {
			t.Errorf("figures were\n%s\nand are\n%s", before, now)
		}
		again := in.run(t, "import", "table", "--file", file)
		if !strings.Contains(again.out, "3 records read, 0 new, 0 changed, 2 unchanged, 1 dead") {
			t.Errorf("the same file again: %s%s", again.out, again.err)
		}
		in.forgotten(t, "after the file was read again")
		if got := in.mustRun(t, "audit", "verify"); !strings.Contains(got, "holds") && !strings.Contains(got, "entries") {
			t.Errorf("audit verify says %s", got)
		}
		signedOut := in.runWith(t, "", "user", "list")
		if !strings.Contains(signedOut.out, "disabled") || strings.Contains(signedOut.out, word) {
			t.Errorf("users are %s", signedOut.out)
		}
	})
}

// writeOfPerson has the person say and change things.
func writeOfPerson(t *testing.T, in installation) {
	t.Helper()
	in.with(t, func(a *app.App) {
		ctx := t.Context()
		inc, err := a.Desk.Store.FindIncident(ctx, "table", "OPS-2")
		if err != nil {
			t.Fatal(err)
		}
		user, err := a.Desk.Store.UserByName(ctx, "responder.fortytwo")
		if err != nil {
			t.Fatal(err)
		}
		as := incident.Acting(ctx, incident.Actor{Kind: incident.ActorUser, ID: user.ID, Name: user.Name, Role: user.Role})
		if _, err := a.Desk.Store.Update(as, func(tx incident.Tx) error {
			if err := inc.Edit("title", "Mail delayed, says "+madeUp, user.Name, time.Now()); err != nil {
				return err
			}
			if err := tx.PutIncidents([]*incident.Incident{inc}); err != nil {
				return err
			}
			if err := tx.PutRetrospectives([]incident.Retrospective{{Incident: inc.ID, Title: "Mail", State: "draft", Authors: []string{madeUp},
				Sections: []incident.Section{{Slug: "summary", Title: "Summary", Body: "Written by " + madeUp}}}}); err != nil {
				return err
			}
			if err := writeRetro(tx, inc.ID); err != nil {
				return err
			}
			return tx.PutTimeline(map[incident.ID][]incident.TimelineEvent{inc.ID: {{ID: incident.NewID("evt"), At: time.Now(), Kind: incident.EventKind("note"), Actor: madeUp, Text: madeUp + " looks", Private: true}}})
		}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := a.Desk.SaveCalendar(as, desk.PolicyChange{Name: "Hours of " + madeUp, By: user.Name}, incident.Calendar{Always: true}); err != nil {
			t.Fatal(err)
		}
	})
}

// writeRetro has the person write a retrospective: the name is typed in two pieces.
func writeRetro(tx incident.Tx, id incident.ID) error {
	retro := incidenttest.Retro()
	retro.Incident, retro.OwnerName, retro.CreatedBy, retro.ChangedBy = id, madeUp, madeUp, madeUp
	at := retro.ChangedAt
	return errors.Join(tx.PutRetro(retro), tx.PutRetroSections([]incident.RetroSection{{Incident: id, Slug: "summary", Title: "Summary of " + madeUp, ChangedAt: at}}),
		tx.AppendText(id, "summary", "Told by "+madeUp, []incident.TextChange{{Version: 1, Client: "c", Changes: []byte(`["Told by Responder Forty"]`), By: "responder.fortytwo", At: at},
			{Version: 2, Client: "c", Changes: []byte(`["two"]`), By: "responder.fortytwo", At: at}}),
		tx.PutRetroComment(incident.RetroComment{ID: "com_1", Incident: id, Version: 1, Text: madeUp + " knows why", By: madeUp, At: at}),
		tx.PutRetroSnapshot(incident.RetroSnapshot{ID: "snap_1", Incident: id, Why: incident.SnapshotNamed, Name: "By " + madeUp, By: madeUp, At: at}),
		tx.PutMoment(incident.Moment{ID: "mom_1", Incident: id, Version: 1, At: at, Title: madeUp + " restarts it", ChangedBy: madeUp, ChangedAt: at}))
}

// typed fails unless what was typed is forgotten, and editors have to load the text of the section anew.
func (in installation) typed(t *testing.T) {
	t.Helper()
	in.with(t, func(a *app.App) {
		inc := find(t, a, "OPS-2")
		sections, err := a.Desk.Store.RetroSections(t.Context(), inc.ID)
		if err != nil || len(sections) != 1 || sections[0].Version != 3 || !strings.HasPrefix(strings.ToLower(sections[0].Text), "told by erased") {
			t.Errorf("sections are %+v, %v; want one of version 3, told by an erased person", sections, err)
		}
		var left int
		if err := a.Desk.Store.(interface{ SQL() *sql.DB }).SQL().QueryRowContext(t.Context(), "SELECT count(*) FROM retro_changes").Scan(&left); err != nil || left != 0 {
			t.Errorf("%d changes of texts are left, %v; the name stood there in pieces", left, err)
		}
	})
}

// with opens the program for a moment.
func (in installation) with(t *testing.T, do func(*app.App)) {
	t.Helper()
	a, err := in.open(t, false, "http://127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if err := a.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	do(a)
}

var position = regexp.MustCompile(`"as_of": ?\d+`)

func figures(t *testing.T, in installation) string {
	t.Helper()
	return position.ReplaceAllString(in.mustRun(t, "measure", "--metric", "time_to_resolve", "--json"), "")
}

// forgotten fails where the person is named.
func (in installation) forgotten(t *testing.T, when string) {
	t.Helper()
	if found := in.everything(t); strings.Contains(found, word) {
		i := strings.Index(found, word)
		t.Errorf("%s the person is still named: …%q…", when, found[max(0, i-200):min(len(found), i+200)])
	}
}

// everything is, in lower case, all that is stored: the tables, the records that are compressed in them, the files, what searches find, and what
// the API and an export tell.
func (in installation) everything(t *testing.T) string {
	t.Helper()
	var all bytes.Buffer
	s := in.serve(t, false, false)
	a, ctx := s.app, t.Context()
	func() {
		defer s.stop()
		db := a.Desk.Store.(interface{ SQL() *sql.DB }).SQL()
		query := `SELECT name FROM sqlite_master WHERE type = 'table'`
		if in.url != "" {
			query = `SELECT tablename FROM pg_tables WHERE schemaname = current_schema()`
		}
		var tables []string
		rows, err := db.QueryContext(ctx, query)
		for err == nil && rows.Next() {
			var name string
			err = rows.Scan(&name)
			tables = append(tables, name)
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range tables {
			dumpTable(t, &all, db, name)
		}
		conns, err := a.Desk.Store.Connections(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range conns {
			for raw, err := range a.Desk.Store.LatestRaws(ctx, c.ID) {
				if err != nil {
					t.Fatal(err)
				}
				all.Write(raw.Body)
			}
		}
		v := s.withToken(t, in, "editor")
		for _, path := range []string{"/api/v1/incidents", "/api/v1/incidents?q=" + word, "/api/v1/dead-letters", "/incidents/export.csv"} {
			all.WriteString(strings.ReplaceAll(v.get(t, path).body, "q="+word, ""))
		}
	}()
	if err := filepath.WalkDir(in.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		all.Write(text)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return strings.ToLower(all.String())
}

// dumpTable writes every value of a table.
func dumpTable(t *testing.T, to *bytes.Buffer, db *sql.DB, name string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT * FROM "+name)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		for i, v := range values {
			if text, ok := v.([]byte); ok {
				v = string(text)
			}
			fmt.Fprintf(to, "%s.%s=%v\n", name, columns[i], v)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}
