package importers

import (
	"strings"
	"testing"

	"hindsight/incident"
)

func TestEventOfTurn(t *testing.T) {
	for _, tc := range []struct {
		was, is incident.Status
		want    incident.EventKind
	}{
		{incident.Resolved, incident.Investigating, incident.EventReopened},
		{incident.Resolved, incident.StatusUnknown, incident.EventStatus},
		{incident.Closed, "", incident.EventStatus},
		{incident.Triggered, incident.Resolved, incident.EventResolved},
		{incident.Investigating, incident.Closed, incident.EventResolved},
		{incident.Resolved, incident.Closed, incident.EventStatus},
		{incident.Investigating, incident.Mitigated, incident.EventMitigated},
		{incident.Triggered, incident.Investigating, incident.EventStatus},
		{incident.Triggered, incident.Canceled, incident.EventStatus},
	} {
		if got := EventOfTurn(tc.was, tc.is); got != tc.want {
			t.Errorf("EventOfTurn(%q, %q) = %q, want %q", tc.was, tc.is, got, tc.want)
		}
	}
}

func TestToldChange(t *testing.T) {
	for _, tc := range []struct{ from, to, want string }{
		{"High", "Low", "Priority: High → Low"}, {"", "Low", "Priority: Low"}, {"High", "", "Priority: High removed"},
		{"a\nb", "c", "Priority: a b → c"}, {strings.Repeat("x", 201), "c", "Priority changed"}, {"", " ", "Priority changed"},
	} {
		if got := ToldChange("Priority", tc.from, tc.to); got != tc.want {
			t.Errorf("ToldChange(%q, %q) = %q, want %q", tc.from, tc.to, got, tc.want)
		}
	}
}

// What was called off was not resolved by anybody.
func TestAddResolver(t *testing.T) {
	for status, want := range map[incident.Status]int{incident.Resolved: 1, incident.Closed: 1, incident.Canceled: 0, incident.Merged: 0, incident.Investigating: 0} {
		d := Draft{Incident: incident.Incident{Status: status}}
		d.AddResolver([]Turn{{By: "Responder One", Status: incident.Investigating}, {By: "Responder Two", Status: status}})
		if len(d.Incident.People) != want || want == 1 && (d.Incident.People[0].Name != "Responder Two" || d.Incident.People[0].Role != "resolver") {
			t.Errorf("an incident that is %s has the people %+v, want %d resolver", status, d.Incident.People, want)
		}
	}
}
