package statuspage

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/importers/statuspage/statuspagetest"
	"hindsight/incident"
)

func public(url string) importers.Config {
	return importers.Config{Connection: "con_test", Settings: map[string]string{"url": url}}
}

// 70 posts of which the public lists hold 50 and 7, and 130 through the management API.
func TestRunAPI(t *testing.T) {
	t.Run("public", func(t *testing.T) {
		importertest.RunAPI(t, Source(), importertest.Fake{Handler: func() http.Handler { return statuspagetest.New(70) }, Config: public, Want: 70})
	})
	t.Run("as the company", func(t *testing.T) {
		importertest.RunAPI(t, Source(), importertest.Fake{Handler: func() http.Handler { return statuspagetest.New(130) }, Config: statuspagetest.Upstream.Config, Want: 130})
	})
}

func collect(t *testing.T, s *statuspagetest.Server, cfg func(string) importers.Config, into *importertest.Haul) *importertest.Haul {
	t.Helper()
	h, err := importertest.Collect(context.Background(), t, Source(), cfg(importertest.Served(t, s)), into, 0)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// What comes over the network is what comes from a file: the same incident of the same type.
func TestNetworkAndFileAgree(t *testing.T) {
	s := statuspagetest.New(3)
	d := collect(t, s, public, nil).Draft(t, posts, "code001")
	if d.Incident.Ref != (incident.Ref{Type: posts, ExternalID: "code001"}) || d.Incident.Origin != incident.OriginStatusPage || d.Incident.Status != incident.Resolved ||
		!d.Incident.Milestones.At(incident.MitigatedAt).Equal(time.Date(2026, 10, 1, 12, 30, 0, 0, time.UTC)) || len(d.Timeline) != 3 {
		t.Errorf("mapped to %+v", d.Incident)
	}
	text, err := json.Marshal(map[string]any{"incidents": s.Posts})
	if err != nil {
		t.Fatal(err)
	}
	for page, err := range read(context.Background(), importers.Input{Files: []importers.File{inMemory("incidents.json", text)}}, nil) {
		if err != nil || len(page.Records) != 3 {
			t.Fatalf("read %d records from the file, %v", len(page.Records), err)
		}
		other, err := mapRecord(incident.Raw{ExternalID: page.Records[1].ExternalID, Body: page.Records[1].Body}, importers.Config{})
		if err != nil || !reflect.DeepEqual(other, d) {
			t.Errorf("from the file\n%+v\nover the network\n%+v", other, d)
		}
	}
}

// A poll without news costs the two lists, neither of which is sent again; one update costs one request more.
func TestFollowPublic(t *testing.T) {
	s := statuspagetest.New(70)
	h := collect(t, s, public, nil)
	h = collect(t, s, public, h)
	s.Asked = nil
	h = collect(t, s, public, h)
	if len(s.Asked) != 2 {
		t.Errorf("a poll without news asked %q, want the two lists alone", s.Asked)
	}
	s.Posts[1] = statuspagetest.Post("code001", time.Date(2026, 11, 20, 11, 0, 0, 0, time.UTC), "critical")
	s.Asked = nil
	h = collect(t, s, public, h)
	if d := h.Draft(t, posts, "code001"); d.Incident.SeverityRaw != "critical" || len(s.Asked) != 3 {
		t.Errorf("after an update the impact is %q, and the poll asked %q; want critical and three requests", d.Incident.SeverityRaw, s.Asked)
	}
}

// The archive ends behind two pages without incidents, and a page may have none at all.
func TestArchive(t *testing.T) {
	s := statuspagetest.New(4)
	collect(t, s, public, nil)
	if n := len(slices.DeleteFunc(slices.Clone(s.Asked), func(a string) bool { return !strings.HasPrefix(a, "/history.json") })); n != 4 {
		t.Errorf("the archive was asked %d times for two pages of incidents, want 4", n)
	}
	bare := statuspagetest.New(60)
	bare.Bare = true
	if h := collect(t, bare, public, nil); len(h.Records) != 56 {
		t.Errorf("read %d records of a page without an archive, want the 50 and the 6 of its lists", len(h.Records))
	}
}

func TestProbe(t *testing.T) {
	for name, tc := range map[string]struct {
		site   *statuspagetest.Server
		config func(string) importers.Config
		notes  int
	}{"public": {statuspagetest.New(1), public, 0}, "without an archive": {&statuspagetest.Server{Bare: true}, public, 1}, "as the company": {statuspagetest.New(1), statuspagetest.Upstream.Config, 0}} {
		scope, err := probe(context.Background(), importertest.Input(t, Source(), tc.config(importertest.Served(t, tc.site))))
		if err != nil || !slices.Equal(scope.Reach, []string{"Example Cloud"}) || len(scope.Notes) != tc.notes {
			t.Errorf("%s: probe = %+v, %v", name, scope, err)
		}
	}
	if err := Source().Validate(importers.Config{Settings: map[string]string{"key": "synthetic-key"}}); err == nil {
		t.Error("a key without a page is let through")
	}
	other := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "{}") })
	if scope, err := probe(context.Background(), importertest.Input(t, Source(), public(importertest.Served(t, other)))); err == nil {
		t.Errorf("a site that is no status page: %+v, want an error", scope)
	}
}
