package web

import (
	"errors"
	"fmt"
	"time"

	"hindsight/analytics"
	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/reports"
	"hindsight/search"
	"hindsight/server/internal/query"
)

const (
	deliveryPath  = "/delivery"
	failuresShown = 50
)

// changeTabs are the pages about changes.
func changeTabs(path string) []frontend.Choice {
	return tabs(path, frontend.Link{Label: "Changes", Path: changesPath}, frontend.Link{Label: "Delivery", Path: deliveryPath})
}

// tabs are pages that belong together, the one at path switched on.
func tabs(path string, links ...frontend.Link) []frontend.Choice {
	return each(links, func(l frontend.Link) frontend.Choice {
		return frontend.Choice{Label: l.Label, Path: l.Path, On: l.Path == path, Count: -1}
	})
}

func (s *Server) delivery(r *request) (answer, error) {
	ctx := r.Request.Context()
	q, err := query.ParseChanges(r.Request.URL.Query(), s.Now())
	if err != nil {
		return answer{}, err
	}
	page := frontend.NumbersPage{Shell: r.shell("Delivery", frontend.NavChanges), Period: r.period(deliveryPath, q, false), Tabs: changeTabs(deliveryPath), Chips: r.chips(deliveryPath, q), Clear: deliveryPath,
		Lede:    "How often code goes out, how often that goes wrong, and how soon it is put right.",
		Exports: []frontend.Link{{Label: "JSON", Path: pathOf("/api/v1/delivery", with(q, func(*query.Query) {}))}}}
	connected, err := s.ChangeConnections(ctx)
	if err != nil {
		return answer{}, err
	}
	report, all, err := s.Delivery(ctx, q, r.viewer.Sight())
	if errors.Is(err, incident.ErrInvalid) {
		page.Problem = capital(message(err)) + "."
		page.None = frontend.NoNumbers{Title: "Nothing to measure", Text: "The question cannot be answered as it stands.", Links: []frontend.Link{{Label: "Remove all filters", Path: deliveryPath}}}
		return show(page)
	}
	if err != nil {
		return answer{}, err
	}
	page.Facets = s.deliveryFacets(r, q, connected, report)
	page.Notes = deliveryNotes(report, all, q.Zone)
	if report.Total.Deployments == 0 {
		page.None = noDeployments(r, q, connected)
		return show(page)
	}
	page.Sections = s.deliverySections(report, q)
	if r.viewer.May(incident.Agree) {
		page.Sections[0].Links = []frontend.Link{{Label: "Change the rule", Path: deliveryRulePath}}
	}
	return show(page)
}

func noDeployments(r *request, q query.Query, connected []incident.Connection) frontend.NoNumbers {
	none := frontend.NoNumbers{Title: "No deployment in this period", Text: "Deployments are changes of the kind “deploy” that ended and went to where users are. Choose a longer period, or look at all changes.",
		Links: []frontend.Link{{Label: "See all changes", Path: changesPath}}}
	if len(connected) == 0 && !q.Filtered() {
		none = frontend.NoNumbers{Title: "No source of changes is connected", Text: "These figures are made from deployments that a connected system tells of, and from the incidents that followed them.",
			Links: []frontend.Link{{Label: "How changes get here", Path: changesPath}}}
	}
	return none
}

func (s *Server) deliveryFacets(r *request, q query.Query, connected []incident.Connection, report analytics.DeliveryReport) []frontend.Facet {
	known := s.knownServices(r)
	var services []search.Bucket
	for _, g := range report.Services {
		if known[incident.ID(g.Key)] {
			services = append(services, search.Bucket{Value: g.Key, Label: g.Label, Count: -1})
		}
	}
	return r.facetsOf(deliveryPath, q, map[string][]search.Bucket{"service": services,
		"team": each(s.Live.Snapshot().Teams(r.viewer.Sight()), func(t incident.Team) search.Bucket {
			return search.Bucket{Value: string(t.ID), Label: t.Name, Count: -1}
		}),
		"change": each(incident.ChangeKinds, func(k incident.ChangeKind) search.Bucket {
			return search.Bucket{Value: string(k), Label: capital(string(k)), Count: -1}
		}),
		"connection": each(connected, func(c incident.Connection) search.Bucket {
			return search.Bucket{Value: string(c.ID), Label: c.Name, Count: -1}
		})})
}

