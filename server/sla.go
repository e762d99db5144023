package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/server/internal/config"
	"hindsight/server/internal/desk"
)

// sla is measure of the metric sla, or shows one contract with its windows and breaches.
func sla(ctx context.Context, p program, fs *flag.FlagSet, parse func() (config.Config, []string, error)) error {
	metric := "sla"
	contract := fs.String("contract", "", "name or id of a contract: its windows, and each breach with its evidence; takes --from, --to and --range")
	filters := registerQuestion(fs)
	asJSON := fs.Bool("json", false, "print JSON, as GET /api/v1/sla or /api/v1/contracts/{id} does")
	cfg, _, err := parse()
	if err != nil {
		return err
	}
	if *contract == "" {
		return p.measured(ctx, cfg, filters, metric, *asJSON)
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
	agreements := a.Desk.Live.Snapshot().Agreements()
	i := slices.IndexFunc(agreements, func(x analytics.Agreement) bool {
		return x.Name == *contract || x.ID == incident.ID(*contract)
	})
	if i < 0 {
		return &exitCode{2, fmt.Sprintf("there is no contract %q", *contract)}
	}
	c, err := a.Desk.Contract(ctx, agreements[i].ID, 0, scope)
	if err != nil {
		return err
	}
	if *asJSON {
		enc := json.NewEncoder(p.out)
		enc.SetIndent("", "  ")
		return enc.Encode(c)
	}
	return p.printContract(c)
}

func (p program) printContract(c desk.ContractStanding) error {
	fmt.Fprintf(p.out, "%s, version %d", c.Name, c.Version)
	if c.Problem != "" {
		fmt.Fprintf(p.out, ": %s\n", c.Problem)
		return nil
	}
	fmt.Fprintln(p.out)
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "WINDOW\tMET\tBREACHED\tRUNNING\tAT RISK\tCANCELED\tMISSING\tINVALID\tSHARE MET")
	for _, g := range c.Windows {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%s\n", g.Label, g.Counters["met"], g.Counters["breached"], g.Open, g.Counters["at_risk"],
			g.Counters["canceled"], g.Missing, g.Invalid, written("met_share", g.Values["met_share"]))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, list := range []struct {
		title  string
		clocks []desk.Clock
	}{{"At risk", c.AtRisk}, {"Breached", c.Breaches}, {"Canceled, missing or invalid", c.Apart}} {
		fmt.Fprintf(p.out, "\n%s: %d\n", list.title, len(list.clocks))
		for _, x := range list.clocks {
			fmt.Fprintln(p.out, evidence(x))
		}
	}
	return nil
}

// evidence tells a clock on one line.
func evidence(c desk.Clock) string {
	length := func(seconds float64) string {
		return incident.FormatDuration(time.Duration(seconds * float64(time.Second)))
	}
	moment := func(t *time.Time) string {
		if t == nil {
			return "never"
		}
		return t.Format(time.RFC3339)
	}
	name := c.Number
	if name == "" {
		name = string(c.Incident)
	}
	if c.Why != "" {
		return fmt.Sprintf("  %s  %s: %s", name, c.Promise, c.Why)
	}
	text := fmt.Sprintf("  %s  %s: %s on the clock, due %s", name, c.Promise, length(c.ElapsedSeconds), moment(c.Due))
	if c.OverSeconds > 0 {
		text += ", over by " + length(c.OverSeconds)
	}
	if c.Running {
		text += ", still running"
	}
	if n := len(c.Pauses); n > 0 {
		text += fmt.Sprintf(", stood still %d times", n)
	}
	if c.Calendar != "" {
		text += fmt.Sprintf(", by %s version %d", c.Calendar, c.CalendarVersion)
	}
	if c.SourceSays != "" {
		text += ", the source says " + c.SourceSays
	}
	return text
}
