package analytics_test

import (
	"encoding/json"
	"math"
	"slices"

	"hindsight/analytics/stats"
)

// fitFunctions are the functions of fitted laws, of resampling, and of groups that are compared.
func fitFunctions() map[string]func(json.RawMessage) (result, error) {
	return map[string]func(json.RawMessage) (result, error){
		"lognormal_fit": on(logNormalFit), "censored_fit": on(censored), "logrank": on(logRank), "jackknife_acceleration": on(acceleration),
		"bca_endpoints": on(bcaEnds), "bca_interval": on(bcaInterval), "permutation_test_exact": on(permutation),
	}
}

func logNormalFit(in struct {
	Data []float64
	Conf float64
}) result {
	f := stats.FitLogNormal(in.Data, in.Conf)
	return result{
		"mu": f.Mu, "sigma_sample": f.Sigma, "sigma_mle": f.SigmaLikeliest, "median": f.Median, "median_ci": ends(f.MedianEnds), "mean_mle": f.MeanLikeliest,
		"mean_cox": f.Mean, "mean_cox_ci": ends(f.MeanEnds), "arithmetic_mean": stats.Mean(in.Data), "p90": f.Quantile(0.9),
		"anderson_darling_A2": f.AndersonDarling, "A2_star": f.Adjusted, "ad_p": f.P, "loglik": f.LogLikelihood,
	}
}

// lasting are durations of which some have not ended.
type lasting struct {
	Time  []float64
	Event []int
	Group []string
}

func (l lasting) ended() []bool {
	out := make([]bool, len(l.Event))
	for i, e := range l.Event {
		out[i] = e == 1
	}
	return out
}

func censored(in lasting) result {
	var fits []any
	for _, law := range []stats.Law{stats.LogNormalLaw, stats.WeibullLaw, stats.ExponentialLaw} {
		f := stats.FitCensored(law, in.Time, in.ended())
		fits = append(fits, result{
			"dist": string(law), "intercept": f.Intercept, "scale": f.Scale, "loglik": f.LogLikelihood, "aic": f.AIC,
			"median": f.Quantile(0.5), "p90": f.Quantile(0.9),
		})
	}
	return result{"fits": fits}
}

func logRank(in lasting) result {
	names := slices.Compact(slices.Sorted(slices.Values(in.Group)))
	group := make([]int, len(in.Group))
	for i, g := range in.Group {
		group[i] = slices.Index(names, g)
	}
	r := stats.CompareSurvival(in.Time, in.ended(), group, len(names))
	return result{"groups": names, "n": r.N, "observed": r.Observed, "expected": r.Expected, "chisq": r.Chi, "df": r.DF, "p": r.P}
}

// statistics are those that the vectors name.
var statistics = map[string]stats.Statistic{
	"mean":           stats.Mean,
	"log_mean":       func(v []float64) float64 { return meanOf(v, math.Log) },
	"geometric_mean": func(v []float64) float64 { return math.Exp(meanOf(v, math.Log)) },
	"median":         func(v []float64) float64 { return stats.Quantile(slices.Sorted(slices.Values(v)), 0.5) },
	"p90_type7":      func(v []float64) float64 { return stats.Quantile(slices.Sorted(slices.Values(v)), 0.9) },
	"variance_plugin": func(v []float64) float64 {
		mean := stats.Mean(v)
		return meanOf(v, func(x float64) float64 { return (x - mean) * (x - mean) })
	},
}

func meanOf(values []float64, f func(float64) float64) float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = f(v)
	}
	return stats.Mean(out)
}

type resampled struct {
	Data       []float64
	Statistic  string
	Replicates []float64
	Conf       float64
}

func acceleration(in resampled) result {
	f := statistics[in.Statistic]
	return result{"theta_hat": f(slices.Clone(in.Data)), "a": stats.Acceleration(in.Data, f)}
}

func bcaEnds(in resampled) result {
	b := stats.FromReplicates(in.Data, statistics[in.Statistic], in.Replicates, in.Conf)
	return result{
		"t0": b.Value, "a": b.Acceleration, "z0": b.Bias, "alpha_adjusted": b.Levels[:], "bca": ends(b.BCa), "percentile": ends(b.Percentile),
		"basic": ends(b.Basic),
	}
}

func bcaInterval(in resampled) result {
	in.Replicates = stats.Resample(in.Data, statistics[in.Statistic], 40_000, 1)
	b := stats.FromReplicates(in.Data, statistics[in.Statistic], in.Replicates, in.Conf)
	return result{"theta_hat": b.Value, "bca": ends(b.BCa)}
}

func permutation(in struct {
	X, Y      []float64
	Statistic string
}) result {
	t := stats.PermutationTest(in.X, in.Y, statistics[in.Statistic], 1)
	return result{"observed": t.Observed, "n_permutations": t.Permutations, "p_two_sided": t.P.TwoSided, "p_less": t.P.Less, "p_greater": t.P.Greater}
}
