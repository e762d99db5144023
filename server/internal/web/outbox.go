package web

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"hindsight/frontend"
	"hindsight/incident"
)

const (
	outboxPath   = "/admin/outbox"
	outboxOnPage = 50
)

func (s *Server) outbox(r *request) (answer, error) {
	state := incident.OutgoingState(r.Query("state"))
	if state != "" && !slices.Contains(incident.OutgoingStates, state) {
		return answer{}, incident.Invalidf("state", "choose one of %v", incident.OutgoingStates)
	}
	skip, err := strconv.Atoi(cmp.Or(r.Query("skip"), "0"))
	if err != nil || skip < 0 || skip > 1e6 {
		return answer{}, incident.Invalidf("skip", "give a number from 0")
	}
	page := frontend.OutboxPage{Shell: r.shell("Outbox", frontend.NavSettings), States: []frontend.Choice{{Label: "All", Path: outboxPath, On: state == "", Count: -1}}}
	for _, x := range incident.OutgoingStates {
		label := map[incident.OutgoingState]string{incident.OutgoingWaiting: "Waiting", incident.OutgoingSent: "Sent", incident.OutgoingFailed: "Set aside", incident.OutgoingDropped: "Not sent"}[x]
		page.States = append(page.States, frontend.Choice{Label: label, Path: outboxPath + "?state=" + string(x), On: state == x, Count: -1})
	}
	if s.Mail != nil {
		page.Server = s.Mail.Server()
	}
	ctx := r.Request.Context()
	all, err := s.Store.Outgoing(ctx, incident.OutgoingFilter{State: state, Skip: skip, Limit: outboxOnPage})
	if err != nil {
		return answer{}, err
	}
	names, err := s.Recipients(ctx)
	for _, o := range all {
		page.Rows = append(page.Rows, frontend.OutboxRow{Outgoing: o, Recipient: cmp.Or(names[o.To], string(o.To))})
	}
	if len(all) == outboxOnPage {
		page.Older = fmt.Sprintf("%s?state=%s&skip=%d", outboxPath, url.QueryEscape(string(state)), skip+outboxOnPage)
	}
	return answer{page: page}, err
}

func (s *Server) sendAgain(r *request) (answer, error) {
	if err := s.SendAgain(r.Request.Context(), incident.ID(r.Param("id"))); err != nil {
		return answer{}, err
	}
	return goTo(outboxPath, frontend.Flash{Kind: frontend.Done, Text: "It is sent again within seconds."})
}
