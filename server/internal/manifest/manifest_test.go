package manifest_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/app"
	"hindsight/server/internal/config"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/manifest"
	"hindsight/server/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// open returns the desk of an empty installation with one user; an empty url is SQLite.
func open(t *testing.T, url string) *desk.Desk {
	t.Helper()
	a, err := app.Open(t.Context(), app.Options{Config: config.Config{Data: t.TempDir(), DatabaseURL: url, BaseURL: "http://hindsight.test"},
		Parts: app.Stored, Version: "test", Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatalf("app.Open: %v", err)
	}
	t.Cleanup(func() { a.Close() })
	if _, err := a.Desk.Auth.CreateUser(context.Background(), "responder.one", "Responder One", "correct horse battery staple", incident.Editor); err != nil {
		t.Fatal(err)
	}
	return a.Desk
}

// environment has the one secret of the example.
func environment(name string) string {
	return map[string]string{"PAGER_TOKEN": "made-up-secret", "HINDSIGHT_SECRET_PAGER_KEY": "made-up-secret"}[name]
}

func options() manifest.Options { return manifest.Options{By: "command line", Getenv: environment} }

// plan compares files with what is in force; they must be right.
func plan(t *testing.T, d *desk.Desk, opts manifest.Options, files ...manifest.File) (*manifest.Plan, manifest.Desired) {
	t.Helper()
	desired, err := manifest.Parse(files)
	if err != nil {
		t.Fatalf("Parse:\n%v", err)
	}
	p, err := manifest.Prepare(t.Context(), d, desired, opts)
	if err != nil {
		t.Fatalf("Prepare:\n%v", err)
	}
	return p, desired
}

func apply(t *testing.T, d *desk.Desk, opts manifest.Options, files ...manifest.File) *manifest.Plan {
	t.Helper()
	p, desired := plan(t, d, opts, files...)
	if _, err := manifest.Do(t.Context(), d, p, desired, opts); err != nil {
		t.Fatalf("Do: %v", err)
	}
	return p
}

// said lists what a plan does: "add Service Web Shop".
func said(p *manifest.Plan) []string {
	out := []string{}
	for _, c := range p.Changes {
		out = append(out, string(c.Action)+" "+c.Kind+" "+c.Name)
	}
	return out
}

func example(t *testing.T, names ...string) []manifest.File {
	t.Helper()
	var out []manifest.File
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, manifest.File{Name: name, Text: string(text)})
	}
	return out
}

func file(text string) manifest.File { return manifest.File{Name: "made-up.yaml", Text: text} }

func export(t *testing.T, d *desk.Desk) []manifest.File {
	t.Helper()
	files, err := manifest.Export(t.Context(), d)
	if err != nil {
		t.Fatalf("Export: %v", err)
	}
	return files
}

func joined(files []manifest.File) string {
	var b strings.Builder
	for _, f := range files {
		b.WriteString("==> " + f.Name + "\n" + f.Text)
	}
	return b.String()
}

// TestRoundTrip: what files say comes into force; said again it changes nothing and writes nothing; an export holds all of it, and in
// an empty installation, of either database, makes the same configuration, byte for byte.
func TestRoundTrip(t *testing.T) {
	for _, way := range []struct{ name, from, to string }{{"sqlite to postgres", "", pgtest.URL(t)}, {"postgres to sqlite", pgtest.URL(t), ""}} {
		t.Run(way.name, func(t *testing.T) {
			files := example(t, "synthetic_all.yaml", "synthetic_openslo.yaml")
			first := open(t, way.from)
			made := apply(t, first, options(), files...)
			if len(made.Changes) < 20 {
				t.Errorf("the example made %d objects: %v", len(made.Changes), said(made))
			}
			for _, c := range made.Changes {
				if strings.Contains(c.Diff, "made-up-secret") {
					t.Errorf("a difference shows a secret:\n%s", c.Diff)
				}
			}
			head := check(first.Store.Head(t.Context()))(t)
			again := apply(t, first, options(), files...)
			// One service is named by OpenSLO alone: it is made, and is no document of the files.
			if !again.Empty() || again.Same != len(made.Changes)-1 {
				t.Fatalf("applied again: %v, %d are the same\n%+v", said(again), again.Same, again.Changes)
			}
			if now := check(first.Store.Head(t.Context()))(t); now != head {
				t.Errorf("applied again it wrote change %d behind %d", now, head)
			}
			exported := export(t, first)
			if text := joined(exported); strings.Contains(text, "made-up-secret") || strings.Contains(text, "pol_") || strings.Contains(text, "svc_") {
				t.Errorf("the export has secrets or ids:\n%s", text)
			}
			if p, _ := plan(t, first, options(), exported...); !p.Empty() {
				t.Errorf("the export differs from what it was made of: %v\n%s", said(p), p.Changes[0].Diff)
			}
			second := open(t, way.to)
			apply(t, second, options(), exported...)
			if got, want := joined(export(t, second)), joined(exported); got != want {
				t.Errorf("exported again:\n%s\nwant\n%s", got, want)
			}
			sameSecret(t, second)
		})
	}
}

