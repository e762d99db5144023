package web

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"hindsight/analytics"
	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/reports"
	"hindsight/server/internal/desk"
)

func (s *Server) problem(r *request) (answer, error) {
	page, err := s.problemPage(r, frontend.Form{})
	return answer{page: page}, err
}

func (s *Server) problemPage(r *request, form frontend.Form) (frontend.ProblemPage, error) {
	ctx := r.Request.Context()
	x, err := s.Standing(ctx, incident.ID(r.Param("id")), r.viewer.Sight())
	if err != nil {
		return frontend.ProblemPage{}, err
	}
	p := x.Problem
	page := frontend.ProblemPage{Shell: r.shell(p.Title, frontend.NavProblems, frontend.Link{Label: "Recurring problems", Path: problemsPath}),
		MayEdit: r.viewer.MayChange(incident.Write), Form: form,
		Exports: []frontend.Link{{Label: "Brief as PDF", Path: problemBrief("pdf", p.ID)}, {Label: "Brief as Markdown", Path: problemBrief("md", p.ID)}, {Label: "JSON", Path: "/api/v1/problems/" + string(p.ID)}}}
	members, err := s.members(ctx, r, []incident.Problem{p})
	if err != nil {
		return page, err
	}
	page.Row = standingRow(s.problemRow(p, members), x)
	incs := s.fillMembers(&page, p, members)
	page.Why = why(p)
	page.Source = reports.Source{N: len(page.Members), AsOf: s.Live.Seq(), Method: "grouped by " + basisWords(p.Basis)}
	s.fillFigures(r, &page, x)
	if p.State == incident.Confirmed {
		fillEffects(&page, x.Recurrence)
	}
	page.Purity, page.Helpers = s.purity(p.ID, incs)
	if page.Managed, err = s.managedPart(ctx, r, x, incs); err != nil {
		return page, err
	}
	if page.History, err = s.problemHistory(ctx, &p, members); err != nil || !page.MayEdit {
		return page, err
	}
	page.Merge, err = s.mergeable(r, &p)
	return page, err
}

// fillMembers lists the incidents of a problem, the newest first, with what was promised after them. It returns those that nobody took
// out.
func (s *Server) fillMembers(page *frontend.ProblemPage, p incident.Problem, members map[incident.ID]frontend.IncidentRow) []*incident.Incident {
	for _, m := range p.Members {
		x, known := members[m.Incident]
		if !known {
			continue
		}
		row := frontend.MemberRow{IncidentRow: x, Score: m.Score, Reasons: m.Reasons}
		if m.Removed {
			page.Removed = append(page.Removed, row)
			continue
		}
		page.Members = append(page.Members, row)
	}
	slices.SortStableFunc(page.Members, func(a, b frontend.MemberRow) int { return b.Incident.StartedAt().Compare(a.Incident.StartedAt()) })
	incs := each(page.Members, func(m frontend.MemberRow) *incident.Incident { return m.Incident })
	for _, inc := range incs {
		page.Actions = append(page.Actions, actionsOf(inc, incs, s.Now().UTC())...)
	}
	slices.SortStableFunc(page.Actions, func(a, b frontend.ActionRow) int {
		return cmp.Or(rankOf(a)-rankOf(b), a.Action.Due.Compare(b.Action.Due), a.Action.Created.Compare(b.Action.Created))
	})
	return incs
}

// rankOf puts what is late first, then what is open, then what nobody knows, then what is done.
func rankOf(a frontend.ActionRow) int {
	switch {
	case a.Late:
		return 0
	case a.Action.Open():
		return 1
	case !a.Action.Finished() && !a.Action.Dropped():
		return 2
	}
	return 3
}

