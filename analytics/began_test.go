package analytics_test

import (
	"slices"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// TestBegan: a window counts what began in it, its start included and its end not, in any of its services, each
// incident once; drills and private ones only where they are asked for.
func TestBegan(t *testing.T) {
	began := func(id incident.ID, hour int, change func(*incident.Incident), services ...incident.ID) *incident.Incident {
		inc := &incident.Incident{ID: id, Kind: incident.Real, Status: incident.Resolved}
		inc.Milestones.Set(incident.Opened, at(t, "2026-01-01T00:00").Add(time.Duration(hour)*time.Hour), incident.ToSecond, incident.FromField, "test", "")
		for _, s := range services {
			inc.Services = append(inc.Services, incident.ServiceUse{Service: s, Name: string(s)})
		}
		if change != nil {
			change(inc)
		}
		return inc
	}
	drill, private := func(i *incident.Incident) { i.Kind = incident.Drill }, func(i *incident.Incident) { i.Private = true }
	undated := began("i", 5, func(i *incident.Incident) { i.Milestones = nil }, "svc_a")
	s := snapshot(t, []*incident.Incident{began("a", 5, nil, "svc_a"), began("b", 6, nil, "svc_a", "svc_b"), began("c", 10, nil, "svc_a"), began("d", 7, drill, "svc_a"),
		began("e", 8, private, "svc_a"), began("f", 9, nil, "svc_c"), began("g", 40, nil, "svc_b"), began("h", 6, nil), undated})
	window := func(from, to int, services ...incident.ID) analytics.Window {
		epoch := at(t, "2026-01-01T00:00")
		return analytics.Window{Services: services, From: epoch.Add(time.Duration(from) * time.Hour), To: epoch.Add(time.Duration(to) * time.Hour)}
	}
	windows := []analytics.Window{window(5, 10, "svc_a"), window(5, 11, "svc_a", "svc_b"), window(0, 48, "svc_b"), window(0, 48), window(0, 48, "svc_none"), window(6, 7, "svc_c")}
	if got, want := s.Began(analytics.Query{}, windows), []int{2, 3, 2, 0, 0, 0}; !slices.Equal(got, want) {
		t.Errorf("Began = %v, want %v", got, want)
	}
	if got, want := s.Began(analytics.Query{Sight: incident.Sight{All: true}}, windows[:2]), []int{3, 4}; !slices.Equal(got, want) {
		t.Errorf("Began with private ones = %v, want %v", got, want)
	}
	if got := s.Began(analytics.Query{}, nil); len(got) != 0 {
		t.Errorf("Began without windows = %v, want nothing", got)
	}
}
