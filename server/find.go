package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/search"
	"hindsight/search/similar"
	"hindsight/server/internal/app"
	"hindsight/server/internal/config"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/query"
)

// searchIncidents prints what a query finds. The command line sees private incidents: who can read the
// database file can read everything in it.
func searchIncidents(ctx context.Context, p program, fs *flag.FlagSet, parse func() (config.Config, []string, error)) error {
	asJSON := fs.Bool("json", false, "print JSON lines")
	limit := fs.Int("limit", 20, "at most so many")
	view := fs.String("view", "", "only what this view finds: the name of a shared one, or the id of any")
	cfg, words, err := parse()
	if err != nil {
		return err
	}
	a, err := p.openAll(ctx, cfg)
	if err != nil {
		return err
	}
	defer a.Close()
	asked, err := viewed(ctx, a.Desk, *view)
	if err != nil {
		return err
	}
	asked.Set("q", strings.TrimSpace(asked.Get("q")+" "+strings.Join(words, " ")))
	asked.Set("limit", fmt.Sprint(*limit))
	q, err := query.Parse(asked, p.now())
	if err != nil {
		return &exitCode{2, err.Error()}
	}
	req, _, err := a.Desk.Scope(ctx, q, incident.Sight{All: true})
	if err != nil {
		return &exitCode{2, err.Error()}
	}
	found, err := a.Desk.Index.Search(ctx, req)
	if err != nil {
		return err
	}
	if err := p.printHits(ctx, a.Desk.Store, found, *asJSON); err != nil {
		return err
	}
	if found.Suggest != "" {
		fmt.Fprintf(p.err, "nothing matches; did you mean %q?\n", found.Suggest)
	}
	fmt.Fprintf(p.err, "%d incidents match\n", found.Total)
	return nil
}

// viewed returns the parameters of a saved view; none when there is none to use.
func viewed(ctx context.Context, d *desk.Desk, name string) (url.Values, error) {
	if name == "" {
		return url.Values{}, nil
	}
	v, err := d.FindView(ctx, name)
	if errors.Is(err, incident.ErrInvalid) {
		return nil, &exitCode{2, err.Error()}
	}
	if err != nil {
		return nil, err
	}
	page, text, _ := strings.Cut(v.Path, "?")
	if page != "/incidents" && page != "/search" {
		return nil, usage("the view %q is a list of another sort (%s); search finds incidents", v.Name, desk.ViewPages[page])
	}
	return url.ParseQuery(text)
}

