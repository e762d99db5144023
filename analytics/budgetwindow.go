package analytics

import (
	"time"

	"hindsight/analytics/stats"
	"hindsight/incident"
)

// budgetWindow is the stretch that an error budget is for, and the part of it that has been.
type budgetWindow struct {
	whole, past stats.Stretch
	rolling     bool
}

// budgetWindowOf returns the window of an objective as of now: for a rolling one the days before, for a calendar one the month
// or quarter that holds now.
func budgetWindowOf(w incident.ObjectiveWindow, now time.Time) budgetWindow {
	at := now.UnixMicro()
	if w.Calendar == "" {
		s := stats.Stretch{From: at - int64(w.Days)*day.Microseconds(), To: at}
		return budgetWindow{whole: s, past: s, rolling: true}
	}
	by := ByMonth
	if w.Calendar == incident.CalendarQuarter {
		by = ByQuarter
	}
	p := periods(by, now, now.Add(time.Microsecond), w.Location())[0]
	s := stats.Stretch{From: p.from.UnixMicro(), To: p.to.UnixMicro()}
	return budgetWindow{whole: s, past: s.Clip(stats.Stretch{From: s.From, To: at})}
}

const day = 24 * time.Hour

// BurnAlert is one rule of the multi-window alerts of the Site Reliability Workbook, chapter 5, as of an instant: it calls
// while the budget burns fast over a long and a short time, the latter a twelfth of the former.
type BurnAlert struct {
	Page        bool // a person should be called; false: a ticket is enough
	Long, Short time.Duration
	Spends      float64 // share of the whole budget that goes in Long at Threshold
	Threshold   float64 // burn rate: how many times faster than evenly
	// LongBurn and ShortBurn are the burn rates over the two times; nil when all of it was maintenance.
	LongBurn, ShortBurn *float64
	Fires               bool
}

// burnAlerts checks the rules over a profile that ends now. They are those of the workbook for 30 days, with thresholds
// recomputed for other windows; a rule whose long time is not shorter than the window says nothing and is left out.
func burnAlerts(target float64, window stats.Stretch, profile []stats.Piece) []BurnAlert {
	series := stats.Loads(profile, 1e6)
	var out []BurnAlert
	for _, a := range []BurnAlert{
		{Page: true, Long: time.Hour, Short: 5 * time.Minute, Spends: 0.02},
		{Page: true, Long: 6 * time.Hour, Short: 30 * time.Minute, Spends: 0.05},
		{Long: 3 * day, Short: 6 * time.Hour, Spends: 0.10},
	} {
		whole := length(window.Length())
		if a.Long >= whole {
			continue
		}
		a.Threshold = stats.BurnThreshold(a.Spends, whole.Seconds(), a.Long.Seconds())
		long, short, fires := stats.BurnRule{Long: a.Long.Seconds(), Short: a.Short.Seconds(), Threshold: a.Threshold}.Check(target, series)
		a.LongBurn, a.ShortBurn, a.Fires = finite(long.Rate), finite(short.Rate), fires
		out = append(out, a)
	}
	return out
}
