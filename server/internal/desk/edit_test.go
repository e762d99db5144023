package desk

import (
	"errors"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestStatementsOfTimes(t *testing.T) {
	for _, tc := range []struct {
		name string
		m    MilestonePatch
		err  string
	}{
		{"plain", MilestonePatch{Name: "resolved", At: noon}, ""},
		{"tomorrow, for clocks differ", MilestonePatch{Name: "resolved", At: noon.Add(23 * time.Hour)}, ""},
		{"roughly", MilestonePatch{Name: "detected", At: noon, Precision: "about"}, ""},
		{"no such milestone", MilestonePatch{Name: "fixed", At: noon}, "is not a milestone"},
		{"no time", MilestonePatch{Name: "resolved"}, "not in the future"},
		{"future", MilestonePatch{Name: "resolved", At: noon.Add(25 * time.Hour)}, "not in the future"},
		{"a slip of the pen", MilestonePatch{Name: "resolved", At: time.Date(202, 3, 1, 0, 0, 0, 0, time.UTC)}, "before 1970"},
		{"no such precision", MilestonePatch{Name: "resolved", At: noon, Precision: "exact"}, "is not a precision"},
		{"a novel", MilestonePatch{Name: "resolved", At: noon, Reason: strings.Repeat("a", 1001)}, "1,000 characters"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			inc := &incident.Incident{}
			_, err := Patch{Milestones: []MilestonePatch{tc.m}}.apply(inc, "ada", noon)
			refused(t, err, tc.err)
			if stated := len(inc.Milestones) == 1; stated != (tc.err == "") {
				t.Errorf("apply(%+v) stated %v", tc.m, inc.Milestones)
			}
		})
	}
}

func TestIncidentsWrittenHere(t *testing.T) {
	for _, tc := range []struct {
		name string
		n    NewIncident
		err  string
	}{
		{"least", NewIncident{Title: "Disk full"}, ""},
		{"resolved at once", NewIncident{Title: "Disk full", Opened: noon, Resolved: noon}, ""},
		{"resolved before it was opened", NewIncident{Title: "Disk full", Opened: noon, Resolved: noon.Add(-time.Minute)}, "resolved_at: this is before"},
		{"resolved before now, opened now", NewIncident{Title: "Disk full", Resolved: noon.Add(-time.Minute)}, "resolved_at: this is before"},
		{"resolved in the future", NewIncident{Title: "Disk full", Resolved: noon.Add(25 * time.Hour)}, "resolved_at: this is in the future"},
		{"opened in the year 26", NewIncident{Title: "Disk full", Opened: time.Date(26, 3, 1, 0, 0, 0, 0, time.UTC)}, "opened_at: this is before 1970"},
		{"script for an address", NewIncident{Title: "Disk full", URL: "javascript:alert(1)"}, "url: "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, _, _, err := tc.n.build("ada", noon)
			refused(t, err, tc.err)
		})
	}
}

// refused checks that err is ErrInvalid and says want, or that it is nil when want is empty.
func refused(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("error %v, want none", err)
	case want != "" && (!errors.Is(err, incident.ErrInvalid) || !strings.Contains(err.Error(), want)):
		t.Errorf("error %v, want ErrInvalid with %q", err, want)
	}
}
