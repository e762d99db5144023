package analytics_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/analytics/stats"
	"hindsight/incident"
)

// uneven returns n made-up incidents around changes of summer time: with ties, without some times, of no, one and several
// services, of drills and private ones, open and ended before they began.
func uneven(n int) []*incident.Incident {
	r := rand.New(rand.NewPCG(5, 6))
	begin := time.Date(2024, 2, 20, 0, 0, 0, 0, time.UTC)
	incs := make([]*incident.Incident, n)
	for i := range incs {
		inc := &incident.Incident{ID: incident.ID(fmt.Sprintf("inc_%d", i)), Number: fmt.Sprint(i), Title: "made up", Kind: incident.Real, Status: incident.Resolved,
			Severity: incident.Severity(r.IntN(6)), PriorityRaw: []string{"", "P1", "P2"}[r.IntN(3)], Team: incident.ID([]string{"", "team_a", "team_b"}[r.IntN(3)]), Private: r.IntN(20) == 0}
		for _, s := range r.Perm(7)[:r.IntN(3)] {
			inc.Services = append(inc.Services, incident.ServiceUse{Service: incident.ID(fmt.Sprintf("svc_%d", s)), Name: fmt.Sprintf("Service %d", s)})
		}
		inc.Custom = []incident.CustomValue{{Name: "category", Value: fmt.Sprintf("Category %d", r.IntN(4))}}[:r.IntN(2)]
		if r.IntN(15) == 0 {
			inc.Kind = incident.Drill
		}
		opened := begin.Add(time.Duration(r.IntN(300*24*4)) * 15 * time.Minute)
		switch r.IntN(12) {
		case 0: // no time at all
			incs[i] = inc
			continue
		case 1:
			inc.Status = incident.Investigating
		case 2: // over, and nobody knows since when
		case 3:
			inc.Milestones.Set(incident.ResolvedAt, opened.Add(-time.Hour), incident.ToSecond, incident.FromField, "test", "")
		default:
			inc.Milestones.Set(incident.ResolvedAt, opened.Add(time.Duration(r.IntN(40))*time.Minute*5), incident.ToSecond, incident.FromField, "test", "")
		}
		inc.Milestones.Set(incident.Opened, opened, incident.ToSecond, incident.FromField, "test", "")
		incs[i] = inc
	}
	return incs
}

// one narrows q down to one group of a dimension; ok is false for groups that no query names.
func one(q analytics.Query, by analytics.Dimension, g analytics.Group) (analytics.Query, bool) {
	switch {
	case by == analytics.ByNothing:
		return q, true
	case g.Key == "":
		return q, false
	case by == analytics.ByService:
		q.Services = []incident.ID{incident.ID(g.Key)}
	case by == analytics.ByPriority:
		q.Priorities = []string{g.Key}
	case by == analytics.ByTeam:
		q.Teams = []incident.ID{incident.ID(g.Key)}
	case by == analytics.BySeverity:
		for s := incident.SevUnknown; s <= incident.Sev5; s++ {
			if s.String() == g.Key {
				q.Severities = []incident.Severity{s}
			}
		}
	default:
		return q, false
	}
	return q, true
}

func TestCrossAgreesWithDurations(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	s := snapshot(t, uneven(9000)) // several chunks, so that several goroutines share them
	all := toResolve(t)
	all.Location = berlin
	all.Now = time.Date(2024, 12, 1, 0, 0, 0, 0, time.UTC)
	bounded := all
	bounded.From, bounded.To = time.Date(2024, 3, 30, 22, 0, 0, 0, time.UTC), time.Date(2024, 11, 2, 9, 0, 0, 0, time.UTC)
	narrow := bounded
	narrow.Services, narrow.Sight, narrow.Severities = []incident.ID{"svc_1", "svc_2"}, incident.Sight{All: true}, []incident.Severity{incident.Sev1, incident.Sev2}
	drills := all
	drills.Kinds = []incident.Kind{incident.Drill}
	havana := all
	if havana.Location, err = time.LoadLocation("America/Havana"); err != nil { // midnight comes twice there
		t.Fatal(err)
	}
	queries := map[string]analytics.Query{"all": all, "bounded": bounded, "narrow": narrow, "drills": drills, "Havana": havana}
	rows := []analytics.Dimension{analytics.ByService, analytics.ByPriority, analytics.ByTeam, analytics.BySeverity, analytics.ByNothing}
	columns := []analytics.Dimension{analytics.ByWeek, analytics.ByMonth, analytics.ByQuarter, analytics.ByNothing, analytics.ByPriority, analytics.ByCustom("category"), analytics.ByService}
	for name, q := range queries {
		for _, by := range rows {
			for _, over := range columns {
				if by == over { // the slow path cannot ask for two services at once
					continue
				}
				checkCross(t, fmt.Sprintf("%s by %s and %s", name, by, over), s, q, by, over)
			}
		}
	}
}