// actionsOf are the promises after an incident, each with its age, and with how many incidents of the problem came after it was done.
func actionsOf(inc *incident.Incident, all []*incident.Incident, now time.Time) []frontend.ActionRow {
	return each(inc.Actions, func(a incident.ActionItem) frontend.ActionRow {
		row := frontend.ActionRow{Action: a, Incident: frontend.Link{Label: cmp.Or(inc.Title, inc.Label()), Path: frontend.IncidentPath(inc.ID)}, Began: inc.StartedAt(), After: -1}
		switch {
		case a.Finished() && !a.Done.IsZero():
			row.After = 0
			for _, other := range all {
				if other.StartedAt().After(a.Done) {
					row.After++
				}
			}
		default:
			row.Late, row.Age = a.Overdue(now), ageOf(a, now)
		}
		return row
	})
}

// fillEffects says of what was done how often the problem came back since.
func fillEffects(page *frontend.ProblemPage, rec analytics.Recurrence) {
	for i := range page.Actions {
		a := &page.Actions[i]
		if !a.Action.Finished() || a.Action.Done.IsZero() {
			continue
		}
		e := rec.After(a.Action.Done, a.Began)
		a.Effect = effectText(e)
		if a.Action.State == incident.ActionVerified {
			a.Back = rec.NextAfter(a.Action.Judged)
		}
	}
}

// ageOf says how long an open action item is late, or open; empty for one that is not.
func ageOf(a incident.ActionItem, now time.Time) string {
	switch {
	case !a.Open():
		return ""
	case a.Overdue(now):
		return "overdue by " + days(now.Sub(a.Due))
	case !a.Created.IsZero() && a.Created.Before(now):
		return "open for " + days(now.Sub(a.Created))
	}
	return "nobody says since when"
}

// days writes a duration in whole days.
func days(d time.Duration) string {
	switch n := int(d / (24 * time.Hour)); n {
	case 0:
		return "less than a day"
	default:
		return number(n, "day")
	}
}

// fillFigures measures a problem: how much in the last 12 months, how often, and whether more seldom. Every figure leads to its incidents.
func (s *Server) fillFigures(r *request, page *frontend.ProblemPage, x desk.Standing) {
	rec, path := x.Recurrence, func(figure string) string { return behindProblem(x.ID, figure, "") }
	y := rec.Year
	count, lost := reports.Num(float64(y.Once)), reports.Missing("of none is known how long it lasted")
	if rec.N > 0 && rec.N == rec.Undated {
		count, lost = reports.Missing("no date is known"), reports.Missing("no date is known")
	} else if y.Measured > 0 {
		lost = reports.Num(y.Lasted.Seconds())
	} else if y.N == 0 {
		lost = reports.Missing("none in the last 12 months")
	}
	page.Stats = []frontend.Stat{
		{Label: countLabel(rec), Unit: reports.Count, Value: count, Metric: "problem_year", Path: path("rate")},
		{Label: "Time lost, last 12 months", Unit: reports.Seconds, Value: lost, N: y.Measured, Metric: "problem_year", Path: path("lasted")},
		estimated("From one to the next, median", reports.Seconds, rec.Interval(), "problem_interval", path("interval")),
	}
	page.Stats[2].N = len(rec.Starts)
	if rec.Open > 0 {
		page.Stats = append(page.Stats, frontend.Stat{Label: "Open now", Unit: reports.Count, Value: reports.Num(float64(rec.Open)), Path: path("open"), Metric: "problem_year"})
	}
	zone := r.zone()
	year := verdict("How often?", "problem_trend", rec.Rate(), "the last 12 months against the 12 before")
	year.Path = path("rate")
	trend := rec.Trend()
	page.Trend = []frontend.Verdict{year, trendVerdict(trend, zone, path("interval"))}
	page.Cost = s.costPart(x)
	page.Folded, page.LeftOut = folded(x), leftOutWords(rec)
}

// countLabel names what is counted: incidents, or occurrences where floods are folded.
func countLabel(rec analytics.Recurrence) string {
	if rec.Floods > 0 {
		return "Occurrences, last 12 months"
	}
	return "Incidents, last 12 months"
}

