package web

import (
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// tellMoment makes moments: of what was written, of events that were marked, or of suggestions; or adds events to one.
func (s *Server) tellMoment(r *request) (answer, error) {
	ctx, id, sight := r.Request.Context(), incident.ID(r.Param("id")), r.viewer.Sight()
	var made []incident.Moment
	var seq incident.Seq
	var err error
	words := "Told."
	switch only := r.PostForm("only"); {
	case only != "":
		made, seq, err = s.tellOne(r, desk.MomentPatch{Events: &[]incident.ID{incident.ID(only)}})
	case r.PostForm("action") == "group":
		patch := desk.MomentPatch{Lane: laneOf(r), Events: marked(r)}
		if title := strings.TrimSpace(r.PostForm("title")); title != "" {
			patch.Title = &title
		}
		if len(*patch.Events) == 0 {
			err = incident.Invalidf("events", "mark the events that tell of the moment first")
			break
		}
		made, seq, err = s.tellOne(r, patch)
	case r.PostForm("action") == "rest":
		var m incident.Moment
		m, seq, err = s.RestOn(ctx, id, incident.ID(r.PostForm("moment")), *marked(r), sight)
		made, words = []incident.Moment{m}, "Added as evidence."
	case r.PostForm("action") == "accept":
		made, seq, err = s.AcceptMoments(ctx, id, r.PostFormArray("accept"), sight)
		words = number(len(made), "moment") + " told. Words and times can be changed."
	default:
		var patch desk.MomentPatch
		if patch, err = momentPatch(r, false); err == nil {
			made, seq, err = s.tellOne(r, patch)
		}
	}
	if err != nil {
		return s.momentFailed(r, "", err)
	}
	s.Wait(ctx, seq)
	return toldAt(r, made, words)
}

func (s *Server) tellOne(r *request, p desk.MomentPatch) ([]incident.Moment, incident.Seq, error) {
	m, seq, err := s.AddMoment(r.Request.Context(), incident.ID(r.Param("id")), p, r.viewer.Sight())
	return []incident.Moment{m}, seq, err
}

// toldAt leads back to where somebody was, with the way to what they made.
func toldAt(r *request, made []incident.Moment, words string) (answer, error) {
	home := frontend.RetroTimelinePath(incident.ID(r.Param("id")))
	flash := frontend.Flash{Kind: frontend.Done, Text: words}
	if len(made) > 0 {
		flash.Link = frontend.Link{Label: "See it", Path: home + "#m-" + string(made[0].ID)}
	}
	back := r.PostForm("back")
	if !localPath(back) {
		back = home
	}
	return goTo(back, flash)
}

// retellMoment changes a moment, takes it out or puts it back.
func (s *Server) retellMoment(r *request) (answer, error) {
	ctx, id, moment, sight := r.Request.Context(), incident.ID(r.Param("id")), incident.ID(r.Param("moment")), r.viewer.Sight()
	var m incident.Moment
	var seq incident.Seq
	var err error
	words := "Saved."
	switch r.PostForm("action") {
	case "remove":
		m, seq, err = s.RemoveMoment(ctx, id, moment, true, sight)
		words = "Removed. It can be put back below what is told."
	case "restore":
		m, seq, err = s.RemoveMoment(ctx, id, moment, false, sight)
		words = "Put back."
	default:
		var patch desk.MomentPatch
		if patch, err = momentPatch(r, true); err == nil {
			m, seq, err = s.ChangeMoment(ctx, id, moment, patch, sight)
		}
	}
	if err != nil {
		return s.momentFailed(r, moment, err)
	}
	s.Wait(ctx, seq)
	a, err := toldAt(r, []incident.Moment{m}, words)
	if !m.RemovedAt.IsZero() {
		a.flash.Link = frontend.Link{Label: "Put it back", Path: frontend.RetroTimelinePath(id) + "#removed"}
	}
	return a, err
}

// momentFailed shows the page again with what was typed and what is wrong with it, or what somebody else wrote meanwhile.
func (s *Server) momentFailed(r *request, moment incident.ID, cause error) (answer, error) {
	var meanwhile *desk.MomentError
	theirs := errors.As(cause, &meanwhile)
	if !theirs && !errors.Is(cause, incident.ErrInvalid) {
		return answer{}, cause
	}
	form := formOf(r.Request.PostForm, cause)
	if theirs {
		form = formOf(r.Request.PostForm, nil)
	}
	page, err := s.timelinePage(r, form, moment)
	if !theirs {
		return answer{page: page, status: http.StatusUnprocessableEntity}, err
	}
	for _, f := range page.Forms() {
		if f.ID == moment {
			f.Meanwhile = meanwhileOf(r, meanwhile)
		}
	}
	return answer{page: page, status: http.StatusConflict}, err
}

// meanwhileOf lists what somebody else wrote, with times in the viewer's zone.
func meanwhileOf(r *request, e *desk.MomentError) []incident.FieldChange {
	var out []incident.FieldChange
	for _, f := range e.Fields {
		after := desk.MomentWords(e.Now, f)
		if f == "at" {
			after = e.Now.At.In(r.zone()).Format("2 Jan 2006, 15:04:05 MST")
		}
		out = append(out, incident.FieldChange{Field: f, After: after})
	}
	return out
}

func marked(r *request) *[]incident.ID {
	out := []incident.ID{}
	for _, e := range r.PostFormArray("events") {
		out = append(out, incident.ID(e))
	}
	return &out
}

func laneOf(r *request) *incident.MomentLane {
	lane := incident.MomentLane(r.PostForm("lane"))
	return &lane
}

// momentPatch reads the form of a moment. Of one that is changed it leaves out what stands there as the form was drawn, so that what others
// write of those fields meanwhile stays.
func momentPatch(r *request, change bool) (desk.MomentPatch, error) {
	text := func(name string) *string { t := r.PostForm(name); return &t }
	p := desk.MomentPatch{Lane: laneOf(r), Title: text("title"), Text: text("text"), KnownThen: text("known_then"), Events: marked(r), AccountOf: incident.ID(r.PostForm("account_of"))}
	asks := r.PostForm("question") == "on"
	p.Question = &asks
	at, err := localTime(r.PostForm("at"), r.zone())
	if err != nil {
		return p, err
	}
	p.At = &at
	minutes, err := strconv.Atoi(strings.ReplaceAll(r.PostForm("about"), ",", ""))
	if err != nil {
		return p, incident.Invalidf("about", "%q is not a number of minutes", r.PostForm("about"))
	}
	about := time.Duration(minutes) * time.Minute
	p.About = &about
	if !change {
		return p, nil
	}
	if p.Version, err = strconv.Atoi(r.PostForm("version")); err != nil {
		return p, incident.Invalidf("version", "%q is not a version", r.PostForm("version"))
	}
	same := func(name string) bool {
		return baseOf(r.Request.PostForm, name) == r.PostForm("base_"+name)
	}
	for name, drop := range map[string]func(){"at": func() { p.At = nil }, "about": func() { p.About = nil }, "lane": func() { p.Lane = nil }, "title": func() { p.Title = nil },
		"text": func() { p.Text = nil }, "known_then": func() { p.KnownThen = nil }, "question": func() { p.Question = nil }, "events": func() { p.Events = nil }} {
		if same(name) {
			drop()
		}
	}
	return p, nil
}

// momentInputs are the fields of the form of a moment, each with what it sends while nobody has changed it.
func momentInputs(m frontend.MomentForm, zone *time.Location) url.Values {
	v := url.Values{"at": {m.Moment.At.In(zone).Format("2006-01-02T15:04:05")}, "about": {strconv.Itoa(int(m.Moment.About.Minutes()))}, "lane": {string(m.Moment.Lane)},
		"title": {m.Moment.Title}, "text": {m.Moment.Text}, "known_then": {m.Moment.KnownThen}}
	if m.Moment.Question {
		v.Set("question", "on")
	}
	for _, e := range m.Evidence {
		v.Add("events", string(e.ID))
	}
	return v
}

// baseOf is a fingerprint of what a field of a form says, the same for texts that differ in nothing but line ends and spaces around them.
func baseOf(values url.Values, name string) string {
	h := fnv.New64a()
	said := slices.Clone(values[name])
	if name == "at" && len(said) == 1 && len(said[0]) == len("2006-01-02T15:04") {
		said[0] += ":00" // browsers leave seconds out that are none
	}
	for _, v := range said {
		fmt.Fprintf(h, "%q", strings.TrimSpace(strings.ReplaceAll(v, "\r\n", "\n")))
	}
	if len(said) == 0 {
		fmt.Fprint(h, `""`)
	}
	return strconv.FormatUint(h.Sum64(), 36)
}
