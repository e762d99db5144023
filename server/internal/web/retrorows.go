package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hindsight/frontend"
	"hindsight/importers"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// retroRows shows what the document says that waits for the viewer, or asks for one.
func (s *Server) retroRows(r *request) (answer, error) {
	page, err := s.rowsPage(r, nil, frontend.Form{})
	return answer{page: page}, err
}

// rowsPage shows the document at work with what was chosen of it, or the form's values in place of that.
func (s *Server) rowsPage(r *request, waiting *incident.Intake, form frontend.Form) (frontend.RetroRowsPage, error) {
	ctx, id, sight := r.Request.Context(), incident.ID(r.Param("id")), r.viewer.Sight()
	inc, err := s.Incident(ctx, id, sight)
	if err != nil {
		return frontend.RetroRowsPage{}, err
	}
	page := frontend.RetroRowsPage{Shell: r.shell("Rows out of a document", frontend.NavIncidents, retroCrumbs(inc)...), Incident: inc, Form: form}
	if waiting == nil {
		waiting, err = s.Intake(ctx, id, sight)
		if errors.Is(err, incident.ErrNotFound) {
			page.Own, _, err = s.OwnDocument(ctx, id, sight)
			if errors.Is(err, incident.ErrNotFound) {
				err = nil
			}
			return page, err
		}
		if err != nil {
			return page, err
		}
	}
	if form.Values == nil {
		page.Form.Values = waiting.Choices
	}
	p, err := s.ProposeRows(ctx, id, waiting.Text, rowsZone(r, waiting), sight)
	if err != nil {
		return page, err
	}
	page.Begun, page.Doc = p.Begun, rowsDocument(r, waiting, p, page.Form.Values)
	page.Names = s.FactorNames(id, sight)
	users, err := s.Store.Users(ctx)
	page.Users = each(people(users), func(u incident.User) string { return u.Name })
	return page, err
}

// rowsZone is the zone of times that name none: the one that was said here, or the viewer's.
func rowsZone(r *request, waiting *incident.Intake) *time.Location {
	if name := waiting.Choices.Get("zone"); name != "" {
		if zone, err := importers.Zone(name); err == nil {
			return zone
		}
	}
	return r.zone()
}

func stampOf(i *incident.Intake) string { return string(incident.DeriveID("doc", i.Name, i.Text)) }

func rowsDocument(r *request, i *incident.Intake, p desk.ProposedRows, chosen url.Values) *frontend.RowsDocument {
	doc := &frontend.RowsDocument{Name: i.Name, Stamp: stampOf(i), Zone: p.Zone, ZoneFrom: p.ZoneFrom, AskZone: !strings.HasPrefix(p.ZoneFrom, "line "), New: p.New(), Notes: p.Notes}
	for _, u := range p.Unread {
		lines := each(u.Lines[:min(len(u.Lines), 12)], strconv.Itoa)
		if len(u.Lines) > 12 {
			lines = append(lines, "…")
		}
		what := " lines of the "
		if len(u.Lines) == 1 {
			what = " line of the "
		}
		doc.Unread = append(doc.Unread, fmt.Sprint(len(u.Lines), what, u.Part, " ", u.Why, " (", strings.Join(lines, ", "), ")"))
	}
	rows := proposals(r, p)
	for _, kind := range []struct{ kind, title string }{{"time", "Times that figures are made from"}, {"moment", "Timeline"}, {"factor", "Contributing factors"}, {"action", "Action items"}, {"impact", "Impact, for the section of that name"}, {"section", ""}} {
		g := frontend.RowGroup{Kind: kind.kind, Title: kind.title}
		for _, x := range rows {
			if !strings.HasPrefix(x.row.Key, kind.kind+"-") {
				continue
			}
			row := x.row
			if chosen.Has("stamp") {
				row.Take = chosen.Get(row.Key+"-take") == "on"
			}
			if row.There == desk.AlreadyThere {
				g.There = append(g.There, row)
			} else {
				g.Rows = append(g.Rows, row)
			}
		}
		switch {
		case kind.kind == "section":
			doc.Sections = append(g.Rows, g.There...)
		case len(g.Rows)+len(g.There) > 0:
			doc.Groups = append(doc.Groups, g)
		}
	}
	return doc
}

// longestRows is how long the form with the rows of a document of 1 MB may be, in bytes: most characters take three there.
const longestRows = 8 << 20

