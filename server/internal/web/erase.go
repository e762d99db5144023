package web

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

const erasePath = "/admin/erase"

// foundShown is how many people a search lists.
const foundShown = 30

// erasePage finds people, shows what erasing one would rewrite, and lists who was erased.
func (s *Server) erasePage(r *request) (answer, error) {
	page, err := s.erasing(r, r.Query("person"), r.Query("also"))
	if err != nil && !errors.Is(err, incident.ErrInvalid) {
		return answer{}, err
	}
	if err != nil {
		page.Form.Errors = formOf(nil, err).Errors
		page.Form.Errors[0].Field = "q"
		return again(page)
	}
	return show(page)
}

// erasing is the page as its parameters have it. Beside ErrInvalid, of somebody who cannot be looked for, it is all but the choice.
func (s *Server) erasing(r *request, person, also string) (frontend.ErasePage, error) {
	ctx := r.Request.Context()
	page := frontend.ErasePage{Shell: r.shell("Erase a person", frontend.NavSettings), Asked: strings.TrimSpace(r.Query("q"))}
	page.Form = formOf(map[string][]string{"q": {page.Asked}, "also": {also}}, nil)
	past, err := s.Store.Erasures(ctx)
	if err != nil {
		return page, err
	}
	users, err := s.Store.Users(ctx)
	if err != nil {
		return page, err
	}
	page.Past = each(past, func(e incident.Erasure) frontend.ErasureRow { return erasureRow(e, users) })
	if page.Asked != "" {
		found, err := s.Whoever(ctx, page.Asked)
		if err != nil {
			return page, err
		}
		page.More = max(0, len(found)-foundShown)
		page.Found = each(found[:len(found)-page.More], foundPerson)
	}
	if strings.TrimSpace(person) == "" {
		return page, nil
	}
	page.Chosen, err = s.choose(r, person, also)
	return page, err
}

func foundPerson(p desk.Somebody) frontend.FoundPerson {
	return frontend.FoundPerson{Name: p.Name, Facts: p.Facts, Path: frontend.ErasurePreviewPath(string(p.ID)), Erased: p.Erased}
}

// choose says who is meant and what erasing them would rewrite.
func (s *Server) choose(r *request, person, also string) (*frontend.EraseChoice, error) {
	ctx := r.Request.Context()
	subject, err := s.Subject(ctx, person, lines(also))
	if err != nil {
		return nil, err
	}
	look, err := s.LookErase(ctx, subject)
	if err != nil {
		return nil, err
	}
	c := &frontend.EraseChoice{Shell: r.shell("Erase a person", frontend.NavSettings), Person: subject.Name, Also: strings.Join(lines(also), "\n"), Name: subject.Called(), Names: subject.Names,
		Notes: subject.Notes, Self: subject.Is(r.viewer.User), Digest: subject.Digest(), Look: lookOf(look.Said, look.Done), Began: look.Began}
	c.Look.Notes, c.Look.CountsAuditLater = nil, !look.Done // the notes are those of the subject, which stand with the names
	c.Look.Accounts = len(subject.Users)
	for _, p := range subject.People {
		c.People = append(c.People, p.Name)
	}
	for _, u := range subject.Users {
		c.Users = append(c.Users, u.Name+", "+string(u.Role))
	}
	return c, nil
}

// eraseLook is the part of the page that says how far the look is.
func (s *Server) eraseLook(r *request) (answer, error) {
	c, err := s.choose(r, r.Query("person"), r.Query("also"))
	if err != nil {
		return answer{}, err
	}
	if c.Look.Done {
		r.Header("HX-Refresh", "true") // now there is something to confirm
	}
	return show(*c)
}

// beginErase erases the person that was looked at, once one of their names was typed.
func (s *Server) beginErase(r *request) (answer, error) {
	ctx := r.Request.Context()
	person, also := r.PostForm("person"), r.PostForm("also")
	subject, err := s.Subject(ctx, person, lines(also))
	switch {
	case err != nil:
	case subject.Digest() != r.PostForm("digest"):
		err = incident.Invalidf("confirm", "who is meant has changed since you looked; nothing is erased. Look at it again, then confirm")
	case !subject.Confirms(r.PostForm("confirm")):
		err = incident.Invalidf("confirm", "that is none of the names; nothing is erased. Type %s", subject.Called())
	}
	var e incident.Erasure
	if err == nil {
		e, err = s.BeginErase(ctx, subject, string(r.viewer.User), true)
	}
	if errors.Is(err, incident.ErrInvalid) {
		page, pageErr := s.erasing(r, person, also)
		if pageErr != nil && !errors.Is(pageErr, incident.ErrInvalid) {
			return answer{}, pageErr
		}
		page.Form = formOf(r.Request.PostForm, err)
		return again(page)
	}
	if err != nil {
		return answer{}, err
	}
	return goTo(frontend.ErasurePath(e.ID), frontend.Flash{Kind: frontend.Done, Text: e.Pseudonym + " takes the place of the person, from now on also in what is imported."})
}

