package gallery

import (
	"net/url"

	"hindsight/frontend"
	"hindsight/incident"
)

// retroRows is a made-up document with a row of each kind, of which one is not sure and one has something wrong.
func (w world) retroRows() frontend.RetroRowsPage {
	at := frontend.RowField{Name: "at", Label: "At (UTC)", Kind: "datetime-local", Value: "2026-11-02T08:15"}
	choices := func(values ...string) []frontend.Choice {
		var out []frontend.Choice
		for _, v := range values {
			out = append(out, frontend.Choice{Value: v, Label: v})
		}
		return out
	}
	p := frontend.RetroRowsPage{Shell: w.on("Rows out of a document", frontend.NavIncidents, retroAt+"/rows"), Incident: w.incident().Incident, Begun: true, Own: "the text of this retrospective",
		Names: []string{w.say("Binary push")}, Users: []string{w.say("responder.two")}}
	p.Doc = &frontend.RowsDocument{Name: w.say("postmortem.md"), Stamp: "doc_1", Zone: "UTC", ZoneFrom: "line 3", New: 4, Unread: []string{"2 lines of the timeline had no time (14, 19)"},
		Notes: []string{"The document is about 2 November 2025, and the incident is of 2 November 2026: is it the right one?"},
		Sections: []frontend.RowProposal{{Key: "section-5", Title: w.say("Summary"), Take: true, Sure: true, Quote: "x", Place: "lines 5 to 9", Why: "the text under a heading", Doubt: "it would stand under “summary”", Text: w.say("A rollout reached every host at once. Orders failed for *34 minutes*.")},
			{Key: "section-30", Title: w.say("Action items"), Sure: true, There: "already there", Quote: "x", Place: "lines 30 to 33", Why: "the text under a heading", Text: "- " + w.say("Add a canary")}},
		Groups: []frontend.RowGroup{
			{Kind: "time", Title: "Times that figures are made from", Rows: []frontend.RowProposal{{Key: "time-12", Title: "Detected", There: "here it is 2 Nov 2026 08:17 UTC, field of pagerduty", Quote: w.say("- 08:15 Alert fires"), Place: "line 12", Why: "the words of an entry of the timeline",
				Doubt: "the timeline tells of it; the document does not say that it was this moment", Fields: []frontend.RowField{at, {Name: "precision", Label: "Precision", Kind: "select", Value: "minute", Options: choices("second", "minute", "about")}}}}},
			{Kind: "moment", Title: "Timeline", Rows: []frontend.RowProposal{{Key: "moment-12", Title: "2 Nov 08:15 " + w.say("Alert fires"), Take: true, Sure: true, Quote: w.say("- 08:15 Alert fires"), Place: "line 12", Why: "an entry of a list that begins with a time",
				Fields: []frontend.RowField{{Name: "title", Label: "What happened", Kind: "text", Value: w.say("Alert fires"), Max: 500, Wide: true}, at, {Name: "about", Label: "Give or take, minutes", Kind: "number", Value: "0"}, {Name: "lane", Label: "Lane", Kind: "select", Value: "detection", Options: choices("detection", "key")},
					{Name: "text", Label: "More", Kind: "area", Wide: true}}}}, There: []frontend.RowProposal{{Key: "moment-13", Title: "2 Nov 08:49 " + w.say("Taken back"), Place: "line 13"}}},
			{Kind: "factor", Title: "Contributing factors", Rows: []frontend.RowProposal{{Key: "factor-24", Title: w.say("No canary"), Take: true, Sure: true, Quote: w.say("- No canary"), Place: "line 24", Why: "an entry of a list under “Root cause”",
				Fields: []frontend.RowField{{Name: "text", Label: "What it was", Kind: "area", Value: w.say("No canary"), Wide: true}, {Name: "role", Label: "Role", Kind: "select", Value: "contributing", Options: choices("trigger", "contributing")}, {Name: "category", Label: "Category", Kind: "text", List: "names"}}}}},
			{Kind: "action", Title: "Action items", Rows: []frontend.RowProposal{{Key: "action-31", Title: w.say("Alert on retries"), Take: true, Sure: true, Quote: "- [ ] " + w.say("Alert on retries"), Place: "line 31", Why: "an entry of a list under “Action items”",
				Fields: []frontend.RowField{{Name: "title", Label: "What is to be done", Kind: "text", Value: w.say("Alert on retries"), Wide: true}, {Name: "owner", Label: "Owner", Kind: "text", List: "owners"}, {Name: "due", Label: "Due", Kind: "date"}, {Name: "url", Label: "Issue in a tracker", Kind: "url", Wide: true}}}}}}}
	if !w.times {
		p.Form = frontend.Form{Values: url.Values{"moment-12-title": {""}}, Errors: []frontend.FieldError{{Field: "moment-12-title", Message: w.say("Alert fires") + ": say what happened, or leave the row out"}}}
	}
	p.Incident.Kind = incident.Real
	return p
}
