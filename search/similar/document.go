package similar

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"hindsight/incident"
	"hindsight/search/plain"
)

// Document is what of an incident is compared.
type Document struct {
	ID       incident.ID
	Title    string
	Body     string // prose of description, factors, retrospective and notes that everybody may read, without markup
	Code     string // code, log lines and traces among them
	Services []Service
	At       time.Time // start; zero when unknown
	Private  bool
	Audience incident.Audience // who may see it, being private
	Labels
	Linked string // names the problem record that its source links it to; empty: none
}

// Service is a service that the incident touched. Key is the same whenever the service is.
type Service struct{ Key, Name string }

// NewDocument gathers what is compared. Of the timeline only notes count: the other events say
// "assigned" and "resolved" in every incident. Private events are left out, because shared words are shown
// as reasons.
func NewDocument(inc *incident.Incident, events []incident.TimelineEvent, retro incident.Retrospective) Document {
	body := []plain.Source{{Text: inc.Description, Format: inc.Format}}
	for _, f := range inc.Factors {
		body = append(body, plain.Source{Text: f.Text, Format: incident.Plain})
	}
	for _, s := range retro.Sections {
		body = append(body, plain.Source{Text: s.Body, Format: incident.Markdown})
	}
	for _, e := range events {
		if e.Kind == incident.EventNote && !e.Private {
			body = append(body, plain.Source{Text: e.Text, Format: incident.Plain})
		}
	}
	prose, code := apartFrom(plain.Gather(body...))
	out := Document{ID: inc.ID, Title: stateless(inc.Title), Body: prose, Code: code, Services: servicesOf(inc), At: inc.StartedAt(), Private: inc.Private, Audience: inc.Audience, Labels: labelsOf(inc)}
	if inc.KnownProblem != "" {
		out.Linked = string(inc.Ref.Connection) + "\x00" + inc.KnownProblem
	}
	return out
}

// states are brackets that say how far an incident has come, as status pages and Alertmanager put them into titles: "[RESOLVED]",
// "[FIRING:3]". Two incidents are not alike for both having been resolved.
var states = regexp.MustCompile(`(?i)[\[(]\s*(?:resolved|recovered|recovery|closed|completed|fixed|mitigated|investigating|identified|monitoring|updated?|firing|triggered|acknowledged|ok)\b[^\])]{0,20}[\])]`)

func stateless(title string) string { return strings.TrimSpace(states.ReplaceAllString(title, " ")) }

// apartFrom takes what people wrote and what machines wrote apart. A text that would be left without prose is all prose.
func apartFrom(parts []plain.Part) (prose, code string) {
	var said, printed []string
	for _, p := range parts {
		if p.Kind == plain.Prose || p.Kind == plain.Quote {
			said = append(said, p.Text)
		} else {
			printed = append(printed, p.Text)
		}
	}
	prose, code = strings.Join(said, "\n"), strings.Join(printed, "\n")
	if len(strings.Fields(prose)) < 3 {
		return prose + "\n" + code, ""
	}
	return prose, code
}

func servicesOf(inc *incident.Incident) []Service {
	var out []Service
	for _, s := range inc.Services {
		key := string(s.Service)
		if key == "" {
			key = incident.Slug(s.Name)
		}
		if key != "" && !slices.ContainsFunc(out, func(o Service) bool { return o.Key == key }) {
			out = append(out, Service{key, s.Name})
		}
	}
	return out
}
