package analytics_test

import (
	"math"
	"strings"
	"testing"

	"hindsight/analytics"

	"gonum.org/v1/gonum/stat/distuv"
)

// logNormal returns n durations that are exactly spread as a log-normal distribution with median one hour and the
// given sigma of logarithms, multiplied by factor: no chance in it.
func logNormal(n int, sigma, factor float64) []float64 {
	out := make([]float64, n)
	for i := range out {
		z := distuv.UnitNormal.Quantile((float64(i) + 0.5) / float64(n))
		out[i] = 3600 * factor * math.Exp(sigma*z)
	}
	return out
}

func TestJudge(t *testing.T) {
	resolve, err := analytics.FindMetric("time_to_resolve")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name        string
		now, before []float64
		want        analytics.Phrase
		sentence    string // its beginning
	}{
		{"five on one side", logNormal(5, 1, 1), logNormal(50, 1, 1), analytics.TooFew,
			"Too few incidents: 5 now and 50 before"},
		{"halved, many", logNormal(200, 1.25, 0.5), logNormal(200, 1.25, 1), analytics.ClearlyBetter,
			"Clearly better: durations are 0.50 times what they were (95 % interval 0.3"},
		{"doubled, many", logNormal(200, 1.25, 2), logNormal(200, 1.25, 1), analytics.ClearlyWorse,
			"Clearly worse: durations are 2.00 times what they were"},
		{"a fifth less, 100 each", logNormal(100, 1.25, 0.8), logNormal(100, 1.25, 1), analytics.CannotTell,
			"Cannot tell: durations are 0.80 times"},
		{"a quarter less, 100 each", logNormal(100, 1.25, 0.75), logNormal(100, 1.25, 1), analytics.ProbablyBetter,
			"Probably better: durations are 0.75 times"},
		{"a third more, 100 each", logNormal(100, 1.25, 1.35), logNormal(100, 1.25, 1), analytics.ProbablyWorse,
			"Probably worse: durations are 1.35 times"},
		{"the same, 1000 each", logNormal(1000, 1.25, 1), logNormal(1000, 1.25, 1), analytics.NoChange,
			"No change larger than 12 % either way: durations are 1.00 times"},
		{"the same, 30 each", logNormal(30, 1.25, 1), logNormal(30, 1.25, 1), analytics.CannotTell,
			"Cannot tell: durations are 1.00 times what they were"},
		{"all of no length", make([]float64, 20), make([]float64, 20), analytics.NoChange, "No change larger than 1 %"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := analytics.Judge(resolve, analytics.Sample{Values: tc.now}, analytics.Sample{Values: tc.before})
			if got.Phrase != tc.want || !strings.HasPrefix(got.Sentence, tc.sentence) {
				t.Errorf("Judge = %q %q, want %q %q", got.Phrase, got.Sentence, tc.want, tc.sentence)
			}
		})
	}
}

// TestJudgeVisible holds what could have been seen against the normal approximation for sigma 1.25 and 30 incidents
// on each side, 0.4049, and the 519 of Noether's formula for a fifth.
func TestJudgeVisible(t *testing.T) {
	sample := analytics.Sample{Values: logNormal(30, 1.25, 1)}
	v := analytics.Judge(analytics.Metric{FewerIsBetter: true}, sample, sample)
	if math.Abs(*v.VisibleDrop-0.4049) > 0.02 || math.Abs(*v.VisibleRise-1/0.4049) > 0.15 {
		t.Errorf("visible = %v, %v, want about 0.40 and 2.47", *v.VisibleDrop, *v.VisibleRise)
	}
	if math.Abs(float64(v.Needed)-519) > 519*0.06 {
		t.Errorf("Needed = %d, want about 519", v.Needed)
	}
}

func TestJudgeRate(t *testing.T) {
	for _, tc := range []struct {
		name       string
		now        int
		nowDays    float64
		before     int
		beforeDays float64
		want       analytics.Phrase
		sentence   string
	}{
		// The interval is that of poisson.test(c(11, 21), c(800, 3011)) in R's manual.
		{"example of R", 11, 800, 21, 3011, analytics.ProbablyWorse, "Probably worse: incidents come 1.97 times as often as before (95 % interval 0.86 to 4.28; 11 incidents now, 21 before)."},
		{"none now, many before", 0, 90, 30, 90, analytics.ClearlyBetter, "Clearly better: incidents come 0.00 times"},
		{"none before", 30, 90, 0, 90, analytics.ClearlyWorse, "Clearly worse: there were none before (30 incidents now, 0 before)."},
		{"two and three", 2, 90, 3, 90, analytics.TooFew, "Too few incidents: 2 now and 3 before"},
		{"open period", 20, 0, 30, 90, analytics.CannotTell, "Cannot tell: a rate needs a period with two ends."},
		{"the same, 20 each", 20, 90, 20, 90, analytics.CannotTell, "Cannot tell: incidents come 1.00 times as often as before"},
		{"the same, 1000 each", 1000, 90, 1000, 90, analytics.NoChange, "No change larger than 10 % either way"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := analytics.JudgeRate(analytics.Frequency{N: tc.now, Days: tc.nowDays}, analytics.Frequency{N: tc.before, Days: tc.beforeDays})
			if got.Phrase != tc.want || !strings.HasPrefix(got.Sentence, tc.sentence) {
				t.Errorf("JudgeRate = %q %q, want %q %q", got.Phrase, got.Sentence, tc.want, tc.sentence)
			}
		})
	}
}

// TestJudgeRateVisible uses exact sizes: to see a drop of 20, 30, 50 and 70 % takes 363, 154, 50 and
// 23 expected incidents before.
func TestJudgeRateVisible(t *testing.T) {
	for _, tc := range []struct {
		before int
		want   float64
	}{{363, 0.8}, {154, 0.7}, {50, 0.5}, {23, 0.3}} {
		f := analytics.Frequency{N: tc.before, Days: 100}
		v := analytics.JudgeRate(f, f)
		if math.Abs(*v.VisibleDrop-tc.want) > 0.011 {
			t.Errorf("JudgeRate(%d): VisibleDrop = %.3f, want about %v", tc.before, *v.VisibleDrop, tc.want)
		}
	}
}