// deliveryNotes say which period was measured and what was left out.
func deliveryNotes(report analytics.DeliveryReport, all bool, zone *time.Location) []string {
	var notes []string
	if report.From.Before(report.To) {
		notes = append(notes, fmt.Sprintf("%s to %s", report.From.In(zone).Format("2 Jan 2006"), report.To.Add(-time.Second).In(zone).Format("2 Jan 2006")))
	}
	for _, l := range report.LeftOut {
		notes = append(notes, fmt.Sprintf("changes left out: %d %s", l.N, l.Reason))
	}
	for _, l := range report.Total.LeftOut {
		notes = append(notes, fmt.Sprintf("incidents left out: %d %s", l.N, l.Reason))
	}
	if report.Unnamed > 0 {
		notes = append(notes, number(report.Unnamed, "deployment")+" without a service, to which no incident can be laid")
	}
	if !all {
		notes = append(notes, "there are more changes than are read for one figure; the oldest are missing")
	}
	return notes
}

func (s *Server) deliverySections(report analytics.DeliveryReport, q query.Query) []frontend.NumbersSection {
	g := report.Total
	hours := incident.FormatDuration(report.Rule.Cap())
	path := func(name string) string { return memberPath(q, "delivery", name, "") }
	figures := frontend.NumbersSection{ID: "figures", Title: "The figures", Stats: []frontend.Stat{
		estimated("Deployments a day", reports.Count, g.PerDay, "deployment_frequency", path("deployments")),
		estimated("Change fail rate", reports.Share, g.FailRate, "change_fail_rate", path("failed")),
		estimated("Recovery from a failed deployment, median", reports.Seconds, g.Recovery, "failed_deployment_recovery", path("recovery")),
		estimated("Rework", reports.Share, g.Rework, "deployment_rework", "")},
		Lede: failSentence(g, hours)}
	if g.Open+g.Missing > 0 {
		figures.Notes = append(figures.Notes, fmt.Sprintf("Of %s, not recovered from: %d; recovered from at a time that nobody knows: %d.", number(g.Failed, "failed deployment"), g.Open, g.Missing))
	}
	if g.Open > 0 && g.WithOpen.Known() {
		figures.Notes = append(figures.Notes, "With those that go on, the median time to recovery is "+reports.Format(reports.Seconds, *g.WithOpen.Value)+".")
	}
	base := frontend.NumbersSection{ID: "chance", Title: "More than chance?", Lede: chanceSentence(g, hours), Stats: []frontend.Stat{
		estimated("Incidents within "+hours+" after a deployment", reports.Share, g.NearShare, "near_deployment", path("near")),
		{Label: "That many would be by chance alone", Unit: reports.Share, Value: orNote(g.NearChance, "no incident"), N: g.Incidents, Metric: "near_deployment"}},
		Notes: []string{attributionSentence(g, hours),
			"By chance alone means: as if incidents began at any time of the period, whatever was deployed. It is the share of the time within " + hours + " after a deployment of a service that the incident touched."}}
	failures := frontend.NumbersSection{ID: "failures", Title: "Failed deployments", Tables: []reports.Table{reports.Failures(report.Failures[:min(len(report.Failures), failuresShown)])}}
	if len(report.Failures) == 0 {
		failures.Lede = "None in this period."
	} else {
		failures.Notes = append(failures.Notes, "Near in time is a suspicion. On the page of an incident an editor can say which change brought it about, or that none did; that word outranks the suspicion.")
	}
	if n := len(report.Failures); n > failuresShown {
		failures.Notes = append(failures.Notes, fmt.Sprintf("The newest %d of %d are listed; the JSON export has all.", failuresShown, n))
	}
	out := []frontend.NumbersSection{figures, base, failures}
	if len(report.Months) > 1 {
		out = append(out, frontend.NumbersSection{ID: "months", Title: "By month", Tables: []reports.Table{linkedDelivery(reports.Delivery("delivery-by-month", "By month", "Month", report.Months), report.Months, func(g analytics.DeliveryGroup) query.Query {
			return with(q, func(q *query.Query) { q.Range, q.From, q.To = "custom", g.From, g.To })
		})}})
	}
	return append(out, frontend.NumbersSection{ID: "services", Title: "By service", Tables: []reports.Table{linkedDelivery(reports.Delivery("delivery-by-service", "By service", "Service", report.Services), report.Services, func(g analytics.DeliveryGroup) query.Query {
		return with(q, func(q *query.Query) { q.Services, q.Teams = []string{g.Key}, nil })
	})},
		Notes: []string{"A deployment of several services is in the row of each. Services differ; their figures are not a ranking."}})
}

