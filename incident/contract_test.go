package incident_test

import (
	"encoding/json"
	"errors"
	"math"
	"testing"
	"time"

	"hindsight/incident"
)

// contract is a body as the API takes it.
const contract = `{"customer":"Example Customer","zone":"Europe/Berlin","from":"2026-01-01","until":"2027-01-01","window":{"every":"quarter"},
 "promises":[{"name":"Resolution","span":"opened..resolved","within_seconds":14400,"goal":0.95,"priorities":["P1"],"severities":[1,2],
  "services":["svc_1"],"pause_in":["On Hold"],"cancel_on":["canceled"],"reopen":"resume","calendar":"cal_1"}],
 "exclusions":[{"from":"2026-03-01T22:00:00Z","until":"2026-03-02T02:00:00Z","reason":"move","approver":"Approver One","approved_at":"2026-03-01T22:00:01Z"}]}`

func TestContractBody(t *testing.T) {
	var c incident.Contract
	if err := json.Unmarshal([]byte(contract), &c); err != nil {
		t.Fatal(err)
	}
	if err := c.Validate(); err != nil {
		t.Errorf("Validate = %v", err)
	}
	if !c.Exclusions[0].AfterTheFact() {
		t.Error("an exclusion that was approved a second after it began is not told from an announced one")
	}
}

func TestContractValidate(t *testing.T) {
	for _, tc := range []struct {
		field  string
		change func(*incident.Contract)
	}{
		{"zone", func(c *incident.Contract) { c.Zone = "Berlin" }},
		{"from", func(c *incident.Contract) { c.From = "1 January" }},
		{"until", func(c *incident.Contract) { c.Until = c.From }},
		{"window", func(c *incident.Contract) { c.Window = incident.Window{} }},
		{"window", func(c *incident.Contract) { c.Window = incident.Window{Every: incident.Rolling} }},
		{"promises", func(c *incident.Contract) { c.Promises = nil }},
		{"promises", func(c *incident.Contract) { c.Promises = append(c.Promises, c.Promises[0]) }},
		{"promises.name", func(c *incident.Contract) { c.Promises[0].Name = " " }},
		{"promises.span", func(c *incident.Contract) { c.Promises[0].Span = "begin..end" }},
		{"promises.within", func(c *incident.Contract) { c.Promises[0].WithinSeconds = 0 }},
		{"promises.within", func(c *incident.Contract) { c.Promises[0].WithinSeconds = math.NaN() }},
		{"promises.goal", func(c *incident.Contract) { c.Promises[0].Goal = 95 }},
		{"promises.severities", func(c *incident.Contract) { c.Promises[0].Severities = []incident.Severity{6} }},
		{"promises.pause_in", func(c *incident.Contract) { c.Promises[0].PauseIn = []string{""} }},
		{"promises.reopen", func(c *incident.Contract) { c.Promises[0].Reopen = "restart" }},
		{"exclusions.until", func(c *incident.Contract) { c.Exclusions[0].Until = c.Exclusions[0].From }},
		{"exclusions.reason", func(c *incident.Contract) { c.Exclusions[0].Reason = "" }},
		{"exclusions.approver", func(c *incident.Contract) { c.Exclusions[0].Approver = "" }},
		{"exclusions.approved_at", func(c *incident.Contract) { c.Exclusions[0].ApprovedAt = time.Time{} }},
	} {
		var c incident.Contract
		if err := json.Unmarshal([]byte(contract), &c); err != nil {
			t.Fatal(err)
		}
		tc.change(&c)
		err := c.Validate()
		var field *incident.FieldError
		if !errors.As(err, &field) || field.Field != tc.field {
			t.Errorf("Validate = %v, want an error about %s", err, tc.field)
		}
	}
}