// folded says how many alerts count once, and leads to all of them.
func folded(x desk.Standing) frontend.Folded {
	rec, out := x.Recurrence, frontend.Folded{Path: behindProblem(x.ID, "incidents", "")}
	if rec.Floods > 0 {
		out.Text = fmt.Sprintf("%s in %s: a flood counts once in how often, how far apart and whether more seldom. %s in all, of %s; in the last 12 months %d of %d.",
			capital(number(rec.Flooded, "alert")), number(rec.Floods, "flood"), number(rec.Occurrences(), "occurrence"), number(rec.N, "incident"), rec.Year.Once, rec.Year.N)
	}
	if !x.FloodsFrom.IsZero() {
		out.Text = strings.TrimSpace(out.Text + " Floods before " + x.FloodsFrom.Format("2 Jan 2006") + " are not looked for, since there are many incidents; their alerts count one by one.")
	}
	return out
}

// trendVerdict puts the tests of a trend on a page, in their fixed words.
func trendVerdict(g analytics.Gaps, zone *time.Location, path string) frontend.Verdict {
	v := frontend.Verdict{Question: "Ever more seldom?", State: frontend.Unclear, Phrase: capital(g.Evidence), Metric: "problem_trend", Path: path}
	switch {
	case strings.HasSuffix(g.Evidence, "rarer"):
		v.State = frontend.Better
	case strings.HasSuffix(g.Evidence, "more frequent"):
		v.State = frontend.Worse
	}
	v.Detail = g.Sentence
	if g.Trend.DF > 0 {
		v.Detail += fmt.Sprintf(" From the first incident, %s, to %s; n = %d.", g.From.In(zone).Format("2 Jan 2006"), g.To.In(zone).Format("2 Jan 2006"), len(g.Starts))
	}
	for _, c := range g.Checks() {
		v.Detail += " " + c.Name + ": " + c.Sentence
	}
	return v
}

// leftOutWords says which of the incidents are in no number.
func leftOutWords(rec analytics.Recurrence) string {
	n := 0
	var parts []string
	for _, l := range rec.LeftOut {
		n += l.N
		parts = append(parts, fmt.Sprintf("%d %s", l.N, l.Reason))
	}
	text := ""
	if n > 0 {
		text = fmt.Sprintf("Left out of all figures: %s (%s).", number(n, "incident"), strings.Join(parts, ", "))
	}
	if rec.Undated > 0 {
		text += fmt.Sprintf(" Of %s nobody knows when %s began.", number(rec.Undated, "incident"), map[bool]string{true: "it", false: "they"}[rec.Undated == 1])
	}
	return strings.TrimSpace(text)
}

// costPart is what a problem cost, with how that is worked out.
func (s *Server) costPart(x desk.Standing) frontend.CostPart {
	y := x.Recurrence.Year
	c := frontend.CostPart{Amounts: amounts(y.Costs()), Path: behindProblem(x.ID, "lost", "")}
	snapshot := s.Live.Snapshot()
	var unpriced []string
	for _, l := range y.Services {
		name := snapshot.Name(l.Service)
		if l.Service == "" {
			name = "no service named"
		}
		if l.Cost == nil {
			unpriced = append(unpriced, name)
			continue
		}
		c.Parts = append(c.Parts, frontend.Pair{Name: name, Value: fmt.Sprintf("%s lost by weight%s, times %s a minute: %s", took(*l.Lost.Value), after(", ", plusMinus(l.Lost)),
			amount(l.Cost.Rate.Low, l.Cost.Rate.High, l.Cost.Rate.Currency), l.Cost.Rate.Reason)})
	}
	switch {
	case y.N > 0 && len(y.Services) == 0:
		c.Note = "Of none of the incidents it is known how long users suffered."
	case len(y.Services) > 0 && len(c.Parts) == 0:
		c.Note = "Nobody has said what a minute costs."
	case len(unpriced) > 0:
		c.Note = "Without a rate, and so in no cost: " + strings.Join(unpriced, ", ") + "."
	}
	if y.Unclear > 0 && len(c.Parts) > 0 {
		c.Note = strings.TrimSpace(c.Note + fmt.Sprintf(" Of %s nobody knows how long users suffered.", number(y.Unclear, "incident")))
	}
	return c
}

