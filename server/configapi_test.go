package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// configYAML is a made-up configuration of a team, a service and an objective.
const configYAML = `apiVersion: hindsight/v1
kind: Team
metadata: {name: Storefront}
---
apiVersion: hindsight/v1
kind: Service
metadata: {name: Web Shop}
spec: {team: Storefront, tier: 1, aliases: [shop]}
---
apiVersion: hindsight/v1
kind: Objective
metadata: {name: The shop sells}
spec: {service: shop, target: 0.999, window: {days: 28}}
`

type planned struct {
	Plan    string
	Changes []struct{ Action, Kind, Name, Diff string }
	Same    int
	Change  int
}

// sendYAML sends documents as they are.
func (v visitor) sendYAML(t *testing.T, path, text string) response {
	t.Helper()
	return v.do(t, http.MethodPost, path, strings.NewReader(text), http.Header{"Content-Type": {"application/yaml"}})
}

func (got response) planned(t *testing.T) (p planned) {
	t.Helper()
	if got.status != http.StatusOK {
		t.Fatalf("the answer is %d, want 200: %s", got.status, got.body)
	}
	parseJSON(t, "a plan", got.body, &p)
	return p
}

// TestConfigurationOverTheAPI: what was looked at is what is done, the export of one installation makes the same configuration in another
// one, and applied again it changes nothing.
func TestConfigurationOverTheAPI(t *testing.T) {
	onBoth(t, func(t *testing.T, in installation) {
		s := in.serve(t, false, false)
		admin := s.withToken(t, in, "admin")
		seen := admin.sendYAML(t, "/api/v1/config/diff", configYAML).planned(t)
		if len(seen.Changes) != 3 || seen.Changes[2].Action != "add" || !strings.Contains(seen.Changes[2].Diff, "+  target: 0.999") || seen.Plan == "" {
			t.Errorf("the difference is %+v, want a team, a service and an objective that are added", seen)
		}
		apply := func(text, plan string) response {
			return admin.sendYAML(t, "/api/v1/config/apply?"+url.Values{"plan": {plan}, "note": {"agreed"}}.Encode(), text)
		}
		refused := func(got response, status int, want string) {
			t.Helper()
			if got.status != status || !strings.Contains(got.body, want) {
				t.Errorf("the answer is %d %s, want %d and %q", got.status, got.body, status, want)
			}
		}
		refused(admin.sendYAML(t, "/api/v1/config/apply", configYAML), http.StatusUnprocessableEntity, `"field":"plan"`)
		refused(apply(configYAML, "of something else"), http.StatusConflict, "look at the difference again")
		refused(apply(strings.Replace(configYAML, "0.999", "0.9", 1), seen.Plan), http.StatusConflict, "look at the difference again")
		if same := admin.sendYAML(t, "/api/v1/config/diff", configYAML).planned(t); same.Plan != seen.Plan {
			t.Error("refused, the files do something else than before, or the same plan has another name")
		}
		if done := apply(configYAML, seen.Plan).planned(t); len(done.Changes) != 3 || done.Change == 0 {
			t.Errorf("what was done is %+v, want the three changes and the number of the change", done)
		}
		refused(apply(configYAML, seen.Plan), http.StatusConflict, "look at the difference again")
		if again := apply(configYAML, "*").planned(t); len(again.Changes) != 0 || again.Same != 3 || again.Change != 0 {
			t.Errorf("the same again is %+v, want nothing", again)
		}
		var audit struct {
			Items []struct {
				Action string
				Actor  string `json:"actor"`
				After  json.RawMessage
			}
		}
		admin.getJSON(t, "/api/v1/audit?kind=configuration", &audit)
		if len(audit.Items) != 1 || audit.Items[0].Actor != "for admin of for-admin" || !strings.Contains(string(audit.Items[0].After), `add Objective \"The shop sells\"`) {
			t.Errorf("the audit log says %+v, want one entry of the token", audit)
		}
		refusedConfig(t, in, s, admin)
		moved(t, admin)
	})
}

