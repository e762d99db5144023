package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// secret is a word that stands in one private incident and nowhere else.
const secret = "zanzibar"

// TestPrivate: a private incident is invisible to viewers wherever incidents show, and there for administrators.
func TestPrivate(t *testing.T) {
	onBoth(t, func(t *testing.T, in installation) {
		in.run(t, "import", "table", "--file", "testdata/private.csv")
		s := in.serve(t, false, false)
		admin, viewer := s.withToken(t, in, "admin"), s.withToken(t, in, "viewer")
		id, twin := hide(t, admin)
		in.mustRun(t, "problems")
		if err := s.app.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		browser := s.signedIn(t, in, "viewer")
		for _, path := range []string{"/api/v1/incidents/" + id, "/api/v1/incidents/" + id + "/timeline", "/api/v1/incidents/" + id + "/similar",
			"/api/v1/incidents/" + id + "/retrospective", "/api/v1/incidents/" + id + "/changes"} {
			if got := viewer.get(t, path); got.status != http.StatusNotFound || strings.Contains(got.body, secret) {
				t.Errorf("GET %s as viewer = %d, want 404", path, got.status)
			}
		}
		if got := browser.get(t, "/incidents/"+id); got.status != http.StatusNotFound {
			t.Errorf("GET /incidents/%s as viewer = %d, want 404", id, got.status)
		}
		for path, shows := range map[string]bool{
			"/api/v1/incidents": true, "/api/v1/search?q=" + secret: true, "/api/v1/search?facets=true": true, "/api/v1/incidents?source=table&external_id=P-1": true,
			"/api/v1/incidents/" + twin + "/similar": true, "/api/v1/services": true, "/api/v1/problems?min=1": false, "/api/v1/measurements?group_by=service": true,
			"/api/v1/charts/ttr-by-service.csv": true, "/api/v1/charts/ttr-dots.json": true, "/api/v1/charts/incidents-per-month.csv": false, "/api/v1/sla?group_by=service": false,
		} {
			if got := viewer.get(t, path); got.status != http.StatusOK || mentions(got.body, id) {
				t.Errorf("GET %s as viewer = %d and mentions what is private:\n%.1500s", path, got.status, got.body)
			}
			if got := admin.get(t, path); got.status != http.StatusOK || shows && !mentions(got.body, id) {
				t.Errorf("GET %s as admin = %d without what is private:\n%.1500s", path, got.status, got.body)
			}
		}
		for _, path := range []string{"/", "/incidents", "/incidents?q=" + secret[:5], "/incidents/export.csv", "/services", "/problems", "/problems/export.csv", "/problems/export.json", "/actions", "/actions/export.csv", "/actions/export.json", "/sla", "/sla/export.csv",
			"/sla/breaches.csv", "/search?q=incident", "/palette?q=zan", "/incidents/" + twin} {
			if got := browser.get(t, path); got.status != http.StatusOK || mentions(got.body, id) {
				t.Errorf("GET %s as viewer = %d and mentions what is private", path, got.status)
			}
		}
		sameCounts(t, admin, viewer)
	})
}

// hide makes one of two incidents that look alike private, and returns both.
func hide(t *testing.T, admin visitor) (id, twin string) {
	t.Helper()
	var found struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
	}
	ids := map[string]string{}
	for _, number := range []string{"P-1", "P-2"} {
		admin.getJSON(t, "/api/v1/incidents?source=table&external_id="+number, &found)
		if len(found.Items) != 1 {
			t.Fatalf("%s: %d incidents, want 1", number, len(found.Items))
		}
		ids[number] = found.Items[0].ID
	}
	if got := admin.send(t, http.MethodPatch, "/api/v1/incidents/"+ids["P-1"], map[string]any{"private": true}); got.status != http.StatusOK {
		t.Fatalf("PATCH private = %d\n%s", got.status, got.body)
	}
	return ids["P-1"], ids["P-2"]
}

// mentions reports whether an answer tells of the private incident: its id or its word.
func mentions(body, id string) bool {
	return strings.Contains(body, id) || strings.Contains(strings.ToLower(body), secret) && !strings.Contains(body, "q="+secret)
}

// sameCounts: every count that a viewer sees is one lower.
func sameCounts(t *testing.T, admin, viewer visitor) {
	t.Helper()
	total := func(v visitor, query url.Values) (n int) {
		var page struct {
			Total int `json:"total"`
		}
		v.getJSON(t, "/api/v1/search?"+query.Encode(), &page)
		return page.Total
	}
	if e, v := total(admin, nil), total(viewer, nil); v != e-1 {
		t.Errorf("search finds %d for the viewer and %d for the admin, want one less", v, e)
	}
	for _, metric := range []string{"count", "time_to_resolve", "mtbf"} {
		if e, v := measured(t, admin, "metric="+metric)[""].N, measured(t, viewer, "metric="+metric)[""].N; v != e-1 {
			t.Errorf("%s: n %d for the viewer and %d for the admin, want one less", metric, v, e)
		}
	}
}
