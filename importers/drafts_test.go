package importers

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

func TestDraftSetTitle(t *testing.T) {
	var d Draft
	d.SetTitle("name", " Disk\n full ")
	if d.Incident.Title != "Disk full" || d.Warnings != nil {
		t.Errorf("title = %q, warnings %v; want %q and none", d.Incident.Title, d.Warnings, "Disk full")
	}
	d.SetTitle("name", "\x00")
	if d.Incident.Title != "(no title)" || len(d.Warnings) != 1 {
		t.Errorf("title = %q, warnings %v; want (no title) and one", d.Incident.Title, d.Warnings)
	}
}

func TestDraftSetTime(t *testing.T) {
	berlin, err := Zone("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	var d Draft
	for _, text := range []string{"2024-10-27 02:30", "null"} {
		if err := d.SetTime(incident.Opened, "test", "at", text, TimeFormat{Zone: berlin}); err != nil {
			t.Errorf("SetTime(%q) = %v", text, err)
		}
	}
	want := incident.Milestones{{Name: incident.Opened, At: time.Date(2024, 10, 27, 0, 30, 0, 0, time.UTC), Precision: incident.ToMinute, Basis: incident.FromField, Source: "test", Field: "at"}}
	if !reflect.DeepEqual(d.Incident.Milestones, want) || len(d.Warnings) != 1 {
		t.Errorf("milestones = %+v, warnings %+v; want %+v and one about the repeated hour", d.Incident.Milestones, d.Warnings, want)
	}
	var wrong *MapError
	if err := d.SetTime(incident.Opened, "test", "at", "soon", TimeFormat{}); !errors.As(err, &wrong) || wrong.Field != "at" || wrong.Value != "soon" {
		t.Errorf("SetTime(soon) = %v, want a MapError about at", err)
	}
}

func TestDraftParts(t *testing.T) {
	var d Draft
	d.AddServices("API", "api", " ", "Web")
	d.AddPerson("n/a", "assignee")
	d.AddPerson("somebody", "assignee")
	d.AddCustom("region", " eu \x00")
	d.AddCustom("empty", "")
	d.AddLink("ticket", "url", "https://example.org", "T")
	d.AddLink("ticket", "url", "javascript:alert(1)", "T")
	d.AddLink("ticket", "url", "-", "T")
	want := incident.Incident{
		Services: []incident.ServiceUse{{Name: "API", Role: "affected"}, {Name: "Web", Role: "affected"}},
		People:   []incident.Participation{{Name: "somebody", Role: "assignee"}},
		Custom:   []incident.CustomValue{{Name: "region", Value: "eu"}},
		Links:    []incident.Link{{Kind: "ticket", URL: "https://example.org", Title: "T"}},
	}
	if !reflect.DeepEqual(d.Incident, want) || len(d.Warnings) != 1 {
		t.Errorf("draft = %+v, warnings %+v; want %+v and one about the address", d.Incident, d.Warnings, want)
	}
}

func TestDraftCheckOrder(t *testing.T) {
	at := func(day int) time.Time { return time.Date(2026, 1, day, 0, 0, 0, 0, time.UTC) }
	for _, tc := range []struct {
		name                     string
		impact, opened, resolved int // day of January; 0: unknown
		want                     string
	}{
		{"in order", 1, 2, 3, ""},
		{"resolved before opened", 0, 2, 1, "resolved precedes opened"},
		{"resolved before impact, never opened", 2, 0, 1, "resolved precedes impact_started"},
		{"at once", 0, 2, 2, ""},
		{"no beginning", 0, 0, 1, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var d Draft
			for name, day := range map[incident.MilestoneName]int{incident.ImpactStarted: tc.impact, incident.Opened: tc.opened, incident.ResolvedAt: tc.resolved} {
				if day > 0 {
					d.Incident.Milestones.Set(name, at(day), incident.ToDay, incident.FromField, "test", string(name))
				}
			}
			d.CheckOrder()
			got := ""
			if len(d.Warnings) > 0 {
				got = d.Warnings[0].Message
			}
			if !strings.HasPrefix(got, tc.want) || (got == "") != (tc.want == "") {
				t.Errorf("CheckOrder warns %q, want %q", got, tc.want)
			}
		})
	}
}

func TestSetTimes(t *testing.T) {
	d := NewIncident("tickets", "7", incident.OriginTicket)
	err := d.SetTimes("made-up", ISO8601,
		Stated{Name: incident.Opened, Field: "created", Text: "2026-03-04T05:06:07Z"},
		Stated{Name: incident.ResolvedAt, Field: "resolved", Text: "2026-03-04T06:00:00Z", Unless: true},
		Stated{Name: incident.Acked, Field: "taken", Text: "null"})
	if err != nil || len(d.Incident.Milestones) != 1 || d.Incident.Milestones.At(incident.Opened).IsZero() {
		t.Errorf("milestones %+v, %v; want the opening alone", d.Incident.Milestones, err)
	}
	if err := d.SetTimes("made-up", ISO8601, Stated{Name: incident.Acked, Field: "taken", Text: "soon"}); err == nil || !strings.Contains(err.Error(), "taken") {
		t.Errorf("a time that cannot be read gave %v, want an error that names the field", err)
	}
}

// A field of the system's own goes where the mapping says.
func TestPlace(t *testing.T) {
	w := Words{Severity: SeverityWords(), Fields: map[string]string{"service": "Component", "severity": "Sev", "team": "Squad", "mitigated": "Stable at"}}
	var d Draft
	for field, value := range map[string]string{"sev": "critical", "squad": "Shop", "Stable At": "2026-03-04 05:06", "other": "x"} {
		if service := d.Place(w, "made-up", field, value); service != "" {
			t.Errorf("%s names the service %q", field, service)
		}
	}
	if service := d.Place(w, "made-up", "component", "checkout"); service != "checkout" {
		t.Errorf("the service is %q, want checkout", service)
	}
	if d.Incident.Severity != incident.Sev1 || d.Incident.SeverityRaw != "critical" || d.Team != "Shop" || d.Incident.Milestones.At(incident.MitigatedAt).IsZero() {
		t.Errorf("the draft is %+v of team %q; want what the fields say", d.Incident, d.Team)
	}
	if d.Place(w, "made-up", "Stable at", "soon"); len(d.Warnings) != 1 {
		t.Errorf("warnings %+v; want one of the time that is none", d.Warnings)
	}
}

// Ids are texts in lists and numbers elsewhere.
func TestText(t *testing.T) {
	var got []Text
	if err := json.Unmarshal([]byte(`["7", 7, null, true, [1]]`), &got); err != nil || fmt.Sprintf("%q", got) != `["7" "7" "" "true" "[1]"]` {
		t.Errorf("read %q, %v", got, err)
	}
}
