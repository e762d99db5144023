package reportstest

import (
	"time"

	"hindsight/reports"
)

// Document is a report that has each kind of part, with the numbers of a set.
func Document(set Set) reports.Document {
	s, q := set.Snapshot, set.Query
	d := reports.Document{ID: "sample", Title: "A sample of everything", About: "1 Jul 2025 – 30 Sep 2025 (Europe/Berlin)", Place: "Europe/Berlin",
		Summary: []reports.Item{{Text: "This report is made up: it shows each kind of part once."}, {Text: "<b>What</b> is *written* here | stays as it is.", Link: "/sla"}},
		Stamp: reports.Stamp{At: q.To, Reader: "ana, without private incidents", AsOf: s.AsOf(), Version: "test",
			Imports: []reports.Import{{Source: "Sample pager", At: q.To.Add(-3 * time.Minute)}, {Source: "=cmd()|calc"}}, Terms: []string{"contract Answer within 15 minutes, version 1"}}}
	compliance := reports.Compliance(s, q)
	figures := reports.Figures{{Name: "Incidents", Unit: reports.Count, Value: reports.Num(float64(compliance.Source.N))},
		{Name: "Not known", Unit: reports.Share, Value: reports.Missing("too few incidents"), Words: "of none", Level: reports.Warning}}
	for _, row := range compliance.Rows {
		figures = append(figures, reports.Figure{Name: row[0].Text, Unit: reports.Share, Value: row[4], Low: row[5].Number, High: row[6].Number, Words: "kept", Level: reports.Good})
	}
	d.Parts = []reports.Part{
		reports.Heading{Level: 1, Text: "Service levels"}, figures,
		reports.Prose("A paragraph of plain text that is long enough to be broken into several lines on paper: what was promised, how it was kept, and what cannot be told from so few incidents."),
	}
	for _, id := range []string{"sla-by-month", "ttr-by-service", "ttr-dots"} {
		if c, err := reports.Find(id); err == nil {
			d.Parts = append(d.Parts, c.Build(s, q))
		}
	}
	breaches := reports.Breaches(s, q)
	breaches.Rows = breaches.Rows[:min(60, len(breaches.Rows))]
	d.Parts = append(d.Parts,
		compliance, reports.Heading{Level: 2, Text: "Broken promises"}, breaches,
		reports.Heading{Level: 1, Text: "Decisions asked for"}, reports.List{Boxes: true, Items: []reports.Item{{Text: "Decide about [this](javascript:alert(1))", Link: "/problems"}, {Text: "=1+1"}}})
	return d
}
