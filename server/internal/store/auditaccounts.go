package store

import (
	"encoding/json"
	"strings"

	"hindsight/incident"
)

// held returns what a row holds before it is written, or nil when there is none.
func held[R, V any](t *tx, table, column, is string, value func(R) (V, error)) (*V, error) {
	var rows []R
	if err := t.db.Table(table).Where(column+" = ?", is).Limit(1).Find(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	v, err := value(rows[0])
	return &v, err
}

// userObject names a user, who may be gone.
func (t *tx) userObject(kind string, id incident.ID) (incident.AuditObject, error) {
	u, err := held(t, "users", "id", string(id), userRow.value)
	if err != nil || u == nil {
		return incident.AuditObject{Kind: kind, ID: id}, err
	}
	return incident.AuditObject{Kind: kind, ID: id, Name: u.Name}, nil
}

// signedIn notes a new session: its user opened it, whoever the request came from until then.
func (t *tx) signedIn(v incident.Session) error {
	u, err := held(t, "users", "id", string(v.User), userRow.value)
	if err != nil {
		return err
	}
	actor := incident.ActorOf(t.ctx)
	object := incident.AuditObject{Kind: "session", ID: v.User}
	if u != nil {
		actor.Kind, actor.ID, actor.Name, actor.Role = incident.ActorUser, u.ID, u.Name, u.Role
		object.Name = u.Name
	}
	var facts map[string]any
	if v.Issuer != "" {
		facts = map[string]any{"issuer": v.Issuer}
	}
	t.Note(incident.AuditNote{Actor: actor, Action: incident.AuditSignedIn, Object: object, Facts: facts})
	return nil
}

func (t *tx) signedOut(user incident.ID, facts map[string]any) error {
	object, err := t.userObject("session", user)
	t.Note(incident.AuditNote{Action: incident.AuditSignedOut, Object: object, Facts: facts})
	return err
}

// machineSettings begin the names of settings that jobs keep their own state in.
var machineSettings = []string{"retention.", "import.lock.", "quota.", "hook.older.", "issues."}

// recordSetting notes a setting that somebody changes. What jobs remember for themselves is none.
func (t *tx) recordSetting(key, value string) error {
	for _, prefix := range machineSettings {
		if strings.HasPrefix(key, prefix) {
			return nil
		}
	}
	if incident.ActorOf(t.ctx).Kind == incident.ActorSystem {
		return nil
	}
	before, err := held(t, "settings", "name", key, func(r settingRow) (string, error) { return r.Value, nil })
	if err != nil || before != nil && *before == value {
		return err
	}
	n := incident.AuditNote{Action: incident.AuditCreated, Object: incident.AuditObject{Kind: "setting", ID: incident.ID(key), Name: key},
		Before: map[string]any{}, After: map[string]any{}}
	was := ""
	if before != nil {
		n.Action, was = incident.AuditChanged, *before
	}
	if secret(key) {
		n.After["value"] = secretly(was == "", value == "")
	} else {
		document("value", jsonText(was), jsonText(value), n.Before, n.After)
	}
	t.Note(n)
	return nil
}

// jsonText returns text itself when it is JSON, else as a JSON string.
func jsonText(text string) json.RawMessage {
	if json.Valid([]byte(text)) {
		return json.RawMessage(text)
	}
	quoted, err := json.Marshal(text)
	if err != nil {
		panic("store: a text always makes JSON: " + err.Error())
	}
	return quoted
}
