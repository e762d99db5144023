package dispatch

import (
	"strconv"
	"strings"

	"hindsight/importers"
)

// row is a row's values by column; nulls are absent.
type row map[string]string

// want says which rows of a table are wanted, and which of their columns.
type want struct {
	owner   string // the column with the id of what a row belongs to; rows without one (of cases) are left out
	columns string // kept; whatever is not named here (telephone numbers, passwords of conferences) is not stored
}

// tables are the tables that say something about incidents. Rows that belong to another row are found by that row's id.
var tables = map[string]want{
	"incident": {"id", "id name title description resolution status visibility reported_at stable_at closed_at created_at updated_at " +
		"incident_type_id incident_priority_id incident_severity_id project_id duplicate_id incident_document_id incident_review_document_id " +
		"participants_team participants_location"},
	"incident_type":       {"id", "name exclude_from_metrics"},
	"incident_priority":   {"id", "name"},
	"incident_severity":   {"id", "name"},
	"project":             {"id", "name display_name"},
	"individual_contact":  {"id", "id name email"},
	"service":             {"id", "id name"},
	"tag":                 {"id", "id name tag_type_id"},
	"tag_type":            {"id", "id name"},
	"assoc_incident_tags": {"incident_id", "tag_id"},
	"participant":         {"incident_id", "id team individual_contact_id service_id"},
	"participant_role":    {"participant_id", "id participant_id role assumed_at renounced_at"},
	"event":               {"incident_id", "id started_at source description type owner individual_id"},
	"report":              {"incident_id", "id created_at type details details_raw participant_id"},
	"task":                {"incident_id", "id description status priority source resolve_by resolved_at weblink owner_id"},
	"task_assignees":      {"task_id", "task_id participant_id"},
	"ticket":              {"incident_id", "id resource_type resource_id weblink"},
	"document":            {"incident_id", "id resource_type name weblink"},
	"conference":          {"incident_id", "id resource_type weblink"},
	"conversation":        {"incident_id", "id resource_type weblink"},
	"storage":             {"incident_id", "id resource_type weblink"},
}

// only returns the wanted columns of a row.
func (w want) only(r row) row {
	out := row{}
	for column := range strings.FieldsSeq(w.columns) {
		if v, ok := r[column]; ok {
			out[column] = v
		}
	}
	return out
}

// reference says in which column of a table the id of a row of another table stands.
type reference struct{ table, column, to string }

// references are followed in this order, from the incident on.
var references = []reference{
	{"incident", "incident_type_id", "incident_type"},
	{"incident", "incident_priority_id", "incident_priority"},
	{"incident", "incident_severity_id", "incident_severity"},
	{"incident", "project_id", "project"},
	{"participant", "individual_contact_id", "individual_contact"},
	{"participant", "service_id", "service"},
	{"participant", "id", "participant_role"},
	{"event", "individual_id", "individual_contact"},
	{"task", "id", "task_assignees"},
	{"assoc_incident_tags", "tag_id", "tag"},
	{"tag", "tag_type_id", "tag_type"},
}

const schemaPrefix = "dispatch_organization_"

// organization returns the name of the organization that a schema belongs to; "" for the one schema, public, that there was
// before there were organizations. Where that is still there beside them, it is what the move left behind. Other
// schemas hold no incidents.
func organization(schema string) (name string, ok bool) {
	if schema == "public" {
		return "", true
	}
	name, ok = strings.CutPrefix(schema, schemaPrefix)
	return name, ok && name != "" && name == importers.Line(name)
}

// externalID is how an incident is known here: "default/17", or "17" from before there were organizations.
func externalID(organization string, id int64) string {
	return strings.TrimPrefix(organization+"/"+strconv.FormatInt(id, 10), "/")
}
