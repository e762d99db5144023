package analytics_test

import (
	"math"
	"testing"

	"hindsight/analytics"
	"hindsight/incident"
)

// times are the figures of the references about one duration, in hours or minutes.
type times struct {
	N        int
	Mean     float64
	Median   float64
	P90      float64 `json:"p90_linear"`
	P90Rank  float64 `json:"p90_nearest_rank"`
	P95      float64 `json:"p95_linear"`
	Min, Max float64
	Sum      float64
}

type uciReference struct {
	Resolve    times                 `json:"time_to_resolve_hours"`
	ByPriority map[string]times      `json:"time_to_resolve_hours_by_priority"`
	Close      times                 `json:"time_to_close_hours"`
	SLA        compliance            `json:"sla"`
	SLAByPrio  map[string]compliance `json:"sla_by_priority"`
	SLAByCat   map[string]compliance `json:"sla_by_category_top10"`
	ByMonth    map[string]struct {
		Incidents int
		SLA       float64 `json:"sla_pct"`
		Mean      float64 `json:"mean_ttr_hours"`
	} `json:"by_month_opened"`
	Reopened struct {
		Incidents int
		Rate      float64 `json:"rate_pct"`
	}
	MTBF []struct {
		Category  string
		Incidents int
		Hours     float64 `json:"mtbf_start_to_start_hours"`
	} `json:"mtbf_by_category_top15"`
}

type compliance struct {
	Incidents, Made int
	Pct             float64 `json:"compliance_pct"`
}

func span(t *testing.T, text string) incident.Span {
	t.Helper()
	s, err := incident.ParseSpan(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// near fails unless got is want to the digits that the reference prints.
func near(t *testing.T, what string, got *float64, want, digits float64) {
	t.Helper()
	if got == nil {
		t.Errorf("%s = no value, want %v", what, want)
	} else if math.Abs(*got-want) > 0.51*math.Pow(10, -digits) {
		t.Errorf("%s = %v, want %v", what, *got, want)
	}
}

// sameTimes compares a group with reference figures in a unit of so many seconds.
func sameTimes(t *testing.T, what string, g analytics.DurationGroup, want times, unit float64) {
	t.Helper()
	if g.N != want.N {
		t.Errorf("%s: N = %d, want %d", what, g.N, want.N)
	}
	scaled := func(x *float64) *float64 { return scaled(analytics.Estimate{Value: x}, 1/unit) }
	const digits = 3 // the references print 3 or 4
	near(t, what+" mean", scaled(g.Mean.Value), want.Mean, digits)
	near(t, what+" median", scaled(g.Median.Value), want.Median, digits)
	near(t, what+" p90", scaled(g.P90.Value), want.P90, digits)
	near(t, what+" p90 nearest rank", scaled(g.NearestRank(0.9)), want.P90Rank, digits)
	if want.N < 72 {
		if g.P95.Known() {
			t.Errorf("%s p95 from %d values = %v, want none", what, want.N, *g.P95.Value)
		}
		return
	}
	near(t, what+" p95", scaled(g.P95.Value), want.P95, digits)
}

func TestUCIDurations(t *testing.T) {
	ref := readJSON[uciReference](t, "uci-reference.json")
	s := snapshot(t, uci(t))
	q := analytics.Query{Span: span(t, "opened..resolved")}
	all := s.Durations(q)[0]
	sameTimes(t, "time to resolve", all, ref.Resolve, 3600)
	if all.NMissing != 1079 {
		t.Errorf("NMissing = %d, want 1079", all.NMissing)
	}
	q.GroupBy = analytics.ByPriority
	groups := s.Durations(q)
	if len(groups) != len(ref.ByPriority) {
		t.Errorf("groups = %d, want %d", len(groups), len(ref.ByPriority))
	}
	for _, g := range groups {
		sameTimes(t, "time to resolve of "+g.Key, g, ref.ByPriority[g.Key], 3600)
	}
	q = analytics.Query{Span: span(t, "opened..closed")}
	sameTimes(t, "time to close", s.Durations(q)[0], ref.Close, 3600)
}

func TestUCIMonths(t *testing.T) {
	ref := readJSON[uciReference](t, "uci-reference.json")
	s := snapshot(t, uci(t))
	q := analytics.Query{Span: span(t, "opened..resolved"), GroupBy: analytics.ByMonth}
	counts, slas := s.Counts(q), s.SLA(q, nil)
	durations := s.Durations(q)
	if len(counts) != len(ref.ByMonth) || len(slas) != len(ref.ByMonth) {
		t.Fatalf("months: %d counts, %d rates, want %d", len(counts), len(slas), len(ref.ByMonth))
	}
	for i, g := range counts {
		want := ref.ByMonth[g.Key]
		if g.N != want.Incidents {
			t.Errorf("Counts %s = %d, want %d", g.Key, g.N, want.Incidents)
		}
		near(t, "mean of "+g.Key, scaled(durations[i].Mean, 1.0/3600), want.Mean, 4)
		near(t, "SLA of "+g.Key, times100(slas[i].Rate), want.SLA, 4)
	}
}

func TestUCISLA(t *testing.T) {
	ref := readJSON[uciReference](t, "uci-reference.json")
	s := snapshot(t, uci(t))
	same := func(g analytics.ComplianceGroup, want compliance) {
		t.Helper()
		if g.Met != want.Made || g.Met+g.Breached != want.Incidents {
			t.Errorf("SLA %q: met %d of %d, want %d of %d", g.Key, g.Met, g.Met+g.Breached, want.Made, want.Incidents)
		}
		near(t, "SLA "+g.Key, times100(g.Rate), want.Pct, 4)
	}
	same(s.SLA(analytics.Query{}, nil)[0], ref.SLA)
	for _, g := range s.SLA(analytics.Query{GroupBy: analytics.ByPriority}, nil) {
		same(g, ref.SLAByPrio[g.Key])
	}
	for _, g := range s.SLA(analytics.Query{GroupBy: analytics.ByCustom("category")}, nil) {
		if want, ok := ref.SLAByCat[g.Key]; ok {
			same(g, want)
		}
	}
	if got, want := len(s.Breaches(analytics.Query{}, nil)), ref.SLA.Incidents-ref.SLA.Made; got != want {
		t.Errorf("Breaches = %d, want %d", got, want)
	}
}

func TestUCIReopened(t *testing.T) {
	ref := readJSON[uciReference](t, "uci-reference.json")
	g := snapshot(t, uci(t)).Reopened(analytics.Query{})[0]
	if g.Reopened != ref.Reopened.Incidents {
		t.Errorf("Reopened = %d, want %d", g.Reopened, ref.Reopened.Incidents)
	}
	near(t, "reopened share", times100(g.Rate), ref.Reopened.Rate, 4)
}
