package api

import (
	"context"
	"net/http"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// SavedView is a search or list that somebody gave a name.
type SavedView struct {
	ID      incident.ID `json:"id"`
	Name    string      `json:"name"`
	Path    string      `json:"path" doc:"page and parameters; a relative period stays relative"`
	Shared  bool        `json:"shared" doc:"everybody finds it"`
	By      string      `json:"saved_by"`
	SavedAt time.Time   `json:"saved_at"`
}

// SavedViewList is the viewer's views in their order, and behind them those that others share.
type SavedViewList struct {
	Items []SavedView `json:"items"`
}

// SaveViewBody is a view to save.
type SaveViewBody struct {
	Name   string `json:"name"`
	Path   string `json:"path" doc:"the address of the list without its host: /incidents, /search, /problems, /causes or /changes, and its parameters"`
	Shared bool   `json:"shared,omitempty" doc:"with everybody; a token that acts for nobody must"`
}

func savedView(v incident.View) SavedView {
	return SavedView{v.ID, v.Name, v.Path, v.Shared, v.By, v.SavedAt.UTC()}
}

func saver(v Viewer) desk.Saver {
	return desk.Saver{User: v.User, Name: v.Name, Share: v.May(incident.Write), All: v.May(incident.Administer)}
}

func (s *Server) listViews(ctx context.Context, v Viewer, _ none) (SavedViewList, error) {
	all, err := s.desk.Views(ctx, saver(v))
	out := SavedViewList{Items: []SavedView{}}
	for _, x := range all {
		if !x.Removed() {
			out.Items = append(out.Items, savedView(x.View))
		}
	}
	return out, err
}

func (s *Server) getView(ctx context.Context, v Viewer, p IDParams) (SavedView, error) {
	x, err := s.desk.View(ctx, incident.ID(p.ID), saver(v))
	return savedView(x), err
}

func (s *Server) saveView(ctx context.Context, v Viewer, _ none, b SaveViewBody) (SavedView, error) {
	x, err := s.desk.SaveView(ctx, b.Name, b.Path, b.Shared, saver(v))
	return savedView(x), err
}

func (s *Server) removeView(ctx context.Context, v Viewer, p IDParams) (SavedView, error) {
	x, err := s.desk.RemoveView(ctx, incident.ID(p.ID), saver(v))
	return savedView(x), err
}

// viewOps are the operations about saved views.
func (s *Server) viewOps() []operation {
	return []operation{
		get("/views", "Saved views: one's own and those that are shared", s.listViews),
		get("/views/{id}", "One saved view", s.getView),
		write(http.MethodPost, "/views", "Save a search or list under a name", incident.Read, http.StatusCreated, s.saveView),
		remove("/views/{id}", "Remove a view; for 30 days whoever saved it can put it back on the page of views", incident.Read, s.removeView),
	}
}