// moved takes what is in force to another installation, which is empty.
func moved(t *testing.T, from visitor) {
	var files struct {
		Files []struct{ Name, Text string }
	}
	from.getJSON(t, "/api/v1/config", &files)
	if len(files.Files) != 3 {
		t.Fatalf("the export is %+v, want files of teams, services and objectives", files)
	}
	there := installation{dir: t.TempDir()}
	to := there.serve(t, false, false).withToken(t, there, "admin")
	body := map[string]any{"files": files.Files, "plan": "*"}
	if done := to.send(t, http.MethodPost, "/api/v1/config/apply", body).planned(t); len(done.Changes) != 3 {
		t.Errorf("what was done elsewhere is %+v", done)
	}
	delete(body, "plan")
	if left := to.send(t, http.MethodPost, "/api/v1/config/diff", body).planned(t); len(left.Changes) != 0 || left.Same != 3 {
		t.Errorf("the difference afterwards is %+v, want none", left)
	}
	if here, now := from.get(t, "/api/v1/config").body, to.get(t, "/api/v1/config").body; here != now {
		t.Errorf("the export elsewhere is\n%s\nwant\n%s", now, here)
	}
	pruned := to.send(t, http.MethodPost, "/api/v1/config/diff", map[string]any{"files": files.Files[1:], "prune": true}).planned(t)
	if len(pruned.Changes) != 1 || pruned.Changes[0].Action != "remove" || pruned.Changes[0].Kind != "Objective" {
		t.Errorf("pruning would do %+v, want the objective removed", pruned)
	}
}

// refusedConfig: what is wrong with files is told with its place, and who may not is told so.
func refusedConfig(t *testing.T, in installation, s site, admin visitor) {
	files := func(name, text string) map[string]any {
		return map[string]any{"files": []map[string]string{{"name": name, "text": text}}}
	}
	for _, tc := range []struct {
		name string
		got  response
		want int
		says string
	}{
		{"a fault", admin.sendYAML(t, "/api/v1/config/diff", "apiVersion: hindsight/v1\nkind: Calendar\nmetadata: {name: Office}\nspec: {zone: Mars/Base}\n"), http.StatusUnprocessableEntity, `request:4: spec.zone: \"Mars/Base\" is not a time zone`},
		{"a hostile document", admin.sendYAML(t, "/api/v1/config/diff", "a: &a [*a, *a]\n"), http.StatusUnprocessableEntity, "request:1"},
		{"a hostile name", admin.send(t, http.MethodPost, "/api/v1/config/diff", files("a\nb", configYAML)), http.StatusUnprocessableEntity, "a name of its own"},
		{"no name", admin.send(t, http.MethodPost, "/api/v1/config/diff", files("", configYAML)), http.StatusUnprocessableEntity, "a name of its own"},
		{"JSON as YAML", admin.send(t, http.MethodPost, "/api/v1/config/diff", files("a.json", `{"apiVersion": "hindsight/v1", "kind": "Team", "metadata": {"name": "Storefront"}}`)), http.StatusOK, `"same":1`},
		{"another type", admin.do(t, http.MethodPost, "/api/v1/config/diff", strings.NewReader(configYAML), http.Header{"Content-Type": {"text/plain"}}), http.StatusUnsupportedMediaType, ""},
		{"too long", admin.sendYAML(t, "/api/v1/config/diff", "# "+strings.Repeat("x", 1<<20)), http.StatusRequestEntityTooLarge, ""},
		{"a secret of the server", admin.sendYAML(t, "/api/v1/config/diff", "apiVersion: hindsight/v1\nkind: Connection\nmetadata: {name: Tickets}\nspec: {source: jira, settings: {url: 'https://jira.example.org', projects: OPS}, secrets: {token: {env: PATH}}}\n"), http.StatusUnprocessableEntity, "token"},
		{"an editor", s.withToken(t, in, "editor").sendYAML(t, "/api/v1/config/diff", configYAML), http.StatusForbidden, "administer"},
		{"a manager applies", s.withToken(t, in, "manager").sendYAML(t, "/api/v1/config/apply?plan=*", configYAML), http.StatusForbidden, "administer"},
		{"a manager reads", s.withToken(t, in, "manager").get(t, "/api/v1/config"), http.StatusForbidden, "administer"},
		{"nobody", s.visitor(t).sendYAML(t, "/api/v1/config/apply?plan=*", configYAML), http.StatusUnauthorized, ""},
	} {
		if tc.got.status != tc.want || !strings.Contains(tc.got.body, tc.says) {
			t.Errorf("%s: %d %.600s, want %d and %q", tc.name, tc.got.status, tc.got.body, tc.want, tc.says)
		}
	}
	weak := s.visitor(t)
	weak.token = strings.TrimSpace(in.mustRun(t, "token", "add", "reads", "--role", "admin", "--may", "read,write,agree"))
	if got := weak.sendYAML(t, "/api/v1/config/apply?plan=*", configYAML); got.status != http.StatusForbidden || !strings.Contains(got.body, "this token does not have it") {
		t.Errorf("a token without the ability: %d %s", got.status, got.body)
	}
}
