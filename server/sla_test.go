package main

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"hindsight/server/internal/desk"
)

// logByContract makes a contract over the imported log and asks for its figures by API, command and page: they are the same,
// and add up to what is known of the log.
func logByContract(t *testing.T, in installation, v visitor) {
	calendar := savedID(t, v, "/calendars", map[string]any{"name": "Office", "calendar": map[string]any{"zone": "UTC",
		"weekly": [7][]string{{}, {"08:00-18:00"}, {"08:00-18:00"}, {"08:00-18:00"}, {"08:00-18:00"}, {"08:00-18:00"}, {}}}})
	id := savedID(t, v, "/contracts", map[string]any{"name": "Gold", "contract": map[string]any{"window": map[string]any{"every": "year"}, "promises": []any{
		map[string]any{"name": "Critical", "span": "opened..resolved", "within_seconds": 14400, "goal": 0.95, "priorities": []string{"1 - Critical"}, "calendar": calendar}}}})
	var api, command desk.ContractStanding
	v.getJSON(t, "/api/v1/contracts/"+id, &api)
	parseJSON(t, "sla --contract", in.mustRun(t, "sla", "--contract", "Gold", "--json"), &command)
	if !reflect.DeepEqual(api, command) {
		t.Errorf("GET /contracts/%s = %+v\nwant what the command prints: %+v", id, api, command)
	}
	met, breached, missing := 0, 0, 0
	page, printed := visibleText(t, v.get(t, "/contracts/"+id).body), in.mustRun(t, "sla", "--contract", "Gold")
	for _, w := range api.Windows {
		met, breached, missing = met+w.Counters["met"], breached+w.Counters["breached"], missing+w.Missing
		if n := w.Counters["met"] + w.Counters["breached"]; n > 0 && !strings.Contains(page, fmt.Sprintf("%d of %d", w.Counters["met"], n)) {
			t.Errorf("the page does not say %d of %d:\n%.2000s", w.Counters["met"], n, page)
		}
		if line := lineWith(printed, w.Label); !strings.Contains(line, fmt.Sprint(w.Counters["met"])) || !strings.Contains(line, written("met_share", w.Values["met_share"])) {
			t.Errorf("sla --contract prints %q, want %d met", line, w.Counters["met"])
		}
	}
	levels := measured(t, v, "metric=sla")
	if g := levels[id+"/Critical"]; g.Counters["met"] != met || g.Counters["breached"] != breached || len(api.Breaches) != breached {
		t.Errorf("the measurement has %v, the windows %d met and %d breached, and %d breaches are listed", g.Counters, met, breached, len(api.Breaches))
	}
	durations := measured(t, v, "metric=time_to_resolve&priority=1+-+Critical")[""]
	if durations.N != met+breached || durations.Missing != missing || met == 0 || breached == 0 {
		t.Errorf("%d met, %d breached, %d missing; want %d that are resolved, of both, and %d missing", met, breached, missing, durations.N, durations.Missing)
	}
	for _, b := range api.Breaches {
		if b.OverSeconds <= 0 || b.ElapsedSeconds-b.OverSeconds != 14400 || b.Calendar != "Office" || b.SourceSays == "" {
			t.Fatalf("breach %+v lacks evidence", b)
		}
	}
	for path, id := range map[string]string{"contracts": id, "calendars": calendar} {
		if got := v.do(t, http.MethodDelete, "/api/v1/"+path+"/"+id, nil, nil); got.status != http.StatusOK && path == "contracts" {
			t.Errorf("DELETE %s = %d %s", path, got.status, got.body)
		}
	}
}
