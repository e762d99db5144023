package analytics

import (
	"fmt"

	"hindsight/analytics/stats"
)

// CostMean is the mean duration with what may be said about it. It answers questions of cost alone: whether durations
// changed it does not tell, for chance moves it too far.
type CostMean struct {
	Mean    Estimate // seconds
	Caption string   // how far the interval is to be trusted
	Noise   *float64 // seconds by which two means of as many incidents differ by chance in 1 of 10 comparisons
	// Misled is the chance that the mean of as many incidents comes out no shorter though each were a tenth shorter; nil
	// below 2 incidents.
	Misled *float64
	Fit    stats.LogNormal
}

const (
	notContradicted = 0.05   // p of Anderson-Darling from which on a log-normal law is not contradicted
	fewestResampled = 20     // incidents that a bootstrap needs
	replicates      = 10_000 // of the bootstrap
	bootstrapSeed   = 20260101
	mostResampled   = 200 // incidents beyond which resampling takes longer than a page may, and the formula is as good
)

const heavyTails = "Mean of heavy-tailed durations: interval too narrow by construction."

// CostMean estimates the mean of the recorded durations. Where a log-normal law is not contradicted its interval is that
// of Cox (Olsson 2005), else BCa by 10,000 seeded replicates, or of more than 200 incidents ABC, which is BCa without
// drawing, with a caption that it is too narrow.
func (g DurationGroup) CostMean() CostMean {
	n := float64(g.N)
	c := CostMean{Noise: g.Noise, Mean: g.Mean, Misled: finite(stats.LooksWorse(stats.Mean(g.Values), stats.StandardDeviation(g.Values), n, n, matters))}
	if g.N < fewest {
		c.Mean = unknown(g.Mean.Method, g.N, tooFew(g.N))
		return c
	}
	values := atLeast(g.Values, shortest)
	c.Fit = stats.FitLogNormal(values, Level)
	switch {
	case c.Fit.P >= notContradicted:
		c.Mean = estimate(*g.Mean.Value, c.Fit.MeanEnds, "arithmetic mean with log-normal (modified Cox) interval", g.N)
		c.Caption = fmt.Sprintf("The interval assumes log-normal durations, which these %d do not contradict (Anderson-Darling p = %.2f).", g.N, c.Fit.P)
		if g.N < fewestResampled {
			c.Caption += " With so few they hardly could."
		}
		if *g.Mean.Value < c.Fit.MeanEnds.Low || *g.Mean.Value > c.Fit.MeanEnds.High {
			c.Mean = estimate(c.Fit.Mean, c.Fit.MeanEnds, "log-normal mean with modified Cox interval", g.N)
		}
	case g.N < fewestResampled:
		c.Caption = "These durations contradict a log-normal law, and are too few to resample: the mean has no interval."
	case g.N > mostResampled:
		c.Mean = estimate(*g.Mean.Value, stats.MeanABC(values, Level), "arithmetic mean with ABC interval", g.N)
		c.Caption = heavyTails
	default:
		mean := stats.Statistic(stats.Mean)
		b := stats.FromReplicates(values, mean, stats.Resample(values, mean, replicates, bootstrapSeed), Level)
		c.Mean = estimate(*g.Mean.Value, b.BCa, fmt.Sprintf("arithmetic mean with BCa interval, %d replicates, seed %d", replicates, bootstrapSeed), g.N)
		c.Caption = heavyTails
	}
	return c
}

// NoiseWords say below which change a difference of two means is luck; empty without a noise floor.
func (c CostMean) NoiseWords(format func(seconds float64) string) string {
	if c.Noise == nil {
		return ""
	}
	text := "A change of the mean under ±" + format(*c.Noise) + " is indistinguishable from luck."
	if c.Misled != nil {
		text += fmt.Sprintf(" Were every incident a tenth shorter, the mean of as many would still come out no shorter in %.0f of 100 cases.", 100**c.Misled)
	}
	return text
}
