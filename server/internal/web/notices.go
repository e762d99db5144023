package web

import (
	"cmp"
	"fmt"
	"strconv"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

const (
	noticesPath   = desk.NoticesPath
	noticesOnPage = 50
)

// unread counts what the viewer was told and has not read; 0 when it cannot be counted, for no page depends on it.
func (r *request) unread() int {
	if r.viewer.User == "" {
		return 0
	}
	n, err := r.server.Store.UnreadNotices(r.Request.Context(), r.viewer.User, r.viewer.Sight())
	if err != nil {
		r.server.log.WarnContext(r.Request.Context(), "unread notices cannot be counted", "err", err)
	}
	return n
}

func (s *Server) notices(r *request) (answer, error) {
	skip, err := strconv.Atoi(cmp.Or(r.Query("skip"), "0"))
	if err != nil || skip < 0 || skip > 1e6 {
		return answer{}, incident.Invalidf("skip", "give a number from 0")
	}
	page := frontend.NoticesPage{Shell: r.shell("Notices", "")}
	told, err := s.Notices(r.Request.Context(), r.viewer.Sight(), skip, noticesOnPage)
	for _, n := range told {
		page.Rows = append(page.Rows, frontend.NoticeRow{Notice: n.Notice, Title: cmp.Or(n.Incident.Title, n.Incident.Label())})
	}
	if len(told) == noticesOnPage {
		page.Older = fmt.Sprintf("%s?skip=%d", noticesPath, skip+noticesOnPage)
	}
	return answer{page: page}, err
}

func (s *Server) readNotices(r *request) (answer, error) {
	if r.viewer.User == "" {
		return answer{}, errForbidden
	}
	var ids []incident.ID
	if id := r.PostForm("id"); id != "" {
		ids = append(ids, incident.ID(id))
	}
	if err := s.ReadNotices(r.Request.Context(), r.viewer.User, ids...); err != nil {
		return answer{}, err
	}
	return goTo(noticesPath, frontend.Flash{})
}
