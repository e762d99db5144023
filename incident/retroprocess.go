package incident

import (
	"fmt"
	"slices"
	"strings"
)

// RetroPolicy is the kind of the policy whose body is a RetroProcess; there is at most one, RetroPolicyID.
const (
	RetroPolicy   PolicyKind = "retrospectives"
	RetroPolicyID ID         = "pol_retrospectives"
)

// RetroProcess is what a company agreed on about retrospectives: which incidents need one, in which form, by when, and what
// has to stand in it before it is published.
type RetroProcess struct {
	Flavour   string          `json:"flavour,omitempty"` // the set that it was made from; see RetroFlavours
	Rules     []RetroRule     `json:"rules"`             // the first that fits an incident decides
	Templates []RetroTemplate `json:"templates"`
}

// RetroRule says what is done about some incidents. Of its conditions all that are given must hold.
type RetroRule struct {
	Name       string     `json:"name"`
	Severities []Severity `json:"severities,omitempty"`
	Kinds      []Kind     `json:"kinds,omitempty"`
	Tags       []string   `json:"tags,omitempty"`    // one of them
	Known      *bool      `json:"known,omitempty"`   // it belongs to a confirmed recurring problem, or does not
	Minutes    int        `json:"minutes,omitempty"` // it lasted at least so long
	Teams      int        `json:"teams,omitempty"`   // at least so many teams worked on it

	Required  bool     `json:"required"`
	Template  string   `json:"template"`
	Days      int      `json:"days,omitempty"`      // until it should be published, since the incident was over; 0: no date
	Approvals int      `json:"approvals,omitempty"` // how many reviewers have to approve
	Gates     []string `json:"gates,omitempty"`     // see RetroGates; without them it cannot be published
}

// RetroTemplate is a form that retrospectives are begun with.
type RetroTemplate struct {
	Name     string            `json:"name"`
	About    string            `json:"about,omitempty"`
	Sections []TemplateSection `json:"sections"`
}

// TemplateSection is a section as it is begun.
type TemplateSection struct {
	Slug    string   `json:"slug"`
	Title   string   `json:"title"`
	Text    string   `json:"text,omitempty"`    // Markdown that it begins with
	Prompts []string `json:"prompts,omitempty"` // questions that help to write it
}

// RetroGates are what a rule can ask for before a retrospective is published, and what each says to people.
var RetroGates = map[string]string{
	"window":  "when the impact began and ended",
	"summary": "a summary",
	"factor":  "at least one contributing factor",
	"actions": "an owner and a due date for every action item",
	"moments": "a timeline of at least two moments",
}

// RetroCase is what rules ask of an incident beside its own fields.
type RetroCase struct {
	Known   bool // it belongs to a confirmed recurring problem
	Minutes int  // that it lasted; 0: nobody knows
	Teams   int  // that worked on it
}

// Rule returns the rule that decides about an incident; ok is false when none fits, and then none is required.
func (p RetroProcess) Rule(inc *Incident, c RetroCase) (rule RetroRule, ok bool) {
	i := slices.IndexFunc(p.Rules, func(r RetroRule) bool { return r.fits(inc, c) })
	if i < 0 {
		return RetroRule{}, false
	}
	return p.Rules[i], true
}

func (r RetroRule) fits(inc *Incident, c RetroCase) bool {
	switch {
	case len(r.Severities) > 0 && !slices.Contains(r.Severities, inc.Severity):
		return false
	case len(r.Kinds) > 0 && !slices.Contains(r.Kinds, inc.Kind):
		return false
	case len(r.Tags) > 0 && !slices.ContainsFunc(r.Tags, func(t string) bool { return slices.Contains(inc.Tags, t) }):
		return false
	case r.Known != nil && *r.Known != c.Known:
		return false
	}
	return c.Minutes >= r.Minutes && c.Teams >= r.Teams
}

// Template returns the template of a name; ok is false when there is none.
func (p RetroProcess) Template(name string) (t RetroTemplate, ok bool) {
	i := slices.IndexFunc(p.Templates, func(t RetroTemplate) bool { return t.Name == name })
	if i < 0 {
		return RetroTemplate{}, false
	}
	return p.Templates[i], true
}

// Prompts returns the questions of a section in a template; nil when there are none.
func (p RetroProcess) Prompts(template, slug string) []string {
	t, _ := p.Template(template)
	for _, s := range t.Sections {
		if s.Slug == slug {
			return s.Prompts
		}
	}
	return nil
}

// The bounds of a process.
const (
	mostRetroRules    = 50
	mostRetroSections = 40
	mostApprovals     = 10
	longestDeadline   = 366 // days
)

// Validate returns ErrInvalid, naming the field, for what cannot be kept.
func (p RetroProcess) Validate() error {
	if len(p.Templates) == 0 || len(p.Templates) > mostRetroRules || len(p.Rules) > mostRetroRules {
		return Invalidf("templates", "give 1 to %d templates, and at most as many rules", mostRetroRules)
	}
	names := map[string]bool{}
	for i, t := range p.Templates {
		if err := t.validate(fmt.Sprintf("templates[%d]", i)); err != nil {
			return err
		}
		if names[t.Name] {
			return Invalidf("templates", "two templates are called %q", t.Name)
		}
		names[t.Name] = true
	}
	for i, r := range p.Rules {
		if err := r.validate(fmt.Sprintf("rules[%d]", i)); err != nil {
			return err
		}
		if !names[r.Template] {
			return Invalidf(fmt.Sprintf("rules[%d].template", i), "there is no template called %q", r.Template)
		}
	}
	return nil
}

func (t RetroTemplate) validate(field string) error {
	if strings.TrimSpace(t.Name) == "" || len(t.Name) > longestSectionTitle {
		return Invalidf(field+".name", "give it a name of at most %d characters", longestSectionTitle)
	}
	if len(t.Sections) == 0 || len(t.Sections) > mostRetroSections {
		return Invalidf(field+".sections", "give 1 to %d sections", mostRetroSections)
	}
	seen := map[string]bool{}
	for _, s := range t.Sections {
		if err := (RetroSection{Slug: s.Slug, Title: s.Title, Text: s.Text}).Validate(); err != nil {
			return err
		}
		if seen[s.Slug] {
			return Invalidf(field+".sections", "two sections are called %q", s.Slug)
		}
		seen[s.Slug] = true
	}
	return nil
}

func (r RetroRule) validate(field string) error {
	switch {
	case strings.TrimSpace(r.Name) == "" || len(r.Name) > longestSectionTitle:
		return Invalidf(field+".name", "give it a name of at most %d characters", longestSectionTitle)
	case r.Days < 0 || r.Days > longestDeadline:
		return Invalidf(field+".days", "give 0 to %d days", longestDeadline)
	case r.Approvals < 0 || r.Approvals > mostApprovals:
		return Invalidf(field+".approvals", "give 0 to %d", mostApprovals)
	case r.Minutes < 0 || r.Teams < 0:
		return Invalidf(field+".minutes", "give a number from 0")
	}
	for _, s := range r.Severities {
		if !s.Valid() {
			return Invalidf(field+".severities", "%d is not between 1, the worst, and 5", s)
		}
	}
	for _, k := range r.Kinds {
		if !slices.Contains(Kinds, k) {
			return Invalidf(field+".kinds", "%q is not one of %v", k, Kinds)
		}
	}
	for _, g := range r.Gates {
		if RetroGates[g] == "" {
			return Invalidf(field+".gates", "%q is not a gate; there are window, summary, factor, actions and moments", g)
		}
	}
	return nil
}
