package statuspage

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/incident"
)

// object is JSON in the shape of the API's, made up here.
type object = map[string]any

// site is a stand-in for a status page and for the management API. Public lists hold the 50 most recent entries and bear an
// entity tag; the archive has three months on a page, and pages behind the last are empty.
type site struct {
	posts []object // newest first, one a month
	asked []string
	bare  bool // without an archive
}

func postOf(code string, created time.Time, impact string) object {
	at := func(d time.Duration) string {
		return created.Add(d).In(time.FixedZone("", -8*3600)).Format("2006-01-02T15:04:05.000-07:00")
	}
	return object{"id": code, "name": "Slow " + code, "status": "resolved", "impact": impact, "created_at": at(0), "started_at": at(0), "updated_at": at(time.Hour),
		"monitoring_at": at(30 * time.Minute), "resolved_at": at(time.Hour), "shortlink": "https://stspg.io/" + code,
		"incident_updates": []any{object{"status": "resolved", "body": "Over.", "display_at": at(time.Hour)}, object{"status": "monitoring", "body": "Watching.", "display_at": at(30 * time.Minute)},
			object{"status": "investigating", "body": "Looking.", "display_at": at(0)}},
		"components": []any{object{"name": "API", "group": false}}}
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.asked = append(s.asked, r.URL.RequestURI())
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Date", "Fri, 20 Nov 2026 12:00:00 GMT")
	code, isPost := strings.CutPrefix(r.URL.Path, "/incidents/")
	switch {
	case strings.HasPrefix(r.URL.Path, "/v1/") && r.Header.Get("Authorization") != "OAuth synthetic-key":
		w.WriteHeader(http.StatusUnauthorized)
	case r.URL.Path == "/v1/pages/p1":
		send(w, object{"id": "p1", "name": "Example Cloud"})
	case r.URL.Path == "/v1/pages/p1/incidents":
		number, _ := strconv.Atoi(r.URL.Query().Get("page"))
		limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
		send(w, append([]object{}, s.posts[min((number-1)*limit, len(s.posts)):min(number*limit, len(s.posts))]...))
	case strings.HasPrefix(r.URL.Path, "/v1/pages/p1/incidents/"):
		s.one(w, strings.TrimPrefix(r.URL.Path, "/v1/pages/p1/incidents/"))
	case r.URL.Path == "/api/v2/status.json":
		send(w, object{"page": object{"name": "Example Cloud"}})
	case r.URL.Path == "/api/v2/incidents.json":
		s.recent(w, r, "incidents", false)
	case r.URL.Path == "/api/v2/scheduled-maintenances.json":
		s.recent(w, r, "scheduled_maintenances", true)
	case r.URL.Path == "/history.json" && !s.bare:
		s.archive(w, r)
	case isPost:
		s.one(w, strings.TrimSuffix(code, ".json"))
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func send(w http.ResponseWriter, v any) { json.NewEncoder(w).Encode(v) }

func (s *site) one(w http.ResponseWriter, code string) {
	for _, p := range s.posts {
		if p["id"] == code {
			send(w, p)
			return
		}
	}
	w.WriteHeader(http.StatusNotFound)
}

func (s *site) recent(w http.ResponseWriter, r *http.Request, key string, maintenance bool) {
	list := slices.DeleteFunc(slices.Clone(s.posts), func(p object) bool { return (p["impact"] == "maintenance") != maintenance })
	list = append([]object{}, list[:min(50, len(list))]...)
	text, _ := json.Marshal(list)
	tag := fmt.Sprintf(`W/"%d-%d"`, len(text), strings.Count(string(text), "1"))
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("ETag", tag)
	send(w, object{"page": object{}, key: list})
}

func (s *site) archive(w http.ResponseWriter, r *http.Request) {
	number, _ := strconv.Atoi(r.URL.Query().Get("page"))
	months := []object{}
	for i := 3 * (number - 1); i < 3*number; i++ {
		month := object{"name": "Month", "year": 2026 - i/12, "incidents": []object{}}
		if i < len(s.posts) {
			month["incidents"] = []object{{"code": s.posts[i]["id"], "name": s.posts[i]["name"], "impact": s.posts[i]["impact"], "timestamp": "Aug <var data-var='date'>10</var>"}}
		}
		months = append(months, month)
	}
	send(w, object{"months": months, "page": object{}})
}

func years(n int) *site {
	s := &site{}
	for i := range n {
		impact := "minor"
		if i%10 == 3 {
			impact = "maintenance"
		}
		s.posts = append(s.posts, postOf(fmt.Sprintf("code%03d", i), time.Date(2026, time.Month(11-i), 1, 12, 0, 0, 0, time.UTC), impact))
	}
	return s
}

func public(url string) importers.Config {
	return importers.Config{Connection: "con_test", Settings: map[string]string{"url": url}}
}

func company(url string) importers.Config {
	return importers.Config{Connection: "con_test", Settings: map[string]string{"url": url, "page": "p1", "key": "synthetic-key"}}
}

// 70 posts of which the public lists hold 50 and 7, and 130 through the management API.
func TestRunAPI(t *testing.T) {
	t.Run("public", func(t *testing.T) {
		importertest.RunAPI(t, Source(), importertest.Fake{Handler: func() http.Handler { return years(70) }, Config: public, Want: 70})
	})
	t.Run("as the company", func(t *testing.T) {
		importertest.RunAPI(t, Source(), importertest.Fake{Handler: func() http.Handler { return years(130) }, Config: company, Want: 130})
	})
}

func collect(t *testing.T, s *site, cfg func(string) importers.Config, into *importertest.Haul) *importertest.Haul {
	t.Helper()
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	h, err := importertest.Collect(context.Background(), t, Source(), cfg(srv.URL), into, 0)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// What comes over the network is what comes from a file: the same incident of the same type.
func TestNetworkAndFileAgree(t *testing.T) {
	s := years(3)
	d := collect(t, s, public, nil).Draft(t, posts, "code001")
	if d.Incident.Ref != (incident.Ref{Type: posts, ExternalID: "code001"}) || d.Incident.Origin != incident.OriginStatusPage || d.Incident.Status != incident.Resolved ||
		!d.Incident.Milestones.At(incident.MitigatedAt).Equal(time.Date(2026, 10, 1, 12, 30, 0, 0, time.UTC)) || len(d.Timeline) != 3 {
		t.Errorf("mapped to %+v", d.Incident)
	}
	text, err := json.Marshal(object{"incidents": s.posts})
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
	s := years(70)
	h := collect(t, s, public, nil)
	h = collect(t, s, public, h)
	s.asked = nil
	h = collect(t, s, public, h)
	if len(s.asked) != 2 {
		t.Errorf("a poll without news asked %q, want the two lists alone", s.asked)
	}
	s.posts[1] = postOf("code001", time.Date(2026, 11, 20, 11, 0, 0, 0, time.UTC), "critical")
	s.asked = nil
	h = collect(t, s, public, h)
	if d := h.Draft(t, posts, "code001"); d.Incident.SeverityRaw != "critical" || len(s.asked) != 3 {
		t.Errorf("after an update the impact is %q, and the poll asked %q; want critical and three requests", d.Incident.SeverityRaw, s.asked)
	}
}

// The archive ends behind two pages without incidents, and a page may have none at all.
func TestArchive(t *testing.T) {
	s := years(4)
	collect(t, s, public, nil)
	if n := len(slices.DeleteFunc(slices.Clone(s.asked), func(a string) bool { return !strings.HasPrefix(a, "/history.json") })); n != 4 {
		t.Errorf("the archive was asked %d times for two pages of incidents, want 4", n)
	}
	bare := years(60)
	bare.bare = true
	if h := collect(t, bare, public, nil); len(h.Records) != 56 {
		t.Errorf("read %d records of a page without an archive, want the 50 and the 6 of its lists", len(h.Records))
	}
}

func TestProbe(t *testing.T) {
	for name, tc := range map[string]struct {
		site   *site
		config func(string) importers.Config
		notes  int
	}{"public": {years(1), public, 0}, "without an archive": {&site{bare: true}, public, 1}, "as the company": {years(1), company, 0}} {
		srv := httptest.NewServer(tc.site)
		defer srv.Close()
		client, _ := importertest.Client(t, Source(), tc.config(srv.URL))
		scope, err := probe(context.Background(), importers.Input{Config: tc.config(srv.URL), Client: client})
		if err != nil || !slices.Equal(scope.Reach, []string{"Example Cloud"}) || len(scope.Notes) != tc.notes {
			t.Errorf("%s: probe = %+v, %v", name, scope, err)
		}
	}
	if err := Source().Validate(importers.Config{Settings: map[string]string{"key": "synthetic-key"}}); err == nil {
		t.Error("a key without a page is let through")
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "{}") }))
	defer srv.Close()
	client, _ := importertest.Client(t, Source(), public(srv.URL))
	if scope, err := probe(context.Background(), importers.Input{Config: public(srv.URL), Client: client}); err == nil {
		t.Errorf("a site that is no status page: %+v, want an error", scope)
	}
}
