package edition

import (
	"fmt"
	"slices"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/reports"
	"hindsight/server/internal/desk"
)

// review is what a weekly operational review goes through.
var review = Kind{ID: "review", Title: "Operational review", Reader: "the meeting", Range: "7d",
	About: "One page after the other for the weekly meeting: what happened, what is still open, what was promised, what is due, and what to decide.", write: writeReview}

func writeReview(w *writing) error {
	incidents := w.incidents("incidents", "Incidents of the period")
	open := slices.DeleteFunc(slices.Clone(incidents.Rows), func(row []reports.Cell) bool { return row[5].Note != "still open" })
	w.say("%s, %d of them still open.", counted(incidents.Source.N, "incident"), len(open))
	if err := w.changed(); err != nil {
		return err
	}
	w.section("What happened", w.figures(), incidents)
	figures, sentences := reports.Promises(w.snapshot, w.query)
	w.sumPromises(sentences)
	if len(figures) > 0 {
		w.section("What was promised", figures)
		w.add(w.breaches()...)
	}
	w.budgets()
	if err := w.actionItems(); err != nil {
		return err
	}
	if err := w.waiting(); err != nil {
		return err
	}
	problems, err := w.standings()
	if err != nil {
		return err
	}
	causes, err := w.desk.Causes(w.ctx, w.asked.Question, w.asked.Sight)
	if err != nil {
		return err
	}
	w.section("Decisions asked for", w.decisions(problems, causes)...)
	return nil
}

// changed says which services changed by more than chance and the number of questions explain, or that none did.
func (w *writing) changed() error {
	m := w.snapshot.Lasting(w.grouped(analytics.ByNothing))
	scan := w.snapshot.Scan(w.query, m)
	if scan.Comparison.Missing != "" {
		w.say("Nothing is compared with the period before: %s.", scan.Comparison.Missing)
		return nil
	}
	rest := fmt.Sprintf("%s had too few incidents to ask", counted(scan.TooFew, "service"))
	if scan.Uncovered > 0 {
		rest += fmt.Sprintf(", of %d the record does not cover both periods", scan.Uncovered)
	}
	switch {
	case scan.Tests == 0:
		w.say("Whether anything changed cannot be told: %s.", rest)
		return nil
	case scan.Marked == 0:
		w.say("Nothing changed beyond noise: of %s asked about %s, no answer is more than chance explains; %s.", counted(scan.Tests, "question"), counted(scan.Looked, "service"), rest)
		return nil
	}
	n := 0
	for _, row := range scan.Services {
		for _, mark := range []*analytics.ScanMark{row.Rate, row.Duration} {
			if mark == nil || !mark.Marked {
				continue
			}
			if n++; n <= changesTold {
				w.sum(reports.Item{Text: w.snapshot.Name(row.Service) + ": " + mark.Verdict.Sentence, Link: "/services/" + string(row.Service)})
			}
		}
	}
	if n > changesTold {
		w.say("%s more than noise explains; they are below.", counted(n-changesTold, "more answer"))
	}
	w.section("What changed", w.chart("scan"))
	return nil
}

// changesTold is how many changes a summary tells, the clearest first; the section has all.
const changesTold = 3

var retroWords = map[incident.RetroState]string{incident.RetroDraft: "draft", incident.RetroInReview: "in review", incident.RetroApproved: "approved, not yet published"}

// waiting lists the retrospectives that are not published yet.
func (w *writing) waiting() error {
	all, err := w.desk.ListRetros(w.ctx, desk.RetroQuery{Services: w.asked.Question.Services, Teams: w.asked.Question.Teams}, w.asked.Sight)
	if err != nil {
		return err
	}
	var items []reports.Item
	for _, r := range all {
		if r.State == incident.RetroPublished || r.State == incident.RetroNotRequired || r.State == incident.RetroRevised {
			continue
		}
		text := fmt.Sprintf("%s: %s", r.Incident.Title, retroWords[r.State])
		if !r.Due.IsZero() {
			text += ", due " + w.day(r.Due)
		}
		items = append(items, reports.Item{Text: text, Link: "/incidents/" + string(r.Incident.ID) + "/retrospective"})
	}
	if len(items) == 0 {
		w.section("Retrospectives", reports.Prose("No retrospective waits to be published."))
		return nil
	}
	parts := []reports.Part{reports.List{Items: items[:min(len(items), listed)]}}
	if len(items) > listed {
		parts = append(parts, reports.Prose(fmt.Sprintf("%d more wait.", len(items)-listed)))
	}
	w.section("Retrospectives", parts...)
	return nil
}
