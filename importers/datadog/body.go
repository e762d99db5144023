package datadog

import (
	"encoding/json"
	"time"

	"hindsight/importers"
)

// body is a stored record: an incident as it was answered, with what belongs to it.
type body struct {
	Incident     json.RawMessage   `json:"incident"`
	Included     []json.RawMessage `json:"included,omitempty"` // users and attachments
	Todos        []json.RawMessage `json:"todos,omitempty"`
	Integrations []json.RawMessage `json:"integrations,omitempty"`
}

// decode decodes what it can: values of another shape than expected count as missing.
func decode[T any](raw json.RawMessage) (v T) {
	json.Unmarshal(raw, &v) // which goes on behind a value that does not fit
	return v
}

// moment reads a time; zero when it is missing or none.
func moment(text string) time.Time {
	m, err := importers.TimeFormat{Layout: importers.ISOTime}.Parse(text)
	if err != nil {
		return time.Time{}
	}
	return m.At
}

// pointer names a resource of JSON:API.
type pointer struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

type relation struct {
	Data json.RawMessage `json:"data"`
}

// pointers reads a relation, which is to one resource or to several.
func pointers(relation json.RawMessage) []pointer {
	if one := decode[pointer](relation); one.ID != "" {
		return []pointer{one}
	}
	return decode[[]pointer](relation)
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
	Relations map[string]relation `json:"relationships"`
}

// points returns the people and attachments that an incident points at, each once.
func (b brief) points() (all []pointer) {
	seen := map[pointer]bool{}
	for _, name := range []string{"commander_user", "created_by_user", "declared_by_user", "last_modified_by_user", "attachments"} {
		for _, p := range pointers(b.Relations[name].Data) {
			if !seen[p] {
				seen[p] = true
				all = append(all, p)
			}
		}
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
	pointer
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