func checkCross(t *testing.T, name string, s *analytics.Snapshot, q analytics.Query, by, over analytics.Dimension) {
	t.Helper()
	const within = time.Hour
	x := s.Cross(q, by, over, within)
	q.GroupBy = by
	checkHeads(t, name+", rows", x.Rows, s.Durations(q))
	q.GroupBy = over
	checkHeads(t, name+", columns", x.Columns, s.Durations(q))
	for r, head := range x.Rows {
		own, ok := one(q, by, head)
		if !ok {
			continue
		}
		wanted := map[string]analytics.DurationGroup{}
		for _, g := range s.Durations(own) {
			wanted[g.Key+g.Label] = g
		}
		for c, column := range x.Columns {
			checkCell(t, fmt.Sprintf("%s, %s, %s", name, head.Label, column.Label), x.Cell(r, c), wanted[column.Key+column.Label], within)
		}
	}
}

func checkHeads(t *testing.T, name string, got []analytics.Group, groups []analytics.DurationGroup) {
	t.Helper()
	var want []analytics.Group
	for _, g := range groups {
		want = append(want, g.Group)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s:\n got %v\nwant %v", name, got, want)
	}
}

func checkCell(t *testing.T, name string, got analytics.CrossCell, want analytics.DurationGroup, within time.Duration) {
	t.Helper()
	left, met, sum := 0, 0, 0.0
	for _, l := range want.LeftOut {
		left += l.N
	}
	for _, v := range want.Values {
		sum += v
		if v <= within.Seconds() {
			met++
		}
	}
	counts := []int{got.N, got.NOpen, got.NMissing, got.NInvalid, got.NLeftOut, got.NWithin, got.Incidents()}
	wanted := []int{want.N, want.NOpen, want.NMissing, want.NInvalid, left, met, want.N + want.NOpen + want.NMissing + want.NInvalid}
	if !slices.Equal(counts, wanted) {
		t.Errorf("%s: recorded, open, missing, invalid, left out, within, all = %v, want %v", name, counts, wanted)
	}
	if want.N == 0 {
		return
	}
	if m, p := stats.Quantile(want.Values, 0.5), stats.Quantile(want.Values, 0.9); got.MedianSeconds != m || got.P90Seconds != p {
		t.Errorf("%s: median %g and p90 %g, want %g and %g", name, got.MedianSeconds, got.P90Seconds, m, p)
	}
	if got.MeanSeconds != sum/float64(want.N) {
		t.Errorf("%s: mean %g, want %g", name, got.MeanSeconds, sum/float64(want.N))
	}
	if g, w := estimateText(got.Median(), got.P90(), got.Mean()), estimateText(want.Median, want.P90, want.Mean); g != w {
		t.Errorf("%s: estimates %s, want %s", name, g, w)
	}
}

// estimateText writes estimates without their addresses.
func estimateText(all ...analytics.Estimate) string {
	text := ""
	for _, e := range all {
		for _, x := range []*float64{e.Value, e.Low, e.High} {
			if x != nil {
				text += fmt.Sprint(*x, " ")
			}
		}
		text += fmt.Sprint(e.Level, e.Method, e.N, e.Reason, "; ")
	}
	return text
}

// TestCrossOfMillennia: a mistyped year makes a duration that takes more bits than one has beside its cell.
func TestCrossOfMillennia(t *testing.T) {
	old := made("old", 1, 10)
	from, to := time.Date(100, 6, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 6, 1, 0, 0, 0, 0, time.UTC)
	old.Milestones = nil
	old.Milestones.Set(incident.Opened, from, incident.ToSecond, incident.FromField, "test", "")
	old.Milestones.Set(incident.ResolvedAt, to, incident.ToSecond, incident.FromField, "test", "")
	x := snapshot(t, []*incident.Incident{old, made("new", 1, 10)}).Cross(toResolve(t), analytics.ByService, analytics.ByYear, time.Hour)
	if first := x.Cell(0, 0); first.N != 1 || first.NWithin != 0 || first.MedianSeconds != float64(to.Unix()-from.Unix()) {
		t.Errorf("the year 100: %d incidents, %d within an hour, median %g s, want one of %d s", first.N, first.NWithin, first.MedianSeconds, to.Unix()-from.Unix())
	}
	if last := x.Cell(0, len(x.Columns)-1); last.N != 1 || last.NWithin != 1 || last.MedianSeconds != 600 {
		t.Errorf("the year 2026: %d incidents, %d within an hour, median %g s, want one of 600 s", last.N, last.NWithin, last.MedianSeconds)
	}
}