// behindDelivery are the columns of the tables of delivery whose numbers count something, with the figure that lists it.
var behindDelivery = map[string]string{"deployments": "deployments", "per_day": "deployments", "failed": "failed", "fail_rate_share": "failed", "failed_by_word": "failed",
	"recovery_median_seconds": "recovery", "recovery_open": "recovery"}

// linkedDelivery lets each number of a table lead to what it counts. narrowed gives the question of a row.
func linkedDelivery(t reports.Table, groups []analytics.DeliveryGroup, narrowed func(analytics.DeliveryGroup) query.Query) reports.Table {
	for i, g := range groups {
		if g.Deployments == 0 {
			continue
		}
		for j, c := range t.Columns {
			if figure := behindDelivery[c.Key]; figure != "" && t.Rows[i][j].Number != nil {
				t.Rows[i][j].Link = memberPath(narrowed(g), "delivery", figure, "")
			}
		}
	}
	return t
}

// estimated is an estimate as a headline number.
func estimated(label string, unit reports.Unit, e analytics.Estimate, metric, path string) frontend.Stat {
	return frontend.Stat{Label: label, Unit: unit, Value: cell(e), Lo: e.Low, Hi: e.High, N: e.N, Metric: metric, Path: path}
}

func orNote(x *float64, why string) reports.Cell {
	if x == nil {
		return reports.Missing(why)
	}
	return reports.Num(*x)
}

// failSentence says what the fail rate rests on.
func failSentence(g analytics.DeliveryGroup, hours string) string {
	text := fmt.Sprintf("%s of %s failed: %s by the word of a source or a person, %s because an incident of a service of theirs began within %s after them.",
		written(g.Failed), number(g.Deployments, "deployment"), written(g.Said), written(g.Failed-g.Said), hours)
	if g.FailChance != nil {
		text += fmt.Sprintf(" By chance alone an incident would follow %s of the deployments so soon.", reports.Format(reports.Share, *g.FailChance))
	}
	return text
}

// chanceSentence compares the incidents near deployments with those that chance would put there.
func chanceSentence(g analytics.DeliveryGroup, hours string) string {
	if !g.NearShare.Known() || g.NearChance == nil {
		return "No incident of these services began in this period, so there is nothing to attribute."
	}
	chance, text := *g.NearChance, fmt.Sprintf("%s of %s began within %s after a deployment; by chance alone %.1f would.", written(g.Near), number(g.Incidents, "incident"), hours, *g.NearChance*float64(g.Incidents))
	switch {
	case g.Incidents < 6:
		return "Too few incidents: " + text
	case g.NearShare.Low != nil && *g.NearShare.Low > chance:
		return "Clearly more than chance: " + text
	case g.NearShare.High != nil && *g.NearShare.High < chance:
		return "Clearly fewer than by chance: " + text
	}
	return "Cannot tell from chance: " + text
}

func attributionSentence(g analytics.DeliveryGroup, hours string) string {
	return fmt.Sprintf("Of %s, laid to a deployment by a person: %d; suspected for beginning within %s after a deployment: %d; said by a person to come from no change: %d; unattributed: %d.",
		number(g.Incidents, "incident"), g.Of[analytics.SaidByPerson], hours, g.Of[analytics.NearInTime], g.Of[analytics.Denied], g.Of[analytics.Unattributed])
}
