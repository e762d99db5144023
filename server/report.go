package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"hindsight/incident"
	"hindsight/reports/draw"
	"hindsight/server/internal/config"
	"hindsight/server/internal/edition"
)

// report writes one report as a file, or lists the reports that there are.
func report(ctx context.Context, p program, fs *flag.FlagSet, parse func() (config.Config, []string, error)) error {
	filters := registerQuestion(fs)
	out := fs.String("o", "", "file to write; its ending says the format: "+strings.Join(edition.Formats, ", "))
	problem := fs.String("problem", "", "id of the problem that the report problem is about")
	moment := fs.String("at", "", "moment that the report takes for now, as 2026-10-01T08:00:00Z; without it, now")
	cfg, words, err := parse()
	if err != nil {
		return err
	}
	if len(words) == 0 {
		w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
		for _, k := range edition.Kinds() {
			fmt.Fprintf(w, "%s\tfor %s\t%s\n", k.ID, k.Reader, k.About)
		}
		return w.Flush()
	}
	if len(words) != 1 || *out == "" {
		return usage("say hindsight report KIND -o FILE; hindsight report lists the kinds")
	}
	if format := strings.TrimPrefix(filepath.Ext(*out), "."); !slices.Contains(edition.Formats, format) {
		return usage("%q is not one of %s", format, strings.Join(edition.Formats, ", "))
	}
	kind, err := edition.Find(words[0])
	if errors.Is(err, incident.ErrNotFound) {
		return usage("there is no report %q; hindsight report lists them", words[0])
	}
	if err != nil {
		return err
	}
	r := edition.Request{Kind: kind.ID, At: p.now().UTC().Truncate(time.Minute), Sight: incident.Sight{All: true}, Of: incident.ID(*problem)}
	if *moment != "" {
		if r.At, err = time.Parse(time.RFC3339, *moment); err != nil {
			return usage("--at %s is not a moment such as 2026-10-01T08:00:00Z", *moment)
		}
	}
	if r.Question, err = edition.Question(kind, filters.values(), r.At); err != nil {
		return &exitCode{2, err.Error()}
	}
	a, err := p.openMeasured(ctx, cfg)
	if err != nil {
		return err
	}
	defer a.Close()
	d, err := edition.Make(ctx, a.Desk, r)
	if errors.Is(err, incident.ErrInvalid) || errors.Is(err, incident.ErrNotFound) {
		return &exitCode{2, err.Error()}
	}
	if err != nil {
		return err
	}
	engine, err := draw.New()
	if err != nil {
		return err
	}
	defer engine.Close()
	file, err := edition.Render(ctx, engine, d, strings.TrimPrefix(filepath.Ext(*out), "."), a.Desk.BaseURL)
	if errors.Is(err, incident.ErrInvalid) {
		return &exitCode{2, err.Error()}
	}
	if err != nil {
		return err
	}
	return os.WriteFile(*out, file.Body, 0o644)
}
