package web

import (
	"errors"
	"net/http"
	"slices"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/coedit"
)

func retroCrumbs(inc *incident.Incident) []frontend.Link {
	return append(incidentCrumbs(inc), frontend.Link{Label: "Retrospective", Path: retroPath(inc.ID)})
}

func (s *Server) retroHistory(r *request) (answer, error) {
	page, err := s.retroHistoryPage(r, frontend.Form{})
	return answer{page: page}, err
}

func (s *Server) retroHistoryPage(r *request, form frontend.Form) (frontend.RetroHistoryPage, error) {
	ctx, id := r.Request.Context(), incident.ID(r.Param("id"))
	w, err := s.Writing(ctx, id, r.viewer.Sight())
	if err != nil {
		return frontend.RetroHistoryPage{}, err
	}
	page := frontend.RetroHistoryPage{Shell: r.shell("History", frontend.NavIncidents, retroCrumbs(w.Incident)...), Incident: w.Incident, Retro: w.Retro,
		MayEdit: r.viewer.MayChange(incident.Write), Form: form}
	page.Snapshots, err = s.RetroSnapshots(ctx, id, r.viewer.Sight())
	return page, err
}

func (s *Server) nameSnapshot(r *request) (answer, error) {
	id := incident.ID(r.Param("id"))
	err := s.NameSnapshot(r.Request.Context(), id, r.PostForm("name"), r.viewer.Sight())
	if errors.Is(err, incident.ErrInvalid) {
		page, err := s.retroHistoryPage(r, formOf(r.Request.PostForm, err))
		return answer{page: page, status: http.StatusUnprocessableEntity}, err
	}
	if err != nil {
		return answer{}, err
	}
	return goTo(retroPath(id)+"/history", frontend.Flash{Kind: frontend.Done, Text: "Kept."})
}

func (s *Server) retroSnapshot(r *request) (answer, error) {
	ctx, id := r.Request.Context(), incident.ID(r.Param("id"))
	snap, err := s.RetroSnapshot(ctx, id, incident.ID(r.Param("snapshot")), r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	w, err := s.Writing(ctx, id, r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	page := frontend.RetroSnapshotPage{Shell: r.shell("Snapshot", frontend.NavIncidents, append(retroCrumbs(w.Incident), frontend.Link{Label: "History", Path: retroPath(id) + "/history"})...),
		Incident: w.Incident, Snapshot: *snap, Same: true, MayEdit: r.viewer.MayChange(incident.Write)}
	if page.Files, err = s.retroFiles(ctx, id); err != nil {
		return answer{}, err
	}
	for _, was := range snap.Body.Sections {
		c := frontend.RetroCompared{Slug: was.Slug, Title: was.Title, Was: was.Text}
		now, there := w.Section(was.Slug)
		if c.Gone = !there; there && now.Text != was.Text {
			c.Words = differentWords(was.Text, now.Text)
		}
		page.Same = page.Same && there && len(c.Words) == 0
		page.Sections = append(page.Sections, c)
	}
	for _, now := range w.Sections {
		if !slices.ContainsFunc(snap.Body.Sections, func(x incident.RetroSection) bool { return x.Slug == now.Slug }) {
			page.Same = false
			page.Sections = append(page.Sections, frontend.RetroCompared{Slug: now.Slug, Title: now.Title, Words: []frontend.DiffWord{{Text: now.Text, Added: true}}})
		}
	}
	return answer{page: page}, nil
}

// differentWords compares two texts by words.
func differentWords(was, now string) []frontend.DiffWord {
	return each(coedit.Diff(was, now), func(x coedit.Span) frontend.DiffWord {
		return frontend.DiffWord{Text: x.Text, Added: x.Kind == coedit.Added, Removed: x.Kind == coedit.Removed}
	})
}

// restoreSection puts the text of a snapshot back as a change of its own, so that what it replaces can be found again.
func (s *Server) restoreSection(r *request) (answer, error) {
	slug := r.PostForm("section")
	err := s.RestoreSection(r.Request.Context(), incident.ID(r.Param("id")), incident.ID(r.Param("snapshot")), slug, r.viewer.Sight())
	return s.retroDone(r, 0, err, "#s-"+slug, "Put back. What stood there before is kept in the history.")
}