// confirmRows chooses a document, keeps what was chosen of it, takes it, or forgets it.
func (s *Server) confirmRows(r *request) (answer, error) {
	ctx, id, sight := r.Request.Context(), incident.ID(r.Param("id")), r.viewer.Sight()
	here := frontend.RetroRowsPath(id)
	wrong := errors.Join(r.Request.ParseForm(), r.Request.ParseMultipartForm(longestRows))
	waiting, err := s.Intake(ctx, id, sight)
	if err != nil && !errors.Is(err, incident.ErrNotFound) {
		return answer{}, err
	}
	if tooLong := (*http.MaxBytesError)(nil); errors.As(wrong, &tooLong) {
		form := frontend.Form{Errors: []frontend.FieldError{{Message: fmt.Sprintf("What was sent is longer than %d MB, so nothing of it was read, written or kept. Go back, take less, or choose a shorter document.", longestRows>>20)}}}
		page, err := s.rowsPage(r, waiting, form)
		return answer{page: page, status: http.StatusRequestEntityTooLarge}, err
	}
	do, sent := r.PostForm("do"), r.Request.PostForm
	if waiting != nil && sent.Has("stamp") && sent.Get("stamp") != stampOf(waiting) && do != "drop" {
		form := frontend.Form{Errors: []frontend.FieldError{{Message: "You chose another document in the meantime. This is what it says."}}}
		page, err := s.rowsPage(r, waiting, form)
		return answer{page: page, status: http.StatusConflict}, err
	}
	switch {
	case do == "drop":
		err := s.DropIntake(ctx, id, sight)
		a, _ := goTo(here, frontend.Flash{Kind: frontend.Done, Text: "Forgotten. Nothing of it was written."})
		return a, err
	case waiting == nil && sent.Has("stamp"):
		return takenBefore(id)
	case waiting != nil && sent.Has("stamp"):
		return s.decideRows(r, waiting, do)
	}
	name, text, err := s.documentOf(r)
	if err == nil {
		err = s.KeepIntake(ctx, id, name, text, nil, sight)
	}
	if errors.Is(err, incident.ErrInvalid) {
		page, wrong := s.rowsPage(r, nil, formOf(sent, err))
		return answer{page: page, status: http.StatusUnprocessableEntity}, wrong
	}
	if err != nil {
		return answer{}, err
	}
	return goTo(here, frontend.Flash{})
}

// takenBefore answers a form that was sent twice.
func takenBefore(id incident.ID) (answer, error) {
	return goTo(retroPath(id), frontend.Flash{Kind: frontend.Warn, Text: "Nothing was written this time: the rows of this document were taken already, or it was forgotten."})
}

// decideRows does what a form says of the document that waits. Where it names another zone than the times were read in, they are read again first.
func (s *Server) decideRows(r *request, waiting *incident.Intake, do string) (answer, error) {
	ctx, id, sight := r.Request.Context(), incident.ID(r.Param("id")), r.viewer.Sight()
	p, err := s.ProposeRows(ctx, id, waiting.Text, rowsZone(r, waiting), sight)
	if err != nil {
		return answer{}, err
	}
	sent := r.Request.PostForm
	zone := strings.TrimSpace(sent.Get("zone"))
	if _, err := importers.Zone(zone); sent.Has("zone") && (err != nil || zone == "") {
		page, err := s.rowsPage(r, waiting, formOf(sent, incident.Invalidf("zone", "%.60q is not the name of a time zone, such as Europe/Berlin or UTC", zone)))
		return answer{page: page, status: http.StatusUnprocessableEntity}, err
	}
	another := sent.Has("zone") && zone != p.Zone
	if another {
		for _, x := range proposals(r, p) {
			for _, f := range x.row.Fields {
				if name := x.row.Key + "-" + f.Name; f.Kind == clockKind && sent.Get(name) == f.Value {
					sent.Del(name) // nobody changed it: it is another time now
				}
			}
		}
	}
	if do == "take" && !another {
		return s.takeRows(r, waiting, p)
	}
	kept := *waiting
	kept.Choices = sent
	if err := s.KeepIntake(ctx, id, kept.Name, kept.Text, sent, sight); err != nil {
		return answer{}, err
	}
	switch {
	case do == "take":
		page, err := s.rowsPage(r, &kept, frontend.Form{Values: sent, Errors: []frontend.FieldError{{Field: "zone", Message: "you named another zone: these are the times in it, and nothing was written yet"}}})
		return answer{page: page, status: http.StatusConflict}, err
	case do == "keep":
		return goTo(frontend.RetroRowsPath(id), frontend.Flash{Kind: frontend.Done, Text: "Kept. It waits here for you, for 30 days."})
	}
	return goTo(frontend.RetroRowsPath(id), frontend.Flash{})
}

