package analytics

import (
	"fmt"
	"time"

	"hindsight/analytics/stats"
)

// Effect is how often something came back after something was done about it, against before.
type Effect struct {
	Verdict
	// From to Done is before, Done to To is after. They are equally long, a year at most.
	From, Done, To time.Time
	Next           time.Time // beginning of the first one at Done or later; zero: none has come yet
	// Waited is from Done to Next, or as long as none has come.
	Waited time.Duration
	// GapBefore and GapAfter are the Kaplan-Meier medians of the time to the next one, in seconds: from each that began before, up to
	// Done, and from Done and each one after it, up to now. What had not come by then counts as far as it had been waited for.
	GapBefore, GapAfter Estimate
	// Spell warns of regression to the mean; empty: more than usual did not come before, or nobody can tell.
	Spell string
}

// After judges how often it came back since an action was done. Of what began at own, the incident that the action was promised after,
// the first is in no count: it is there because the action is, and an incident that is looked at because it happened says nothing of how
// often others do (Slivnyak's theorem). The zero own leaves none out. Nothing is compared with a time before the record of the sources,
// nor with one after it fell silent.
func (x Recurrence) After(done, own time.Time) Effect {
	e := Effect{Done: done, Next: x.NextAfter(done)}
	end := x.Now
	if x.Silent() != "" {
		end = x.watched.to
	}
	e.Waited = max(0, end.Sub(done))
	if !e.Next.IsZero() {
		e.Waited = e.Next.Sub(done)
	}
	length := min(done.Sub(done.AddDate(-1, 0, 0)), end.Sub(done), done.Sub(x.watched.from))
	if x.watched.n == 0 || length <= 0 {
		e.From, e.To = done, done
		e.Verdict = Verdict{Phrase: CannotTell, Sentence: "Cannot tell: the record of the sources does not reach from before it was done until after it."}
		return e
	}
	e.From, e.To = done.Add(-length), done.Add(length)
	others := x.without(own)
	e.Verdict = JudgeRate(others.between(done, e.To), others.between(e.From, done))
	e.GapBefore, e.GapAfter = x.gaps(x.watched.from, done, false), x.gaps(done, end, true)
	e.Spell = others.spell(e, own)
	return e
}

// without returns the recurrence without the first one that began at a time.
func (x Recurrence) without(own time.Time) Recurrence {
	for i, at := range x.Starts {
		if at.Equal(own) {
			x.Starts = append(append([]time.Time{}, x.Starts[:i]...), x.Starts[i+1:]...)
			return x
		}
	}
	return x
}

// gaps is the median time to the next one of those that began in a stretch of time, and of its beginning, where that counts as one.
func (x Recurrence) gaps(from, to time.Time, begins bool) Estimate {
	var times []float64
	var ended []bool
	last := time.Time{}
	if begins {
		last = from
	}
	for _, at := range x.Starts {
		if at.Before(from) || !at.Before(to) {
			continue
		}
		if !last.IsZero() {
			times, ended = append(times, at.Sub(last).Seconds()), append(ended, true)
		}
		last = at
	}
	if !last.IsZero() {
		times, ended = append(times, to.Sub(last).Seconds()), append(ended, false)
	}
	const method = "Kaplan-Meier median of the time to the next one, log-log interval"
	if len(times) < fewest {
		return unknown(method, len(times), tooFew(len(times)))
	}
	median, bounds := stats.KaplanMeier(times, ended).Quantile(0.5, stats.LogLog, Level)
	e := estimate(median, bounds, method, len(times))
	if e.Value == nil {
		e.Reason = "fewer than half of the waits are over"
	}
	return e
}

// spell says whether more came before than in the two years before that, of which the record tells, and what the rate since is
// against all of that time.
func (x Recurrence) spell(e Effect, own time.Time) string {
	first := e.From.AddDate(-2, 0, 0)
	if first.Before(x.watched.from) {
		first = x.watched.from
	}
	if e.From.Sub(first) < e.Done.Sub(e.From) {
		return ""
	}
	recent, earlier := x.between(e.From, e.Done), x.between(first, e.From)
	if !own.Before(e.From) && own.Before(e.Done) {
		recent.N++
	}
	if c := stats.RateRatio(recent.N, recent.Days, earlier.N, earlier.Days, Level); recent.N == 0 || !(c.Interval.Low > 1) {
		return ""
	}
	long := JudgeRate(x.between(e.Done, e.To), x.between(first, e.Done))
	text := fmt.Sprintf("More came in the %d days before it was done than before those: after such a spell fewer come by chance alone (regression to the mean).", int(recent.Days))
	if long.Ratio.Known() {
		text += fmt.Sprintf(" Against all %d days before it was done: %s.", int(e.Done.Sub(first).Hours()/24), long.Change())
	}
	return text
}

// Words says what was counted: "3 in the 94 days before it was done, 1 in the 94 days after; the next one came after 40 days".
func (e Effect) Words() string {
	days := func(d time.Duration) int { return int(d.Hours() / 24) }
	text := ""
	if e.From.Before(e.Done) && e.Done.Before(e.To) {
		text = fmt.Sprintf("%d in the %d days before it was done, %d in the %d days after; ", e.NBefore, days(e.Done.Sub(e.From)), e.NNow, days(e.To.Sub(e.Done)))
	}
	if e.Next.IsZero() {
		return text + fmt.Sprintf("none has come for %d days", days(e.Waited))
	}
	return text + fmt.Sprintf("the next one came after %d days", days(e.Waited))
}

// Gaps says how long it took to the next one, before and after: "half of the waits were over within 34 days before"; empty: nothing can be said.
func (e Effect) Gaps() string {
	text := ""
	for _, x := range []struct {
		when string
		Estimate
	}{{"before", e.GapBefore}, {"after", e.GapAfter}} {
		if !x.Known() {
			continue
		}
		if text != "" {
			text += ", "
		}
		text += fmt.Sprintf("%s it was done half of the waits for the next one were over within %.0f days (%s)", x.when, *x.Value/86400, inDays(x.Estimate))
	}
	return text
}

// inDays writes the interval of an estimate in seconds.
func inDays(e Estimate) string {
	low, high := 0.0, "not known"
	if e.Low != nil {
		low = *e.Low / 86400
	}
	if e.High != nil {
		high = fmt.Sprintf("%.0f", *e.High/86400)
	}
	return fmt.Sprintf("95 %% interval %.0f to %s", low, high)
}

// NextAfter returns when the problem came back first at or after a time; zero when it did not.
func (x Recurrence) NextAfter(at time.Time) time.Time {
	for _, start := range x.Starts {
		if !start.Before(at) {
			return start
		}
	}
	return time.Time{}
}
