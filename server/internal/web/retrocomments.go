package web

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// retroComments are the threads of a retrospective, for scripts that put them into the page.
func (s *Server) retroComments(r *request) (answer, error) {
	w, err := s.Writing(r.Request.Context(), incident.ID(r.Param("id")), r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	threads, err := s.retroThreads(r.Request.Context(), r, w)
	if err != nil {
		return answer{}, err
	}
	page := frontend.RetroComments{Shell: r.shell("Comments", frontend.NavIncidents), Talks: []frontend.RetroTalk{r.talkOf(w, threads, incident.RetroSection{})}}
	for _, x := range w.Sections {
		page.Talks = append(page.Talks, r.talkOf(w, threads, x))
	}
	return show(page)
}

// rowSections are the sections below which rows of a kind stand.
var rowSections = map[string]string{"moment": "timeline", "factor": "factors", "action": "actions"}

// talkOf is what is said about a section and its rows; about the zero section: what is about the whole, or about what is in no section any more.
func (r *request) talkOf(w *desk.Writing, threads []frontend.RetroThread, x incident.RetroSection) frontend.RetroTalk {
	talk := frontend.RetroTalk{Retro: retroPath(w.Incident.ID), Slug: x.Slug, Title: x.Title, MayEdit: r.viewer.MayChange(incident.Write)}
	for _, t := range threads {
		home := t.Slug
		if kind, _ := t.RowOf(); kind != "" {
			home = rowSections[kind]
		}
		if _, stands := w.Section(home); !stands {
			home = ""
		}
		if home == x.Slug {
			if t.Slug == x.Slug {
				t.Section = "" // it stands there
			}
			talk.Threads = append(talk.Threads, t)
		}
	}
	return talk
}

// openThreads counts the open ones.
func openThreads(threads []frontend.RetroThread) (n int) {
	for _, t := range threads {
		if t.ResolvedAt.IsZero() {
			n++
		}
	}
	return n
}

// retroThreads are the comments as threads, open ones first, each with where its words or its row stand now.
func (s *Server) retroThreads(ctx context.Context, r *request, w *desk.Writing) ([]frontend.RetroThread, error) {
	all, err := s.Comments(ctx, w.Incident.ID, r.viewer.Sight())
	if err != nil {
		return nil, err
	}
	places, err := s.CommentPlaces(ctx, w.Sections, all)
	if err != nil {
		return nil, err
	}
	var out []frontend.RetroThread
	for _, c := range all {
		if c.Answers != "" {
			continue
		}
		t := frontend.RetroThread{RetroComment: c, Own: c.User != "" && c.User == r.viewer.User}
		if x, ok := w.Section(c.Slug); ok {
			t.Section, t.TextVersion = x.Title, x.Version
		}
		if place, ok := places[c.ID]; ok {
			t.From, t.To, t.Gone = place.From, place.To, place.Gone
			t.Stands = !place.Gone
		}
		if c.Row != "" {
			t.About = rowLink(w, c.Row)
			t.Gone = t.About.Path == ""
		}
		for _, a := range all {
			if a.Answers == c.ID {
				t.Answered = append(t.Answered, a)
			}
		}
		out = append(out, t)
	}
	slices.SortStableFunc(out, func(a, b frontend.RetroThread) int {
		return cmp.Compare(resolved(a), resolved(b))
	})
	return out, nil
}

// resolved puts open threads first.
func resolved(t frontend.RetroThread) int {
	if t.ResolvedAt.IsZero() {
		return 0
	}
	return 1
}

// saidIn are the stretches of a section's text that open threads are about.
func saidIn(threads []frontend.RetroThread, slug string) []frontend.Said {
	var out []frontend.Said
	for _, t := range threads {
		if t.Slug == slug && t.Stands && t.ResolvedAt.IsZero() {
			out = append(out, frontend.Said{Comment: t.ID, By: cmp.Or(t.By, "somebody"), From: t.From, To: t.To})
		}
	}
	return out
}

// rowLink leads to a row of the page of a retrospective; without a path when it is not there any more.
func rowLink(w *desk.Writing, row string) frontend.Link {
	kind, key := incident.RetroComment{Row: row}.RowOf()
	link := frontend.Link{Label: kind}
	switch kind {
	case "moment":
		for _, m := range w.Moments {
			if string(m.ID) == key {
				link = frontend.Link{Label: m.Title, Path: "#m-" + key}
			}
		}
	case "factor":
		for _, n := range w.Incident.FactorOutline() {
			if n.Key == key {
				link = frontend.Link{Label: frontend.OutlineRow{FactorNode: n}.Name(), Path: "#" + frontend.FactorAnchor(key)}
			}
		}
	case "action":
		for _, a := range w.Incident.ActionStatements() {
			if a.Key == key {
				link = frontend.Link{Label: a.Title, Path: "#action-" + key}
			}
		}
	}
	return link
}

// rowChoice is the row that an address asks to comment on; zero: none, or one that is not there.
func rowChoice(w *desk.Writing, row string) frontend.Choice {
	if link := rowLink(w, row); link.Path != "" {
		return frontend.Choice{Value: row, Label: link.Label}
	}
	return frontend.Choice{}
}

// fillRowComments puts a way to comment beside each row, and says how many threads are open about it.
func fillRowComments(page *frontend.RetroPage, threads []frontend.RetroThread) {
	open, first := map[string]int{}, map[string]incident.ID{}
	for _, t := range threads {
		if t.Row != "" && t.ResolvedAt.IsZero() {
			open[t.Row]++
			first[t.Row] = cmp.Or(first[t.Row], t.ID)
		}
	}
	said := func(kind, key, label string) *frontend.RowSaid {
		row := kind + ":" + key
		out := &frontend.RowSaid{Row: row, Label: label, Open: open[row], First: first[row]}
		if page.MayEdit {
			out.Path = retroPath(page.Incident.ID) + "?row=" + queryEscape(row) + "#comment"
		}
		return out
	}
	for i := range page.Told.Rows {
		if m := page.Told.Rows[i].Moment; m != nil {
			m.Said = said("moment", string(m.ID), m.Title)
			for j := range m.Accounts {
				m.Accounts[j].Said = said("moment", string(m.Accounts[j].ID), m.Accounts[j].Title)
			}
		}
	}
	for i := range page.Factors.Rows {
		n := &page.Factors.Rows[i]
		n.Said = said("factor", n.Key, n.Name())
	}
	for _, items := range [][]frontend.ActionEntry{page.Actions.Items, page.Actions.Dropped} {
		for i := range items {
			items[i].Said = said("action", items[i].Key, items[i].Title)
		}
	}
}

// addComment takes what somebody says: of the whole, a section, a row, or words. Words come with their place in the Markdown (from, to, at version),
// or as they were read, with how much stands before them.
func (s *Server) addComment(r *request) (answer, error) {
	id := incident.ID(r.Param("id"))
	number := func(name string) int { n, _ := strconv.Atoi(r.PostForm(name)); return n }
	c := incident.RetroComment{Incident: id, Slug: r.PostForm("section"), Row: r.PostForm("row"), Quote: strings.TrimSpace(r.PostForm("quote")), Answers: incident.ID(r.PostForm("answers")),
		Text: r.PostForm("text"), From: number("from"), To: number("to"), TextVersion: number("version")}
	if c.Row != "" {
		c.Slug = ""
	}
	if c.Quote != "" && c.From == c.To && c.Slug != "" {
		text, err := s.SectionText(r.Request.Context(), id, c.Slug, r.viewer.Sight())
		if err != nil {
			return s.retroDone(r, 0, err, "", "")
		}
		if from, to, ok := frontend.ReadMarkdown(text.Text).Find(c.Quote, number("before")); ok {
			c.From, c.To, c.TextVersion = from, to, text.Version
		}
	}
	_, err := s.AddComment(r.Request.Context(), c, r.viewer.Sight())
	return s.retroDone(r, 0, err, "#comments", "Said.")
}

func (s *Server) changeComment(r *request) (answer, error) {
	err := s.ChangeComment(r.Request.Context(), incident.ID(r.Param("id")), incident.ID(r.Param("comment")), r.PostForm("action"), r.viewer.Sight())
	return s.retroDone(r, 0, err, "#comments", map[string]string{"resolve": "Resolved.", "reopen": "Open again.", "remove": "Removed."}[r.PostForm("action")])
}
