package argocd

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/argocd/argocdtest"
	"hindsight/importers/importertest"
	"hindsight/incident"
)

// serve starts a made-up Argo CD that is held to Argo CD's description of its API.
func serve(t *testing.T, f *argocdtest.Server) importers.Config {
	return argocdtest.Upstream.Config(importertest.Served(t, importertest.Contract(t, "testdata/openapi.json", f)))
}

func TestAPI(t *testing.T) {
	h := importertest.RunAPI(t, Source(), importertest.Fake{Handler: argocdtest.Upstream.New, Config: argocdtest.Upstream.Config, Want: 4})
	if h.Requests != 1 {
		t.Errorf("it took %d requests, want 1", h.Requests)
	}
	c := h.Draft(t, "syncs", "u-1/4").Change
	if c.Title != "Sync of checkout 0f02621d" || c.Result != incident.ChangeSucceeded || c.Environment != "production" || c.Actor != "automated" || c.Services[0].Name != "checkout" ||
		c.FinishedAt.Sub(c.StartedAt) != 30*time.Second || !strings.HasSuffix(c.URL, "/applications/argocd/checkout") {
		t.Errorf("the sync is %+v", c)
	}
	c = h.Draft(t, "syncs", "u-1/failed@2026-03-01T11:00:00Z").Change
	if c.Result != incident.ChangeFailed || c.Revision != "1.4.2" || c.Actor != "responder-one" || c.FinishedAt.Sub(c.StartedAt) != 20*time.Second {
		t.Errorf("the failed sync is %+v", c)
	}
	if strings.Contains(string(h.Records["syncs/u-2/3"].Body), "managedFields") {
		t.Error("the record holds more of the application than it needs")
	}
}

// Argo CD forgets old syncs; what was read stays, and a poll brings only what is new.
func TestPoll(t *testing.T) {
	f := argocdtest.New()
	cfg := serve(t, f)
	h, err := importertest.Collect(context.Background(), t, Source(), cfg, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.Apps = []json.RawMessage{argocdtest.App("checkout", "u-1", argocdtest.Synced(4, 2)+","+strings.ReplaceAll(argocdtest.Synced(5, 9), "T10", "T12"), "")}
	again, err := importertest.Collect(context.Background(), t, Source(), cfg, h, 0)
	if err != nil || len(again.Records) != 5 {
		t.Errorf("after the poll there are %d syncs (%v), want 5", len(again.Records), err)
	}
}

func TestProbe(t *testing.T) {
	cfg := serve(t, argocdtest.New())
	got, err := probe(context.Background(), importertest.Input(t, Source(), cfg))
	if err != nil || got.Identity != "reader" || len(got.Reach) != 3 {
		t.Errorf("probe = %+v, %v", got, err)
	}
	cfg.Settings["token"] = "other"
	if _, err := probe(context.Background(), importertest.Input(t, Source(), cfg)); err == nil || !strings.Contains(err.Error(), "not known") {
		t.Errorf("a token that is not known gave %v", err)
	}
}

func TestSeveralSources(t *testing.T) {
	body := `{"application":{"name":"a"},"history":{"id":1,"revisions":["1.2.3","0f02621d4010ebb6ca25994f0bfaffc973e45287"],"deployedAt":"2026-03-01T10:00:00Z"}}`
	d, err := mapSync(incident.Raw{ExternalID: "u/1", Body: []byte(body)}, argocdtest.Upstream.Config("https://argocd.example.com"))
	if err != nil || d.Change.Revision != "1.2.3, 0f02621d4010ebb6ca25994f0bfaffc973e45287" || !d.Change.StartedAt.IsZero() || d.Change.Validate() != nil {
		t.Errorf("it became %+v, %v", d.Change, err)
	}
}

func FuzzMap(f *testing.F) {
	f.Add([]byte(`{"application":{"name":"a","labels":{"env":"x"}},"history":` + argocdtest.Synced(1, 1) + `}`))
	f.Add([]byte(`{"application":{"name":"a"},"operation":` + argocdtest.Failed + `}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		importertest.Mappable(t, Source(), "syncs", argocdtest.Upstream.Config("https://argocd.example.com"), importers.Record{ExternalID: "u/1", Body: body})
	})
}
