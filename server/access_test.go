package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/importers/importertest"
	"hindsight/incident"
	"hindsight/incident/incidenttest"
	"hindsight/server/internal/api"
	"hindsight/server/internal/auth"
)

// hole is a part of a route that stands for something: /incidents/:id, or /incidents/{id} in the API's own description.
var hole = regexp.MustCompile(`([\w-]+)/(?::\w+|\*\w+|\{\w+\})`)

// fill puts things that exist into a route; what stands in a hole is told by the folder before it.
func fill(t *testing.T, path string, ids map[string]string) string {
	t.Helper()
	return hole.ReplaceAllStringFunc(path, func(m string) string {
		folder, _, _ := strings.Cut(m, "/")
		name := folder
		switch {
		case folder == "imports" && !strings.HasPrefix(path, "/api/"):
			name = "connection"
		case folder == "reports" && !strings.HasPrefix(path, "/api/"):
			name = "report"
		case folder == "runs":
			name = "imports"
		}
		if ids[name] == "" {
			t.Fatalf("nothing is known that could stand in %s; add it to someIDs", path)
		}
		return folder + "/" + ids[name]
	})
}

// routes returns what the router answers and the ability that each route needs, what is read first and what is taken away last.
func routes(t *testing.T, s site) []api.Access {
	t.Helper()
	out := slices.Clone(s.app.Access())
	late := func(a api.Access) int {
		switch {
		case a.Path == "/logout": // those who asked are not signed in any more
			return 3
		case a.Method == http.MethodDelete || strings.HasSuffix(a.Path, "/remove") || strings.HasSuffix(a.Path, "/delete"):
			return 2
		case a.Method != http.MethodGet:
			return 1
		}
		return 0
	}
	slices.SortStableFunc(out, func(a, b api.Access) int { return late(a) - late(b) })
	return out
}

// everything fills an installation with something of every sort, serves it, and signs one of each role in, and nobody.
func everything(t *testing.T) (s site, visitors map[incident.Role]visitor, ids map[string]string) {
	t.Helper()
	in := installation{dir: t.TempDir()}
	in.run(t, "import", "table", "--file", write(t, "hostile.csv", []byte(hostile)), "--name", "<script>alert(13)</script>")
	in.mustRun(t, "import", "markdown", "--dir", "internal/demo/data/moj-incidents", "--set", "service=Cloud Platform")
	in.run(t, "import", "table", "--file", "testdata/bad.csv", "--name", "bad")
	in.mustRun(t, "problems")
	s = in.serve(t, false, false)
	visitors = map[incident.Role]visitor{"": s.visitor(t)}
	for _, role := range incident.Roles {
		visitors[role] = s.signedIn(t, in, string(role))
	}
	ids = someIDs(t, visitors[incident.Admin])
	ids["connections"] = connectJira(t, s)
	for name, id := range map[string]string{"hooks": ids["connections"], "new": "table", "charts": "ttr-dots.json", "reports": "sla.json", "report": "sla", "changes": putChange(t, s), "assets": asset(t, visitors[""]), "sessions": "unknown", "members": ids["incidents"],
		"Users": "usr_none", "outbox": "out_none", "channels": "chl_none", "schedules": "rps_none", "Groups": "team_none", "ResourceTypes": "User", "Schemas": "none"} {
		ids[name] = id
	}
	if _, err := s.app.Desk.Store.Update(t.Context(), func(tx incident.Tx) error {
		const evil = "<script>alert(14)</script>"
		sent := incident.Outgoing{ID: "out_1", Kind: incident.OutgoingDigest, Way: incident.OutgoingHook, To: "chl_1", At: time.Now().UTC(), DueAt: time.Now().UTC(), State: incident.OutgoingFailed, Address: evil, Subject: evil, Text: evil, Error: evil}
		return errors.Join(tx.PutErasure(incident.Erasure{ID: "era_1", Pseudonym: "Erased person 1", State: incident.ErasureDone, By: "command line"}),
			tx.PutChannel(incident.Channel{ID: "chl_1", Name: evil, Format: incident.ChannelSlack, Team: "team_gone", Kinds: []incident.NoticeKind{incident.NoticeDue}, Host: evil, Secret: []byte("sealed"), CreatedAt: time.Now().UTC(), CreatedBy: evil}),
			tx.AddOutgoing([]incident.Outgoing{sent}), tx.SettleOutgoing(sent))
	}); err != nil {
		t.Fatal(err)
	}
	ids["erase"] = "era_1"
	beginRetro(t, s, visitors[incident.Admin], ids)
	ids["moments"] = tellMoment(t, s, ids["incidents"])
	ids["timeline"] = ids["moments"]
	letters, err := s.app.Desk.Store.DeadLetters(t.Context(), "", 1)
	if err != nil || len(letters) == 0 {
		t.Fatalf("%v, %d dead letters", err, len(letters))
	}
	ids["letters"] = string(letters[0].ID)
	return s, visitors, ids
}

