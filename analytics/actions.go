package analytics

import (
	"cmp"
	"slices"
	"time"

	"hindsight/analytics/stats"
)

// Action is an action item with the times that its figures need; zero ones are not known or have not come.
type Action struct {
	Created, Due, Done, Canceled time.Time
}

// Actions says whether what was promised after incidents gets done.
type Actions struct {
	Total, Canceled, Done int
	Overdue               int      // open behind their due time
	Completion            Estimate // Done / (Total − Canceled), Wilson
	// OnTime is the share done by their due time among those with one that are done or overdue.
	OnTime Estimate
	// Age is the Kaplan-Meier median age at completion in seconds: open items count as far as they are, canceled ones until
	// they were. NaiveAge is the median of those done alone, which is too short.
	Age, NaiveAge *float64
	AgeBounds     stats.Interval // of Age, log-log
}

// MeasureActions measures action items as of now.
func MeasureActions(now time.Time, items []Action) Actions {
	var a Actions
	var ages []float64
	var ended []bool
	var done []float64
	onTime, judged := 0, 0
	for _, x := range items {
		a.Total++
		end := now
		switch {
		case !x.Canceled.IsZero():
			a.Canceled++
			end = x.Canceled
		case !x.Done.IsZero():
			a.Done++
			end = x.Done
			done = append(done, end.Sub(x.Created).Seconds())
		case !x.Due.IsZero() && x.Due.Before(now):
			a.Overdue++
		}
		ages, ended = append(ages, max(0, end.Sub(x.Created).Seconds())), append(ended, !x.Done.IsZero() && x.Canceled.IsZero())
		if x.Due.IsZero() || !x.Canceled.IsZero() || x.Done.IsZero() && !x.Due.Before(now) {
			continue
		}
		judged++
		if !x.Done.IsZero() && !x.Done.After(x.Due) {
			onTime++
		}
	}
	a.Completion, a.OnTime = share(a.Done, a.Total-a.Canceled), share(onTime, judged)
	age, bounds := stats.KaplanMeier(ages, ended).Quantile(0.5, stats.LogLog, Level)
	a.AgeBounds = bounds
	a.Age, a.NaiveAge = finite(age), finite(stats.Quantile(sorted(done), 0.5))
	return a
}

func sorted[T cmp.Ordered](values []T) []T { return slices.Sorted(slices.Values(values)) }
