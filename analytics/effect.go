package analytics

import (
	"fmt"
	"time"
)

// Effect is how often a problem came back after something was done about it, against before.
type Effect struct {
	Verdict
	From, Done, To time.Time // before is From to Done, after is Done to To; each is a year at most
	Next           time.Time // beginning of the first one at Done or later; zero: none has come yet
	// Waited is from Done to Next, or as long as none has come.
	Waited time.Duration
}

// After judges how often the problem came back since an action was done. Nothing is compared with a time before the record of the
// sources, nor with one after it fell silent.
func (x Recurrence) After(done time.Time) Effect {
	e := Effect{From: done.AddDate(-1, 0, 0), Done: done, To: x.Now}
	if x.Silent() != "" {
		e.To = x.watched.to
	}
	e.Next = x.NextAfter(done)
	e.Waited = max(0, e.To.Sub(done))
	if !e.Next.IsZero() {
		e.Waited = e.Next.Sub(done)
	}
	if year := done.AddDate(1, 0, 0); e.To.After(year) {
		e.To = year
	}
	if e.From.Before(x.watched.from) {
		e.From = x.watched.from
	}
	if !e.From.Before(done) || !done.Before(e.To) {
		e.Verdict = Verdict{Phrase: CannotTell, Sentence: "Cannot tell: the record of the sources does not reach from before it was done until after it."}
		return e
	}
	e.Verdict = JudgeRate(x.between(done, e.To), x.between(e.From, done))
	return e
}

// Words says what was counted: "3 in the 212 days before it was done, 1 in the 94 days since; the next one came after 40 days".
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

// NextAfter returns when the problem came back first at or after a time; zero when it did not.
func (x Recurrence) NextAfter(at time.Time) time.Time {
	for _, start := range x.Starts {
		if !start.Before(at) {
			return start
		}
	}
	return time.Time{}
}
