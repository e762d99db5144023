package web

import (
	"errors"
	"net/http"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/hook"
)

const channelsPath = "/admin/channels"

func (s *Server) channelsPage(r *request) (answer, error) {
	page, err := s.channels(r, frontend.Form{}, "")
	return answer{page: page}, err
}

func (s *Server) channels(r *request, form frontend.Form, edit incident.ID) (frontend.ChannelsPage, error) {
	ctx := r.Request.Context()
	page := frontend.ChannelsPage{Shell: r.shell("Channels", frontend.NavSettings), Form: form, Edit: edit}
	var err error
	if page.Channels, err = s.Store.Channels(ctx); err != nil {
		return page, err
	}
	page.Places = map[incident.ID]frontend.GitPlace{}
	for _, c := range page.Channels {
		if c.Format != incident.ChannelGit {
			continue
		}
		var at frontend.GitPlace
		if at.Branch, at.Folder, err = s.FolderOf(c); err != nil {
			s.log.Warn("a channel cannot be opened", "channel", c.ID, "err", err)
			continue
		}
		page.Places[c.ID] = at
	}
	page.Teams, err = s.Store.Teams(ctx)
	return page, err
}

// saveChannel makes a channel, or changes the one that the address names.
func (s *Server) saveChannel(r *request) (answer, error) {
	id := incident.ID(r.Param("id"))
	c := incident.Channel{ID: id, Name: r.PostForm("name"), Format: incident.ChannelFormat(r.PostForm("format")), Team: incident.ID(r.PostForm("team"))}
	for _, k := range r.PostFormArray("kind") {
		c.Kinds = append(c.Kinds, incident.NoticeKind(k))
	}
	to := hook.Target{URL: r.PostForm("url")}
	if c.Format == incident.ChannelGit {
		c.Kinds = []incident.NoticeKind{incident.NoticePublished}
		to.Branch, to.Folder, to.User, to.Key = r.PostForm("branch"), r.PostForm("folder"), r.PostForm("user"), r.PostForm("password")
	}
	c, key, err := s.SaveChannel(r.Request.Context(), c, to)
	if errors.Is(err, incident.ErrInvalid) {
		values := r.Request.PostForm
		values.Del("url") // secrets, which are not shown again
		values.Del("password")
		page, pageErr := s.channels(r, formOf(values, err), id)
		return answer{page: page, status: http.StatusUnprocessableEntity}, pageErr
	}
	if err != nil {
		return answer{}, err
	}
	if key != "" {
		page, err := s.channels(r, frontend.Form{}, "")
		page.Key = key
		return answer{page: page}, err
	}
	return goTo(channelsPath, frontend.Flash{Kind: frontend.Done, Text: "Saved " + c.Name + ". Send a test message to see whether it arrives."})
}

// testChannel posts a message, and shows what was answered.
func (s *Server) testChannel(r *request) (answer, error) {
	got, err := s.TestChannel(r.Request.Context(), incident.ID(r.Param("id")))
	switch {
	case errors.Is(err, incident.ErrNotFound):
		return answer{}, err
	case err != nil:
		return goTo(channelsPath, frontend.Flash{Kind: frontend.Fail, Text: "The test message was not taken: " + err.Error()})
	}
	return goTo(channelsPath, frontend.Flash{Kind: frontend.Done, Text: "The test message was taken: " + got})
}

func (s *Server) removeChannel(r *request) (answer, error) {
	if err := s.RemoveChannel(r.Request.Context(), incident.ID(r.Param("id"))); err != nil {
		return answer{}, err
	}
	return goTo(channelsPath, frontend.Flash{Kind: frontend.Done, Text: "The channel is removed, and what was sent there is forgotten."})
}
