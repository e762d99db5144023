package grafanaincident

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/grafanaincident/grafanaincidenttest"
	"hindsight/importers/importertest"
	"hindsight/incident"
)

// object is JSON of the API's shape, made up here.
type object = grafanaincidenttest.Object

var start = grafanaincidenttest.Start

func TestRunAPI(t *testing.T) {
	importertest.RunAPI(t, Source(), grafanaincidenttest.Upstream.Fake())
}

func collect(t *testing.T, s *grafanaincidenttest.Server, into *importertest.Haul) *importertest.Haul {
	t.Helper()
	return importertest.ReadAll(t, Source(), grafanaincidenttest.Upstream.Config(importertest.Served(t, s)), into)
}

func TestFollowAndActivity(t *testing.T) {
	s := grafanaincidenttest.New(3, 230)
	h := collect(t, s, nil)
	if d := h.Draft(t, incidents, "2"); len(d.Timeline) != 230 || d.Timeline[229].Text != "note 229" {
		t.Errorf("%d events, want the 230 of three pages in order", len(d.Timeline))
	}
	s.Asked = nil
	h = collect(t, s, h)
	if len(s.Asked) != 1 || s.Asked[grafanaincidenttest.Previews] != 1 {
		t.Errorf("a poll without news asked %v, want one list", s.Asked)
	}
	s.Incidents[0] = grafanaincidenttest.Incident(1, start, object{"status": "active", "modifiedTime": "2026-11-20T11:59:00Z"})
	if d := collect(t, s, h).Draft(t, incidents, "1"); d.Incident.Status != incident.Investigating || !d.Incident.Milestones.At(incident.ResolvedAt).IsZero() {
		t.Errorf("after a reopening: %q, %+v; want investigating without a resolution", d.Incident.Status, d.Incident.Milestones)
	}
}

func mapped(t *testing.T, i object) importers.Draft {
	t.Helper()
	text, err := json.Marshal(object{"incident": i})
	if err != nil {
		t.Fatal(err)
	}
	d, err := mapIncident(incident.Raw{ExternalID: "1", Body: text}, grafanaincidenttest.Upstream.Config("https://example.grafana.net"))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestMap(t *testing.T) {
	d := mapped(t, grafanaincidenttest.Incident(1, start, nil))
	inc := d.Incident
	for name, want := range map[incident.MilestoneName]time.Time{incident.Opened: start, incident.ImpactStarted: start.Add(-time.Minute),
		incident.ResolvedAt: start.Add(time.Hour), incident.ImpactEnded: start.Add(50 * time.Minute)} {
		if got := inc.Milestones.At(name); !got.Equal(want) {
			t.Errorf("%s at %s, want %s", name, got, want)
		}
	}
	if inc.Severity != incident.Sev1 || inc.Kind != incident.Real || inc.URL != "https://example.grafana.net/a/grafana-irm-app/incidents/1" ||
		len(inc.Services) != 1 || len(inc.People) != 2 || inc.People[1].Role != "commander" || len(d.Warnings) != 0 {
		t.Errorf("mapped to %+v, warnings %v", inc, d.Warnings)
	}
	same := start.Format(time.RFC3339Nano)
	if got := mapped(t, grafanaincidenttest.Incident(1, start, object{"incidentStart": same})).Incident.Milestones.At(incident.ImpactStarted); !got.IsZero() {
		t.Errorf("a start that Grafana filled in gives impact from %s, want none", got)
	}
	if got := mapped(t, grafanaincidenttest.Incident(1, start, object{"isDrill": true})).Incident.Kind; got != incident.Drill {
		t.Errorf("a drill is %q", got)
	}
	odd := mapped(t, object{"incidentID": "1", "title": nil, "status": "paused", "severity": "Purple", "createdTime": "", "closedTime": "", "labels": nil, "incidentMembership": nil, "taskList": nil})
	if odd.Incident.Title != "(no title)" || odd.Incident.Status != incident.StatusUnknown || len(odd.Incident.Milestones) != 0 || len(odd.Warnings) != 3 {
		t.Errorf("nulls and unknown words: %+v, warnings %v", odd.Incident, odd.Warnings)
	}
}

func FuzzMap(f *testing.F) {
	text, err := json.Marshal(object{"incident": grafanaincidenttest.Incident(1, start, nil), "activity": []any{object{"activityKind": "userNote", "eventTime": "2026-11-01T10:00:00Z"}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(t *testing.T, body []byte) {
		var wrong *importers.MapError
		if _, err := mapIncident(incident.Raw{ExternalID: "1", Body: body}, importers.Config{}); err != nil && !errors.As(err, &wrong) {
			t.Fatalf("map: %v, want a *MapError", err)
		}
	})
}
