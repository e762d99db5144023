package web

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"hindsight/frontend"
	"hindsight/importers"
	"hindsight/incident"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/jobs"
)

const pairSize = 2000 // characters of a value that is shown

// preview is the fourth step: what would come of the upload.
func (s *Server) preview(r *request) (answer, error) {
	ctx := r.Request.Context()
	j, err := s.joint(r)
	if err != nil {
		return answer{}, err
	}
	upload := r.uploadOf()
	var trial desk.Trial
	var problem *frontend.Problem
	switch {
	case upload == "" && j.source.API != nil:
		if trial, err = s.TryLive(ctx, j.conn, r.viewer.Sight()); err != nil && ctx.Err() == nil {
			problem, err = problemOf(err, j), nil
		}
	case upload == "":
		return s.withoutUpload(r, j.conn, incident.ErrNotFound)
	default:
		trial, err = s.Try(ctx, j.conn, upload, r.viewer.Sight())
	}
	if err != nil {
		return s.withoutUpload(r, j.conn, err)
	}
	page := s.previewPage(r, j, trial)
	tallies, err := s.Store.Tallies(ctx)
	if err != nil {
		return answer{}, err
	}
	page.Known = min(page.Known, tallies[j.conn.ID].Records) // a source may list a record twice
	page.Upload, page.Problem = string(upload), problem
	return show(page)
}

func (s *Server) previewPage(r *request, j joint, trial desk.Trial) frontend.PreviewPage {
	page := frontend.PreviewPage{Shell: r.shell("Preview", frontend.NavImports, j.crumbs()...), Connection: j.conn, Source: j.card(),
		Read: int(trial.Read), Known: int(trial.Changed + trial.Unchanged), Warnings: trial.Warnings,
		Coverage: each(trial.Coverage, covered)}
	if j.source.API != nil {
		page.Steps = j.steps("preview")
	}
	if trial.Cut {
		page.Flash = append(page.Flash, frontend.Flash{Kind: frontend.Notice, Text: "Only the beginning was looked at. The import reads everything."})
	}
	for _, d := range trial.Drafts {
		page.Rows = append(page.Rows, previewRow(d, trial.Raws[d.Incident.RawID]))
	}
	for _, l := range trial.Letters {
		l.ID = "" // nothing is stored yet that could be tried again
		page.Rejects = append(page.Rejects, frontend.LetterRow{Letter: l})
	}
	return page
}

// covered says in how many records of a trial a fact is.
func covered(c jobs.Coverage) frontend.Coverage {
	out := frontend.Coverage{Label: capital(strings.ReplaceAll(c.Field, "_", " ")), Have: c.Filled, Of: c.Of}
	if c.Field == "url" {
		out.Label = "Web address"
	}
	if c.Filled == 0 {
		out.Note = "no record says it"
	}
	return out
}

// previewRow shows what a record becomes, and the record.
func previewRow(d importers.Draft, raw incident.Raw) frontend.PreviewRow {
	row := frontend.PreviewRow{Place: raw.Origin, Before: pairs(raw.Body), Warnings: d.Warnings}
	services := d.Incident.Services
	switch {
	case d.Change != nil:
		row.Change, services = d.Change, d.Change.Services
	case d.Roster != nil:
		row.Roster = d.Roster
	case d.Runbook != nil:
		row.Runbook = d.Runbook
	default:
		row.Incident = &d.Incident
	}
	row.Services = each(services, func(u incident.ServiceUse) string { return u.Name })
	return row
}

// pairs lists the members of a record; of one that is no JSON object, its text.
func pairs(body []byte) []frontend.Pair {
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil {
		if len(body) == 0 {
			return nil
		}
		return []frontend.Pair{{Name: "text", Value: clip(strings.ToValidUTF8(string(body), "�"), pairSize)}}
	}
	var out []frontend.Pair
	for _, name := range slices.Sorted(maps.Keys(members)) {
		value := string(members[name])
		var text string
		if json.Unmarshal(members[name], &text) == nil {
			value = text
		}
		if name != "" && value != "" {
			out = append(out, frontend.Pair{Name: name, Value: clip(value, pairSize)})
		}
	}
	return out
}
