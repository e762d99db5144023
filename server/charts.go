package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"hindsight/incident"
	"hindsight/reports"
	"hindsight/reports/draw"
	"hindsight/reports/echarts"
	"hindsight/server/internal/config"
	"hindsight/server/internal/desk"
)

// chart writes one chart as a file, or lists all charts.
func chart(ctx context.Context, p program, fs *flag.FlagSet, parse func() (config.Config, []string, error)) error {
	filters := registerQuestion(fs)
	out := fs.String("o", "", "file to write; its ending says the format: "+strings.Join(desk.ChartFormats, ", "))
	themeName := fs.String("theme", "print", "light, dark or print")
	cfg, words, err := parse()
	if err != nil {
		return err
	}
	if len(words) == 0 {
		w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
		for _, d := range reports.Catalog() {
			fmt.Fprintf(w, "%s\t%s\n", d.ID, d.Title)
		}
		return w.Flush()
	}
	theme, known := echarts.ThemeNamed(*themeName)
	if len(words) != 1 || *out == "" || !known {
		return usage("say hindsight chart ID -o FILE, with --theme light, dark or print")
	}
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
	engine, err := draw.New()
	if err != nil {
		return err
	}
	defer engine.Close()
	r, err := desk.Chart(ctx, engine, a.Desk.Live.Snapshot(), scope, words[0]+filepath.Ext(*out), theme)
	if errors.Is(err, incident.ErrNotFound) {
		return usage("there is no chart %q; hindsight chart lists them", words[0])
	}
	if err != nil {
		return err
	}
	return os.WriteFile(*out, r.Body, 0o644)
}
