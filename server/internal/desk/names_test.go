package desk

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/incident"
	"hindsight/server/internal/jobs"
	"hindsight/server/internal/store/storetest"
)

// A connection keeps its id under another name; a new one under its first name is another one; and one that is removed
// comes back under the name that it had last.
func TestRename(t *testing.T) {
	s, now := storetest.SQLite(t), func() time.Time { return noon }
	if err := jobs.Attach(s); err != nil {
		t.Fatal(err)
	}
	d := &Desk{Store: s, Sources: []importers.Source{lamps(1)}, Runner: jobs.NewRunner(s, []importers.Source{lamps(1)}, now, slog.New(slog.DiscardHandler)), Now: now, Log: slog.New(slog.DiscardHandler)}
	connect := func(name string) incident.ID {
		t.Helper()
		conn, err := d.Connect(t.Context(), Plan{Source: "lamps", Name: name})
		if err != nil {
			t.Fatal(err)
		}
		return conn.ID
	}
	hall, cellar := connect("Hall"), connect("Cellar")
	for _, tc := range []struct{ name, want string }{
		{" ", "name: give a name of at most 200 characters"},
		{"Cellar", `name: there is a connection "Cellar" already; give this one another name`},
	} {
		if _, err := d.Rename(t.Context(), hall, tc.name, "ada"); !errors.Is(err, incident.ErrInvalid) || err.Error() != tc.want {
			t.Errorf("Rename(%q) = %v, want %s", tc.name, err, tc.want)
		}
	}
	if _, err := d.Rename(t.Context(), "con_none", "Attic", "ada"); !errors.Is(err, incident.ErrNotFound) {
		t.Errorf("Rename of no connection = %v, want ErrNotFound", err)
	}
	conn, err := d.Rename(t.Context(), hall, "  Great   hall ", "ada")
	if err != nil || conn.ID != hall || conn.Name != "Great hall" {
		t.Errorf("Rename = %s %q, %v, want %s %q", conn.ID, conn.Name, err, hall, "Great hall")
	}
	if again := connect("Great hall"); again != hall {
		t.Errorf("connecting Great hall again gives %s, want %s", again, hall)
	}
	if other := connect("Hall"); other == hall || other == cellar {
		t.Errorf("a new connection called Hall is %s, which there was", other)
	}
	if _, err := d.Disconnect(t.Context(), hall, "test"); err != nil {
		t.Fatal(err)
	}
	if back := connect("Great hall"); back != hall {
		t.Errorf("connecting Great hall after it was removed gives %s, want %s", back, hall)
	}
}

// Sample data is called what it is.
func TestRenameSample(t *testing.T) {
	s := storetest.SQLite(t)
	d := &Desk{Store: s, Sources: []importers.Source{lamps(1)}, Now: func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler)}
	conn, err := d.Connect(t.Context(), Plan{Source: "lamps", Sample: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Rename(t.Context(), conn.ID, "Mine", "ada"); !errors.Is(err, incident.ErrInvalid) {
		t.Errorf("Rename of sample data = %v, want ErrInvalid", err)
	}
}
