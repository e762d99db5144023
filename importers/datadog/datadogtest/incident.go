package datadogtest

import (
	"fmt"
	"time"
)

type object = map[string]any

// Incident is one incident of a Server, known by its number.
type Incident struct {
	N                 int
	Created, Modified time.Time
	Archived          bool
}

// ID returns the incident's id.
func (i *Incident) ID() string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", i.N) }

// render returns an incident; every fiftieth has an issue in another tool.
func (i *Incident) render() any {
	a := object{"public_id": i.N + 1, "title": fmt.Sprintf("Synthetic incident %d", i.N), "created": i.Created.Format(time.RFC3339), "modified": i.Modified.Format(time.RFC3339),
		"state": "stable", "severity": "SEV-3", "fields": object{"services": object{"type": "autocomplete", "value": []string{"checkout"}}}}
	if i.Archived {
		a["archived"] = i.Modified.Format(time.RFC3339)
	}
	integrations := []any{}
	if i.N%50 == 7 {
		integrations = append(integrations, object{"id": "in", "type": "incident_integrations"})
	}
	return object{"id": i.ID(), "type": "incidents", "attributes": a, "relationships": object{
		"commander_user": object{"data": object{"id": fmt.Sprint("u", i.N%3), "type": "users"}}, "integrations": object{"data": integrations}}}
}

func users() (all []any) {
	for n := range 3 {
		all = append(all, object{"id": fmt.Sprint("u", n), "type": "users", "attributes": object{"name": fmt.Sprint("Responder ", n)}})
	}
	return all
}

var todo = object{"id": "t", "type": "incident_todos", "attributes": object{"content": "Mend it", "assignees": []any{}}}

var integration = object{"id": "in", "type": "incident_integrations", "attributes": object{"integration_type": 8, "metadata": object{"issues": []any{
	object{"project_key": "OPS", "account": "https://jira.example.com", "issue_key": "OPS-1", "redirect_url": "https://jira.example.com/browse/OPS-1"}}}}}
