package web

import (
	"errors"

	"hindsight/frontend"
	"hindsight/importers"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// issuePage shows the issue that would be made of an action item.
func (s *Server) issuePage(r *request) (answer, error) {
	page, err := s.issueForm(r, frontend.Form{})
	return answer{page: page}, err
}

func (s *Server) issueForm(r *request, form frontend.Form) (frontend.IssuePage, error) {
	d, err := s.IssueDraft(r.Request.Context(), incident.ID(r.Param("id")), r.Param("key"), r.viewer.Sight())
	if err != nil {
		return frontend.IssuePage{}, err
	}
	page := frontend.IssuePage{Shell: r.shell("Create an issue", frontend.NavIncidents, incidentCrumbs(d.Incident)...), Incident: d.Incident, Item: d.Item, Ordered: d.Ordered, Form: form,
		Subject: form.Value("title", d.Title), Text: form.Value("text", d.Text)}
	page.Places = each(d.Places, func(p desk.IssuePlace) frontend.Choice {
		return frontend.Choice{Value: p.Choice(), Label: p.Name + " (" + p.Tracker + ")", On: p.Choice() == form.Value("place", d.Places[0].Choice())}
	})
	return page, nil
}

// createIssue makes it.
func (s *Server) createIssue(r *request) (answer, error) {
	id, key := incident.ID(r.Param("id")), r.Param("key")
	_, err := s.CreateIssue(r.Request.Context(), id, key, desk.NewIssue{Choice: r.PostForm("place"), Private: r.PostForm("private") == "yes",
		NewIssue: importers.NewIssue{Title: r.PostForm("title"), Text: r.PostForm("text")}}, r.viewer.Name, r.viewer.Sight())
	if errors.Is(err, incident.ErrInvalid) {
		page, pageErr := s.issueForm(r, formOf(r.Request.PostForm, err))
		if pageErr != nil {
			return answer{}, pageErr
		}
		return again(page)
	}
	if err != nil {
		return answer{}, err
	}
	return goTo(frontend.IncidentPath(id)+"#action-"+queryEscape(key), frontend.Flash{Kind: frontend.Done, Text: "The issue is made, and the item follows it."})
}

// closeIssue closes the issue of an action item that is verified or dropped.
func (s *Server) closeIssue(r *request) (answer, error) {
	id, key := incident.ID(r.Param("id")), r.Param("key")
	back := r.PostForm("back")
	if !localPath(back) {
		back = frontend.IncidentPath(id) + "#action-" + queryEscape(key)
	}
	err := s.CloseIssue(r.Request.Context(), id, key, r.PostForm("comment"), r.viewer.Name, r.viewer.Sight())
	if errors.Is(err, incident.ErrInvalid) {
		return goTo(back, frontend.Flash{Kind: frontend.Fail, Text: capital(message(err)) + "."})
	}
	if err != nil {
		return answer{}, err
	}
	return goTo(back, frontend.Flash{Kind: frontend.Done, Text: "The issue is closed, with your comment."})
}
