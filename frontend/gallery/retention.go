package gallery

import (
	"net/url"
	"time"

	"hindsight/frontend"
)

// retention is the page with rules in force, and others that are tried.
func (w world) retention() frontend.RetentionPage {
	shell := w.on("Retention", frontend.NavSettings, "/admin/retention")
	look := frontend.RetentionLook{Shell: shell, Name: "now", Done: true, Began: w.shell.Now, Asked: url.Values{}, Rows: []frontend.RetentionRow{
		{What: "Raw records", Rule: "Those of matters that are over go 400 days after they were received", Would: 12345},
		{What: "Private notes in timelines", Rule: "They go 90 days after they were written", Would: 7},
		{What: "Incidents", Rule: "Those that are over lose words and people 7 years after they began; figures stay"},
		{What: "Entries of the audit log", Rule: "kept for ever", Kept: true},
		{What: "Sessions", Rule: "kept for ever", Kept: true}}}
	tried := look
	tried.Name, tried.Done = "tried", false
	p := frontend.RetentionPage{Shell: shell, Saved: true, Look: look, Tried: &tried, Version: 2,
		Last: frontend.RetentionRun{At: w.shell.Now.Add(-5 * time.Hour), Facts: []frontend.Pair{{Name: "raw records", Value: "312"}, {Name: "private notes", Value: "4"}}},
		Inputs: []frontend.Input{{Name: "raw_days", Label: "Raw records, in days since they were received", Type: "number", Value: "400", Hint: "Of matters that are over. Without its raw record an incident cannot be mapped anew."},
			{Name: "note_days", Label: "Private notes in timelines, in days since they were written", Type: "number", Value: "90"},
			{Name: "incidents", Label: "What happens to those incidents", Options: []frontend.Choice{{Label: "nothing: they are kept"}, {Value: "strip", Label: "stripped: words and people go, figures stay", On: true}}},
			{Name: "note", Label: "Why they change", Type: "text", Value: w.say("The contract of 2026 asks for it")}}}
	for i := range 3 {
		p.Versions = append(p.Versions, frontend.VersionRow{Version: 3 - i, At: w.shell.Now.AddDate(0, -i, 0), By: w.say("admin"), Note: w.say("The contract asks for it"), Removed: i == 1})
	}
	return p
}
