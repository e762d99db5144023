package main

import (
	"fmt"
	"net/url"
	"strconv"
	"testing"
	"time"
)

// The Statuspage history: impact level 4 is a maintenance, which does not count.
type pageReference struct {
	Providers map[string]struct {
		Incidents  int                  `json:"incidents"`
		ZeroLength int                  `json:"zero_length"`
		Resolve    sums                 `json:"time_to_resolve_minutes"`
		ByImpact   map[string]sums      `json:"time_to_resolve_minutes_by_impact_level"`
		Components map[string]component `json:"components"`
	} `json:"providers"`
}

type sums struct {
	hours
	Sum float64 `json:"sum"`
}

type component struct {
	Resolve sums `json:"time_to_resolve_minutes"`
}

type monitorReference struct {
	PerService map[string]struct {
		First     time.Time `json:"first_check"`
		Last      time.Time `json:"last_check"`
		Downtimes int       `json:"downtimes"`
		Open      int       `json:"open_downtimes"`
		Down      float64   `json:"down_minutes"`
		Pct       float64   `json:"availability_pct"`
		MTBF      float64   `json:"mtbf_minutes"`
	} `json:"per_service"`
}

type documentReference struct {
	PerIncident []struct {
		Slug       string `json:"slug"`
		ToRepaired *int   `json:"calendar_minutes_start_to_repaired"`
		ToResolved *int   `json:"calendar_minutes_start_to_resolved"`
		Repair     int    `json:"published_repair_minutes"`
		Resolve    int    `json:"published_resolve_minutes"`
	} `json:"per_incident"`
}

// TestReferences imports three sources side by side and compares each with its own reference.
func TestReferences(t *testing.T) {
	imports := [][]string{
		{"statuspage", "--file", "../importers/statuspage/testdata/openai.jsonl", "--name", "openai"},
		{"table", "--file", "internal/demo/data/upptime/downtimes.csv", "--mapping", "testdata/upptime-mapping.json", "--name", "upptime"},
		{"markdown", "--dir", "internal/demo/data/moj-incidents", "--set", "zone=Europe/London", "--set", "service=Cloud Platform", "--name", "moj"},
	}
	onBoth(t, func(t *testing.T, in installation) {
		for _, args := range imports {
			in.mustRun(t, append([]string{"import"}, args...)...)
		}
		s := in.serve(t, false, false)
		v := s.withToken(t, in, "viewer")
		t.Run("statuspage", func(t *testing.T) { statuspageFigures(t, v) })
		t.Run("upptime", func(t *testing.T) { upptimeFigures(t, in, v) })
		t.Run("documents", func(t *testing.T) { documentFigures(t, v) })
		for _, args := range imports {
			changesNothing(t, in, args...)
		}
	})
}

func statuspageFigures(t *testing.T, v visitor) {
	want := reference[pageReference](t, "openai-reference.json").Providers["openai"]
	maintenance := want.ByImpact["4"]
	all := measured(t, v, "source=openai")[""]
	if all.N != want.Resolve.N-maintenance.N {
		t.Errorf("time_to_resolve: n %d, want %d", all.N, want.Resolve.N-maintenance.N)
	}
	near(t, "mean without maintenance", all.Values["mean_seconds"], 60*(want.Resolve.Sum-maintenance.Sum)/float64(want.Resolve.N-maintenance.N), 0.1)
	by := measured(t, v, "source=openai&group_by=severity")
	for impact, severity := range map[string]string{"3": "SEV1", "2": "SEV2", "1": "SEV3", "0": "unset"} {
		sameTimes(t, "impact level "+impact, by[severity], want.ByImpact[impact].hours, 60)
	}
	for _, name := range []string{"API", "Labs", "Playground"} {
		got := measured(t, v, "source=openai&service="+name)[""]
		sameTimes(t, name, got, want.Components[name].Resolve.hours, 60)
	}
}

// upptimeFigures asks for each service in the window of its own checks, as the reference does.
func upptimeFigures(t *testing.T, in installation, v visitor) {
	for slug, want := range reference[monitorReference](t, "upptime-reference.json").PerService {
		window := url.Values{"metric": {"availability"}, "service": {slug}, "from": {want.First.Format(time.RFC3339)}, "to": {want.Last.Format(time.RFC3339)}}
		got := measured(t, v, window.Encode())[""]
		if got.N != want.Downtimes || got.Open != want.Open || got.Counters["failures"] != want.Downtimes {
			t.Errorf("%s: %d downtimes, %d open, %d failures, want %d, %d, %d", slug, got.N, got.Open, got.Counters["failures"], want.Downtimes, want.Open, want.Downtimes)
		}
		near(t, slug+": availability", got.Values["availability_share"], want.Pct/100, 1e-6)
		near(t, slug+": mtbf", got.Values["mtbf_seconds"], want.MTBF*60, 0.1)
		if down := float64(got.Counters["down_seconds"]) / 60; down < want.Down-0.02 || down > want.Down+0.02 {
			t.Errorf("%s: down %g minutes, want %g", slug, down, want.Down)
		}
		if slug == "grafana" {
			printed := in.mustRun(t, "measure", "--metric", "availability", "--service", slug, "--from", window.Get("from"), "--to", window.Get("to"))
			if line, share := lineWith(printed, "all"), fmt.Sprintf("%.2f %%", want.Pct); lineWith(line, share) == "" {
				t.Errorf("measure --metric availability --service %s prints %q, want %s", slug, line, share)
			}
		}
	}
}

// documentFigures compares every document: printed minutes are custom values, calendar minutes a span.
func documentFigures(t *testing.T, v visitor) {
	n, minutes := map[string]int{}, map[string]int{}
	add := func(name string, m *int) {
		if m != nil {
			n[name]++
			minutes[name] += *m
		}
	}
	for _, want := range reference[documentReference](t, "moj-reference.json").PerIncident {
		var found struct {
			Items []struct {
				Custom []struct{ Name, Value string } `json:"custom"`
			} `json:"items"`
		}
		v.getJSON(t, "/api/v1/incidents?source=markdown&external_id="+want.Slug+".md", &found)
		if len(found.Items) != 1 {
			t.Errorf("%s: %d incidents, want 1", want.Slug, len(found.Items))
			continue
		}
		custom := map[string]string{}
		for _, x := range found.Items[0].Custom {
			custom[x.Name] = x.Value
		}
		if custom["published_time_to_repair_minutes"] != strconv.Itoa(want.Repair) || custom["published_time_to_resolve_minutes"] != strconv.Itoa(want.Resolve) {
			t.Errorf("%s: printed minutes %v, want %d and %d", want.Slug, custom, want.Repair, want.Resolve)
		}
		add("resolved", want.ToResolved)
		add("mitigated", want.ToRepaired)
	}
	for end := range n {
		got := measured(t, v, "source=moj&metric="+url.QueryEscape("impact_started|detected.."+end))[""]
		if got.N != n[end] {
			t.Errorf("start to %s: n %d, want %d", end, got.N, n[end])
		}
		near(t, "start to "+end+": mean", got.Values["mean_seconds"], 60*float64(minutes[end])/float64(n[end]), 0.001)
	}
}
