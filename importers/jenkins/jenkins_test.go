package jenkins

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/importers/jenkins/jenkinstest"
	"hindsight/incident"
)

func serve(t *testing.T, f http.Handler) importers.Config {
	return jenkinstest.Upstream.Config(importertest.Served(t, f))
}

func TestAPI(t *testing.T) {
	h := importertest.RunAPI(t, Source(), importertest.Fake{Handler: jenkinstest.Upstream.New, Config: jenkinstest.Upstream.Config, Want: 252})
	for id, want := range map[string]string{"team/deploy/main#1@": "deploy", "deploy-shop#9@": "deploy-shop"} {
		for key := range h.Records {
			if strings.HasPrefix(key, "builds/"+id) {
				if got := h.Draft(t, "builds", strings.TrimPrefix(key, "builds/")).Change.Services[0].Name; got != want {
					t.Errorf("%s is of the service %q, want %q", key, got, want)
				}
			}
		}
	}
	if h.Requests != 8 {
		t.Errorf("252 builds took %d requests, want 3 for the long job and 5 for the folders and branches", h.Requests)
	}
}

func TestPollReadsTheNewest(t *testing.T) {
	f := jenkinstest.New()
	cfg := serve(t, f)
	h, err := importertest.Collect(context.Background(), t, Source(), cfg, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.Builds["deploy-shop"] = append([]map[string]any{jenkinstest.Build(251, nil)}, f.Builds["deploy-shop"]...)
	f.Calls = nil
	again, err := importertest.Collect(context.Background(), t, Source(), cfg, h, 0)
	if err != nil || len(f.Calls) != 6 || len(again.Records) != 253 {
		t.Errorf("the poll read %d records (%v) in %d requests, want 253 in one for each job and folder", len(again.Records), err, len(f.Calls))
	}
}

func TestFetch(t *testing.T) {
	f := jenkinstest.New()
	cfg := serve(t, f)
	id := fmt.Sprintf("team/deploy/main#2@%d", jenkinstest.Start.Add(2*time.Hour).UnixMilli())
	got, err := Source().Collections[0].Fetch(context.Background(), importertest.Input(t, Source(), cfg), []string{id, "team/deploy/main#2@17", "team/deploy/main#9@17", "other#1@17", "x"})
	if err != nil || len(got) != 1 || got[0].ExternalID != id {
		t.Errorf("Fetch = %+v, %v; want the one build that is still the same", got, err)
	}
}

func TestProbe(t *testing.T) {
	cfg := serve(t, jenkinstest.New())
	cfg.Settings["jobs"] = "deploy-shop, nothing"
	got, err := Source().Probe(context.Background(), importertest.Input(t, Source(), cfg))
	if err != nil || got.Identity != "reader" || !slices.Equal(got.Reach, []string{"deploy-shop"}) || len(got.Notes) != 1 {
		t.Errorf("Probe = %+v, %v", got, err)
	}
	if checkJobs("team/deploy, a b") != nil || checkJobs("../x") == nil || checkJobs("https://ci.example.com/job/x") == nil {
		t.Error("checkJobs takes or refuses the wrong paths")
	}
}

func TestMap(t *testing.T) {
	for _, tc := range []struct {
		build    string
		want     incident.ChangeResult
		finished bool
	}{
		{`"result":"SUCCESS","duration":90000`, incident.ChangeSucceeded, true},
		{`"result":"FAILURE","duration":90000`, incident.ChangeFailed, true},
		{`"result":"ABORTED","duration":90000`, incident.ChangeCanceled, true},
		{`"result":"UNSTABLE","duration":90000`, incident.ChangeResultUnknown, true},
		{`"result":null,"building":true,"duration":0`, incident.ChangeRunning, false},
		{`"result":"SUCCESS","building":true,"duration":90000`, incident.ChangeSucceeded, false}, // its last steps still run
	} {
		body := `{"job":"team/deploy/feature%2Fx","project":"team/deploy","build":{"number":7,"timestamp":1772362800000,` + tc.build + `,"url":"https://ci.example.com/job/x/7/","actions":[{},
			{"causes":[{"shortDescription":"Started by user Responder One","userName":"Responder One"}]},{"lastBuiltRevision":{"SHA1":"4f2a91c"}},{"parameters":[{"name":"ENV","value":"production"},{"name":"DRY","value":false}]}]}}`
		d, err := mapBuild(incident.Raw{ExternalID: "x#7@1772362800000", Body: []byte(body)}, jenkinstest.Upstream.Config(""))
		if err != nil {
			t.Fatal(err)
		}
		c := d.Change
		if c.Result != tc.want || len(d.Warnings) > 0 || c.FinishedAt.IsZero() == tc.finished || tc.finished && c.FinishedAt.Sub(c.StartedAt) != 90*time.Second {
			t.Errorf("%s: %+v, %+v", tc.build, c, d.Warnings)
		}
		if c.Title != "team / deploy / feature/x #7" || c.Environment != "production" || c.Actor != "Responder One" || c.Revision != "4f2a91c" || !c.StartedAt.Equal(time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC)) || c.Services[0].Name != "deploy" {
			t.Errorf("the change is %+v", c)
		}
	}
}

func FuzzMap(f *testing.F) {
	f.Add([]byte(`{"job":"a/b","build":{"number":7,"timestamp":1772362800000,"duration":5,"result":"SUCCESS","actions":[{"parameters":[{"name":"ENV","value":[1]}]}]}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		importertest.Mappable(t, Source(), "builds", jenkinstest.Upstream.Config(""), importers.Record{ExternalID: "a/b#7@1", Body: body})
	})
}