const purityShown = 5 // values of one respect

// purity says what incidents have in common, and who worked on them.
func (s *Server) purity(id incident.ID, incs []*incident.Incident) (out []frontend.Purity, helpers []frontend.Helper) {
	snapshot := s.Live.Snapshot()
	for _, m := range analytics.Makeups(incs) {
		path := func(key string) string { return behindProblem(id, m.By, key) }
		if m.By == "helper" {
			for _, part := range m.Parts[:min(len(m.Parts), 2*purityShown)] {
				helpers = append(helpers, frontend.Helper{Link: frontend.Link{Label: part.Key, Path: path(part.Key)}, N: part.N, Of: m.Of})
			}
			continue
		}
		x := frontend.Purity{By: m.By, More: max(0, len(m.Parts)-purityShown), Note: purityNote(m)}
		for _, part := range m.Parts[:min(len(m.Parts), purityShown)] {
			row := frontend.PurityPart{Label: part.Key, N: part.N, Of: m.Of, Path: path(part.Key)}
			if m.By != "factor" {
				row.Label = snapshot.Name(incident.ID(part.Key))
			}
			if part.Share.Known() {
				row.Share = fmt.Sprintf("%.0f %% (95 %% interval %.0f %% to %.0f %%)", 100**part.Share.Value, 100**part.Share.Low, 100**part.Share.High)
			}
			x.Parts = append(x.Parts, row)
		}
		out = append(out, x)
	}
	return out, helpers
}

// purityNote says of how many incidents shares are.
func purityNote(m analytics.Makeup) string {
	text := fmt.Sprintf("Of %s that %s one", number(m.Of, "incident"), map[bool]string{true: "names", false: "name"}[m.Of == 1])
	if m.Of == 0 {
		return "No incident names a " + m.By + "."
	}
	if m.Silent > 0 {
		text += fmt.Sprintf("; %d %s none", m.Silent, map[bool]string{true: "names", false: "name"}[m.Silent == 1])
	}
	if m.Missing != "" {
		text += ". " + capital(m.Missing) + ", so no share is told"
	}
	return text + "."
}

// mostHit lists the services that most members touched; the page of the problem has the others.
func mostHit(hits map[frontend.Link]int, more string) []frontend.Link {
	const most = 3
	links := slices.SortedFunc(maps.Keys(hits), func(a, b frontend.Link) int {
		return cmp.Or(hits[b]-hits[a], strings.Compare(a.Label, b.Label))
	})
	if rest := len(links) - most; rest > 1 {
		links = append(links[:most], frontend.Link{Label: fmt.Sprintf("%d more", rest), Path: more})
	}
	return links
}

func basisWords(basis string) string {
	if basis == "source" {
		return "the ticket system's own problem reference"
	}
	return "the words that the incidents share"
}

func why(p incident.Problem) []string {
	out := []string{"Grouped by " + basisWords(p.Basis) + "."}
	if len(p.Terms) > 0 {
		out = append(out, "Shared words: "+strings.Join(p.Terms[:min(8, len(p.Terms))], ", ")+".")
	}
	return out
}

// knownProblem is a problem as its incidents show it.
func knownProblem(k desk.KnownProblem) frontend.KnownProblem {
	return frontend.KnownProblem{Link: frontend.Link{Label: cmp.Or(k.Title, "Untitled problem"), Path: frontend.ProblemPath(k.ID)}, State: k.State, Stage: k.Management.Stage,
		Owner: k.Management.OwnerName, Workaround: k.Workaround()}
}

// problemBrief is the address of the report about a problem.
func problemBrief(format string, id incident.ID) string {
	return "/api/v1" + reportsPath + "/problem." + format + "?download=1&problem=" + string(id)
}
