// Package deploy takes in change events that pipelines and scripts push, and incidents in the form that Apache
// DevLake's webhooks have. It asks nobody anything. Start with [Source].
//
// Two forms are read, and may be mixed: the plain one that docs/sources/deploy.md describes, and that of DevLake
// (https://devlake.apache.org/docs/Plugins/webhook), whose users have their pipelines send it already.
package deploy

import (
	"encoding/json"
	"fmt"
	"strings"

	"hindsight/importers"
	"hindsight/incident"
)

var settings = importers.Fields{
	{Name: "service", Label: "Service", Help: "The service that deliveries are about which do not name one, nor a repository"},
	{Name: "environments", Label: "Environments", Help: "Changes of other environments are left out; separated by commas. Empty: all"},
}

// Source reads what is pushed to /hooks.
func Source() importers.Source {
	return importers.Source{
		Name: "deploy", Title: "Deployments by webhook", Origin: incident.OriginTicket, Settings: settings,
		Summary:    "Change events that a pipeline posts as JSON, and deployments and incidents in the form of Apache DevLake's webhooks.",
		Docs:       "https://devlake.apache.org/docs/Plugins/webhook",
		Changes:    importers.AlwaysChanges,
		Missing:    []string{"whatever was not posted: there is no list to read it from"},
		Permission: "none at a source; the sender needs the connection's secret",
		Hook:       hook,
		Words:      words(),
		Collections: []importers.Collection{
			{Name: "changes", Map: mapChange, Combine: combine},
			{Name: "incidents", Map: mapIncident, Combine: combine},
		},
	}
}

// words are DevLake's three statuses, beside the common ones.
func words() importers.Words {
	return importers.Words{
		Status: importers.StatusWords().With(map[string]incident.Status{
			"TODO": incident.Triggered, "IN_PROGRESS": incident.Investigating, "DONE": incident.Resolved,
		}),
		Severity: importers.SeverityWords(),
	}
}

// message is one delivery: what it said, word for word, and when it came.
type message struct {
	At      string          `json:"received_at"` // RFC 3339, UTC
	Service string          `json:"service,omitempty"`
	Close   bool            `json:"close,omitempty"` // it only says that the incident is over
	Body    json.RawMessage `json:"body,omitempty"`
}

// record is what was said of one change or incident, in order of arrival.
type record struct {
	Messages []message `json:"messages"`
}

// object is a JSON object whose members are looked up by the names that the two forms have for them.
type object map[string]json.RawMessage

// text returns the first member that is a text or a number and says anything.
func (o object) text(names ...string) string {
	for _, name := range names {
		var s string
		var n json.Number
		if json.Unmarshal(o[name], &s) == nil && !importers.Unset(s) {
			return strings.TrimSpace(s)
		}
		if json.Unmarshal(o[name], &n) == nil && n != "" {
			return n.String()
		}
	}
	return ""
}

// texts returns the members of a list, or the one text that stands in its place.
func (o object) texts(name string) []string {
	var list []string
	if json.Unmarshal(o[name], &list) == nil {
		return list
	}
	if one := o.text(name); one != "" {
		return []string{one}
	}
	return nil
}

// commits returns the commits of a deployment in DevLake's form.
func (o object) commits() []object {
	for _, name := range []string{"deploymentCommits", "deployment_commits"} {
		var list []object
		if json.Unmarshal(o[name], &list) == nil && len(list) > 0 {
			return list
		}
	}
	return nil
}

// said returns the record's messages as one object: what came later counts, where it says anything.
func (r record) said() (object, error) {
	all := object{}
	for _, m := range r.Messages {
		if len(m.Body) == 0 {
			continue
		}
		var o object
		if err := json.Unmarshal(m.Body, &o); err != nil {
			return nil, fmt.Errorf("this is no JSON object: %w", err)
		}
		for name, value := range o {
			if string(value) != "null" && string(value) != `""` {
				all[name] = value
			}
		}
	}
	return all, nil
}
