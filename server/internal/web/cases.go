package web

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"hindsight/analytics"
	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/reports"
	"hindsight/server/internal/query"
)

const (
	casesPath  = "/cases"
	casesShown = 500
)

// behind links the numbers of a source to the lists of the incidents that they count.
func behind(src *reports.Source, q query.Query) {
	q.Metric, q.Range, q.From, q.To = src.Measures, "custom", src.From, src.To
	if src.From.IsZero() && src.To.IsZero() {
		q.Range = "all"
	}
	q.Compare, q.After, q.Limit, q.GroupBy, q.Programme = "", "", 0, "", time.Time{}
	path := pathOf(casesPath, q)
	join := func(more string) string {
		if strings.Contains(path, "?") {
			return path + "&" + more
		}
		return path + "?" + more
	}
	if src.N > 0 && src.Counted {
		src.Link = path
		for _, o := range src.Outcomes {
			src.Link = join("outcome=" + string(o))
			path = src.Link
		}
	}
	path = pathOf(casesPath, q)
	for i, l := range src.LeftOut {
		switch {
		case l.Outcome == analytics.Excluded:
			src.LeftOut[i].Link = join("outcome=" + string(l.Outcome) + "&reason=" + queryEscape(l.Reason))
		case l.Outcome != "":
			src.LeftOut[i].Link = join("outcome=" + string(l.Outcome))
		}
	}
}

// outcomes are the values of the parameter "outcome" with their words.
var outcomes = []struct {
	of    analytics.Outcome
	words string
}{
	{analytics.Recorded, "measured"}, {analytics.Open, "still open"}, {analytics.Missing, "without one of the two times"},
	{analytics.Invalid, "ended before they began"}, {analytics.Excluded, "left out"},
}

// cases lists the incidents behind a number: those that a question selects, by what became of them.
func (s *Server) cases(r *request) (answer, error) {
	v := r.Request.URL.Query()
	q, err := query.Parse(v, s.Now())
	if err != nil {
		return answer{}, err
	}
	snapshot, a, err := s.Narrow(r.Request.Context(), q, r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	wanted, words, err := wantedOutcomes(v["outcome"])
	if err != nil {
		return answer{}, err
	}
	page := frontend.CasesPage{Shell: r.shell("Incidents behind a number", frontend.NavIncidents, frontend.Link{Label: "Incidents", Path: incidentsPath}),
		Outcomes: words, Reason: v.Get("reason"), Period: q.PeriodLabel(), Chips: r.chips(casesPath, q)}
	if m, err := analytics.FindMetric(q.Metric); err == nil {
		page.Metric, page.Anchor = m.Title, m.ID
	}
	for _, o := range wanted {
		for _, c := range snapshot.Cases(a, o) {
			if page.Reason == "" || c.Reason == page.Reason {
				page.Rows = append(page.Rows, caseRow(c))
			}
		}
	}
	slices.SortStableFunc(page.Rows, func(x, y frontend.CaseRow) int { return y.StartedAt.Compare(x.StartedAt) })
	page.Total = len(page.Rows)
	page.Rows = page.Rows[:min(page.Total, casesShown)]
	if page.Total == 0 {
		page.Seen = seenWords(snapshot.Seen(a))
	}
	return show(page)
}

func wantedOutcomes(names []string) (wanted []analytics.Outcome, words string, err error) {
	if len(names) == 0 {
		return []analytics.Outcome{analytics.AnyOutcome}, "", nil
	}
	var said []string
	for _, name := range names {
		i := slices.IndexFunc(outcomes, func(o struct {
			of    analytics.Outcome
			words string
		}) bool {
			return string(o.of) == name
		})
		if i < 0 {
			return nil, "", incident.Invalidf("outcome", "%q is not recorded, open, missing, invalid or left_out", name)
		}
		wanted, said = append(wanted, outcomes[i].of), append(said, outcomes[i].words)
	}
	return wanted, strings.Join(said, " or "), nil
}

func caseRow(c analytics.Case) frontend.CaseRow {
	row := frontend.CaseRow{Path: frontend.IncidentPath(c.ID), Number: c.Number, Title: c.Title, Severity: c.Severity, StartedAt: c.StartedAt, Services: strings.Join(c.Services, ", "), Reason: c.Reason}
	switch c.Outcome {
	case analytics.Recorded:
		row.Took = reports.Num(c.Seconds)
	case analytics.Open:
		row.Took = reports.Num(c.Seconds)
		row.Reason = "so far"
	case analytics.Missing:
		row.Took = reports.Missing("a time is missing")
	case analytics.Invalid:
		row.Took = reports.Missing("ends before it begins")
	case analytics.Excluded:
		row.Took = reports.Missing(fmt.Sprintf("left out: %s", c.Reason))
		row.Reason = ""
	}
	return row
}