// documentOf is the document that a form chooses: a file, a text, or what stands here already.
func (s *Server) documentOf(r *request) (name, text string, err error) {
	if r.PostForm("do") == "own" {
		return s.OwnDocument(r.Request.Context(), incident.ID(r.Param("id")), r.viewer.Sight())
	}
	f, header, err := r.Request.FormFile("file")
	switch {
	case err == nil:
		defer f.Close()
		body, err := io.ReadAll(io.LimitReader(f, maxForm+1))
		if err != nil {
			return "", "", incident.Invalidf("file", "the file could not be read; it may hold at most 1 MB")
		}
		text, err = desk.DocumentText(header.Filename, body)
		return header.Filename, text, err
	case !errors.Is(err, http.ErrMissingFile) && !errors.Is(err, http.ErrNotMultipart):
		return "", "", incident.Invalidf("file", "the file could not be read; it may hold at most 1 MB")
	}
	if strings.TrimSpace(r.PostForm("text")) == "" {
		return "", "", incident.Invalidf("file", "choose a file, or paste a text")
	}
	text, err = desk.DocumentText("", []byte(r.PostForm("text")))
	return "a text that was pasted", text, err
}

// takeRows writes what was chosen of a reading, all of it or nothing.
func (s *Server) takeRows(r *request, waiting *incident.Intake, p desk.ProposedRows) (answer, error) {
	ctx, id, sight := r.Request.Context(), incident.ID(r.Param("id")), r.viewer.Sight()
	sent := r.Request.PostForm
	rows := desk.RowsToTake{Waiting: true}
	form := frontend.Form{Values: sent}
	for _, x := range proposals(r, p) {
		if sent.Get(x.row.Key+"-take") != "on" || x.row.There == desk.AlreadyThere {
			continue
		}
		err := x.take(func(field string) string { return strings.TrimSpace(sent.Get(x.row.Key + "-" + field)) }, &rows)
		var wrong *incident.FieldError
		if errors.As(err, &wrong) {
			form.Errors = append(form.Errors, frontend.FieldError{Field: x.row.Key + "-" + wrong.Field, Message: short(x.row.Title, 80) + ": " + wrong.Message})
		}
	}
	if rows.None() && len(form.Errors) == 0 {
		form.Errors = []frontend.FieldError{{Message: "Choose at least one row or text."}}
	}
	if len(form.Errors) == 0 {
		seq, err := s.TakeRows(ctx, id, rows, sight)
		if err == nil {
			s.Wait(ctx, seq)
			return goTo(retroPath(id), frontend.Flash{Kind: frontend.Done, Text: takenWords(rows)})
		}
		if errors.Is(err, incident.ErrConflict) {
			return takenBefore(id)
		}
		if !errors.Is(err, incident.ErrInvalid) {
			return answer{}, err
		}
		form.Errors = []frontend.FieldError{{Message: err.Error()}}
	}
	// What was chosen waits, even when somebody goes away now.
	if err := s.KeepIntake(ctx, id, waiting.Name, waiting.Text, sent, sight); err != nil {
		return answer{}, err
	}
	kept := *waiting
	kept.Choices = sent
	page, err := s.rowsPage(r, &kept, form)
	return answer{page: page, status: http.StatusUnprocessableEntity}, err
}

// takenWords says what was written.
func takenWords(rows desk.RowsToTake) string {
	var said []string
	for _, x := range []struct {
		n         int
		one, many string
	}{{len(rows.Sections), "text", "texts"}, {len(rows.Milestones), "time", "times"}, {len(rows.Moments), "moment", "moments"}, {len(rows.Factors), "factor", "factors"}, {len(rows.Actions), "action item", "action items"},
		{len(rows.Impacts), "line of impact", "lines of impact"}} {
		if x.n == 1 {
			said = append(said, "1 "+x.one)
		} else if x.n > 1 {
			said = append(said, strconv.Itoa(x.n)+" "+x.many)
		}
	}
	return "Taken: " + strings.Join(said, ", ") + "."
}