// confirmedErase is beginErase for somebody who has proved who they are; else they go on where they were.
func (s *Server) confirmedErase(r *request) (answer, error) {
	back := erasePath + frontend.EraseChoice{Person: r.PostForm("person"), Also: r.PostForm("also")}.Query()
	return s.confirmed(back, s.beginErase)(r)
}

// erasureLate is after how long without a word an erasure is taken to be interrupted.
const erasureLate = 5 * time.Minute

func (s *Server) erasurePage(r *request) (answer, error) {
	page, err := s.erasure(r)
	return answer{page: page}, err
}

func (s *Server) erasure(r *request) (frontend.ErasurePage, error) {
	ctx := r.Request.Context()
	e, err := s.Erasure(ctx, incident.ID(r.Param("id")))
	if err != nil {
		return frontend.ErasurePage{}, err
	}
	users, err := s.Store.Users(ctx)
	page := frontend.ErasurePage{Shell: r.shell(e.Pseudonym, frontend.NavSettings, frontend.Link{Label: "Erase a person", Path: erasePath}), Row: erasureRow(e, users), Look: lookOf(e.Report, e.State == incident.ErasureDone)}
	if page.Row.Running {
		page.Seen = e.SeenAt()
		page.Late = s.Now().Sub(page.Seen) > erasureLate
	}
	return page, err
}

// erasureProgress is the part of the page that changes while an erasure goes on.
func (s *Server) erasureProgress(r *request) (answer, error) {
	page, err := s.erasure(r)
	if !page.Row.Running {
		r.Header("HX-Refresh", "true")
	}
	return answer{page: frontend.ErasureProgress{ErasurePage: page}}, err
}

// sweepAgain goes through everything again for all who were erased.
func (s *Server) sweepAgain(r *request) (answer, error) {
	id := incident.ID(r.Param("id"))
	if err := s.SweepAgain(r.Request.Context(), id); err != nil {
		return answer{}, err
	}
	return goTo(frontend.ErasurePath(id), frontend.Flash{Kind: frontend.Done, Text: "Everything is gone through again, for all who were erased."})
}

func erasureRow(e incident.Erasure, users []incident.User) frontend.ErasureRow {
	row := frontend.ErasureRow{ID: e.ID, Pseudonym: e.Pseudonym, Running: e.State == incident.ErasureRunning, By: e.By, Begun: e.BegunAt, Ended: e.EndedAt, Rows: e.Report.Rows()}
	if i := slices.IndexFunc(users, func(u incident.User) bool { return string(u.ID) == e.By }); i >= 0 {
		row.By = users[i].Name
	}
	return row
}

// lookOf lays a report out, the places with the most rows first.
func lookOf(r incident.ErasureReport, done bool) frontend.ErasureLook {
	look := frontend.ErasureLook{Done: done, Rows: r.Rows(), Looked: r.Looked, Accounts: r.Accounts, Audit: r.Audit, Notes: r.Notes}
	if r.Step != nil {
		look.Tables, look.Of, look.At = r.Step.Done, r.Step.Of, placeName(r.Step.Table)
	}
	for _, table := range slices.Sorted(maps.Keys(r.Places)) {
		look.Places = append(look.Places, frontend.ErasedPlace{Name: placeName(table), Rows: r.Places[table]})
	}
	slices.SortStableFunc(look.Places, func(a, b frontend.ErasedPlace) int { return b.Rows - a.Rows })
	return look
}

// placeNames are what people call tables whose names say it too briefly; the others are called by their names.
var placeNames = map[string]string{
	"raws": "raw records of sources", "timeline_events": "entries of timelines", "participations": "parts that people took in incidents", "people": "people of sources",
	"edits": "edits of incidents", "dead_letters": "rejected records", "custom_values": "own fields of incidents", "action_items": "action items", "policies": "versions of what was agreed",
	"links": "links of incidents", "factors": "factors", "milestones": "milestones", "problem_events": "history of problems", "problem_management": "management of problems",
	"saved_views": "saved views", "rosters": "on-call rosters", "shifts": "on-call shifts", "runs": "import runs", "pushes": "deliveries that wait", "change_events": "changes", "identities": "accounts elsewhere",
	"provisioned": "what a directory says of users",
}

func placeName(table string) string {
	if name := placeNames[table]; name != "" {
		return name
	}
	return strings.ReplaceAll(table, "_", " ")
}

// exportErasure writes the report of an erasure as JSON. It names nobody.
func (s *Server) exportErasure(r *request) (answer, error) {
	e, err := s.Erasure(r.Request.Context(), incident.ID(r.Param("id")))
	if err != nil {
		return answer{}, err
	}
	body, err := json.MarshalIndent(e.Report, "", "  ")
	return answer{file: &file{name: "erasure.json", contentType: "application/json", body: append(body, '\n'), rows: -1}}, err
}
