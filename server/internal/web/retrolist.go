package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

const (
	retrosPath    = "/retrospectives"
	processPath   = "/admin/retrospectives"
	missingShown  = 20
	processLength = 256 << 10 // bytes
)

// retros lists the retrospectives that the viewer may see, and incidents that wait for one.
func (s *Server) retros(r *request) (answer, error) {
	ctx := r.Request.Context()
	v := r.Request.URL.Query()
	all, err := s.ListRetros(ctx, retroQuery(v), r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	page := frontend.RetrosPage{Shell: r.shell("Retrospectives", frontend.NavRetros), MayEdit: r.viewer.MayChange(incident.Write)}
	state, mine := v.Get("state"), v.Get("mine") == "1"
	s.fillRetroFilters(r, &page, v)
	others := url.Values{"team": v["team"], "service": v["service"], "read": v["read"]}
	count := map[incident.RetroState]int{}
	own := 0
	for _, x := range all {
		count[x.State]++
		if x.Owner != "" && x.Owner == r.viewer.User {
			own++
		}
		if state != "" && string(x.State) != state || mine && (x.Owner == "" || x.Owner != r.viewer.User) {
			continue
		}
		row := frontend.RetroRow{Retro: x.Retro, Incident: x.Incident, Late: x.Late(s.Now()), Reach: x.Reach}
		_, row.TooNew = x.Reach.Unread(x.Retro, s.Now())
		page.Rows = append(page.Rows, row)
	}
	page.States = []frontend.Choice{{Label: "All", On: state == "" && !mine, Count: len(all), Path: narrowed(retrosPath, retroParams, others)}}
	for _, st := range incident.RetroStates {
		if count[st] > 0 || string(st) == state {
			page.States = append(page.States, frontend.Choice{Label: capitalized(st.Words()), On: string(st) == state, Count: count[st], Path: narrowed(retrosPath, retroParams, others, "state", string(st))})
		}
	}
	if r.viewer.User != "" {
		page.Mine = frontend.Choice{Label: "Mine", On: mine, Count: own, Path: narrowed(retrosPath, retroParams, others, "mine", "1")}
	}
	if len(all) > 0 || len(page.Chips) > 0 {
		page.Empty.Kind = frontend.NothingMatches
	}
	page.YearsAgo = s.yearsAgo(r, all)
	return answer{page: page}, s.fillMissing(r, &page)
}

// yearsAgo are those of all that were published about this day of earlier years.
func (s *Server) yearsAgo(r *request, all []desk.VisibleRetro) []frontend.RetroYearAgo {
	return each(desk.YearsAgo(all, s.Now().In(r.zone())), func(x desk.RetroYearAgo) frontend.RetroYearAgo {
		return frontend.RetroYearAgo{Title: x.Title, Incident: x.Incident, Years: x.Years, At: x.PublishedAt}
	})
}

func capitalized(words string) string { return strings.ToUpper(words[:1]) + words[1:] }

// fillMissing lists the incidents that wait for a retrospective.
func (s *Server) fillMissing(r *request, page *frontend.RetrosPage) error {
	c, err := s.RetroCompliance(r.Request.Context(), r.viewer.Sight())
	if err != nil {
		return err
	}
	if c.Needed > 0 {
		page.Kept = fmt.Sprintf("%d of %d incidents of the last 90 days that need a retrospective have one, or a decision that none is needed.", c.Needed-len(c.Missing), c.Needed)
		if !c.All {
			page.Kept += " There are more incidents than are read; these are of the latest."
		}
	}
	shown := c.Missing[:min(len(c.Missing), missingShown)]
	page.Waiting = len(c.Missing)
	page.Missing, err = s.rows(r.Request.Context(), r, shown)
	return err
}

func (s *Server) retroProcess(r *request) (answer, error) {
	page, err := s.retroProcessPage(r, frontend.Form{}, "")
	return answer{page: page}, err
}

func (s *Server) retroProcessPage(r *request, form frontend.Form, text string) (frontend.RetroProcessPage, error) {
	page := frontend.RetroProcessPage{Shell: r.shell("Rules for retrospectives", frontend.NavSettings), Process: s.RetroProcess(), Form: form, Text: text}
	for _, f := range incident.RetroFlavours {
		page.Flavours = append(page.Flavours, f.Flavour)
	}
	if text == "" {
		body, err := json.MarshalIndent(page.Process, "", "  ")
		if err != nil {
			return page, err
		}
		page.Text = string(body)
	}
	versions, err := s.Store.PolicyVersions(r.Request.Context(), incident.RetroPolicyID)
	if errors.Is(err, incident.ErrNotFound) {
		return page, nil
	}
	if err == nil && !versions[0].Removed {
		page.Version, page.SavedBy, page.SavedAt = versions[0].Version, versions[0].SavedBy, versions[0].SavedAt
	}
	return page, err
}

func (s *Server) saveRetroProcess(r *request) (answer, error) {
	text := r.PostForm("process")
	p, err := readProcess(r.PostForm("flavour"), text)
	var seq incident.Seq
	if err == nil {
		seq, err = s.SaveRetroProcess(r.Request.Context(), p, r.version(), r.viewer.Name, r.PostForm("note"))
	}
	if errors.Is(err, incident.ErrInvalid) || errors.Is(err, incident.ErrConflict) {
		page, pageErr := s.retroProcessPage(r, formOf(r.Request.PostForm, err), text)
		return answer{page: page, status: http.StatusUnprocessableEntity}, pageErr
	}
	if err != nil {
		return answer{}, err
	}
	s.Wait(r.Request.Context(), seq)
	return goTo(processPath, frontend.Flash{Kind: frontend.Done, Text: "In force. Retrospectives that are begun keep their sections."})
}

func readProcess(flavour, text string) (p incident.RetroProcess, err error) {
	if flavour != "" {
		i := slices.IndexFunc(incident.RetroFlavours, func(f incident.RetroProcess) bool { return f.Flavour == flavour })
		if i < 0 {
			return p, incident.Invalidf("flavour", "%.40q is none of those offered", flavour)
		}
		return incident.RetroFlavours[i], nil
	}
	if len(text) > processLength {
		return p, incident.Invalidf("process", "give at most %d kB", processLength>>10)
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil {
		return p, incident.Invalidf("process", "this cannot be read: %v", err)
	}
	return p, nil
}

// meeting leads through a retrospective, section by section.
func (s *Server) meeting(r *request) (answer, error) {
	page, err := s.meetingPage(r, r.Query("section"), frontend.Form{})
	return answer{page: page}, err
}

func (s *Server) meetingPage(r *request, slug string, form frontend.Form) (frontend.RetroMeetingPage, error) {
	w, err := s.Writing(r.Request.Context(), incident.ID(r.Param("id")), r.viewer.Sight())
	if err != nil {
		return frontend.RetroMeetingPage{}, err
	}
	if len(w.Sections) == 0 {
		return frontend.RetroMeetingPage{}, incident.Invalidf("section", "this retrospective has no section; add one first")
	}
	i := max(0, slices.IndexFunc(w.Sections, func(x incident.RetroSection) bool { return x.Slug == slug }))
	page := frontend.RetroMeetingPage{Shell: r.shell("Meeting: "+w.Title, frontend.NavIncidents, retroCrumbs(w.Incident)...), Incident: w.Incident, Retro: w.Retro, At: i + 1, Of: len(w.Sections),
		Section: w.Sections[i], Prompts: w.Process.Prompts(w.Template, w.Sections[i].Slug),
		MayEdit: r.viewer.MayChange(incident.Write), Form: form}
	if page.Files, err = s.retroFiles(r.Request.Context(), w.Incident.ID); err != nil {
		return page, err
	}
	to := func(x incident.RetroSection) frontend.Link {
		return frontend.Link{Label: x.Title, Path: retroPath(w.Incident.ID) + "/meeting?section=" + queryEscape(x.Slug)}
	}
	if i > 0 {
		page.Before = to(w.Sections[i-1])
	}
	if i < len(w.Sections)-1 {
		page.Behind = to(w.Sections[i+1])
	}
	page.Questions = slices.DeleteFunc(slices.Clone(w.Moments), func(m incident.Moment) bool { return !m.Question })
	page.Unowned = slices.DeleteFunc(slices.Clone(w.Incident.Actions), func(a incident.ActionItem) bool { return a.Owner != "" || a.State != "open" })
	return page, nil
}

// noteMeeting puts a note at the end of a section.
func (s *Server) noteMeeting(r *request) (answer, error) {
	ctx, id, slug := r.Request.Context(), incident.ID(r.Param("id")), r.PostForm("section")
	note := strings.TrimSpace(r.PostForm("note"))
	err := incident.Invalidf("note", "write something to note it")
	if note != "" {
		err = s.AppendNote(ctx, id, slug, "**"+s.Now().In(r.zone()).Format("15:04")+", "+desk.PlainMarkdown(r.viewer.Name)+":** "+note, r.viewer.Sight())
	}
	if errors.Is(err, incident.ErrInvalid) {
		page, err := s.meetingPage(r, slug, formOf(r.Request.PostForm, err))
		return answer{page: page, status: http.StatusUnprocessableEntity}, err
	}
	if err != nil {
		return answer{}, err
	}
	return goTo(retroPath(id)+"/meeting?section="+queryEscape(slug), frontend.Flash{Kind: frontend.Done, Text: "Noted at the end of this section."})
}