// beginRetro begins the retrospective of an incident, with an empty section, a snapshot and a comment.
func beginRetro(t *testing.T, s site, v visitor, ids map[string]string) {
	t.Helper()
	r := incidenttest.Retro()
	r.Incident = incident.ID(ids["incidents"])
	file := incidenttest.RetroFile()
	file.Incident, ids["files"] = r.Incident, file.ID
	chart := incident.RetroFile{Incident: r.Incident, Name: "made up.svg", Kind: incident.RetroChart, Type: "image/svg+xml", Body: []byte("<svg/>"), Size: 6, By: "ada", At: r.ChangedAt,
		Data: `{"chart":"ttr-dots","columns":["Month"],"rows":[[{"text":"May","number":5}]]}`}
	chart.ID = incident.RetroFileID(chart.Kind, chart.Type, chart.Name, chart.Body)
	ids["frozen"] = chart.ID
	link := incidenttest.RetroShare()
	link.Incident, link.Hash, link.CreatedAt, link.ExpiresAt = r.Incident, auth.Hash("made-up-token"), time.Now().UTC(), time.Now().UTC().AddDate(0, 0, 7)
	_, err := s.app.Desk.Store.Update(t.Context(), func(tx incident.Tx) error {
		return errors.Join(tx.PutRetro(r), tx.PutRetroSections([]incident.RetroSection{{Incident: r.Incident, Slug: "summary", Title: "Summary", ChangedAt: r.ChangedAt}}),
			tx.PutRetroSnapshot(incident.RetroSnapshot{ID: "snp_1", Incident: r.Incident, Why: incident.SnapshotNamed, Name: "made up", By: "ada", At: r.ChangedAt,
				Body: incident.RetroBody{Title: r.Title, State: r.State, Sections: []incident.RetroSection{{Incident: r.Incident, Slug: "summary", Title: "Summary"}}}}),
			tx.PutRetroFile(file), tx.PutRetroFile(chart),
			tx.PutRetroShare(link),
			tx.PutRetroComment(incident.RetroComment{ID: "com_1", Incident: r.Incident, Version: 1, Slug: "summary", Text: "Made up.", By: "ada", At: r.ChangedAt}))
	})
	if err != nil {
		t.Fatal(err)
	}
	var text struct{ Who string }
	v.getJSON(t, "/api/v1/incidents/"+ids["incidents"]+"/retrospective/sections/summary", &text)
	ids["share"], ids["links"], ids["shared"] = string(link.ID), string(link.ID), "made-up-token"
	ids["sections"], ids["who"], ids["history"], ids["comments"], ids["export"] = "summary", text.Who, "snp_1", "com_1", "retrospective.md"
}

