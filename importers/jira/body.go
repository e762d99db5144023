package jira

import (
	"cmp"
	"encoding/json"
	"strings"

	"hindsight/importers"
	"hindsight/importers/markup"
)

// body is a stored record: an issue as Jira answered it, with what it takes to read it without the network.
type body struct {
	Issue json.RawMessage `json:"issue"`
	// Names is what the custom fields that the issue fills in are called.
	Names map[string]string `json:"names,omitempty"`
	// Categories is the category ("new", "indeterminate", "done") of the statuses that the issue was ever in, by id.
	Categories map[string]string `json:"categories,omitempty"`
	// Changelog and Comments are whole where those in Issue are not.
	Changelog []json.RawMessage `json:"changelog,omitempty"`
	Comments  []json.RawMessage `json:"comments,omitempty"`
}

// issue is an issue as it is answered. Fields are decoded one by one, so that an odd one spoils nothing else.
type issue struct {
	ID        string                     `json:"id"`
	Key       string                     `json:"key"`
	Fields    map[string]json.RawMessage `json:"fields"`
	Names     map[string]string          `json:"names"`
	Changelog struct {
		Total     int               `json:"total"`
		Histories []json.RawMessage `json:"histories"`
	} `json:"changelog"`
}

// ref is how Jira names statuses, priorities, projects, types, people and links' ends.
type ref struct {
	ID          string `json:"id"`
	Key         string `json:"key"`
	Name        string `json:"name"`
	DisplayName string `json:"displayName"`
	AccountID   string `json:"accountId"`
	Category    struct {
		Key string `json:"key"`
	} `json:"statusCategory"`
	Subtask bool `json:"subtask"`
}

// person returns how somebody is called.
func (r ref) person() string {
	return cmp.Or(r.DisplayName, r.Name)
}

// get decodes a field; what is missing, null or of another shape is zero.
func get[T any](i issue, field string) T { return importers.Decode[T](i.Fields[field]) }

func (i issue) project() ref { return get[ref](i, "project") }

// comments is the first of an issue's comments, as its fields hold them.
type comments struct {
	Total    int               `json:"total"`
	Comments []json.RawMessage `json:"comments"`
}

// change is one entry of a changelog.
type change struct {
	ID      string `json:"id"`
	Created string `json:"created"`
	Author  ref    `json:"author"`
	Items   []item `json:"items"`
}

type item struct {
	Field   string `json:"field"`
	FieldID string `json:"fieldId"` // Cloud alone
	From    string `json:"from"`
	FromStr string `json:"fromString"`
	To      string `json:"to"`
	ToStr   string `json:"toString"`
}

// of returns the field's id, or on a Data Center its name, which is the same for the fields that count.
func (i item) of() string {
	if i.FieldID != "" {
		return i.FieldID
	}
	return i.Field
}

func custom(field string) bool { return strings.HasPrefix(field, "customfield_") }

// markdown returns a text of Jira's as Markdown: Cloud writes the Atlassian Document Format, Data Center wiki markup.
func markdown(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return markup.Wiki(text)
	}
	return markup.ADF(raw)
}
