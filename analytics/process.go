package analytics

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"hindsight/incident"
)

// ProcessStep is something that a company's own rules can ask for after an incident.
type ProcessStep struct {
	Name  string // "begun", "in_time", "approved", or a gate of incident.RetroGates
	Words string // "begun, or decided that none is needed"
}

// ProcessSteps lists every step in the order in which it is done.
var ProcessSteps = []ProcessStep{
	{"begun", "begun, or decided that none is needed"}, {"window", "says when the impact began and ended"}, {"moments", "has a timeline"}, {"summary", "has a summary"},
	{"factor", "names a contributing factor"}, {"actions", "every action item has owner and date"}, {"approved", "approved by as many as the rule asks for"}, {"in_time", "published in time"}}

// ProcessStanding is how an incident stands to a step that its rule asks for.
type ProcessStanding string

const (
	ProcessKept    ProcessStanding = "kept"
	ProcessMissed  ProcessStanding = "missed"  // done, and too late
	ProcessLate    ProcessStanding = "late"    // still to be done, and its time is over
	ProcessWaiting ProcessStanding = "waiting" // still to be done, in time; in no share
	ProcessUnsaid  ProcessStanding = "unsaid"  // nobody can tell; in no share
)

// ProcessCase is an incident that is over and of which the rules in force then wanted a retrospective.
type ProcessCase struct {
	Incident *incident.Incident
	Rule     string    // its name
	Due      time.Time // when it had to be published by the rule; zero: the rule gives no date, or nobody says when the incident was over
	Teams    []incident.ID
	Steps    map[string]ProcessStanding // by ProcessStep.Name; a step that the rule does not ask for is not a key
}

// ProcessDim is what the figures of a process are told apart by.
type ProcessDim string

const (
	ProcessAll       ProcessDim = "all"
	ProcessByRule    ProcessDim = "rule"
	ProcessByTeam    ProcessDim = "team"
	ProcessByService ProcessDim = "service"
)

// ProcessGroup is how some incidents stand to each step.
type ProcessGroup struct {
	By        ProcessDim
	Key, Name string // Key is empty for all, and for incidents of no team or service
	Incidents int
	Steps     []ProcessCount // in the order of ProcessSteps; those that no rule asked for are left out
}

// ProcessCount counts incidents by how they stand to a step.
type ProcessCount struct {
	ProcessStep
	Kept, Missed, Late, Waiting, Unsaid int
	Share                               Estimate  // Kept / (Kept + Missed + Late), Wilson; no value from fewer than FewestProcess
	OldestDue                           time.Time // of those that are late; zero: none is, or none has a date
}

// Judged is how many the share is of.
func (c ProcessCount) Judged() int { return c.Kept + c.Missed + c.Late }

// FewestProcess is how many incidents a share of the process takes at least.
const FewestProcess = 5

// Process says how far a company keeps to its own rules. Groups are in the order of their names, never of their figures: it is no ranking.
type Process struct {
	Whole    ProcessGroup
	Rules    []ProcessGroup
	Teams    []ProcessGroup // an incident of several teams is with each
	Services []ProcessGroup // likewise
	// Members are what is behind each figure, by ProcessFigure.
	Members Members
}

// ProcessFigure names a figure: a step of a group.
func ProcessFigure(step string, by ProcessDim, key string) string {
	if by == ProcessAll {
		return step
	}
	return step + "." + string(by) + "~" + cmp.Or(key, "none")
}

