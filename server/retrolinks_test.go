package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestRetroLinks goes from a preview to a link and to nothing over the API: what is made is what was seen, and the address is told once.
func TestRetroLinks(t *testing.T) {
	in := installation{dir: t.TempDir()}
	in.mustRun(t, "import", "markdown", "--dir", "internal/demo/data/moj-incidents", "--set", "service=Cloud Platform")
	s := in.serve(t, false, true)
	admin, viewer := s.withToken(t, in, "admin"), s.withToken(t, in, "viewer")
	id := someIDs(t, admin)["incidents"]
	publish(t, s, id)
	at := "/api/v1/incidents/" + id + "/retrospective/links"

	var seen struct {
		Digest, Text string
		Maskings     []struct{ Key, Was, Reads string }
	}
	parseJSON(t, at, admin.send(t, http.MethodPost, at+"/preview", retroLink("")).body, &seen)
	if !strings.Contains(seen.Text, "[a host] was full (made up).") || len(seen.Maskings) != 1 || seen.Maskings[0].Was != "web-01" {
		t.Fatalf("the preview is %+v", seen)
	}
	unread := newRetroLink(seen.Digest)
	unread["kept"] = []string{seen.Maskings[0].Key}
	late := newRetroLink(seen.Digest)
	late["expires_at"] = time.Now().AddDate(2, 0, 0)
	for _, c := range []struct {
		who    visitor
		method string
		path   string
		body   any
		want   int
	}{
		{viewer, http.MethodGet, at, nil, http.StatusForbidden},
		{viewer, http.MethodPost, at + "/preview", retroLink(""), http.StatusForbidden},
		{admin, http.MethodPost, at, unread, http.StatusConflict}, // not what was seen
		{admin, http.MethodPost, at, late, http.StatusUnprocessableEntity},
		{admin, http.MethodPost, at + "/preview", map[string]any{"profile": "nobody"}, http.StatusUnprocessableEntity},
	} {
		if got := c.who.send(t, c.method, c.path, c.body); got.status != c.want {
			t.Errorf("%s %s = %d, want %d\n%s", c.method, c.path, got.status, c.want, got.body)
		}
	}

	var made struct {
		URL  string
		Link struct{ ID, State string }
	}
	parseJSON(t, at, admin.send(t, http.MethodPost, at, newRetroLink(seen.Digest)).body, &made)
	link, err := url.Parse(made.URL)
	if err != nil || !strings.HasPrefix(link.Path, "/shared/") || made.Link.State != "open" {
		t.Fatalf("%v, made %+v", err, made)
	}
	outside := s.visitor(t)
	if got := outside.get(t, link.Path); got.status != http.StatusOK || !strings.Contains(got.body, "[a host] was full (made up).") {
		t.Errorf("the link = %d\n%s", got.status, got.body)
	}
	if got := admin.get(t, at); got.status != http.StatusOK || !strings.Contains(got.body, made.Link.ID) || strings.Contains(got.body, "/shared/") {
		t.Errorf("the list = %d\n%s", got.status, got.body)
	}
	one := at + "/" + made.Link.ID
	var kept struct{ Digest string }
	terms := map[string]any{"profile": "customers", "kept": unread["kept"]}
	parseJSON(t, at, admin.send(t, http.MethodPost, at+"/preview", terms).body, &kept)
	terms["digest"] = kept.Digest
	if got := admin.send(t, http.MethodPut, one, terms); got.status != http.StatusOK {
		t.Errorf("PUT = %d\n%s", got.status, got.body)
	}
	if got := outside.get(t, link.Path); !strings.Contains(got.body, "web-01 was full (made up).") {
		t.Errorf("the link does not show what it was let show:\n%s", got.body)
	}
	if got := admin.do(t, http.MethodDelete, one, nil, nil); got.status != http.StatusOK || !strings.Contains(got.body, `"revoked"`) {
		t.Errorf("DELETE = %d\n%s", got.status, got.body)
	}
	if got := outside.get(t, link.Path); got.status != http.StatusNotFound {
		t.Errorf("the revoked link = %d", got.status)
	}
	if got := admin.send(t, http.MethodPut, one, terms); got.status != http.StatusUnprocessableEntity {
		t.Errorf("PUT on a revoked link = %d\n%s", got.status, got.body)
	}
}
