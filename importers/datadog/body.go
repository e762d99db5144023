package datadog

import (
	"encoding/json"

	"hindsight/importers"
)

// body is a stored record: an incident as it was answered, with what belongs to it.
type body struct {
	Incident     json.RawMessage   `json:"incident"`
	Included     []json.RawMessage `json:"included,omitempty"` // users and attachments
	Todos        []json.RawMessage `json:"todos,omitempty"`
	Integrations []json.RawMessage `json:"integrations,omitempty"`
}

// brief is what walking needs of an incident.
type brief struct {
	ID         string `json:"id"`
	Attributes struct {
		Number   int64  `json:"public_id"`
		Created  string `json:"created"`
		Modified string `json:"modified"`
		Archived string `json:"archived"`
	} `json:"attributes"`
	Relations map[string]importers.Relation `json:"relationships"`
}

// points returns where an incident points at people and attachments.
func (b brief) points() (all []importers.Relation) {
	for _, name := range []string{"commander_user", "created_by_user", "declared_by_user", "last_modified_by_user", "attachments"} {
		all = append(all, b.Relations[name])
	}
	return all
}

// full is what mapping reads of an incident.
type full struct {
	brief
	Attributes struct {
		Number     int64                      `json:"public_id"`
		Title      string                     `json:"title"`
		Created    string                     `json:"created"`
		Modified   string                     `json:"modified"`
		Declared   string                     `json:"declared"`
		Detected   string                     `json:"detected"`
		Resolved   string                     `json:"resolved"`
		From       string                     `json:"customer_impact_start"`
		To         string                     `json:"customer_impact_end"`
		Scope      string                     `json:"customer_impact_scope"`
		Impacted   *bool                      `json:"customer_impacted"`
		Severity   string                     `json:"severity"`
		State      string                     `json:"state"`
		Visibility string                     `json:"visibility"`
		Test       bool                       `json:"is_test"`
		Creator    struct{ Name string }      `json:"non_datadog_creator"`
		Fields     map[string]json.RawMessage `json:"fields"`
	} `json:"attributes"`
}

// part is something that was included.
type part struct {
	importers.Pointer
	Attributes struct {
		Name       string `json:"name"`
		Handle     string `json:"handle"`
		Sort       string `json:"attachment_type"`
		Attachment struct {
			URL   string `json:"documentUrl"`
			Title string `json:"title"`
		} `json:"attachment"`
	} `json:"attributes"`
}

type todo struct {
	Attributes struct {
		Content   string            `json:"content"`
		Created   string            `json:"created"`
		Completed string            `json:"completed"`
		Due       string            `json:"due_date"`
		Assignees []json.RawMessage `json:"assignees"`
	} `json:"attributes"`
}

// place is a channel or an issue in another tool.
type place struct {
	URL     string `json:"redirect_url"`
	Channel string `json:"channel_name"`
	Key     string `json:"issue_key"`
}

type integration struct {
	Attributes struct {
		Metadata struct {
			Channels []place `json:"channels"` // of Slack
			Issues   []place `json:"issues"`   // of Jira
			Teams    []place `json:"teams"`    // of Microsoft Teams
		} `json:"metadata"`
	} `json:"attributes"`
}
