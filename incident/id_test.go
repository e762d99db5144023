package incident_test

import (
	"regexp"
	"testing"

	"hindsight/incident"
)

// TestDerivedIDs holds ids against SHA-256 and base 32 computed by another program: links to incidents must
// not change with a version of this one.
func TestDerivedIDs(t *testing.T) {
	ref := incident.Ref{Connection: "con_a", Type: "incident", ExternalID: "INC1"}
	next := ref
	next.Incarnation = 1
	for _, tc := range []struct {
		name      string
		got, want incident.ID
	}{
		{"a record", ref.ID(), "inc_hapwyhr8s8z78yq1nnea"},
		{"its next incarnation", next.ID(), "inc_f69d8maw420knt1r5dhv"},
		{"no parts", incident.DeriveID("x"), "x_werc8gmrzge196qvyk49"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.got != tc.want {
				t.Errorf("id = %s, want %s", tc.got, tc.want)
			}
		})
	}
}

func TestPartsDoNotRunTogether(t *testing.T) {
	if a, b := incident.DeriveID("x", "ab", "c"), incident.DeriveID("x", "a", "bc"); a == b {
		t.Errorf("DeriveID(ab, c) = DeriveID(a, bc) = %s", a)
	}
}

func TestNewID(t *testing.T) {
	form := regexp.MustCompile(`^usr_[0-9a-hjkmnp-tv-z]{20}$`)
	seen := map[incident.ID]bool{}
	for range 1000 {
		id := incident.NewID("usr")
		if !form.MatchString(string(id)) || seen[id] {
			t.Fatalf("NewID(usr) = %q, want a new one of the form %s", id, form)
		}
		seen[id] = true
	}
}
