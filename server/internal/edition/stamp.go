package edition

import (
	"fmt"
	"strings"
	"time"

	"hindsight/incident"
	"hindsight/reports"
)

// recentRuns is how many runs of a connection are looked through first for the last that was finished before the moment of the report.
const recentRuns = 50

// stamp says from which state of the data the report was made.
func (w *writing) stamp() (reports.Stamp, error) {
	s := reports.Stamp{At: w.asked.At.UTC(), Reader: w.reader(), AsOf: w.snapshot.AsOf(), Version: w.desk.Version}
	for _, a := range w.snapshot.Agreements() {
		s.Terms = append(s.Terms, fmt.Sprintf("contract %s, version %d", a.Name, a.Version))
	}
	terms := w.snapshot.Policies(incident.CalendarPolicy)
	for _, o := range w.snapshot.Objectives(w.asked.Sight) { // one of a service that the reader may not know is not named
		terms = append(terms, o.Policy)
	}
	for _, p := range append(terms, w.snapshot.Policies(incident.RetroPolicy)...) {
		s.Terms = append(s.Terms, fmt.Sprintf("%s %s, version %d", strings.ReplaceAll(string(p.Kind), "_", " "), p.Name, p.Version))
	}
	for _, c := range w.connections {
		at, err := w.lastRead(c.ID)
		if err != nil {
			return s, err
		}
		x := reports.Import{Source: c.Name, At: at}
		s.Imports = append(s.Imports, x)
	}
	return s, nil
}

// reader says for whom the report was made, and what that person sees.
func (w *writing) reader() string {
	name := w.asked.Reader
	if name == "" {
		name = "whoever runs this installation"
	}
	sight := w.asked.Sight
	switch {
	case sight.All:
		return name + ", private incidents included"
	case !w.snapshot.Reduce(sight).Blind():
		return name + ", with the private incidents that this reader may see"
	}
	return name + ", without private incidents"
}

// lastRead is when the last run of a connection that was finished at the moment of the report had come to its end; of a moment before all of them, the
// earliest: so it stays what it is while polls go on.
func (w *writing) lastRead(connection incident.ID) (last time.Time, err error) {
	for n := recentRuns; ; n *= 20 {
		runs, err := w.desk.Store.Runs(w.ctx, connection, n)
		if err != nil {
			return last, err
		}
		for _, r := range runs {
			if r.DryRun || r.State != incident.RunOK && r.State != incident.RunPartial {
				continue
			}
			if last = r.FinishedAt.UTC(); !last.After(w.asked.At) {
				return last, nil
			}
		}
		if len(runs) < n {
			return last, nil
		}
	}
}
