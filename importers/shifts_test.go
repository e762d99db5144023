package importers

import (
	"testing"
	"time"

	"hindsight/incident"
)

func TestAddShift(t *testing.T) {
	d := NewRoster("shifts", "S1/2026-03", " Payments\n")
	d.AddShift("start", "noon", incident.Shift{ScheduleRef: "S1 ", Person: " U1", PersonName: "Responder\nOne", From: noon, To: noon.Add(time.Hour)})
	d.AddShift("start", "soon", incident.Shift{PersonName: "Responder Two"})
	d.AddShift("start", "noon", incident.Shift{PersonName: "Responder Two", From: noon, To: noon.Add(-time.Hour)})
	want := incident.Shift{ScheduleRef: "S1", Person: "U1", PersonName: "Responder One", From: noon, To: noon.Add(time.Hour)}
	if r := d.Roster; r.Ref != (incident.Ref{Type: "shifts", ExternalID: "S1/2026-03"}) || d.Team != "Payments" || len(r.Shifts) != 1 || r.Shifts[0] != want {
		t.Errorf("the roster of %q is %+v, want one shift %+v of Payments", d.Team, *r, want)
	}
	if len(d.Warnings) != 2 || d.Warnings[0].Field != "start" || d.Warnings[0].Value != "soon" {
		t.Errorf("warnings %+v, want one of the shift without a beginning and one of the shift that ends too early", d.Warnings)
	}
}

func TestAddShiftOfAMonth(t *testing.T) {
	m, err := ReadRosterMonth(incident.Raw{ExternalID: "S1/2026-03", Body: []byte(`{"rota":{"id":"S1"},"over":true,"log":{}}`)})
	if err != nil {
		t.Fatal(err)
	}
	d := NewRoster("shifts", "S1/2026-03", "")
	m.AddShift(&d, "log", "", incident.Shift{PersonName: "Responder One", From: noon.AddDate(0, 0, -9), To: noon})
	m.AddShift(&d, "log", "May", incident.Shift{PersonName: "Responder One", From: noon.AddDate(0, 2, 0)})
	first := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	if s := d.Roster.Shifts; len(s) != 1 || !s[0].From.Equal(first) || !s[0].To.Equal(noon) || len(d.Warnings) != 1 || d.Warnings[0].Value != "May" {
		t.Errorf("shifts %+v, warnings %+v; want the part in March, and a warning of May", s, d.Warnings)
	}
}
