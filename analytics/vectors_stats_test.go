package analytics_test

import (
	"encoding/json"
	"math"
	"slices"
	"time"

	"hindsight/analytics/stats"
)

// functions maps the names of the vectors to the code here.
func functions() map[string]func(json.RawMessage) (result, error) {
	return map[string]func(json.RawMessage) (result, error){
		"quantiles":               on(quantiles),
		"poisson_rate_ci":         on(poissonRate),
		"poisson_rate_ratio":      on(rateRatio),
		"proportion_ci":           on(proportion),
		"mtbf_chi2_ci":            on(mtbf),
		"mann_whitney":            on(mannWhitney),
		"hodges_lehmann":          on(hodgesLehmann),
		"n_per_group_ratio":       on(sampleSize),
		"power_ratio":             on(power),
		"power_poisson_two_rates": on(powerOfRates),
		"mean_difference_noise":   on(meanNoise),
		"availability":            on(availability),
		"incident_timings":        on(timings),
		"mtbf_from_records":       on(mtbfFromRecords),
		"reopen_rate":             on(reopenRate),
		"kaplan_meier":            on(kaplanMeier),
	}
}

func ends(in stats.Interval) []float64 { return []float64{in.Low, in.High} }

func quantiles(in struct {
	Data, P []float64
	Conf    float64
}) result {
	slices.Sort(in.Data)
	var out []any
	for _, p := range in.P {
		low, high := stats.QuantileRanks(len(in.Data), p, in.Conf)
		out = append(out, result{
			"p": p, "type6": stats.QuantileOfType(in.Data, p, 6), "type7": stats.Quantile(in.Data, p), "type8": stats.QuantileOfType(in.Data, p, 8),
			"ci_order_index": []int{low, high}, "ci": ends(stats.QuantileInterval(in.Data, p, in.Conf)),
			"coverage": stats.QuantileCoverage(len(in.Data), low, high, p),
		})
	}
	return result{"quantiles": out}
}

func poissonRate(in struct {
	Count          int
	Exposure, Conf float64
}) result {
	g, mid := stats.Garwood(in.Count, in.Conf), stats.PoissonMidP(in.Count, in.Conf)
	return result{
		"rate": float64(in.Count) / in.Exposure, "count_ci": ends(g), "rate_ci": []float64{g.Low / in.Exposure, g.High / in.Exposure},
		"one_sided_upper_rate": stats.PoissonUpper(in.Count, in.Conf) / in.Exposure, "midp_count_ci": ends(mid),
	}
}

func rateRatio(in struct {
	Count1, Count2             int
	Exposure1, Exposure2, Conf float64
}) result {
	c := stats.RateRatio(in.Count1, in.Exposure1, in.Count2, in.Exposure2, in.Conf)
	return result{
		"ratio": c.Ratio, "ci": ends(c.Interval), "p_two_sided_minlike": c.PMinLike, "p_two_sided_doubled": c.PDoubled,
		"p_less": c.PLess, "p_greater": c.PGreater,
	}
}

func proportion(in struct {
	Successes, N int
	Conf         float64
}) result {
	return result{
		"p": float64(in.Successes) / float64(in.N), "wilson": ends(stats.Wilson(in.Successes, in.N, in.Conf)),
		"clopper_pearson": ends(stats.ClopperPearson(in.Successes, in.N, in.Conf)),
	}
}

func mtbf(in struct {
	Total      float64 `json:"total_time"`
	Failures   int
	Conf       float64
	Truncation string
}) result {
	f := stats.MTBF(in.Total, in.Failures, in.Conf, in.Truncation == "failure")
	return result{"mtbf": f.Mean, "ci": ends(f.Interval), "one_sided_lower": f.Lower}
}

func mannWhitney(in struct {
	X, Y        []float64
	Alternative string
}) result {
	r := stats.MannWhitney(in.X, in.Y)
	pick := func(p stats.PValues) float64 {
		switch in.Alternative {
		case "less":
			return p.Less
		case "greater":
			return p.Greater
		}
		return p.TwoSided
	}
	return result{
		"U_x": r.U, "ties": r.Ties, "p_exact": pick(r.Exact), "p_asymptotic": pick(r.Asymptotic),
		"prob_x_less_y": r.Less, "cliffs_delta": r.Cliff,
	}
}

func hodgesLehmann(in struct {
	X, Y []float64
	Conf float64
}) result {
	exact, normal := stats.HodgesLehmann(in.X, in.Y, in.Conf), stats.HodgesLehmannNormal(in.X, in.Y, in.Conf)
	return result{
		"shift": exact.Value, "ci_exact": ends(exact.Interval), "ci_exact_index": []int{exact.Low, exact.High},
		"ci_exact_coverage": exact.Coverage, "ci_normal_index": ends(normal.Interval), "normal_index": []int{normal.Low, normal.High},
		"log_ratio": stats.HodgesLehmannRatio(in.X, in.Y, in.Conf).Value,
	}
}

func sampleSize(in struct {
	Sigma               float64 `json:"sigma_log"`
	Ratio, Alpha, Power float64
}) result {
	s := stats.SampleForRatio(in.Sigma, in.Ratio, in.Alpha, in.Power)
	return result{"n_normal": s.Normal, "n_t_exact": s.Exact, "n_noether": s.Noether, "prob_x_less_y": s.Less}
}

