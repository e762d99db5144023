package incident_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"hindsight/incident"
)

func TestStartedAt(t *testing.T) {
	for _, tc := range []struct {
		name string
		ms   incident.Milestones
		want time.Time
	}{
		{"unknown", incident.Milestones{said(incident.ResolvedAt, 9)}, time.Time{}},
		{"opened alone", incident.Milestones{said(incident.Opened, 3)}, at(3)},
		{"detection before opening counts", incident.Milestones{said(incident.Opened, 3), said(incident.Detected, 1)}, at(1)},
		{"detection counts even after opening", incident.Milestones{said(incident.Opened, 3), said(incident.Detected, 5)}, at(5)},
		{"earliest of impact and detection", incident.Milestones{said(incident.ImpactStarted, 4), said(incident.Detected, 2)}, at(2)},
		{"acknowledgement is no beginning", incident.Milestones{said(incident.Acked, 1)}, time.Time{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			inc := incident.Incident{Milestones: tc.ms}
			if got := inc.StartedAt(); !got.Equal(tc.want) {
				t.Errorf("StartedAt() = %v, want %v", got, tc.want)
			}
		})
	}
}

func TestUncounted(t *testing.T) {
	for _, tc := range []struct {
		name string
		inc  incident.Incident
		want string
	}{
		{"real", incident.Incident{Kind: incident.Real, Status: incident.Closed}, ""},
		{"real and going on", incident.Incident{Kind: incident.Real, Status: incident.Triggered}, ""},
		{"drill", incident.Incident{Kind: incident.Drill}, "drill"},
		{"written after the fact", incident.Incident{Kind: incident.AfterTheFact}, "retrospective"},
		{"canceled", incident.Incident{Kind: incident.Real, Status: incident.Canceled}, "canceled"},
		{"merged", incident.Incident{Kind: incident.Real, Status: incident.Merged}, "merged"},
		{"stated reason", incident.Incident{Kind: incident.Real, ExcludeReason: "a rehearsal"}, "a rehearsal"},
		{"a tombstone is nothing else", incident.Incident{Kind: incident.Drill, ExcludeReason: "x", DeletedAt: noon}, "deleted"},
		{"kind before status", incident.Incident{Kind: incident.Test, Status: incident.Canceled}, "test"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := tc.inc.Uncounted(); got != tc.want {
				t.Errorf("Uncounted() = %q, want %q", got, tc.want)
			}
		})
	}
}

func TestLabel(t *testing.T) {
	inc := incident.Incident{ID: "inc_1"}
	if got := inc.Label(); got != "inc_1" {
		t.Errorf("Label() without a number = %q, want inc_1", got)
	}
	inc.Number = "INC0010023"
	if got := inc.Label(); got != "INC0010023" {
		t.Errorf("Label() = %q, want INC0010023", got)
	}
}

func TestOver(t *testing.T) {
	over := map[incident.Status]bool{incident.Resolved: true, incident.Closed: true, incident.Canceled: true, incident.Merged: true}
	for _, s := range append([]incident.Status{"", "done"}, incident.Statuses...) {
		if got := s.Over(); got != over[s] {
			t.Errorf("Status(%q).Over() = %v, want %v", s, got, over[s])
		}
	}
}

func TestSeverityText(t *testing.T) {
	for s, want := range map[incident.Severity]string{-1: "unset", 0: "unset", 1: "SEV1", 5: "SEV5", 6: "unset"} {
		if got := s.String(); got != want || s.Valid() != (s >= 0 && s <= 5) {
			t.Errorf("Severity(%d) = %q, valid %v, want %q", s, got, s.Valid(), want)
		}
	}
}

// TestAbilities: what each role may do is as docs/operating.md has it; a role that does not exist may nothing.
func TestAbilities(t *testing.T) {
	for role, want := range map[incident.Role]string{
		incident.Viewer: "[read feed]", incident.Editor: "[read feed write import]", incident.Manager: "[read feed write import agree audit]",
		incident.Admin: "[read feed write import agree audit private administer]", "": "[]", "owner": "[]",
	} {
		if got := fmt.Sprint(role.Abilities()); got != want || role.Known() != (want != "[]") {
			t.Errorf("Role(%q).Abilities() = %s, known %v, want %s", role, got, role.Known(), want)
		}
		for _, a := range incident.Abilities {
			if got := role.May(a); got != slices.Contains(role.Abilities(), a) || got != slices.Contains(a.Roles(), role) {
				t.Errorf("Role(%q).May(%s) = %v, which is not what the lists say", role, a, got)
			}
			if a.Says() == "" {
				t.Errorf("nothing says what %s lets one do", a)
			}
		}
	}
}

func TestDone(t *testing.T) {
	for state, want := range map[incident.RunState]bool{
		incident.RunQueued: false, incident.RunRunning: false,
		incident.RunOK: true, incident.RunPartial: true, incident.RunFailed: true, incident.RunCanceled: true,
	} {
		if got := state.Done(); got != want {
			t.Errorf("RunState(%q).Done() = %v, want %v", state, got, want)
		}
	}
}

func TestErrors(t *testing.T) {
	err := fmt.Errorf("store: put: %w", incident.Invalidf("limit", "%d is too many", 7))
	var field *incident.FieldError
	if !errors.As(err, &field) || field.Field != "limit" || field.Error() != "limit: 7 is too many" {
		t.Errorf("errors.As(%v) = %+v, want the field error", err, field)
	}
	if !errors.Is(err, incident.ErrInvalid) || errors.Is(err, incident.ErrNotFound) || errors.Is(err, incident.ErrConflict) {
		t.Errorf("%v is not ErrInvalid alone", err)
	}
}