// putChange stores a deployment and returns its id.
func putChange(t *testing.T, s site) string {
	t.Helper()
	_, err := s.app.Desk.Store.Update(t.Context(), func(tx incident.Tx) error {
		return errors.Join(tx.PutConnection(incident.Connection{ID: "con_sample", Source: "jenkins", Name: "Builds"}),
			tx.PutChangeEvents([]incident.ChangeEvent{incidenttest.ChangeEvent(0)}))
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(incidenttest.ChangeEvent(0).ID)
}

// asset returns the name of a file that every page loads.
func asset(t *testing.T, v visitor) string {
	t.Helper()
	m := regexp.MustCompile(`href="/assets/([^"]+\.css)"`).FindStringSubmatch(v.get(t, "/login").body)
	if m == nil {
		t.Fatal("the page where one signs in has no styles")
	}
	return m[1]
}

// TestEveryRouteSaysWhatItNeeds holds the router against the tables of routes, and those against testdata/access.golden, which has
// one row a route. A new route without a row fails here: UPDATE_GOLDEN=1 writes it, and a reviewer reads it.
func TestEveryRouteSaysWhatItNeeds(t *testing.T) {
	s := installation{dir: t.TempDir()}.serve(t, false, false)
	var rows, listed []string
	for _, a := range s.app.Access() {
		needs := string(a.Needs)
		if needs == "" {
			needs = "-"
		}
		listed = append(listed, a.Method+" "+a.Path)
		rows = append(rows, fmt.Sprintf("%-10s %-6s %s\n", needs, a.Method, a.Path))
	}
	answered := slices.Sorted(slices.Values(s.app.Routes()))
	slices.Sort(listed)
	if !slices.Equal(answered, listed) {
		t.Errorf("the router answers\n%s\nand the tables list\n%s", strings.Join(answered, "\n"), strings.Join(listed, "\n"))
	}
	slices.SortFunc(rows, func(a, b string) int { return strings.Compare(a[11:]+a, b[11:]+b) })
	importertest.Golden(t, "testdata/access.golden", []byte(strings.Join(rows, "")))
}

// forms are sent to the few routes for which an empty one would do much.
var forms = map[string]url.Values{
	"/setup/sample": {"sample": {"of no name"}}, "/setup/sample/remove": {"sample": {"of no name"}},
}

// TestAccess asks for every route of the router as everybody: who has the ability is let in, the others are turned away, and those who
// are not signed in are sent to where one signs in. Pages that are read are TestPages' business.
func TestAccess(t *testing.T) {
	s, visitors, ids := everything(t)
	asked := 0
	for _, a := range routes(t, s) {
		program := forPrograms(a.Path)
		if a.Method == http.MethodGet && !program {
			continue
		}
		for _, role := range append([]incident.Role{""}, incident.Roles...) {
			path := fill(t, a.Path, ids)
			var got response
			switch {
			case a.Method == http.MethodGet:
				got = visitors[role].get(t, path)
			case program:
				got = visitors[role].send(t, a.Method, path, map[string]any{})
			default:
				got = visitors[role].post(t, path, forms[a.Path])
			}
			asked++
			if want := turnedAway(a, role, program); want != "" && !strings.Contains(want, fmt.Sprint(got.status)) {
				t.Errorf("%s %s as %q = %d, want %s\n%.300s", a.Method, path, role, got.status, want, got.body)
			} else if refused := got.status == http.StatusUnauthorized || got.status == http.StatusForbidden; want == "" && (refused || got.status >= 500) {
				t.Errorf("%s %s as %q = %d, want it to be let in: it needs %q\n%.300s", a.Method, path, role, got.status, a.Needs, got.body)
			}
		}
	}
	if asked < 500 {
		t.Errorf("%d requests were made, want 500 or more", asked)
	}
}

// forPrograms reports whether a route answers programs rather than browsers.
func forPrograms(path string) bool {
	return strings.HasPrefix(path, "/api/") || strings.HasPrefix(path, "/scim/") || strings.HasSuffix(path, "/live")
}

// turnedAway returns the status that a route has for somebody who lacks what it needs; empty: they are let in.
func turnedAway(a api.Access, role incident.Role, program bool) string {
	switch {
	case strings.HasPrefix(a.Path, "/hooks/"):
		return "401 403 404" // a delivery proves itself by its signature, and nobody's role does it for it
	case strings.HasPrefix(a.Path, "/scim/"):
		return "401" // an identity provider has a token; package scim tests what it may
	case a.Needs == "" || role.May(a.Needs):
		return ""
	case role != "":
		return "403"
	case program:
		return "401"
	}
	return "303"
}

// TestRefusalNamesTheAbility: who is turned away reads which ability is missing, and who has it.
func TestRefusalNamesTheAbility(t *testing.T) {
	in := installation{dir: t.TempDir()}
	s := in.serve(t, false, false)
	editor := s.signedIn(t, in, "editor")
	page, program := visibleText(t, editor.get(t, "/admin/calendars").body), editor.send(t, http.MethodPost, "/api/v1/calendars", map[string]any{}).body
	for _, got := range []string{page, program} {
		if !strings.Contains(got, "needs the ability “agree”") || !strings.Contains(got, "managers and admins have; you are editor") {
			t.Errorf("a refusal says %q, want it to name the ability agree and that managers and admins have it", got)
		}
	}
	var described openAPI
	editor.getJSON(t, "/api/openapi.json", &described)
	for _, a := range s.app.Access() {
		if path, ok := strings.CutPrefix(a.Path, "/api/v1/"); ok {
			path = "/api/v1/" + regexp.MustCompile(`:(\w+)`).ReplaceAllString(path, "{$1}")
			if op, ok := described.Paths[path][strings.ToLower(a.Method)]; ok && !strings.HasPrefix(op.Description, "Needs the ability "+string(a.Needs)+":") {
				t.Errorf("%s %s is described as %q, want that it needs %q", a.Method, path, op.Description, a.Needs)
			}
		}
	}
}
