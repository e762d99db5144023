// Package reportstest makes snapshots to try charts and tables on: nothing, one incident, a usual
// quarter, very many, and hostile ones. It is imported by tests and galleries alone. Start with Sets.
package reportstest

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/incident/incidenttest"
)

// Set is a snapshot with a query that suits it.
type Set struct {
	Name     string // "empty", "one", "typical", "huge", "hostile"
	Snapshot *analytics.Snapshot
	Query    analytics.Query
}

// Sets returns all sets, each time the same. The query is the third quarter of 2025 in Berlin, as of its end.
func Sets() ([]Set, error) {
	var out []Set
	for _, x := range []struct {
		name string
		incs []*incident.Incident
	}{
		{"empty", nil},
		{"one", usual(1)},
		{"typical", usual(160)},
		{"huge", usual(20000)},
		{"hostile", hostile()},
	} {
		s, err := Snapshot(x.incs, Promise("sla_ack", "Answer within 15 minutes", "opened..acknowledged", 15*time.Minute, 0.95),
			Promise("sla_fix", "Resolve within 4 hours", "opened..resolved", 4*time.Hour, 0.9))
		if err != nil {
			return nil, fmt.Errorf("reportstest: set %s: %w", x.name, err)
		}
		out = append(out, Set{x.name, s, Quarter()})
	}
	return out, nil
}

// Quarter is the third quarter of 2025 in Berlin, as of its end.
func Quarter() analytics.Query {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil { // a machine without time zones still draws
		berlin = time.UTC
	}
	from := time.Date(2025, time.July, 1, 0, 0, 0, 0, berlin)
	return analytics.Query{From: from, To: from.AddDate(0, 3, 0), Now: from.AddDate(0, 3, 0), Location: berlin}
}

// Snapshot returns what analytics makes of the incidents, their services and the policies.
func Snapshot(incs []*incident.Incident, policies ...incident.Policy) (*analytics.Snapshot, error) {
	var services []incident.Service
	for _, inc := range incs {
		for _, use := range inc.Services {
			services = append(services, incident.Service{ID: use.Service, Name: use.Name})
		}
	}
	live := analytics.NewLive(incidenttest.Epoch)
	delta := incident.Delta{Upto: 1942, CaughtUp: true, Incidents: incs, Services: services, Policies: policies}
	if err := live.Apply(context.Background(), delta); err != nil {
		return nil, err
	}
	return live.Snapshot(), nil
}

// Promise is a contract of one promise, of the same name, about all incidents.
func Promise(id incident.ID, name, span string, within time.Duration, goal float64) incident.Policy {
	body := fmt.Sprintf(`{"window": {"every": "month"}, "promises": [{"name": %q, "span": %q, "within_seconds": %v, "goal": %v}]}`, name, span, within.Seconds(), goal)
	return incident.Policy{ID: id, Version: 1, Kind: incident.ContractPolicy, Name: name, Body: []byte(body)}
}

// At returns incident n as one that was opened at a time and resolved after a while, with nothing else
// that figures look at; each override may add to it.
func At(n int, opened time.Time, took time.Duration, overrides ...func(*incident.Incident)) *incident.Incident {
	inc := incidenttest.Incident(n, func(inc *incident.Incident) {
		inc.Milestones, inc.SLA, inc.Reopened = nil, nil, nil
		set := func(name incident.MilestoneName, at time.Time) {
			inc.Milestones.Set(name, at, incident.ToSecond, incident.FromField, "sample", "")
		}
		set(incident.Opened, opened)
		set(incident.ResolvedAt, opened.Add(took))
	})
	for _, change := range overrides {
		change(inc)
	}
	return inc
}

// usual returns n incidents over half a year up to the end of the quarter, the newest ones first. Their
// times spread over three orders of magnitude, a few are open, drills or without a history.
func usual(n int) []*incident.Incident {
	end := Quarter().To.Add(-time.Hour)
	out := make([]*incident.Incident, n)
	for i := range out {
		opened := end.Add(-time.Duration(float64(i) / float64(n) * float64(184*24*time.Hour)))
		took := time.Duration(math.Pow(10, 3+1.6*spread(i)) * float64(time.Second))
		out[i] = At(i, opened, took, func(inc *incident.Incident) { vary(inc, i, n, opened, took) })
	}
	return out
}

// spread returns a number from -1 to 1 that looks random and is the same for the same i.
func spread(i int) float64 { return math.Sin(float64(i)*12.9898) * math.Cos(float64(i)*4.1414) }

func vary(inc *incident.Incident, i, n int, opened time.Time, took time.Duration) {
	set := func(name incident.MilestoneName, at time.Time) {
		inc.Milestones.Set(name, at, incident.ToSecond, incident.FromField, "sample", "")
	}
	set(incident.ImpactStarted, opened.Add(-5*time.Minute))
	set(incident.Acked, opened.Add(took/9))
	names := []string{"checkout", "payments-db", "edge", "search", "mail", "billing"}
	name := names[(i*i+i/3)%len(names)]
	if n > 1000 {
		name = fmt.Sprintf("%s-%d", name, i%40)
	}
	service := incident.NewService(name)
	inc.Services = []incident.ServiceUse{{Service: service.ID, Name: service.Name, Role: "affected"}}
	reopened := 0
	if i%13 == 0 {
		reopened = 1
	}
	inc.Reopened = &reopened
	switch {
	case i%31 == 30:
		inc.Status = incident.Investigating
		inc.Milestones = inc.Milestones[:1]
	case i%29 == 28:
		inc.Kind = incident.Drill
	case i%17 == 16:
		inc.Reopened = nil
	}
}

// hostile returns a quarter of incidents with texts and times that no chart expects.
func hostile() []*incident.Incident {
	texts := []string{
		`</script><script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, "=HYPERLINK(\"http://example.com\")",
		"line\nbreak\ttab\x00nul\x1b[31m", "\u202egnidaer thgir", strings.Repeat("very long ", 60), "{a|rich} {b} {c}",
		"fmt:duration", "]]>&amp;<!--", "日本語のサービス", "\xff\xfe not UTF-8", "", "🔥🔥🔥",
	}
	from := Quarter().From.Add(time.Hour)
	var out []*incident.Incident
	for i := range 8 * len(texts) {
		text := texts[i%len(texts)]
		took := []time.Duration{0, time.Nanosecond, time.Hour, 200 * 365 * 24 * time.Hour, -time.Hour, 90 * time.Minute, 3 * time.Second}[i%7]
		out = append(out, At(i, from.Add(time.Duration(i)*20*time.Hour), took, func(inc *incident.Incident) {
			inc.Title, inc.Number, inc.PriorityRaw, inc.ExcludeReason = text, text, text, ""
			inc.Services = []incident.ServiceUse{{Service: incident.ID(fmt.Sprintf("svc_%d", i%len(texts))), Name: text, Role: "affected"}}
			if i%10 == 9 {
				inc.ExcludeReason = text
			}
		}))
	}
	return out
}
