package api

import (
	"context"

	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// RetroSectionList are the sections of a retrospective.
type RetroSectionList struct {
	Items []RetroSection `json:"items" doc:"in order; removed ones last"`
}

// RetroSection is a section without its text.
type RetroSection struct {
	Slug    string `json:"slug"`
	Title   string `json:"title"`
	Version int    `json:"version" doc:"of the text"`
	Removed bool   `json:"removed" doc:"it is not shown, and can be put back"`
}

// RetroSectionChange changes the sections of a retrospective.
type RetroSectionChange struct {
	Action string `json:"action" doc:"add, rename, up, down, remove or restore"`
	Slug   string `json:"slug,omitempty" doc:"of the section; left out for add"`
	Title  string `json:"title,omitempty" doc:"for add and rename"`
}

func (s *Server) retroSections(ctx context.Context, v Viewer, p IDParams) (RetroSectionList, error) {
	w, err := s.desk.Writing(ctx, incident.ID(p.ID), v.Sight())
	if err != nil {
		return RetroSectionList{}, err
	}
	all := append(append([]incident.RetroSection{}, w.Sections...), w.Removed...)
	return RetroSectionList{each(all, func(x incident.RetroSection) RetroSection {
		return RetroSection{x.Slug, x.Title, x.Version, !x.RemovedAt.IsZero()}
	})}, nil
}

func (s *Server) changeRetroSections(ctx context.Context, v Viewer, p IDParams, b RetroSectionChange) (RetroSectionList, error) {
	if _, err := s.desk.Incident(ctx, incident.ID(p.ID), v.Sight()); err != nil {
		return RetroSectionList{}, err
	}
	_, seq, err := s.desk.ChangeSections(ctx, incident.ID(p.ID), desk.SectionChange{Action: b.Action, Slug: b.Slug, Title: b.Title}, v.Sight())
	if err != nil {
		return RetroSectionList{}, err
	}
	s.desk.Wait(ctx, seq)
	return s.retroSections(ctx, v, p)
}
