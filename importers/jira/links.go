package jira

import (
	"hindsight/importers"
	"hindsight/incident"
)

// link is a link between two issues: one of its ends is this issue, the other one is given.
type link struct {
	Type struct {
		Name    string `json:"name"`
		Inward  string `json:"inward"`
		Outward string `json:"outward"`
	} `json:"type"`
	Inward  *end `json:"inwardIssue"`
	Outward *end `json:"outwardIssue"`
}

type end struct {
	ref
	Fields struct {
		Summary string `json:"summary"`
		Type    ref    `json:"issuetype"`
	} `json:"fields"`
}

// links keeps what the issue is linked with. Jira comes with the types "Duplicate" (outward: "duplicates") and, in Jira
// Service Management, "Problem/Incident" (inward: "is caused by", from an incident to its problem) and "Post-Incident
// Reviews".
func (m *mapping) links() {
	inc := &m.Incident
	for _, l := range get[[]link](m.issue, "issuelinks") {
		other, says := l.Outward, l.Type.Outward
		if other == nil {
			other, says = l.Inward, l.Type.Inward
		}
		if other == nil || other.ID == "" {
			continue
		}
		kind := "ticket"
		switch word := importers.Fold(l.Type.Name); {
		case (word == "duplicate" || importers.Fold(l.Type.Outward) == "duplicates") && l.Outward != nil:
			inc.DuplicateOf = incident.ID(importers.Line(other.ID))
		case word == "problemincident" && l.Inward != nil:
			inc.KnownProblem = importers.Line(other.Key)
		case word == "postincidentreviews":
			kind = "postmortem"
		case importers.Fold(other.Fields.Type.Name) == "change", importers.Fold(other.Fields.Type.Name) == "systemchange":
			kind = "change"
		}
		m.AddLink(kind, "issuelinks", browse(m.cfg, other.Key), says+" "+other.Key+": "+other.Fields.Summary)
	}
	if parent := get[ref](m.issue, "parent"); get[ref](m.issue, "issuetype").Subtask {
		inc.Parent = incident.ID(importers.Line(parent.ID))
	}
}
