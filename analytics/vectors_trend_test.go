package analytics_test

import (
	"encoding/json"

	"hindsight/analytics/stats"
)

// trendFunctions are the functions of trends, growth and changes of level.
func trendFunctions() map[string]func(json.RawMessage) (result, error) {
	return map[string]func(json.RawMessage) (result, error){
		"repairable_trend_tests": on(trendTests), "mann_kendall": on(mannKendall), "crow_amsaa": on(crow), "crow_amsaa_grouped": on(crowGrouped),
		"crow_amsaa_multi": on(crowSeveral), "power_law_modified_mle": on(powerLaw), "pelt_l2_mean": on(meanChanges), "pelt_poisson": on(rateChanges),
		"pettitt": on(pettitt), "cusum_mean_shift": on(cusumShift), "edivisive_best_split": on(energySplit),
	}
}

// failures are the times of failures as the vectors write them.
type failures struct {
	Times         []float64 `json:"event_times"`
	End           float64   `json:"observation_end"`
	Truncation    string
	Conf, Horizon float64
}

func trendTests(in failures) result {
	t := stats.Trending(in.Times, in.End, in.Truncation == "failure")
	return result{
		"laplace_u": t.Laplace, "laplace_p_two_sided": t.LaplaceP, "milhdbk_chisq": t.ChiSquare, "milhdbk_df": t.DF, "milhdbk_p_improving": t.PImproving,
		"milhdbk_p_two_sided": t.PTwoSided, "reversals": t.Reversals, "max_reversals": t.MostReversals, "reversal_p_improving_exact": t.PReversals,
		"reversal_z_nist": t.ReversalZ, "lewis_robinson": t.LewisRobinson, "interarrival_cv": t.GapCV,
	}
}

func mannKendall(in struct{ X []float64 }) result {
	m := stats.MannKendall(in.X, 0.95)
	return result{"S": m.S, "var_S": m.Variance, "tau_b": m.Tau, "z": m.Z, "p_two_sided": m.P, "sen_slope": m.Slope, "sen_ci95": ends(m.SlopeEnds)}
}

func crow(in failures) result {
	g := stats.CrowAMSAA(in.Times, in.End, in.Truncation == "failure", in.Conf)
	return result{
		"n": g.N, "beta_mle": g.Beta, "lambda_mle": g.Lambda, "beta_unbiased": g.Unbiased, "growth_slope": 1 - g.Beta, "intensity_end": g.Intensity,
		"mtbf_end": g.MTBF, "mtbf_cumulative": g.Cumulative, "cvm": g.CvM, "cvm_M": g.M, "beta_ci": ends(g.BetaEnds), "mtbf_end_ci": ends(g.MTBFEnds),
		"p_no_trend_two_sided": g.PNoTrend, "expected_next": g.Next(in.Horizon),
	}
}

func crowGrouped(in struct {
	Ends   []float64 `json:"interval_ends"`
	Counts []float64
}) result {
	g := stats.CrowGrouped(in.Ends, in.Counts)
	return result{
		"beta_mle": g.Beta, "lambda_mle": g.Lambda, "expected": g.Expected, "mtbf_end": g.MTBF, "last_interval_mtbf": g.LastMTBF, "chisq": g.ChiSquare,
		"df": g.DF, "p": g.P,
	}
}

func crowSeveral(in struct{ Systems []failures }) result {
	var things []stats.Observed
	for _, s := range in.Systems {
		things = append(things, stats.Observed{Times: s.Times, End: s.End})
	}
	beta, lambda, n := stats.CrowSeveral(things)
	return result{"beta_mle": beta, "lambda_mle": lambda, "n": n}
}

func powerLaw(in failures) result {
	m := stats.PowerLaw(in.Times, in.End, in.Conf)
	return result{"beta_modified": m.Beta, "lambda_modified": m.Lambda, "mtbf_modified": m.MTBF, "mtbf_modified_ci_approx": ends(m.Ends)}
}

type series struct {
	X         []float64
	Penalty   float64
	Shortest  int `json:"min_segment"`
	Alpha     float64
	ShortSide int `json:"min_size"`
}

func meanChanges(in series) result {
	s := stats.ChangesOfMean(in.X, in.Penalty, in.Shortest)
	return result{"changepoints": s.Changes, "penalised_cost": s.Cost, "segment_means": s.Levels}
}

func rateChanges(in series) result {
	s := stats.ChangesOfRate(in.X, in.Penalty, in.Shortest)
	return result{"changepoints": s.Changes, "penalised_cost": s.Cost, "segment_rates": s.Levels}
}

func pettitt(in series) result {
	b := stats.Pettitt(in.X)
	return result{"K": b.K, "location": position(b.Location), "p_approx": b.P}
}

func cusumShift(in series) result {
	m := stats.CusumShift(in.X)
	return result{"location": position(m.Location), "max_abs": m.Most, "range": m.Range, "standardised": m.Standardised}
}

func energySplit(in series) result {
	s := stats.EnergySplit(in.X, in.Alpha, in.ShortSide)
	return result{"location": position(s.Location), "q": s.Q}
}
