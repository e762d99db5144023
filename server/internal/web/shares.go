package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/redact"
	"hindsight/server/internal/retrodoc"
)

const (
	sharedPath = desk.SharePath
	linksPath  = "/admin/links"
)

// shareRoutes are the pages of links for people outside.
func (s *Server) shareRoutes(r gin.IRouter, get, post func(path string, needs incident.Ability, h handler)) {
	const at = "/incidents/:id/retrospective/share"
	get(at, incident.Write, s.sharePage)
	post(at, incident.Write, s.makeShare)
	post(at+"/:link/revoke", incident.Write, s.revokeShare)
	get(linksPath, incident.Administer, s.sharesPage)
	post(linksPath+"/:link/revoke", incident.Administer, s.revokeAnyShare)
	s.register(r, http.MethodGet, sharedPath+":token", anyone, s.shared)
	s.register(r, http.MethodGet, sharedPath+":token/export/:file", anyone, s.shared)
}

// logged is a path as logs have it: what stands in it of a link opens that link, and is left out.
func logged(path string) string {
	if before, _, ok := strings.Cut(path, sharedPath); ok {
		return before + sharedPath + "…"
	}
	return path
}

// shared shows people outside what a link opens. It does not look who asks, sets no cookies and asks for nothing else; what opens nothing is
// one page, whatever the reason is.
func (s *Server) shared(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", frontend.PaperPolicy())
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	token, file := c.Param("token"), c.Param("file")
	shell := frontend.Shell{Zone: time.UTC}
	share, err := s.OpenShare(c.Request.Context(), token)
	if err == nil && file != "" && file != "retrospective.md" && file != "retrospective.html" {
		err = incident.ErrNotFound
	}
	status, contentType := http.StatusOK, "text/html; charset=utf-8"
	var page frontend.Page = frontend.SharedGonePage{Shell: shell}
	switch {
	case errors.Is(err, incident.ErrNotFound):
		status = http.StatusNotFound
	case err != nil:
		s.log.Error("a shared link could not be opened", "error", err)
		c.String(http.StatusInternalServerError, "Something went wrong here. Try again in a while.")
		return
	case file == "retrospective.md":
		h.Set("Content-Disposition", `attachment; filename="`+file+`"`)
		c.Data(status, "text/markdown; charset=utf-8", retrodoc.Shared(share.Document))
		return
	case file != "":
		h.Set("Content-Disposition", `attachment; filename="`+file+`"`)
		page = frontend.SharedPage{Shell: shell, Document: share.Document, Until: share.ExpiresAt}
	default:
		page = frontend.SharedPage{Shell: shell, Document: share.Document, Until: share.ExpiresAt, Address: sharedPath + token}
	}
	var b strings.Builder
	if err := s.pages.Render(&b, page); err != nil {
		s.log.Error("a shared link could not be shown", "error", err)
		c.String(http.StatusInternalServerError, "Something went wrong here. Try again in a while.")
		return
	}
	c.Data(status, contentType, []byte(b.String()))
}

// profileWords say for whom a profile is, and what it masks.
var profileWords = map[redact.Profile][2]string{
	redact.Customers: {"customers", "Customers: people, services, teams, machines, addresses and numbers are masked; action items and evidence stay here"},
	redact.Partners:  {"partners", "Partners: the same, but services and teams keep their names, and every section can go along"},
	redact.Whole:     {"whole", "Whole: only people, with their e-mail addresses, secrets and pictures are masked"},
}

func (s *Server) sharePage(r *request) (answer, error) {
	terms := desk.ShareTerms{Profile: redact.Customers}
	var refresh *incident.RetroShare
	if id := incident.ID(r.Query("link")); id != "" {
		share, err := s.RetroShare(r.Request.Context(), incident.ID(r.Param("id")), id, r.viewer.Sight())
		if err != nil {
			return answer{}, err
		}
		refresh, terms = &share, desk.ShareTerms{Profile: redact.Profile(share.Profile), Sections: share.Sections, Words: share.Words, Kept: share.Kept}
	}
	page, err := s.sharing(r, terms, refresh, frontend.Form{})
	return answer{page: page}, err
}

