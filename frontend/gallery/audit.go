package gallery

import (
	"strings"
	"time"

	"hindsight/frontend"
	"hindsight/incident"
)

// audit is the audit log with a change, a hidden entry, a sign-in and an erasure.
func (w world) audit() frontend.AuditPage {
	hash := strings.Repeat("9f86d081884c7d65", 4)
	rows := []frontend.AuditRow{
		{Who: w.say("responder.one"), WhoKind: "user", Role: "editor", From: "192.0.2.7", Action: "changed", Kind: "incident", Object: w.say("Checkout fails for some users"), Path: "/incidents/inc_0001", Same: frontend.AuditPath("inc_0001"),
			Diff: []frontend.AuditField{{Name: "title", Before: w.say("Checkout fails"), After: w.say("Checkout fails for some users")}, {Name: "tags", After: w.say("payments")}}},
		{Who: w.say("responder.two"), WhoKind: "user", Role: "admin", From: "192.0.2.8", Action: "read", Kind: "incident", Same: frontend.AuditPath("inc_0002"), Hidden: true},
		{Who: w.say("responder.two"), WhoKind: "user", Role: "admin", From: "192.0.2.8", Action: "signed in", Kind: "session", Object: w.say("responder.two"), Same: frontend.AuditPath("usr_2")},
		{Who: "import", WhoKind: "system", Action: "finished", Kind: "import", Object: w.say("ServiceNow"), Path: "/imports/con_0000", Same: frontend.AuditPath("con_0000"),
			Facts: []frontend.Pair{{Name: "read", Value: "1942"}, {Name: "new", Value: "12"}, {Name: "state", Value: "ok"}}},
		{Who: "person 1", WhoKind: "user", Role: "viewer", Action: "exported", Kind: "export", Object: "/incidents/export.csv", Same: frontend.AuditPath("/incidents/export.csv"), Erased: true,
			Facts: []frontend.Pair{{Name: "rows", Value: "204"}}, Diff: []frontend.AuditField{{Name: "filter", After: w.say("team=payments")}}},
	}
	for i := range rows {
		rows[i].Seq, rows[i].At, rows[i].Hash = int64(1204-i), w.shell.Now.Add(-time.Duration(i)*time.Hour), hash
		rows[i].WhoPath = "/admin/audit?who=usr_1"
	}
	return frontend.AuditPage{Shell: w.on("Audit log", frontend.NavSettings, "/admin/audit"), Actions: incident.AuditActions, Kinds: []string{"incident", "user"},
		Rows: rows, Total: 1204, Head: incident.AuditHead{Seq: 1204, Hash: hash}, Older: "/admin/audit?before=1200",
		Exports: []frontend.Link{{Label: "CSV", Path: "/admin/audit.csv"}, {Label: "JSON Lines", Path: "/admin/audit.jsonl"}}}
}