func (p program) printHits(ctx context.Context, store incident.Store, found search.Result, asJSON bool) error {
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	enc := json.NewEncoder(p.out)
	for _, h := range found.Hits {
		inc, err := store.Incident(ctx, h.ID)
		if errors.Is(err, incident.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if asJSON {
			if err := enc.Encode(map[string]any{"id": inc.ID, "number": inc.Number, "title": inc.Title, "score": h.Score}); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", inc.ID, inc.Severity, day(inc.StartedAt()), inc.Title)
	}
	return w.Flush()
}

// similarTo prints the incidents most like one, each with its reasons.
func similarTo(ctx context.Context, p program, fs *flag.FlagSet, parse func() (config.Config, []string, error)) error {
	limit := fs.Int("limit", 5, "at most so many")
	cfg, words, err := parse()
	if err != nil {
		return err
	}
	if len(words) != 1 {
		return usage("say which incident: hindsight similar ID")
	}
	a, err := p.openAll(ctx, cfg)
	if err != nil {
		return err
	}
	defer a.Close()
	inc, err := a.Desk.Store.Incident(ctx, incident.ID(words[0]))
	if errors.Is(err, incident.ErrNotFound) {
		return usage("there is no incident %q", words[0])
	}
	if err != nil {
		return err
	}
	if err := a.Desk.Similar.Learn(ctx); err != nil {
		return err
	}
	answer := a.Desk.Similar.Similar(inc.ID, *limit, incident.Sight{All: true})
	if answer.None != "" {
		fmt.Fprintln(p.out, answer.None)
	}
	if err := p.printMatches(ctx, a, "Happening again", answer.Again); err != nil {
		return err
	}
	return p.printMatches(ctx, a, "Seen before", answer.Before)
}

func (p program) printMatches(ctx context.Context, a *app.App, heading string, matches []similar.Match) error {
	if len(matches) > 0 {
		fmt.Fprintln(p.out, heading)
	}
	for _, m := range matches {
		other, err := a.Desk.Store.Incident(ctx, m.ID)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.out, "%.2f  %s  %s\n", m.Score, other.ID, other.Title)
		for _, r := range m.Reasons {
			fmt.Fprintf(p.out, "      %.2f  %s\n", r.Part, r.Text)
		}
	}
	return nil
}

// problems groups what keeps coming back, stores the outcome and prints it.
func problems(ctx context.Context, p program, fs *flag.FlagSet, parse func() (config.Config, []string, error)) error {
	asJSON := fs.Bool("json", false, "print JSON")
	limit := fs.Int("limit", 20, "at most so many")
	q := desk.ProblemQuery{}
	var stages, services list
	fs.StringVar(&q.State, "state", "", "suggested, confirmed or rejected; all but rejected without it")
	fs.Var(&stages, "stage", "open, known_error, resolved or returned; repeat for more")
	fs.StringVar(&q.Owner, "owner", "", "owned by this team or person; none: by nobody")
	fs.Var(&services, "service", "that touched this service; repeat for more")
	fs.StringVar(&q.Sort, "sort", "count", "fix (what cost or took most in the last 12 months), count or last")
	cfg, _, err := parse()
	if err != nil {
		return err
	}
	a, err := p.openAll(ctx, cfg)
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.Group(ctx); err != nil {
		return err
	}
	q.Stages, q.Services = stages, services
	all, err := a.Desk.Standings(ctx, q, incident.Sight{All: true})
	if err != nil {
		return err
	}
	all = all[:min(*limit, len(all))]
	if *asJSON {
		return json.NewEncoder(p.out).Encode(all)
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SEEN\tSTATE\tSTAGE\tOWNER\tLOST IN 12 MONTHS\tBASIS\tPROBLEM")
	for _, x := range all {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", len(x.Members), x.State, x.Management.Stage, cmp.Or(x.Management.OwnerName, "-"), lostIn(x.Recurrence.Year), x.Basis, x.Title)
	}
	return w.Flush()
}

// lostIn writes the time that a problem took, or that nobody knows it.
func lostIn(year analytics.Spent) string {
	switch {
	case year.N == 0:
		return "none"
	case year.Measured == 0:
		return "not known"
	}
	return incident.FormatDuration(year.Lasted)
}

// question reads the filters that measure, sla and chart share.
type question struct {
	service, team, priority, sev, source, tag list
	from, to, period, zone, groupBy           *string
	compare, programme                        *string // nil: this command has no such flag
}

// list is a flag that may be repeated.
type list []string

func (l *list) String() string     { return strings.Join(*l, ",") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

func registerQuestion(fs *flag.FlagSet) *question {
	q := &question{
		from:    fs.String("from", "", "first day, month or instant"),
		to:      fs.String("to", "", "last day or month, or the instant behind the period"),
		period:  fs.String("range", "", "30d, 12m, mtd, qtd, ytd, prev_m, prev_q, prev_y or all"),
		zone:    fs.String("tz", "", "zone of days and months, as in Europe/Berlin"),
		groupBy: fs.String("group-by", "", "service, team, severity, priority, source, week, month, quarter, year or custom:FIELD"),
	}
	fs.Var(&q.service, "service", "only this service; repeat for more")
	fs.Var(&q.team, "team", "only this team; repeat for more")
	fs.Var(&q.priority, "priority", "only this priority, as the source says it; repeat for more")
	fs.Var(&q.sev, "sev", "only this severity; repeat for more")
	fs.Var(&q.source, "source", "only this source or connection; repeat for more")
	fs.Var(&q.tag, "tag", "only this tag; repeat for more")
	return q
}

func (q *question) values() url.Values {
	v := url.Values{"service": q.service, "team": q.team, "priority": q.priority, "sev": q.sev, "source": q.source, "tag": q.tag}
	for name, value := range map[string]*string{"from": q.from, "to": q.to, "range": q.period, "tz": q.zone, "group_by": q.groupBy, "cmp": q.compare, "programme": q.programme} {
		if value != nil && *value != "" {
			v.Set(name, *value)
		}
	}
	return v
}

func (q *question) parse(now time.Time) (query.Query, error) {
	parsed, err := query.Parse(q.values(), now)
	if err != nil {
		return parsed, &exitCode{2, err.Error()}
	}
	return parsed, nil
}