// sharing is the page of a retrospective's links, with what one made by terms would show.
func (s *Server) sharing(r *request, terms desk.ShareTerms, refresh *incident.RetroShare, form frontend.Form) (frontend.SharePage, error) {
	ctx, id := r.Request.Context(), incident.ID(r.Param("id"))
	w, err := s.Writing(ctx, id, r.viewer.Sight())
	if err != nil {
		return frontend.SharePage{}, err
	}
	page := frontend.SharePage{Shell: r.shell("Share", frontend.NavIncidents, retroCrumbs(w.Incident)...), Incident: w.Incident, Retro: w.Retro, Form: form, MayEdit: r.viewer.MayChange(incident.Write)}
	links, err := s.Shares(ctx, id, r.viewer.Sight())
	if err != nil {
		return page, err
	}
	row := func(share incident.RetroShare) frontend.ShareRow {
		out := s.shareRow(share)
		out.Behind = share.Number < w.Number
		return out
	}
	page.Links = each(links, row)
	if refresh != nil {
		it := row(*refresh)
		page.Refresh = &it
	}
	p, err := s.PreviewShare(ctx, id, terms, r.viewer.Sight())
	var field *incident.FieldError
	if errors.As(err, &field) && (field.Field == "incident" || field.Field == "state") {
		page.Why, page.Form = field.Message, frontend.Form{}
		return page, nil
	}
	if errors.Is(err, incident.ErrInvalid) { // shown with what it would be otherwise
		page.Form = formOf(r.Request.PostForm, err)
		terms.Words, terms.Kept = nil, nil
		if !slices.Contains(redact.Profiles, terms.Profile) {
			terms.Profile = redact.Customers
		}
		p, err = s.PreviewShare(ctx, id, terms, r.viewer.Sight())
	}
	if err != nil {
		return page, err
	}
	s.fillShare(&page, p)
	return page, nil
}

func (s *Server) fillShare(page *frontend.SharePage, p *desk.SharePreview) {
	page.Number, page.Digest = p.Number, p.Digest
	page.Preview = frontend.SharedPage{Shell: frontend.Shell{Zone: time.UTC}, Document: p.Document}
	page.Sections = each(p.Sections, func(x desk.ShareSection) frontend.ShareSection {
		return frontend.ShareSection{Slug: x.Slug, Title: x.Title, On: x.On, Never: x.Never}
	})
	for _, profile := range redact.Profiles {
		page.Profiles = append(page.Profiles, frontend.Choice{Value: string(profile), Label: profileWords[profile][1], On: profile == p.Terms.Profile})
	}
	for _, m := range p.Maskings {
		what := m.Was
		if m.Kind == redact.LinkKind {
			_, what, _ = strings.Cut(m.Key, ":")
		}
		if short := []rune(what); len(short) > 160 {
			what = string(short[:160]) + "…"
		}
		page.Maskings = append(page.Maskings, frontend.ShareMasking{Key: m.Key, What: what, Instead: m.Instead, Why: m.Kind.Why(), Count: m.Count, Kept: m.Kept})
	}
	if page.Form.Values == nil {
		page.Form.Values = map[string][]string{}
	}
	if len(page.Form.Values["words"]) == 0 {
		page.Form.Values.Set("words", strings.Join(p.Terms.Words, "\n"))
	}
}

// shareTerms are what a form says about a link.
func shareTerms(r *request) desk.ShareTerms {
	t := desk.ShareTerms{Profile: redact.Profile(r.PostForm("profile")), Kept: r.PostFormArray("keep")}
	if r.PostForm("chosen") != "" {
		t.Sections = append([]string{}, r.PostFormArray("section")...)
	}
	for word := range strings.Lines(r.PostForm("words")) {
		if word = strings.TrimSpace(word); word != "" {
			t.Words = append(t.Words, word)
		}
	}
	return t
}

