package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/query"
)

const (
	viewsPath  = "/views"
	viewsShown = 8 // beside the navigation
)

// saver is the viewer as one who saves views.
func (r *request) saver() desk.Saver {
	return desk.Saver{User: r.viewer.User, Name: r.viewer.Name, Share: r.viewer.May(incident.Write), All: r.viewer.May(incident.Administer)}
}

// savedViews are what the navigation lists, and what the viewer may do about views.
func (r *request) savedViews() frontend.SavedViews {
	if !r.viewer.Known() {
		return frontend.SavedViews{}
	}
	who := r.saver()
	out := frontend.SavedViews{MaySave: r.viewer.User != "" && !r.viewer.ReadOnly, MayShare: who.Share}
	all, err := r.server.Views(r.Request.Context(), who)
	if err != nil {
		r.server.log.WarnContext(r.Request.Context(), "the page is shown without its saved views", "error", err)
		return out
	}
	for _, v := range all {
		if len(out.Links) < viewsShown && !v.Removed() {
			out.Links = append(out.Links, frontend.Link{Label: v.Name, Path: v.Path})
		}
	}
	return out
}

func (s *Server) views(r *request) (answer, error) {
	page, err := s.viewsPage(r, "", frontend.Form{})
	return answer{page: page}, err
}

// viewsPage lists the views. form is one that could not be done; edit is the view that it changes, empty for a new one.
func (s *Server) viewsPage(r *request, edit incident.ID, form frontend.Form) (frontend.ViewsPage, error) {
	page := frontend.ViewsPage{Shell: r.shell("Saved views", frontend.NavViews), Kept: int(desk.ViewsKept.Hours()) / 24}
	all, err := s.Views(r.Request.Context(), r.saver())
	for _, v := range all {
		row := frontend.ViewRow{View: v.View, MayChange: v.MayChange && !r.viewer.ReadOnly}
		row.Page, row.Words = r.viewWords(v.Path)
		if v.ID == edit {
			row.Form, form = form, frontend.Form{}
		}
		switch {
		case v.Removed():
			page.Removed = append(page.Removed, row)
		case v.Of(r.viewer.User):
			page.Own = append(page.Own, row)
		default:
			page.Others = append(page.Others, row)
		}
	}
	for i := range page.Own {
		page.Own[i].Up, page.Own[i].Down = i > 0, i < len(page.Own)-1
	}
	page.Form = form
	return page, err
}

// viewWords says what a view asks: which list, and its filters, in words that the viewer may know.
func (r *request) viewWords(path string) (page string, words []string) {
	u, err := url.Parse(path)
	if err != nil {
		return path, nil
	}
	var chips []frontend.Chip
	switch u.Path {
	case problemsPath:
		chips = r.problemChips(problemQuery(u.Query()))
	case changesPath:
		if q, err := query.ParseChanges(u.Query(), r.server.Now()); err == nil {
			chips = r.chips(u.Path, q)
		}
	default:
		if q, err := query.Parse(u.Query(), r.server.Now()); err == nil {
			chips = r.chips(u.Path, q)
		}
	}
	return desk.ViewPages[u.Path], each(chips, func(c frontend.Chip) string { return c.Label })
}

// openView leads to the list that a view is.
func (s *Server) openView(r *request) (answer, error) {
	v, err := s.View(r.Request.Context(), incident.ID(r.Param("id")), r.saver())
	return answer{to: v.Path}, err
}

func (s *Server) saveView(r *request) (answer, error) {
	v, err := s.SaveView(r.Request.Context(), r.PostForm("name"), r.PostForm("path"), r.PostForm("shared") == "on", r.saver())
	if err != nil {
		return s.viewFailed(r, err)
	}
	text := "Saved as “" + v.Name + "”."
	if v.Shared {
		text += " Everybody finds it; each sees what they may see."
	}
	return goTo(v.Path, frontend.Flash{Kind: frontend.Done, Text: text, Link: frontend.Link{Label: "All saved views", Path: viewsPath}})
}

func (s *Server) changeView(r *request) (answer, error) {
	name, shared := r.PostForm("name"), r.PostForm("shared") == "on"
	_, err := s.ChangeView(r.Request.Context(), incident.ID(r.Param("id")), desk.ViewPatch{Name: &name, Shared: &shared}, r.saver())
	return s.viewDone(r, err, "Saved.")
}

func (s *Server) moveView(r *request) (answer, error) {
	if way := r.PostForm("way"); !slices.Contains([]string{"up", "down"}, way) {
		return answer{}, incident.Invalidf("way", "%q is not up or down", way)
	}
	err := s.MoveView(r.Request.Context(), incident.ID(r.Param("id")), r.PostForm("way") == "up", r.saver())
	return s.viewDone(r, err, "")
}

func (s *Server) removeView(r *request) (answer, error) {
	v, err := s.RemoveView(r.Request.Context(), incident.ID(r.Param("id")), r.saver())
	return s.viewDone(r, err, "“"+v.Name+"” is removed. Who saved it can put it back, below.")
}

func (s *Server) putBackView(r *request) (answer, error) {
	v, err := s.PutBackView(r.Request.Context(), incident.ID(r.Param("id")), r.saver())
	return s.viewDone(r, err, "“"+v.Name+"” is back.")
}

func (s *Server) viewDone(r *request, err error, done string) (answer, error) {
	if err != nil {
		return s.viewFailed(r, err)
	}
	return goTo(viewsPath, frontend.Flash{Kind: frontend.Done, Text: done})
}

// viewFailed shows the list of views with what was typed and what is wrong with it.
func (s *Server) viewFailed(r *request, cause error) (answer, error) {
	var field *incident.FieldError
	if !errors.As(cause, &field) {
		return answer{}, cause
	}
	if field.Field == "view" { // it is not theirs to change
		return goTo(viewsPath, frontend.Flash{Kind: frontend.Fail, Text: capital(field.Message) + "."})
	}
	id, form := incident.ID(r.Param("id")), formOf(r.Request.PostForm, cause)
	if id != "" { // its field is that of a row, which a way to the form of a new view would miss
		form.Errors[0].Field = ""
	}
	page, err := s.viewsPage(r, id, form)
	return answer{page: page, status: http.StatusUnprocessableEntity}, err
}
