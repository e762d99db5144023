package redmine

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"hindsight/importers"
)

// named is how Redmine refers to something: by id, with the name it has now.
type named struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	IsClosed bool   `json:"is_closed"` // of statuses
}

// issue is an issue as Redmine answers it; what may be missing is a pointer or a text.
type issue struct {
	ID           int64
	Project      named
	Tracker      named
	Status       named
	Priority     named
	Author       named
	AssignedTo   named `json:"assigned_to"`
	Category     named
	FixedVersion named `json:"fixed_version"`
	Parent       named
	Subject      string
	Description  string
	Private      bool          `json:"is_private"`
	Custom       []customField `json:"custom_fields"`
	CreatedOn    string        `json:"created_on"`
	UpdatedOn    string        `json:"updated_on"`
	ClosedOn     string        `json:"closed_on"` // of the last closing; a reopening leaves it
	Journals     []journal
	Relations    []relation
}

// customField holds a text or a list of texts.
type customField struct {
	Name  string
	Value json.RawMessage
}

// text returns the value, several with commas between them.
func (f customField) text() string {
	var one string
	var many []string
	if json.Unmarshal(f.Value, &one) == nil {
		return one
	}
	if json.Unmarshal(f.Value, &many) == nil {
		return strings.Join(many, ", ")
	}
	return ""
}

// journal is one change of an issue, with a note or without.
type journal struct {
	ID        int64
	User      named
	Notes     string
	CreatedOn string `json:"created_on"`
	Private   bool   `json:"private_notes"`
	Details   []detail
}

// detail is one field's change. Values are ids, as texts, where the field refers to something.
type detail struct {
	Property string // attr, cf (custom field), attachment, relation
	Name     string
	Old      text `json:"old_value"`
	New      text `json:"new_value"`
}

type text = importers.Text

// relation says that one issue relates to another: "duplicates", "blocks", "relates" and others.
type relation struct {
	From int64  `json:"issue_id"`
	To   int64  `json:"issue_to_id"`
	Type string `json:"relation_type"`
}

// names says what the ids in journals stand for.
type names struct {
	Statuses   []named `json:"issue_statuses,omitempty"`
	Priorities []named `json:"issue_priorities,omitempty"`
}

// usedBy returns the names that an issue's journals refer to, so that a record changes only with its issue.
func (n names) usedBy(is issue) names {
	ids := map[string][]string{}
	for _, j := range is.Journals {
		for _, d := range j.Details {
			ids[d.Name] = append(ids[d.Name], string(d.Old), string(d.New))
		}
	}
	used := func(all []named, field string) []named {
		return slices.DeleteFunc(slices.Clone(all), func(n named) bool { return !slices.Contains(ids[field], strconv.FormatInt(n.ID, 10)) })
	}
	return names{used(n.Statuses, "status_id"), used(n.Priorities, "priority_id")}
}

// find returns the entry with the id, or one that is called "#7" when there is none any more.
func find(all []named, id text) named {
	for _, n := range all {
		if strconv.FormatInt(n.ID, 10) == string(id) {
			return n
		}
	}
	return named{Name: "#" + string(id)}
}