// MeasureProcess counts cases by step, and by rule, team and service. name gives the name of a team.
func MeasureProcess(cases []ProcessCase, name func(incident.ID) string) Process {
	p := Process{Members: Members{}}
	groups := map[ProcessDim]map[string]*ProcessGroup{ProcessAll: {}, ProcessByRule: {}, ProcessByTeam: {}, ProcessByService: {}}
	counts := map[string]*ProcessCount{}
	add := func(c ProcessCase, by ProcessDim, key, label string) {
		g := groups[by][key]
		if g == nil {
			g = &ProcessGroup{By: by, Key: key, Name: label}
			groups[by][key] = g
		}
		g.Incidents++
		for _, step := range ProcessSteps {
			how, asked := c.Steps[step.Name]
			if !asked {
				continue
			}
			figure := ProcessFigure(step.Name, by, key)
			if counts[figure] == nil {
				counts[figure] = &ProcessCount{ProcessStep: step}
			}
			counts[figure].add(how, c.Due)
			part, why := standingWords(how, c.Due)
			p.Members.add(figure, c.Incident, part, why)
		}
	}
	for _, c := range cases {
		add(c, ProcessAll, "", "All")
		add(c, ProcessByRule, incident.Slug(c.Rule), c.Rule)
		if len(c.Teams) == 0 {
			add(c, ProcessByTeam, "", "No team")
		}
		for _, t := range c.Teams {
			add(c, ProcessByTeam, string(t), name(t))
		}
		services := servicesOf(c.Incident)
		if len(services) == 0 {
			add(c, ProcessByService, "", "No service")
		}
		for _, s := range services {
			add(c, ProcessByService, string(s.Service), s.Name)
		}
	}
	ordered := func(by ProcessDim) (out []ProcessGroup) {
		for _, g := range groups[by] {
			for _, step := range ProcessSteps {
				if c := counts[ProcessFigure(step.Name, by, g.Key)]; c != nil {
					c.Share = shareFrom(c.Kept, c.Judged(), FewestProcess)
					g.Steps = append(g.Steps, *c)
				}
			}
			out = append(out, *g)
		}
		slices.SortFunc(out, func(a, b ProcessGroup) int {
			return cmp.Or(cmp.Compare(min(1, len(b.Key)), min(1, len(a.Key))), strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.Key, b.Key))
		})
		return out
	}
	if all := ordered(ProcessAll); len(all) > 0 {
		p.Whole = all[0]
	}
	p.Rules, p.Teams, p.Services = ordered(ProcessByRule), ordered(ProcessByTeam), ordered(ProcessByService)
	return p
}

// Groups returns all groups: the whole, then by rule, team and service.
func (p Process) Groups() []ProcessGroup {
	return slices.Concat([]ProcessGroup{p.Whole}, p.Rules, p.Teams, p.Services)
}

// Late returns the groups by team of which something is late.
func (p Process) Late() []ProcessGroup {
	return slices.DeleteFunc(slices.Clone(p.Teams), func(g ProcessGroup) bool {
		return !slices.ContainsFunc(g.Steps, func(c ProcessCount) bool { return c.Late > 0 })
	})
}

func (c *ProcessCount) add(how ProcessStanding, due time.Time) {
	switch how {
	case ProcessKept:
		c.Kept++
	case ProcessMissed:
		c.Missed++
	case ProcessLate:
		c.Late++
		if !due.IsZero() && (c.OldestDue.IsZero() || due.Before(c.OldestDue)) {
			c.OldestDue = due
		}
	case ProcessWaiting:
		c.Waiting++
	default:
		c.Unsaid++
	}
}

// standingWords say how an incident counts in a step.
func standingWords(how ProcessStanding, due time.Time) (Part, string) {
	until := ""
	if !due.IsZero() {
		until = due.UTC().Format("2 Jan 2006")
	}
	switch how {
	case ProcessKept:
		return Counted, ""
	case ProcessMissed:
		return Beside, fmt.Sprintf("done after %s", until)
	case ProcessLate:
		if until == "" {
			return Beside, "still to be done"
		}
		return Beside, fmt.Sprintf("still to be done, since %s", until)
	case ProcessWaiting:
		return NotIn, fmt.Sprintf("still in time, until %s", until)
	}
	return NotIn, "nobody says"
}

// shareFrom is share, without a value where the whole is less than fewest.
func shareFrom(part, whole, fewest int) Estimate {
	e := share(part, whole)
	if whole < fewest {
		return unknown(e.Method, whole, fmt.Sprintf("too few to tell: %d of %d", part, whole))
	}
	return e
}

// servicesOf are the services of an incident, each once.
func servicesOf(inc *incident.Incident) (out []incident.ServiceUse) {
	for _, u := range inc.Services {
		if !slices.ContainsFunc(out, func(o incident.ServiceUse) bool { return o.Service == u.Service }) {
			out = append(out, u)
		}
	}
	return out
}

// Step returns the count of a step; ok is false where no rule of the group asked for it.
func (g ProcessGroup) Step(name string) (c ProcessCount, ok bool) {
	i := slices.IndexFunc(g.Steps, func(c ProcessCount) bool { return c.Name == name })
	if i < 0 {
		return c, false
	}
	return g.Steps[i], true
}
