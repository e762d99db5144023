package web

import (
	"context"
	"slices"
	"time"

	"hindsight/analytics"
	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/search/recurring"
	"hindsight/server/internal/query"
)

const recurringShown = 5

// publishedShown is how many retrospectives of earlier years the overview shows; /retrospectives has all.
const publishedShown = 3

func (s *Server) overview(r *request) (answer, error) {
	ctx := r.Request.Context()
	q, err := query.Parse(r.Request.URL.Query(), s.Now())
	if err != nil {
		return answer{}, err
	}
	a, err := s.Figures(ctx, q, r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	page := frontend.OverviewPage{Shell: r.shell("Overview", frontend.NavOverview), Period: r.period("/", q, false)}
	if page.Checklist, err = s.checklist(ctx, r); err != nil {
		return answer{}, err
	}
	if page.Sources, err = s.connectionRows(ctx); err != nil {
		return answer{}, err
	}
	if s.visible(r) == 0 {
		page.Empty = frontend.Empty{Kind: frontend.NothingYet}
		return show(page)
	}
	snapshot := s.Live.Snapshot()
	page.Stats = s.stats(snapshot, a, pathOf(incidentsPath, q))
	page.Scan, _ = scanned(snapshot, a)
	if page.Figures, err = s.figures(snapshot, a, q, frontend.Medium, "incidents-per-month", "ttr-dots"); err != nil {
		return answer{}, err
	}
	if err := s.fillOverview(ctx, r, &page, q, snapshot, a); err != nil {
		return answer{}, err
	}
	return show(page)
}

func (s *Server) fillOverview(ctx context.Context, r *request, page *frontend.OverviewPage, q query.Query, snapshot *analytics.Snapshot, a analytics.Query) error {
	problems, err := s.VisibleProblems(ctx, r.viewer.Sight())
	if err != nil {
		return err
	}
	problems, page.OnTrial = recurring.Unasked(problems)
	page.MayJudge = r.viewer.MayChange(incident.Write)
	if page.Recurring, err = s.problemRows(ctx, r, problems[:min(len(problems), recurringShown)]); err != nil {
		return err
	}
	var levels frontend.SLAPage
	s.fillSLA(&levels, snapshot, a, q)
	page.SLA = levels.Counts
	if page.Recent, err = s.recent(ctx, r, q); err != nil {
		return err
	}
	day := s.Now().In(r.zone()).AddDate(-1, 0, 0)
	from := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, r.zone())
	if page.YearAgo, err = s.recent(ctx, r, query.Query{Range: "custom", From: from.UTC(), To: from.AddDate(0, 0, 1).UTC(), Zone: time.UTC}); err != nil {
		return err
	}
	retros, err := s.VisibleRetros(ctx, r.viewer.Sight())
	published := s.yearsAgo(r, retros)
	page.Published = published[:min(len(published), publishedShown)]
	return err
}

// checklist leads a new installation to its first answers; it is gone when every step is done.
func (s *Server) checklist(ctx context.Context, r *request) ([]frontend.Step, error) {
	if s.Demo {
		return nil, nil
	}
	users, err := s.Store.Users(ctx)
	if err != nil {
		return nil, err
	}
	steps := []frontend.Step{
		{Text: "Import incidents", Path: "/imports/new", Done: s.visible(r) > 0},
		{Text: "Define a contract for service levels", Path: "/admin/contracts/new", Done: len(s.Live.Snapshot().Agreements()) > 0},
		{Text: "Invite a colleague", Path: "/admin/users", Done: len(users) > 1},
	}
	needs := map[string]incident.Ability{"/imports/new": incident.Import, "/admin/contracts/new": incident.Agree, "/admin/users": incident.Administer}
	steps = slices.DeleteFunc(steps, func(x frontend.Step) bool { return !r.viewer.MayChange(needs[x.Path]) })
	if !slices.ContainsFunc(steps, func(x frontend.Step) bool { return !x.Done }) {
		return nil, nil
	}
	return steps, nil
}
