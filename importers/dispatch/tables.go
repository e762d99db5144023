package dispatch

import (
	"strconv"
	"strings"

	"hindsight/importers"
	"hindsight/importers/dump"
)

type row = dump.Row

// tables are the tables that say something about incidents, without telephone numbers and passwords of conferences. Rows that
// belong to another row are found by that row's id; those of cases belong to no incident.
var tables = map[string]dump.Table{
	"incident": {Owner: "id", Columns: "id name title description resolution status visibility reported_at stable_at closed_at created_at updated_at " +
		"incident_type_id incident_priority_id incident_severity_id project_id duplicate_id incident_document_id incident_review_document_id " +
		"participants_team participants_location"},
	"incident_type":       {Owner: "id", Columns: "name exclude_from_metrics"},
	"incident_priority":   {Owner: "id", Columns: "name"},
	"incident_severity":   {Owner: "id", Columns: "name"},
	"project":             {Owner: "id", Columns: "name display_name"},
	"individual_contact":  {Owner: "id", Columns: "id name email"},
	"service":             {Owner: "id", Columns: "id name"},
	"tag":                 {Owner: "id", Columns: "id name tag_type_id"},
	"tag_type":            {Owner: "id", Columns: "id name"},
	"assoc_incident_tags": {Owner: "incident_id", Columns: "tag_id"},
	"participant":         {Owner: "incident_id", Columns: "id team individual_contact_id service_id"},
	"participant_role":    {Owner: "participant_id", Columns: "id participant_id role assumed_at renounced_at"},
	"event":               {Owner: "incident_id", Columns: "id started_at source description type owner individual_id"},
	"report":              {Owner: "incident_id", Columns: "id created_at type details details_raw participant_id"},
	"task":                {Owner: "incident_id", Columns: "id description status priority source resolve_by resolved_at weblink owner_id"},
	"task_assignees":      {Owner: "task_id", Columns: "task_id participant_id"},
	"ticket":              {Owner: "incident_id", Columns: "id resource_type resource_id weblink"},
	"document":            {Owner: "incident_id", Columns: "id resource_type name weblink"},
	"conference":          {Owner: "incident_id", Columns: "id resource_type weblink"},
	"conversation":        {Owner: "incident_id", Columns: "id resource_type weblink"},
	"storage":             {Owner: "incident_id", Columns: "id resource_type weblink"},
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
