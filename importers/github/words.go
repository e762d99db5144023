package github

import (
	"encoding/json"
	"regexp"
	"strings"

	"hindsight/importers"
	"hindsight/incident"
)

// words are GitHub's two states with their reasons, and what people call labels. GitHub itself knows no severities.
func words() importers.Words {
	status := importers.StatusWords() // of labels that say how far the work is
	return importers.Words{
		Status: status.With(map[string]incident.Status{
			"open": incident.Triggered, "open reopened": incident.Investigating,
			"closed": incident.Closed, "closed completed": incident.Closed,
			"closed not_planned": incident.Canceled, "closed duplicate": incident.Merged,
		}),
		Severity: importers.SeverityWords(),
		Kind: importers.Values[incident.Kind]{}.With(map[string]incident.Kind{
			"drill": incident.Drill, "game day": incident.Drill, "exercise": incident.Drill, "test incident": incident.Test,
			"maintenance": incident.Maintenance, "scheduled maintenance": incident.Maintenance,
			"retrospective": incident.AfterTheFact, "backfilled": incident.AfterTheFact,
		}),
		Fields: map[string]string{"severity": "severity", "service": "service", "team": "team", "status": "status"},
	}
}

// label is a label, which some answers give as an object and some as a mere name.
type label struct{ Name string }

func (l *label) UnmarshalJSON(text []byte) error {
	var object struct{ Name string }
	if err := json.Unmarshal(text, &l.Name); err == nil {
		return nil
	}
	err := json.Unmarshal(text, &object)
	l.Name = object.Name
	return err
}

// split takes a label such as "severity: critical", "sev/1" or "service=checkout" apart; a label without a
// divider has no name.
func (l label) split() (name, value string) {
	i := strings.IndexAny(l.Name, ":/=")
	if i < 0 {
		return "", importers.Line(l.Name)
	}
	return importers.Line(l.Name[:i]), importers.Line(strings.TrimLeft(l.Name[i:], ":/= "))
}

var (
	bareSeverity = regexp.MustCompile(`(?i)^(sev|p|s)[-_ ]?[0-5]$|^critical$`)
	bareStatus   = regexp.MustCompile(`(?i)^(acknowledged|investigating|identified|mitigated|monitoring)$`)
)

// facts are named values of an issue: from labels with a divider, headings of an issue form, and issue fields, in
// this order. Names are folded.
type facts map[string][]string

func (f facts) add(name, value string) {
	if name, value = importers.Fold(name), importers.Clean(value); name != "" && !importers.Unset(value) && value != "_No response_" {
		f[name] = append(f[name], value)
	}
}

// of returns what the field stands for that the connection's words name.
func (f facts) of(w importers.Words, field string) []string {
	return f[importers.Fold(w.Fields[field])]
}

// factsOf gathers them. A label "sev1" or "critical" alone is a severity too, and "mitigated" a status.
func factsOf(r record, w importers.Words) facts {
	f := facts{}
	for _, l := range r.Issue.Labels {
		name, value := l.split()
		switch {
		case name != "" && importers.Fold(name) == "sev":
			name = w.Fields["severity"]
		case name == "" && bareSeverity.MatchString(value):
			name = w.Fields["severity"]
		case name == "" && bareStatus.MatchString(value):
			name = w.Fields["status"]
		}
		f.add(name, value)
	}
	for name, value := range headings(r.Issue.Body) {
		f.add(name, value)
	}
	for _, v := range r.Issue.Fields {
		f.add(v.Name, v.text())
	}
	return f
}

// headings yields what stands below each heading of a text, up to the next heading; issue forms write one for
// each question. https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-githubs-form-schema
func headings(body string) func(yield func(name, value string) bool) {
	return func(yield func(string, string) bool) {
		name, value := "", []string(nil)
		for line := range strings.Lines(body + "\n#") {
			line = strings.TrimSpace(line)
			if !strings.HasPrefix(line, "#") {
				value = append(value, line)
				continue
			}
			if name != "" && !yield(name, strings.TrimSpace(strings.Join(value, "\n"))) {
				return
			}
			name, value = strings.TrimSpace(strings.TrimLeft(line, "#")), nil
		}
	}
}
