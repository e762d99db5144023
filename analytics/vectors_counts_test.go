package analytics_test

import (
	"encoding/json"
	"math"

	"hindsight/analytics/stats"
)

// countFunctions are the functions of counts: their laws, their oddities, their concentration.
func countFunctions() map[string]func(json.RawMessage) (result, error) {
	return map[string]func(json.RawMessage) (result, error){
		"dispersion_and_negbin": on(dispersion), "count_anomaly": on(countAnomaly), "u_chart": on(uChart), "poisson_cusum": on(poissonCusum),
		"poisson_predictive": on(predictive), "negbin_plugin": on(negbinSum), "chisq_uniformity": on(uniformity), "rayleigh": on(rayleigh),
		"concentration": on(concentration), "p_adjust": on(adjusted),
	}
}

func dispersion(in struct{ Counts []int }) result {
	d := stats.Disperse(in.Counts)
	return result{
		"mean": d.Mean, "variance": d.Variance, "index": d.Index, "chisq": d.ChiSquare, "df": d.DF, "p_upper": d.P,
		"nb_mu": d.Fit.Mu, "nb_size": d.Fit.Size, "nb_loglik": d.Likelihood, "poisson_loglik": d.Poisson,
	}
}

func countAnomaly(in struct {
	Total    int     `json:"baseline_total"`
	Baseline float64 `json:"baseline_exposure"`
	Count    int
	Exposure float64
}) result {
	u := stats.CountAnomaly(in.Total, in.Baseline, in.Count, in.Exposure)
	return result{
		"expected_plugin": u.Expected, "p_upper_plugin_poisson": u.Plugin, "p_upper_predictive": u.Upper, "p_lower_predictive": u.Lower,
		"threshold_p001": u.Threshold,
	}
}

func uChart(in struct {
	Counts []int
	Units  []float64
}) result {
	u := stats.ControlChart(in.Counts, in.Units)
	return result{"center": u.Center, "ucl": u.Upper, "lcl": u.Lower, "out_of_control": u.Outside}
}

func poissonCusum(in struct {
	Counts      []int
	Mu0, Mu1, H float64
}) result {
	c := stats.PoissonCusum(in.Counts, in.Mu0, in.Mu1, in.H)
	return result{"k": c.K, "s": c.Sums, "first_alarm": position(c.Alarm)}
}

// position writes a position that may be none.
func position(i int) any {
	if i == 0 {
		return nil
	}
	return i
}

func predictive(in struct {
	Total                   int
	Exposure, Horizon, Conf float64
}) result {
	law := stats.Predict(in.Total, in.Exposure, in.Horizon)
	low, high := law.Range(in.Conf)
	plainLow, plainHigh := stats.PoissonRange(float64(in.Total)*in.Horizon/in.Exposure, in.Conf)
	return result{"mean": law.Mu, "interval": []int{low, high}, "plugin_interval": []int{plainLow, plainHigh}, "p_zero": law.CDF(0)}
}

func negbinSum(in struct {
	Mu                  float64 `json:"mu_per_period"`
	Size, Periods, Conf float64
}) result {
	law := stats.NegBin{Size: in.Size * in.Periods, Mu: in.Mu * in.Periods}
	low, high := law.Range(in.Conf)
	return result{"mean": law.Mu, "variance": law.Mu + law.Mu*law.Mu/law.Size, "interval": []int{low, high}}
}

func uniformity(in struct {
	Counts   []int
	Exposure []float64
}) result {
	u := stats.Uniform(in.Counts, in.Exposure)
	return result{"expected": u.Expected, "chisq": u.ChiSquare, "g": u.G, "df": u.DF, "p": u.P, "p_g": u.PG, "rate_ratio": u.Ratios, "min_expected": u.Least}
}

func rayleigh(in struct {
	X      []float64
	Period float64
}) result {
	d := stats.Rayleigh(in.X, in.Period)
	return result{"mean_direction": d.Mean, "resultant": d.Resultant, "z": d.Z, "p": d.P}
}

