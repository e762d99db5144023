package incident_test

import (
	"slices"
	"testing"
	"time"

	"hindsight/incident"
)

// at returns noon plus minutes, which may be negative.
func at(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }

func said(name incident.MilestoneName, minutes int) incident.Milestone {
	return incident.Milestone{Name: name, At: at(minutes), Basis: incident.FromField, Source: "table"}
}

func corrected(name incident.MilestoneName, when time.Time, statedAt int) incident.Milestone {
	return incident.Milestone{Name: name, At: when, Basis: incident.FromPerson, Source: "ada", StatedAt: at(statedAt)}
}

func TestCurrent(t *testing.T) {
	for _, tc := range []struct {
		name string
		ms   incident.Milestones
		want time.Time // of the resolution in force; zero: not known
	}{
		{"no statements", nil, time.Time{}},
		{"statements about others", incident.Milestones{said(incident.Opened, 0)}, time.Time{}},
		{"one imported", incident.Milestones{said(incident.ResolvedAt, 10)}, at(10)},
		{"of two imported the earlier", incident.Milestones{said(incident.ResolvedAt, 20), said(incident.ResolvedAt, 10)}, at(10)},
		{"a person outranks the source", incident.Milestones{corrected(incident.ResolvedAt, at(30), 60), said(incident.ResolvedAt, 10)}, at(30)},
		{"a later statement outranks an earlier one", incident.Milestones{
			corrected(incident.ResolvedAt, at(40), 61), corrected(incident.ResolvedAt, at(30), 60)}, at(40)},
		{"a person takes a time away", incident.Milestones{said(incident.ResolvedAt, 10), corrected(incident.ResolvedAt, time.Time{}, 60)}, time.Time{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			backwards := slices.Clone(tc.ms)
			slices.Reverse(backwards)
			for _, ms := range []incident.Milestones{tc.ms, backwards} {
				if got := ms.At(incident.ResolvedAt); !got.Equal(tc.want) {
					t.Errorf("At(resolved) of %+v = %v, want %v", ms, got, tc.want)
				}
				if m, known := ms.Current(incident.ResolvedAt); known == tc.want.IsZero() || !m.At.Equal(tc.want) {
					t.Errorf("Current(resolved) of %+v = %+v, %v, want %v", ms, m, known, tc.want)
				}
			}
		})
	}
}

func TestSet(t *testing.T) {
	var ms incident.Milestones
	ms.Set(incident.Opened, time.Time{}, incident.ToSecond, incident.FromField, "table", "opened_at")
	if len(ms) != 0 {
		t.Errorf("Set with an unknown time added %+v, want nothing", ms)
	}
	berlin := time.FixedZone("CET", 3600)
	ms.Set(incident.Opened, time.Date(2024, 3, 1, 13, 0, 0, 0, berlin), incident.ToMinute, incident.FromLog, "table", "opened_at")
	want := incident.Milestone{Name: incident.Opened, At: noon, Precision: incident.ToMinute, Basis: incident.FromLog, Source: "table", Field: "opened_at"}
	if len(ms) != 1 || ms[0] != want {
		t.Errorf("Set at 13:00 in +01:00 added %+v, want %+v", ms, want)
	}
}

func TestStated(t *testing.T) {
	person := corrected(incident.ResolvedAt, at(30), 60)
	ms := incident.Milestones{said(incident.Opened, 0), person, said(incident.ResolvedAt, 10)}
	if got := ms.Stated(); len(got) != 1 || got[0] != person {
		t.Errorf("Stated() = %+v, want the person's statement alone", got)
	}
	if len(ms) != 3 || ms[2] != said(incident.ResolvedAt, 10) {
		t.Errorf("Stated() changed its receiver to %+v", ms)
	}
}

func TestOrdered(t *testing.T) {
	ms := incident.Milestones{
		said(incident.ResolvedAt, 10), said(incident.Opened, 2), said(incident.Detected, 2), said(incident.ImpactStarted, 0),
		corrected(incident.ResolvedAt, at(1), 60), // before the opening: it stands where its time says
		corrected(incident.Acked, time.Time{}, 60),
	}
	var got []incident.MilestoneName
	for _, m := range ms.Ordered() {
		got = append(got, m.Name)
	}
	want := []incident.MilestoneName{incident.ImpactStarted, incident.ResolvedAt, incident.Detected, incident.Opened}
	if !slices.Equal(got, want) {
		t.Errorf("Ordered() = %v, want %v", got, want)
	}
}

func TestEarliest(t *testing.T) {
	ms := incident.Milestones{said(incident.Detected, 5), said(incident.ImpactStarted, 7)}
	for _, tc := range []struct {
		name  string
		names []incident.MilestoneName
		want  time.Time
	}{
		{"of none", nil, time.Time{}},
		{"of unknown", []incident.MilestoneName{incident.ClosedAt}, time.Time{}},
		{"of one", []incident.MilestoneName{incident.ImpactStarted}, at(7)},
		{"of two, whatever their order", []incident.MilestoneName{incident.ImpactStarted, incident.Detected}, at(5)},
		{"unknown ones do not count", []incident.MilestoneName{incident.ClosedAt, incident.ImpactStarted}, at(7)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := ms.Earliest(tc.names...); !got.Equal(tc.want) {
				t.Errorf("Earliest(%v) = %v, want %v", tc.names, got, tc.want)
			}
		})
	}
}
