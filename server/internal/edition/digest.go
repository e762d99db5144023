package edition

import (
	"hindsight/reports"
	"hindsight/server/internal/desk"
)

// digest is the week on one page.
var digest = Kind{ID: "digest", Title: "Weekly digest", Reader: "everybody", Range: "7d",
	About: "The week on one page: what changed beyond noise, or that nothing did.", write: writeDigest}

func writeDigest(w *writing) error {
	if err := w.changed(); err != nil {
		return err
	}
	incidents := w.incidents("incidents", "Incidents of the period")
	w.say("%s.", counted(incidents.Source.N, "incident"))
	_, sentences := reports.Promises(w.snapshot, w.query)
	w.sumPromises(sentences)
	if len(incidents.Rows) > 0 {
		w.section("What happened", w.figures(), incidents)
	}
	if err := w.actionItems(); err != nil {
		return err
	}
	problems, err := w.standings()
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		w.section("To fix first", reports.List{Items: firstProblems(problems)})
	}
	return w.reading()
}

// firstProblems says of the problems that take most what they take.
func firstProblems(all []desk.Standing) []reports.Item {
	var out []reports.Item
	for _, x := range all[:min(len(all), problemsOfWeek)] {
		out = append(out, reports.Item{Text: problemSentence(x), Link: "/problems/" + string(x.ID)})
	}
	return out
}

const problemsOfWeek = 3
