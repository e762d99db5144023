// Package markdown reads postmortems that a team keeps as Markdown files, with or without front matter. It
// understands headings, labelled lists, timelines and action items as people write them; it renders
// nothing and executes nothing.
//
// It reads runbooks that are kept so, too, as documents of their own; see [Runbooks].
//
// Start with [Source]. read.go finds the files, document.go cuts one into front matter and sections, moment.go
// reads times out of prose, and map.go, fields.go, timeline.go and actions.go turn it into a draft.
package markdown

import (
	"hindsight/importers"
	"hindsight/incident"
)

const sourceName = "markdown"

// Source returns the source "markdown". A document's key is its path, so a renamed file is a new incident.
//
// The incident's date is the first of: a field that says when it started, was detected or declared; a field
// "date"; the date in the file name; the date in the title. A document without any is rejected.
// A postmortem is written when the incident is over, so its status is resolved unless it says otherwise.
// Times that contradict each other are kept as they stand, with a warning. What a document calls its root
// cause is a claim: one factor among others.
func Source() importers.Source {
	return importers.Source{
		Name:    sourceName,
		Title:   "Markdown postmortems",
		Summary: "Postmortems in a folder or zip file: dates, timeline, causes, action items and the text itself.",
		Docs:    "https://sre.google/sre-book/example-postmortem/",
		Origin:  incident.OriginFile,
		File:    true,
		Accept:  []string{".md", ".markdown", ".html.md.erb", ".zip"},
		Settings: []importers.Field{
			{
				Name:    "zone",
				Label:   "Time zone",
				Help:    "IANA name of the zone of times whose document does not say one.",
				Check:   importers.CheckZone,
				Default: "UTC",
			},
			{Name: "service", Label: "Service", Help: "The service that documents without a service field are about."},
			{Name: "team", Label: "Team", Help: "The team that owns incidents whose document names none."},
		},
		Missing:     []string{"when the document was last changed", "who responded when"},
		Collections: []importers.Collection{{Name: "documents", Read: read, Map: mapRecord}},
	}
}
