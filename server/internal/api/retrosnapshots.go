package api

import (
	"context"
	"time"

	"hindsight/incident"
)

// RetroSnapshotList are the snapshots of a retrospective.
type RetroSnapshotList struct {
	Items []RetroSnapshot `json:"items" doc:"the newest first"`
}

// RetroSnapshot is a retrospective as it stood.
type RetroSnapshot struct {
	ID       incident.ID `json:"id"`
	Why      string      `json:"why" doc:"state, published, idle or named"`
	Number   int         `json:"published_version,omitempty"`
	Name     string      `json:"name,omitempty"`
	By       string      `json:"by,omitempty"`
	At       time.Time   `json:"at"`
	Title    string      `json:"title,omitempty" doc:"left out in lists"`
	Sections []Section   `json:"sections,omitempty" doc:"left out in lists"`
}

// RetroSnapshotName names what is kept now.
type RetroSnapshotName struct {
	Name string `json:"name"`
}

// RetroSnapshotParams name a snapshot.
type RetroSnapshotParams struct {
	ID       string `path:"id"`
	Snapshot string `path:"snapshot"`
}

// RetroRestore says what is put back.
type RetroRestore struct {
	Section string `json:"section" doc:"slug; what stands there now is kept as a snapshot first"`
}

func retroSnapshot(x incident.RetroSnapshot) RetroSnapshot {
	return RetroSnapshot{ID: x.ID, Why: string(x.Why), Number: x.Number, Name: x.Name, By: x.By, At: x.At, Title: x.Body.Title,
		Sections: each(x.Body.Sections, func(s incident.RetroSection) Section { return Section{s.Slug, s.Title, s.Text} })}
}

func (s *Server) retroSnapshots(ctx context.Context, v Viewer, p IDParams) (RetroSnapshotList, error) {
	all, err := s.desk.RetroSnapshots(ctx, incident.ID(p.ID), v.Sight())
	return RetroSnapshotList{each(all, retroSnapshot)}, err
}

func (s *Server) nameRetroSnapshot(ctx context.Context, v Viewer, p IDParams, b RetroSnapshotName) (RetroSnapshotList, error) {
	if err := s.desk.NameSnapshot(ctx, incident.ID(p.ID), b.Name, v.Sight()); err != nil {
		return RetroSnapshotList{}, err
	}
	return s.retroSnapshots(ctx, v, p)
}

func (s *Server) retroSnapshot(ctx context.Context, v Viewer, p RetroSnapshotParams) (RetroSnapshot, error) {
	x, err := s.desk.RetroSnapshot(ctx, incident.ID(p.ID), incident.ID(p.Snapshot), v.Sight())
	if err != nil {
		return RetroSnapshot{}, err
	}
	return retroSnapshot(*x), nil
}

func (s *Server) restoreRetroSection(ctx context.Context, v Viewer, p RetroSnapshotParams, b RetroRestore) (SectionText, error) {
	if err := s.desk.RestoreSection(ctx, incident.ID(p.ID), incident.ID(p.Snapshot), b.Section, v.Sight()); err != nil {
		return SectionText{}, err
	}
	return s.sectionText(ctx, v, SectionParams{p.ID, b.Section})
}
