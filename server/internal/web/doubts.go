package web

import (
	"fmt"
	"time"

	"hindsight/analytics"
	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/reports"
)

// doubts says what is not certain about lost time, each with the incidents behind it.
func doubts(u analytics.Unclear, lost analytics.Estimate) []frontend.SLOUncertain {
	var out []frontend.SLOUncertain
	say := func(cases []analytics.Case, one, many string) {
		if n := len(cases); n == 1 {
			out = append(out, frontend.SLOUncertain{Text: "1 incident " + one + ".", Cases: caseLinks(cases)})
		} else if n > 1 {
			out = append(out, frontend.SLOUncertain{Text: reports.Format(reports.Count, float64(n)) + " incidents " + many + ".", Cases: caseLinks(cases)})
		}
	}
	if pm := plusMinus(lost); pm != "" {
		out = append(out, frontend.SLOUncertain{Text: capital(pm) + ", for times known to the minute, hour or day only.", Cases: caseLinks(u.Coarse)})
	}
	say(u.NoStart, "has no start of impact and is in no number", "have no start of impact and are in no number")
	say(u.NoEnd, "has no end of impact and is in no number", "have no end of impact and are in no number")
	say(u.Invalid, "has impact that ends before or as it begins and is in no number", "have impact that ends before or as it begins and are in no number")
	say(u.Open, "still goes on and counts up to now", "still go on and count up to now")
	say(u.About, "has an estimated time, which counts as it stands; by how much it is off nobody knows", "have estimated times, which count as they stand; by how much they are off nobody knows")
	for _, l := range u.LeftOut {
		out = append(out, frontend.SLOUncertain{Text: fmt.Sprintf("Left out: %s %s.", reports.Format(reports.Count, float64(l.N)), l.Reason)})
	}
	return out
}

// lateDoubt flags maintenance that may have been declared to make a number look better.
func lateDoubt(late []analytics.Case, length time.Duration, unknown int) []frontend.SLOUncertain {
	var out []frontend.SLOUncertain
	if len(late) > 0 {
		out = append(out, frontend.SLOUncertain{Text: fmt.Sprintf("%s of maintenance were declared only after they had begun, and are taken out all the same.", incident.FormatDuration(length)), Cases: caseLinks(late)})
	}
	if unknown > 0 {
		out = append(out, frontend.SLOUncertain{Text: fmt.Sprintf("Of maintenance %s times nobody knows when it was declared.", reports.Format(reports.Count, float64(unknown)))})
	}
	return out
}

// caseLinks leads to incidents, as many as a line can hold.
func caseLinks(cases []analytics.Case) []frontend.Link {
	return each(cases[:min(len(cases), doubtsShown)], func(c analytics.Case) frontend.Link {
		l := frontend.Link{Label: c.Number, Path: frontend.IncidentPath(c.ID)}
		if l.Label == "" {
			l.Label = c.Title
		}
		if l.Label == "" {
			l.Label = string(c.ID)
		}
		return l
	})
}
