package main

import (
	"encoding/csv"
	"fmt"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// serviceNowLog is the bundled event log; reference.json of the same data was computed by other code.
const serviceNowLog = "internal/demo/data/uci-incidents/events.csv.gz"

// hours are figures of a reference, in hours with four decimals.
type hours struct {
	N      int     `json:"n"`
	Mean   float64 `json:"mean"`
	Median float64 `json:"median"`
	P90    float64 `json:"p90_linear"`
}

type kept struct {
	Incidents int     `json:"incidents"`
	Made      int     `json:"made"`
	Pct       float64 `json:"compliance_pct"`
}

type logReference struct {
	Incidents  int              `json:"incidents"`
	Unresolved int              `json:"incidents_without_resolved_at"`
	Resolve    hours            `json:"time_to_resolve_hours"`
	ByPriority map[string]hours `json:"time_to_resolve_hours_by_priority"`
	Close      hours            `json:"time_to_close_hours"`
	SLA        kept             `json:"sla"`
	SLABy      map[string]kept  `json:"sla_by_priority"`
	Reopened   struct {
		Incidents int     `json:"incidents"`
		Pct       float64 `json:"rate_pct"`
	} `json:"reopened"`
}

// TestServiceNowLog imports the log once per database and asks for its figures in every way that there is.
func TestServiceNowLog(t *testing.T) {
	want := reference[logReference](t, "uci-reference.json")
	onBoth(t, func(t *testing.T, in installation) {
		var run importSummary
		parseJSON(t, "import --json", in.mustRun(t, "import", "servicenow", "--file", serviceNowLog, "--json"), &run)
		if run.State != "ok" || run.New != want.Incidents || run.Dead != 0 {
			t.Fatalf("import = %+v, want %d new incidents and state ok", run, want.Incidents)
		}
		s := in.serve(t, false, false)
		admin := s.signedIn(t, in, "admin")
		t.Run("figures", func(t *testing.T) { logFigures(t, admin, want) })
		t.Run("commands", func(t *testing.T) { logByCommands(t, in, admin, want) })
		t.Run("charts", func(t *testing.T) { logByCharts(t, in, admin, want) })
		t.Run("pages", func(t *testing.T) { logByPages(t, admin, want) })
		t.Run("reports", func(t *testing.T) { logByReports(t, in, admin, want) })
		t.Run("contracts", func(t *testing.T) { logByContract(t, in, admin) })
		t.Run("paging", func(t *testing.T) { walkIncidents(t, admin, want.Incidents) })
		t.Run("rows in another order", func(t *testing.T) {
			changesNothing(t, in, "servicenow", "--file", shuffled(t, serviceNowLog))
		})
	})
}

func logFigures(t *testing.T, v visitor, want logReference) {
	all := measured(t, v, "metric=time_to_resolve")[""]
	if all.N != want.Resolve.N || all.Missing != want.Unresolved || all.Open != 0 || all.Invalid != 0 {
		t.Errorf("time_to_resolve: n %d, missing %d, open %d, invalid %d, want %d, %d, 0, 0", all.N, all.Missing, all.Open, all.Invalid, want.Resolve.N, want.Unresolved)
	}
	sameTimes(t, "time_to_resolve", all, want.Resolve, 3600)
	sameTimes(t, "time_to_close", measured(t, v, "metric=time_to_close")[""], want.Close, 3600)
	by := measured(t, v, "metric=time_to_resolve&group_by=priority")
	for priority, figures := range want.ByPriority {
		sameTimes(t, "time_to_resolve of "+priority, by[priority], figures, 3600)
	}
	if got := measured(t, v, "metric=count")[""]; got.N != want.Incidents {
		t.Errorf("count: n %d, want %d", got.N, want.Incidents)
	}
	back := measured(t, v, "metric=reopened")[""]
	if back.Counters["reopened"] != want.Reopened.Incidents {
		t.Errorf("reopened: %d, want %d", back.Counters["reopened"], want.Reopened.Incidents)
	}
	near(t, "reopened", back.Values["reopened_share"], want.Reopened.Pct/100, 5e-7)
	sameShare(t, measured(t, v, "metric=sla"), "stated:resolution:made_sla", want.SLA)
	levels := measured(t, v, "metric=sla&group_by=priority")
	for priority, k := range want.SLABy {
		sameShare(t, levels, "stated:resolution:made_sla/"+priority, k)
	}
}

func sameShare(t *testing.T, got map[string]desk.Measurement, key string, want kept) {
	t.Helper()
	g := got[key]
	if g.Counters["met"] != want.Made || g.N != want.Incidents {
		t.Errorf("sla %s: %d of %d met, want %d of %d", key, g.Counters["met"], g.N, want.Made, want.Incidents)
	}
	near(t, "sla "+key, g.Values["met_share"], want.Pct/100, 5e-7)
}

// logByCommands compares what commands print with the API's answers, to the last digit, and reads a table.
func logByCommands(t *testing.T, in installation, v visitor, want logReference) {
	for _, tc := range []struct {
		name, path string
		command    []string
	}{
		{"resolve by priority", "measurements?group_by=priority", []string{"measure", "--group-by", "priority"}},
		{"a team's month", "measurements?metric=reopened&team=Group+70&from=2016-04&to=2016-04",
			[]string{"measure", "--metric", "reopened", "--team", "Group 70", "--from", "2016-04", "--to", "2016-04"}},
		{"a span", "measurements?metric=acknowledged..closed&priority=1+-+Critical&group_by=custom:category",
			[]string{"measure", "--metric", "acknowledged..closed", "--priority", "1 - Critical", "--group-by", "custom:category"}},
		{"levels", "sla?group_by=month", []string{"sla", "--group-by", "month"}},
	} {
		var api, command desk.Measurements
		v.getJSON(t, "/api/v1/"+tc.path, &api)
		parseJSON(t, tc.name, in.mustRun(t, append(tc.command, "--json")...), &command)
		if len(api.Groups) == 0 || !reflect.DeepEqual(api, command) {
			t.Errorf("%s: GET %s = %+v\nwant what %q prints: %+v", tc.name, tc.path, api, tc.command, command)
		}
	}
	printed := in.mustRun(t, "sla", "--group-by", "priority")
	for priority, k := range want.SLABy {
		line := lineWith(printed, "made_sla, "+priority)
		if share := fmt.Sprintf("%.2f %%", k.Pct); !strings.Contains(line, share) || !strings.Contains(line, strconv.Itoa(k.Incidents)) {
			t.Errorf("sla --group-by priority prints %q for %s, want %d and %s", line, priority, k.Incidents, share)
		}
	}
}

func logByCharts(t *testing.T, in installation, v visitor, want logReference) {
	for row, k := range rowsBy(t, v.get(t, "/api/v1/charts/sla-by-priority.csv").body, "priority") {
		if ref := want.SLABy[row]; k["met"] != strconv.Itoa(ref.Made) || k["breached"] != strconv.Itoa(ref.Incidents-ref.Made) {
			t.Errorf("sla-by-priority.csv: %s has %s met, %s breached, want %d of %d", row, k["met"], k["breached"], ref.Made, ref.Incidents)
		}
	}
	rows := rowsBy(t, v.get(t, "/api/v1/charts/ttr-by-priority.csv").body, "priority")
	for priority, ref := range want.ByPriority {
		row := rows[priority]
		nearText(t, "ttr-by-priority.csv: median of "+priority, row["median_seconds"], ref.Median*3600, 0.2)
		nearText(t, "ttr-by-priority.csv: p90 of "+priority, row["p90_seconds"], ref.P90*3600, 0.2)
		if row["n"] != strconv.Itoa(ref.N) {
			t.Errorf("ttr-by-priority.csv: %s has n %s, want %d", priority, row["n"], ref.N)
		}
	}
	levels := rowsBy(t, v.get(t, "/sla/export.csv").body, "service_level")["made_sla"]
	if levels["met"] != strconv.Itoa(want.SLA.Made) || levels["breached"] != strconv.Itoa(want.SLA.Incidents-want.SLA.Made) {
		t.Errorf("/sla/export.csv: %v, want %d of %d met", levels, want.SLA.Made, want.SLA.Incidents)
	}
	for _, name := range []string{"ttr-by-service.json", "ttr-by-service.svg", "ttr-by-service.pdf"} {
		path := filepath.Join(t.TempDir(), name)
		in.mustRun(t, "chart", "ttr-by-service", "-o", path)
		file, err := os.ReadFile(path)
		if got := v.get(t, "/api/v1/charts/"+name); err != nil || got.body != string(file) {
			t.Errorf("GET %s and hindsight chart differ (%v):\n%.300s\n%.300s", name, err, got.body, file)
		}
	}
}

// logByPages looks for the figures in what a reader sees, rounded as the pages do.
func logByPages(t *testing.T, v visitor, want logReference) {
	duration := func(h float64) string { return incident.FormatDuration(minutes(h * 60)) }
	for path, texts := range map[string][]string{
		"/":          {"17,610", "n = 16,531", duration(want.Resolve.Median), duration(want.Resolve.P90)},
		"/incidents": {"17,610 of 17,610 incidents"},
		"/sla": {fmt.Sprintf("%.1f %%", want.SLA.Pct), "11,171 of 17,610", "10,710", "459", fmt.Sprintf("%.1f %%", want.SLABy["4 - Low"].Pct),
			fmt.Sprintf("%.1f %%", want.SLABy["3 - Moderate"].Pct)},
		"/sla?priority=1+-+Critical": {"2 of 192"},
		"/services":                  {"Category 26", "Category 53"},
	} {
		got := v.get(t, path)
		page := visibleText(t, got.body)
		for _, text := range texts {
			if got.status != 200 || !strings.Contains(page, text) {
				t.Errorf("GET %s = %d without %q", path, got.status, text)
			}
		}
	}
}

// walkIncidents follows the cursor through all incidents.
func walkIncidents(t *testing.T, v visitor, want int) {
	seen := map[incident.ID]bool{}
	query := url.Values{"limit": {"500"}, "sort": {"started"}}
	for pages := 0; ; pages++ {
		var page struct {
			Items []struct {
				ID incident.ID `json:"id"`
			} `json:"items"`
			Total int    `json:"total"`
			Next  string `json:"next"`
		}
		v.getJSON(t, "/api/v1/incidents?"+query.Encode(), &page)
		for _, x := range page.Items {
			if seen[x.ID] {
				t.Fatalf("page %d lists %s a second time", pages, x.ID)
			}
			seen[x.ID] = true
		}
		if page.Total != want || pages > want/500+1 {
			t.Fatalf("page %d: total %d, want %d", pages, page.Total, want)
		}
		if page.Next == "" {
			break
		}
		query.Set("after", page.Next)
	}
	if len(seen) != want {
		t.Errorf("walking all pages finds %d incidents, want %d", len(seen), want)
	}
}

// measured asks for figures and returns them by the key of their group.
func measured(t *testing.T, v visitor, query string) map[string]desk.Measurement {
	t.Helper()
	var m desk.Measurements
	v.getJSON(t, "/api/v1/measurements?"+query, &m)
	out := map[string]desk.Measurement{}
	for _, g := range m.Groups {
		out[g.Key] = g
	}
	return out
}

// sameTimes compares with figures in units of so many seconds. References round to three or four decimals.
// Where too few incidents are known for an honest interval, no quantile is given.
func sameTimes(t *testing.T, what string, got desk.Measurement, want hours, unit float64) {
	t.Helper()
	if got.N != want.N {
		t.Errorf("%s: n %d, want %d", what, got.N, want.N)
	}
	near(t, what+": mean", got.Values["mean_seconds"], want.Mean*unit, unit/1000)
	near(t, what+": median", got.Values["median_seconds"], want.Median*unit, unit/1000)
	if p90 := got.Values["p90_seconds"]; p90.Value != nil || p90.Reason == "" {
		near(t, what+": p90", p90, want.P90*unit, unit/1000)
	}
}

func near(t *testing.T, what string, got desk.Estimate, want, tolerance float64) {
	t.Helper()
	switch {
	case got.Value == nil:
		t.Errorf("%s: none (%s), want %g", what, got.Reason, want)
	case math.Abs(*got.Value-want) > tolerance:
		t.Errorf("%s: %g, want %g", what, *got.Value, want)
	}
}

func nearText(t *testing.T, what, got string, want, tolerance float64) {
	t.Helper()
	x, err := strconv.ParseFloat(got, 64)
	if err != nil || math.Abs(x-want) > tolerance {
		t.Errorf("%s: %q, want %g", what, got, want)
	}
}

// rowsBy reads a CSV file with a header and returns its rows by the values of one column.
func rowsBy(t *testing.T, text, column string) map[string]map[string]string {
	t.Helper()
	records, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))).ReadAll()
	if err != nil || len(records) < 2 {
		t.Fatalf("read CSV: %v in %.300s", err, text)
	}
	out := map[string]map[string]string{}
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, name := range records[0] {
			row[name] = record[i]
		}
		out[row[column]] = row
	}
	return out
}

func lineWith(text, part string) string {
	for line := range strings.Lines(text) {
		if strings.Contains(line, part) {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

// visibleText returns the text of a page without scripts, blanks run together.
func visibleText(t *testing.T, page string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatalf("parse page: %v", err)
	}
	var words []string
	for n := range root.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "script" && n.Parent.Data != "style" {
			words = append(words, strings.Fields(n.Data)...)
		}
	}
	return strings.Join(words, " ")
}
