package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/server/internal/config"
	"hindsight/server/internal/desk"
)

// measure prints figures: a table for people, or the same JSON as the API gives.
func measure(ctx context.Context, p program, fs *flag.FlagSet, parse func() (config.Config, []string, error)) error {
	metric := fs.String("metric", "time_to_resolve", "one of "+metricIDs()+", or a span such as opened..resolved")
	filters := registerQuestion(fs)
	filters.compare = fs.String("cmp", "", "of better: prev, yoy or none")
	filters.programme = fs.String("programme", "", "of better: day on which a programme to improve reliability began")
	asJSON := fs.Bool("json", false, "print JSON, as GET /api/v1/measurements does, or for better GET /api/v1/verdicts")
	cfg, _, err := parse()
	if err != nil {
		return err
	}
	return p.measured(ctx, cfg, filters, *metric, *asJSON)
}

func metricIDs() string {
	var ids []string
	for _, m := range analytics.Metrics() {
		if m.Page == "" {
			ids = append(ids, m.ID)
		}
	}
	return strings.Join(ids, ", ")
}

func (p program) measured(ctx context.Context, cfg config.Config, filters *question, metric string, asJSON bool) error {
	q, err := filters.parse(p.now())
	if err != nil {
		return err
	}
	a, err := p.openMeasured(ctx, cfg)
	if err != nil {
		return err
	}
	defer a.Close()
	scope, err := a.Desk.Figures(ctx, q, incident.Sight{All: true})
	if err != nil {
		return &exitCode{2, err.Error()}
	}
	if metric == "better" {
		return p.judged(desk.Judge(a.Desk.Live.Snapshot(), scope), asJSON)
	}
	m, err := desk.Measure(a.Desk.Live.Snapshot(), metric, scope)
	if err != nil {
		return &exitCode{2, err.Error()}
	}
	if asJSON {
		return p.encode(m)
	}
	return p.printMeasurements(m)
}

func (p program) encode(answer any) error {
	enc := json.NewEncoder(p.out)
	enc.SetIndent("", "  ")
	return enc.Encode(answer)
}

// judged prints whether a selection got better: a line for each question and each test.
func (p program) judged(v desk.Verdicts, asJSON bool) error {
	if asJSON {
		return p.encode(v)
	}
	if v.Missing != "" {
		fmt.Fprintf(p.out, "Cannot tell: %s.\n", v.Missing)
	} else {
		fmt.Fprintln(p.out, v.Compared.Words)
	}
	for _, a := range v.Answers {
		fmt.Fprintf(p.out, "%s: %s\n", a.Question, a.Sentence)
	}
	fmt.Fprintf(p.out, "Does the gap grow: %s\n", v.Trend.Sentence)
	if v.Growth != nil {
		fmt.Fprintf(p.out, "Since the programme began: %s\n", v.Growth.Sentence)
	}
	fmt.Fprintf(p.out, "When: %s\n", v.Pattern.Sentence)
	for _, c := range v.Checks {
		fmt.Fprintf(p.out, "%s (n = %d %s): %s\n", c.Name, c.N, c.Of, c.Sentence)
	}
	return nil
}

func (p program) printMeasurements(m desk.Measurements) error {
	fmt.Fprintf(p.out, "%s: %s\n", m.Title, m.Definition)
	if len(m.Groups) == 0 {
		fmt.Fprintln(p.out, "no incidents")
		return nil
	}
	names := slices.Sorted(maps.Keys(m.Groups[0].Values))
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "GROUP\tN\tOPEN\tMISSING\tINVALID")
	for _, name := range names {
		fmt.Fprintf(w, "\t%s", strings.ToUpper(strings.TrimSuffix(strings.TrimSuffix(name, "_seconds"), "_share")))
	}
	fmt.Fprintln(w)
	for _, g := range m.Groups {
		label := g.Label
		if label == "" {
			label = "all"
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d", label, g.N, g.Open, g.Missing, g.Invalid)
		for _, name := range names {
			fmt.Fprintf(w, "\t%s", written(name, g.Values[name]))
		}
		fmt.Fprintln(w)
	}
	return w.Flush()
}

// written is an estimate with its interval, in the unit that its name ends in.
func written(name string, e desk.Estimate) string {
	if e.Value == nil {
		return e.Reason
	}
	format := func(x float64) string { return fmt.Sprintf("%.4g", x) }
	switch {
	case strings.HasSuffix(name, "_seconds"):
		format = func(x float64) string { return incident.FormatDuration(time.Duration(x * float64(time.Second))) }
	case strings.HasSuffix(name, "_share"):
		format = func(x float64) string { return fmt.Sprintf("%.2f %%", 100*x) }
	}
	text := format(*e.Value)
	if e.Low != nil && e.High != nil {
		text += fmt.Sprintf(" (%s to %s)", format(*e.Low), format(*e.High))
	}
	return text
}