func check[V any](v V, err error) func(t *testing.T) V {
	return func(t *testing.T) V {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func sameSecret(t *testing.T, d *desk.Desk) {
	t.Helper()
	conn, err := d.ConnectionNamed(t.Context(), "pager")
	if err != nil {
		t.Fatal(err)
	}
	clear, err := d.Unseal(conn)
	if err != nil || clear.Settings["key"] != "made-up-secret" || conn.Settings["key"] != "" {
		t.Errorf("the secret of the connection is %q, and %q in clear; %v", clear.Settings["key"], conn.Settings["key"], err)
	}
}

// TestMeaning: what is in force is what the files say, in the words of the domain.
func TestMeaning(t *testing.T) {
	d := open(t, "")
	apply(t, d, options(), example(t, "synthetic_all.yaml")...)
	policies := map[string]string{}
	for _, p := range check(d.Store.Policies(t.Context()))(t) {
		policies[p.Name] = string(p.Body)
		if p.SavedBy != "command line" || p.Note == "" {
			t.Errorf("%s was saved by %q: %q", p.Name, p.SavedBy, p.Note)
		}
	}
	for name, part := range map[string]string{
		"Gold: 24/7": `"within_seconds":14400,"goal":0.95,"priorities":["1 - Critical"],"severities":[1,0]`, "Hours of Storefront": `"sleep":"23:00-07:00"`,
		"What Web Shop needs": `{"any":true,"services":[`, "Cost of a minute, Web Shop": `"low":12.5,"high":300`, "Until told": `"from":["detected","opened"]`,
		"Deployments and their incidents": `"cap_minutes":90`, "Office": `[["22:00-06:00"],["09:00-17:00"],[],`, "Shop sells": `"objective":0.9995,"window":{"calendar":"quarter"`,
	} {
		if !strings.Contains(policies[name], part) {
			t.Errorf("%s is %s, want it to say %s", name, policies[name], part)
		}
	}
	services := check(d.Store.Services(t.Context()))(t)
	shop := services[slices.IndexFunc(services, func(s incident.Service) bool { return s.Name == "Web Shop" })]
	if shop.ID != incident.NewService("Web Shop").ID || shop.Team != incident.NewTeam("Storefront").ID || shop.Tier != 1 || !slices.Equal(shop.Alias, []string{"shop", "www"}) {
		t.Errorf("the service is %+v", shop)
	}
	if user := check(d.Store.UserByName(t.Context(), "responder.one"))(t); !slices.Contains(check(d.Store.Memberships(t.Context()))(t), incident.Membership{Team: shop.Team, User: user.ID}) {
		t.Error("the member of the team is not one")
	}
	managed := check(d.Store.Managed(t.Context()))(t)
	if !slices.ContainsFunc(managed, func(m incident.Managed) bool {
		return m.Entity == shop.ID && m.Made && m.Place == "synthetic_all.yaml:19"
	}) {
		t.Errorf("managed by files are %+v, want the service from line 18", managed)
	}
}

const office = "apiVersion: hindsight/v1\nkind: Calendar\nmetadata: {name: Office}\nspec:\n  zone: UTC\n  weekly:\n    monday: [09:00-17:00]\n"

// TestDiff: a difference is told as diff -u tells it.
func TestDiff(t *testing.T) {
	d := open(t, "")
	apply(t, d, options(), file(office))
	p, _ := plan(t, d, options(), file(strings.Replace(office, "UTC", "Europe/Berlin", 1)))
	want := `--- Calendar "Office" (in force)
+++ Calendar "Office" (made-up.yaml:1)
@@ -3,6 +3,6 @@
 metadata:
   name: Office
 spec:
-  zone: UTC
+  zone: Europe/Berlin
   weekly:
     monday: ['09:00-17:00']
`
	if len(p.Changes) != 1 || p.Changes[0].Diff != want {
		t.Errorf("the difference is\n%s\nwant\n%s", p.Changes[0].Diff, want)
	}
}

// TestMeanwhile: whoever applies what they have seen overwrites nothing that they have not.
func TestMeanwhile(t *testing.T) {
	d, ctx := open(t, ""), t.Context()
	apply(t, d, options(), file(office))
	changed := file(strings.Replace(office, "UTC", "Europe/Berlin", 1))
	seen, desired := plan(t, d, options(), changed)
	calendars := check(d.Calendars(ctx))(t)
	calendars[0].Calendar.Zone = "Asia/Tokyo"
	if _, _, err := d.SaveCalendar(ctx, desk.PolicyChange{ID: calendars[0].ID, Name: "Office", By: "somebody"}, calendars[0].Calendar); err != nil {
		t.Fatal(err)
	}
	if _, err := manifest.Do(ctx, d, seen, desired, options()); !errors.Is(err, incident.ErrConflict) {
		t.Fatalf("Do after a change meanwhile: %v, want ErrConflict", err)
	}
	if now := check(d.Calendars(ctx))(t); now[0].Calendar.Zone != "Asia/Tokyo" {
		t.Errorf("the calendar of somebody else was overwritten: %+v", now[0])
	}
	seen, desired = plan(t, d, options(), changed)
	if _, err := d.Store.Update(ctx, func(tx incident.Tx) error {
		return tx.PutServices([]incident.Service{incident.NewService("New of an import")})
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := manifest.Do(ctx, d, seen, desired, options()); err != nil {
		t.Errorf("Do after an import named a service: %v, want the same done", err)
	}
}

// TestPrune: only what files brought goes, and only when asked.
func TestPrune(t *testing.T) {
	d, ctx := open(t, ""), t.Context()
	service := func(name string) string {
		return "---\napiVersion: hindsight/v1\nkind: Service\nmetadata: {name: " + name + "}\nspec: {tier: 2}\n"
	}
	if _, err := d.Store.Update(ctx, func(tx incident.Tx) error {
		return tx.PutServices([]incident.Service{incident.NewService("Older"), incident.NewService("Stranger")})
	}); err != nil {
		t.Fatal(err)
	}
	apply(t, d, options(), file(office+service("Older")+service("Newer")+service("Kept")))
	if p, _ := plan(t, d, options(), file(service("Kept"))); !p.Empty() {
		t.Errorf("without pruning: %v", said(p))
	}
	pruning := options()
	pruning.Prune = true
	p := apply(t, d, pruning, file(service("Kept")))
	if got := strings.Join(said(p), ", "); got != "remove Service Newer, remove Calendar Office" {
		t.Errorf("pruning does: %s", got)
	}
	if !strings.Contains(strings.Join(p.Notes, "\n"), `Service "Older" stays as it is`) {
		t.Errorf("notes are %q", p.Notes)
	}
	var names []string
	for _, s := range check(d.Store.Services(ctx))(t) {
		names = append(names, s.Name)
	}
	if got := strings.Join(names, ", "); got != "Kept, Older, Stranger" {
		t.Errorf("services are %s", got)
	}
	if p := apply(t, d, pruning, file(service("Kept"))); !p.Empty() {
		t.Errorf("pruning again: %v", said(p))
	}
}

// TestEveryPolicy: a kind of policy that files cannot say is found here.
func TestEveryPolicy(t *testing.T) {
	declared := manifest.PolicyKinds()
	for _, dir := range []string{"../../../incident", "../openslo"} {
		found, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(found) == 0 {
			t.Fatalf("no source in %s: %v", dir, err)
		}
		for _, path := range found {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range policyKind.FindAllStringSubmatch(string(text), -1) {
				if !slices.Contains(declared, incident.PolicyKind(m[1])) {
					t.Errorf("%s declares the kind of policies %q, which files cannot say", path, m[1])
				}
			}
		}
	}
}
