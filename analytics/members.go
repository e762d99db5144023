package analytics

import (
	"fmt"
	"slices"

	"hindsight/incident"
)

// Part is how an incident, an action item or a change stands in a figure.
type Part string

const (
	Counted Part = "counted"  // in the number
	Beside  Part = "beside"   // in the whole of which the number is a part, and not in the number
	NotIn   Part = "left_out" // in neither
)

// Member is something behind a figure.
type Member struct {
	Case               // of an incident; of a change its title, time and services' names alone
	Change incident.ID // the change; empty: it is an incident
	Item   string      // the action item of the incident; empty: the incident itself
	Part   Part
	Why    string // how often it counts, or why it is left out; may be empty
}

// Members are what is behind the figures of a report, by the name of the figure.
type Members map[string][]Member

// MemberOf is an incident that a figure counts.
func MemberOf(inc *incident.Incident) Member { return Member{Case: caseOfIncident(inc), Part: Counted} }

// add notes an incident behind a figure.
func (m Members) add(figure string, inc *incident.Incident, part Part, why string) {
	m[figure] = append(m[figure], Member{Case: caseOfIncident(inc), Part: part, Why: why})
}

// split notes an incident that is in the whole of a figure, and says whether in the number too.
func (m Members) split(figure string, inc *incident.Incident, counted bool, why string) {
	part := Beside
	if counted {
		part = Counted
	}
	m.add(figure, inc, part, why)
}

// caseOfIncident describes an incident that was read as a whole.
func caseOfIncident(inc *incident.Incident) Case {
	c := Case{ID: inc.ID, Number: inc.Number, Title: inc.Title, Severity: inc.Severity, Priority: inc.PriorityRaw, StartedAt: inc.StartedAt()}
	for _, u := range inc.Services {
		if !slices.Contains(c.Services, u.Name) {
			c.Services = append(c.Services, u.Name)
		}
	}
	return c
}

// often writes how many times something happened: "once", "3 times".
func often(n int) string {
	switch n {
	case 0:
		return "never"
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}
