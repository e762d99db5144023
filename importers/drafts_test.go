package importers

import (
	"errors"
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