func concentration(in struct{ X []float64 }) result {
	c := stats.Concentrate(in.X)
	places := make([]float64, len(c.Lorenz))
	for i := range places {
		places[i] = float64(i) / float64(len(in.X))
	}
	return result{
		"gini": c.Gini, "gini_corrected": c.GiniCorrected, "hhi": c.HHI, "top1_share": c.Largest, "top20pct_share": c.TopFifth,
		"k_for_80pct": position(c.ForFourFifths), "lorenz_p": places, "lorenz_L": c.Lorenz,
	}
}

func adjusted(in struct{ P []float64 }) result {
	bh, bonferroni := stats.BenjaminiHochberg(in.P), stats.Bonferroni(in.P)
	rejected := func(adjusted []float64) (n int) {
		for _, p := range adjusted {
			if p <= 0.05 {
				n++
			}
		}
		return n
	}
	return result{
		"bh": bh, "by": stats.BenjaminiYekutieli(in.P), "holm": stats.Holm(in.P), "bonferroni": bonferroni,
		"bh_rejected_at_05": rejected(bh), "bonferroni_rejected_at_05": rejected(bonferroni),
	}
}

// budgetFunctions are those of objectives.
func budgetFunctions() map[string]func(json.RawMessage) (result, error) {
	return map[string]func(json.RawMessage) (result, error){
		"error_budget_time": on(timeBudget), "error_budget_requests": on(requestBudget), "burn_rate": on(burnRate), "burn_threshold": on(burnThreshold),
		"alert_detection_time": on(detectionTime), "multiwindow_burn_alerts": on(burnAlerts),
	}
}

func timeBudget(in struct {
	SLO    float64
	Window float64 `json:"window_seconds"`
	Bad    float64 `json:"bad_seconds"`
}) result {
	b := stats.ErrorBudget(in.SLO, in.Window, in.Bad)
	return result{"budget_seconds": b.Allowed, "consumed_fraction": b.Consumed, "remaining_seconds": b.Remaining}
}

func requestBudget(in struct{ SLO, Total, Bad float64 }) result {
	b := stats.ErrorBudget(in.SLO, in.Total, in.Bad)
	var met any = b.Met
	if in.Total == 0 {
		met = nil
	}
	return result{"budget_events": b.Allowed, "error_ratio": b.Ratio, "consumed_fraction": b.Consumed, "remaining_events": b.Remaining, "met": met}
}

func burnRate(in struct {
	Ratio  float64 `json:"error_ratio"`
	SLO    float64
	Window float64 `json:"window_seconds"`
}) result {
	burn := stats.BurnRate(in.SLO, in.Ratio)
	return result{"burn_rate": burn, "seconds_to_exhaust_full_budget": in.Window / burn}
}

func burnThreshold(in struct {
	Share  float64 `json:"budget_fraction"`
	Window float64 `json:"slo_window_seconds"`
	Alert  float64 `json:"alert_window_seconds"`
}) result {
	return result{"threshold": stats.BurnThreshold(in.Share, in.Window, in.Alert)}
}

func detectionTime(in struct {
	SLO       float64
	Ratio     float64 `json:"error_ratio"`
	Alert     float64 `json:"alert_window_seconds"`
	Threshold float64 `json:"burn_threshold"`
}) result {
	return result{"seconds": stats.DetectionTime(in.SLO, in.Ratio, in.Alert, in.Threshold)}
}

func burnAlerts(in struct {
	SLO      float64
	Segments []struct {
		Minutes float64
		Total   float64 `json:"requests_per_minute"`
		Bad     float64 `json:"bad_per_minute"`
	}
	Rules []struct {
		Name      string
		Long      float64 `json:"long_seconds"`
		Short     float64 `json:"short_seconds"`
		Threshold float64
	}
}) result {
	var series []stats.Load
	for _, s := range in.Segments {
		series = append(series, stats.Load{Seconds: s.Minutes * 60, Total: s.Total / 60, Bad: s.Bad / 60})
	}
	var out []any
	for _, r := range in.Rules {
		long, short, fires := stats.BurnRule{Long: r.Long, Short: r.Short, Threshold: r.Threshold}.Check(in.SLO, series)
		out = append(out, result{
			"name": r.Name, "long_burn": long.Rate, "long_complete": long.Complete, "short_burn": short.Rate, "short_complete": short.Complete,
			"firing": fires && !math.IsNaN(long.Rate),
		})
	}
	return result{"rules": out}
}