// shareUntil is when a link ends: some days from now, or at the end of a day in UTC.
func shareUntil(days, date string, now time.Time) (time.Time, error) {
	if days == "date" {
		day, err := time.Parse(time.DateOnly, date)
		if err != nil {
			return day, incident.Invalidf("expires", "%.40q is not a day such as 2026-12-24", date)
		}
		return day.AddDate(0, 0, 1), nil
	}
	n, err := strconv.Atoi(days)
	if err != nil || n < 1 || n > 366 {
		return now, incident.Invalidf("expires", "choose how long the link opens; none opens for ever")
	}
	return now.AddDate(0, 0, n), nil
}

func (s *Server) makeShare(r *request) (answer, error) {
	ctx, id, terms := r.Request.Context(), incident.ID(r.Param("id")), shareTerms(r)
	var refresh *incident.RetroShare
	if link := incident.ID(r.PostForm("link")); link != "" {
		share, err := s.RetroShare(ctx, id, link, r.viewer.Sight())
		if err != nil {
			return answer{}, err
		}
		refresh = &share
	}
	var token string
	var err error
	switch r.PostForm("do") {
	case "make":
		var until time.Time
		if until, err = shareUntil(r.PostForm("days"), r.PostForm("date"), s.Now().UTC()); err == nil {
			token, _, err = s.MakeShare(ctx, id, terms, until, r.PostForm("digest"), r.viewer.Sight())
		}
	case "refresh":
		if refresh == nil {
			return answer{}, incident.ErrNotFound
		}
		if _, err = s.RefreshShare(ctx, id, refresh.ID, terms, r.PostForm("digest"), r.viewer.Sight()); err == nil {
			return goTo(retroPath(id)+"/share", frontend.Flash{Kind: frontend.Done, Text: "The link shows this from now on. Its address is the same."})
		}
	}
	form := formOf(r.Request.PostForm, nil)
	form.Errors = nil
	status := http.StatusOK
	switch {
	case errors.Is(err, incident.ErrConflict):
		form.Errors = []frontend.FieldError{{Message: "Nothing was made yet: what people outside would read is not what you saw, because the terms or the retrospective changed. Look at the preview below, and do it again."}}
		status = http.StatusConflict
	case errors.Is(err, incident.ErrInvalid):
		form, status = formOf(r.Request.PostForm, err), http.StatusUnprocessableEntity
	case err != nil:
		return answer{}, err
	}
	if token != "" {
		terms, form = desk.ShareTerms{Profile: redact.Customers}, frontend.Form{}
	}
	page, err := s.sharing(r, terms, refresh, form)
	if token != "" {
		page.Address = s.ShareURL(token)
	}
	return answer{page: page, status: status}, err
}

func (s *Server) revokeShare(r *request) (answer, error) {
	id := incident.ID(r.Param("id"))
	if err := s.RevokeShare(r.Request.Context(), id, incident.ID(r.Param("link")), r.viewer.Sight()); err != nil {
		return answer{}, err
	}
	return goTo(retroPath(id)+"/share", frontend.Flash{Kind: frontend.Done, Text: "Revoked. The link opens nothing any more."})
}

// shareRow is a link as lists have it.
func (s *Server) shareRow(share incident.RetroShare) frontend.ShareRow {
	return frontend.ShareRow{Share: share, State: share.State(s.Now()), Profile: profileWords[redact.Profile(share.Profile)][0]}
}

// sharesPage lists every link, for administrators.
func (s *Server) sharesPage(r *request) (answer, error) {
	links, err := s.AllShares(r.Request.Context(), r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	page := frontend.SharesPage{Shell: r.shell("Shared links", frontend.NavSettings)}
	for _, l := range links {
		row := s.shareRow(l.Share)
		row.Incident, row.Title = l.Incident, l.Title
		page.Links = append(page.Links, row)
	}
	return show(page)
}

func (s *Server) revokeAnyShare(r *request) (answer, error) {
	share, err := s.Store.RetroShare(r.Request.Context(), incident.ID(r.Param("link")))
	if err == nil {
		err = s.RevokeShare(r.Request.Context(), share.Incident, share.ID, r.viewer.Sight())
	}
	if err != nil {
		return answer{}, err
	}
	return goTo(linksPath, frontend.Flash{Kind: frontend.Done, Text: "Revoked. The link opens nothing any more."})
}