func power(in struct {
	N1, N2       int
	Sigma        float64 `json:"sigma_log"`
	Ratio, Alpha float64
}) result {
	return result{
		"power_t": stats.PowerOfRatio(in.N1, in.N2, in.Sigma, in.Ratio, in.Alpha), "power_normal": stats.PowerOfRatioNormal(in.N1, in.N2, in.Sigma, in.Ratio, in.Alpha),
		"min_detectable_ratio_80": stats.VisibleRatio(in.N1, in.N2, in.Sigma, in.Alpha, 0.8),
	}
}

func powerOfRates(in struct{ Mu1, Mu2, Alpha float64 }) result {
	return result{"power": stats.PowerOfRates(in.Mu1, in.Mu2, in.Alpha)}
}

func meanNoise(in struct{ Mean, SD, N1, N2, Reduction, Conf float64 }) result {
	return result{
		"noise_half_width":  stats.MeanNoise(in.SD, in.N1, in.N2, in.Conf),
		"prob_looks_worse":  stats.LooksWorse(in.Mean, in.SD, in.N1, in.N2, in.Reduction),
		"sigma_log_implied": stats.LogSigma(in.Mean, in.SD),
	}
}

// outage is an incident of the availability vectors; a nil end is still going on.
type outage struct {
	Start  time.Time
	End    *time.Time
	Impact float64
}

func (o outage) stretch() stats.Stretch {
	s := stats.Stretch{From: o.Start.Unix(), To: math.MaxInt64}
	if o.End != nil {
		s.To = o.End.Unix()
	}
	return s
}

// clipped returns the window, cut at the instant that is known of.
func clipped(window [2]time.Time, asOf time.Time) stats.Stretch {
	return stats.Stretch{From: window[0].Unix(), To: max(window[0].Unix(), min(window[1].Unix(), asOf.Unix()))}
}

func availability(in struct {
	Window      [2]time.Time
	AsOf        time.Time `json:"as_of"`
	Incidents   []outage
	Maintenance []json.RawMessage
	Combine     string
}) result {
	var outages []stats.Outage
	for _, o := range in.Incidents {
		outages = append(outages, stats.Outage{Stretch: o.stretch(), Impact: o.Impact})
	}
	var planned []stats.Stretch
	for _, raw := range in.Maintenance {
		planned = append(planned, stretchOf(raw))
	}
	combine := stats.Largest
	if in.Combine == "capped_sum" {
		combine = stats.CappedSum
	}
	d := stats.Measure(clipped(in.Window, in.AsOf), outages, planned, combine)
	base := float64(d.Base)
	return result{
		"observed_seconds": d.Observed, "excluded_seconds": d.Excluded, "base_seconds": d.Base, "incidents_counted": d.Counted,
		"naive_sum_seconds": d.Sum, "any_impact_seconds": d.Any, "full_outage_seconds": d.Full, "weighted_downtime_seconds": d.Weighted,
		"availability": 1 - d.Weighted/base, "availability_any_impact": 1 - float64(d.Any)/base,
	}
}

// stretchOf reads a stretch written as [from, to] or as {start, end}.
func stretchOf(raw json.RawMessage) stats.Stretch {
	var pair [2]time.Time
	if json.Unmarshal(raw, &pair) == nil {
		return stats.Stretch{From: pair[0].Unix(), To: pair[1].Unix()}
	}
	var o outage
	if json.Unmarshal(raw, &o) != nil {
		return stats.Stretch{}
	}
	return o.stretch()
}

func mtbfFromRecords(in struct {
	Window    [2]time.Time
	AsOf      time.Time `json:"as_of"`
	Threshold float64   `json:"impact_threshold"`
	Incidents []outage
}) result {
	var outages []stats.Outage
	var all []stats.Stretch
	for _, o := range in.Incidents {
		if o.Impact >= in.Threshold {
			outages = append(outages, stats.Outage{Stretch: o.stretch(), Impact: 1})
			all = append(all, o.stretch())
		}
	}
	w := clipped(in.Window, in.AsOf)
	d := stats.Measure(w, outages, nil, stats.Largest)
	failures := stats.Episodes(w, all, nil)
	up, n := float64(d.Base-d.Any), len(failures)
	f := stats.MTBF(up, n, 0.95, false)
	var ended []float64
	for _, s := range failures {
		if s.To < w.To {
			ended = append(ended, float64(s.Length()))
		}
	}
	gap := math.NaN()
	if n > 1 {
		gap = float64(failures[n-1].From-failures[0].From) / float64(n-1)
	}
	return result{
		"failures": n, "downtime_seconds": d.Any, "uptime_seconds": up, "mtbf_seconds": f.Mean, "mtbf_ci95": ends(f.Interval),
		"mtbf_lower_95_one_sided": f.Lower, "mtbsi_seconds": float64(d.Observed) / float64(n), "naive_mean_gap_seconds": gap,
		"mean_downtime_seconds": stats.Mean(ended),
	}
}
