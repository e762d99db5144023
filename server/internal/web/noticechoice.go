package web

import (
	"errors"
	"net/http"
	"strings"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

func (s *Server) noticeChoicePage(r *request) (answer, error) {
	page, err := s.noticeChoice(r, frontend.Form{})
	return answer{page: page}, err
}

func (s *Server) noticeChoice(r *request, form frontend.Form) (frontend.NoticeChoicePage, error) {
	page := frontend.NoticeChoicePage{Shell: r.shell("Notices by e-mail", frontend.NavSettings), Zones: zones, Form: form}
	if r.viewer.User == "" {
		return page, nil
	}
	page.Address = r.user.Email
	var err error
	page.Choice, err = s.NoticeChoice(r.Request.Context(), r.viewer.User)
	return page, err
}

func (s *Server) saveNoticeChoice(r *request) (answer, error) {
	if r.viewer.User == "" {
		return answer{}, errForbidden
	}
	c := incident.NoticeChoice{User: r.viewer.User, Zone: strings.TrimSpace(r.PostForm("zone")), Ways: map[incident.NoticeKind]incident.NoticeWay{}}
	for _, k := range incident.NoticeKinds {
		if way := r.PostForm(string(k)); way != "" {
			c.Ways[k] = incident.NoticeWay(way)
		}
	}
	err := s.SaveNoticeChoice(r.Request.Context(), c)
	if errors.Is(err, incident.ErrInvalid) {
		page, pageErr := s.noticeChoice(r, formOf(r.Request.PostForm, err))
		return answer{page: page, status: http.StatusUnprocessableEntity}, pageErr
	}
	if err != nil {
		return answer{}, err
	}
	return goTo(desk.PreferencesPath, frontend.Flash{Kind: frontend.Done, Text: "Saved."})
}
