package web

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"hindsight/frontend"
	"hindsight/importers"
	"hindsight/incident"
)

const pairSize = 2000 // characters of a value that is shown

// preview is the fourth step: what would come of the upload.
func (s *Server) preview(r *request) (answer, error) {
	ctx := r.Request.Context()
	conn, err := s.Store.Connection(ctx, incident.ID(r.Param("id")))
	if err != nil {
		return answer{}, err
	}
	source, err := s.Source(conn.Source)
	if err != nil {
		return answer{}, err
	}
	upload := r.uploadOf()
	if upload == "" {
		return s.withoutUpload(r, *conn, incident.ErrNotFound)
	}
	trial, err := s.Try(ctx, *conn, upload)
	if err != nil {
		return s.withoutUpload(r, *conn, err)
	}
	page := frontend.PreviewPage{Shell: r.shell("Preview", frontend.NavImports, importsCrumb, frontend.Link{Label: conn.Name, Path: frontend.ConnectionPath(conn.ID)}),
		Connection: *conn, Source: sourceCard(source), Upload: string(upload), Read: int(trial.Read), Known: int(trial.Changed + trial.Unchanged), Warnings: trial.Warnings}
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
	return show(page)
}

func previewRow(d importers.Draft, raw incident.Raw) frontend.PreviewRow {
	return frontend.PreviewRow{Place: raw.Origin, Before: pairs(raw.Body), Incident: &d.Incident, Warnings: d.Warnings,
		Services: each(d.Incident.Services, func(u incident.ServiceUse) string { return u.Name })}
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

// startRun is the last step.
func (s *Server) startRun(r *request) (answer, error) {
	ctx := r.Request.Context()
	conn, err := s.Store.Connection(ctx, incident.ID(r.Param("id")))
	if err != nil {
		return answer{}, err
	}
	source, err := s.Source(conn.Source)
	if err != nil {
		return answer{}, err
	}
	if !source.File {
		return s.again("poll")(r)
	}
	upload := r.uploadOf()
	if upload == "" {
		return s.withoutUpload(r, *conn, incident.ErrNotFound)
	}
	run, err := s.StartUpload(ctx, *conn, upload, r.viewer.Name)
	if err != nil {
		return s.withoutUpload(r, *conn, err)
	}
	return goTo(frontend.RunPath(run.ID), frontend.Flash{})
}
