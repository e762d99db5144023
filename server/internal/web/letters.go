package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/reports"
)

const (
	lettersPath     = "/imports/letters"
	lettersShown    = 100
	lettersLooked   = 1000 // newest ones among which those of one stage are looked for
	lettersExported = 10_000
)

// stages are where a record can fail, in the order of an import.
var stages = []frontend.Choice{{Value: "", Label: "All"}, {Value: "read", Label: "Not readable"}, {Value: "map", Label: "Not mapped"}, {Value: "store", Label: "Not stored"}}

func (s *Server) letters(r *request) (answer, error) {
	page, err := s.lettersPage(r)
	return answer{page: page}, err
}

func (s *Server) lettersPage(r *request) (frontend.LettersPage, error) {
	ctx := r.Request.Context()
	connection, stage := incident.ID(r.Query("connection")), r.Query("stage")
	page := frontend.LettersPage{Shell: r.shell("Rejected records", frontend.NavImports, importsCrumb), MayEdit: s.mayEdit(r),
		Exports: []frontend.Link{{Label: "CSV", Path: lettersAddress(lettersPath+".csv", connection, stage)}}}
	for _, c := range stages {
		c.On, c.Count, c.Path = c.Value == stage, -1, lettersAddress(lettersPath, connection, c.Value)
		page.Stages = append(page.Stages, c)
	}
	found, err := s.lettersAt(ctx, r, connection, stage, lettersLooked)
	if err != nil {
		return page, err
	}
	if page.Total = len(found); stage == "" {
		if page.Total, err = s.waiting(ctx, connection); err != nil {
			return page, err
		}
	}
	if len(found) == 0 && stage != "" {
		page.Empty = frontend.Empty{Kind: frontend.NothingMatches, Text: "No record waits at this stage."}
	}
	page.Letters, err = s.letterRows(ctx, found[:min(len(found), lettersShown)])
	return page, err
}

func lettersAddress(path string, connection incident.ID, stage string) string {
	v := url.Values{}
	if connection != "" {
		v.Set("connection", string(connection))
	}
	if stage != "" {
		v.Set("stage", stage)
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

// lettersAt returns the newest waiting letters, of one stage or all.
func (s *Server) lettersAt(ctx context.Context, r *request, connection incident.ID, stage string, limit int) ([]incident.DeadLetter, error) {
	found, err := s.Store.DeadLetters(ctx, connection, limit)
	if err == nil {
		found, err = s.OpenLetters(ctx, found, r.viewer.Sight())
	}
	return slices.DeleteFunc(found, func(l incident.DeadLetter) bool { return stage != "" && l.Stage != stage }), err
}

// waiting counts the dead letters of a connection, or of all.
func (s *Server) waiting(ctx context.Context, connection incident.ID) (int, error) {
	tallies, err := s.Store.Tallies(ctx)
	if connection != "" {
		return tallies[connection].Waiting, err
	}
	n := 0
	for _, t := range tallies {
		n += t.Waiting
	}
	return n, err
}

func (s *Server) letterRows(ctx context.Context, letters []incident.DeadLetter) ([]frontend.LetterRow, error) {
	names, err := s.connectionNames(ctx)
	return each(letters, func(l incident.DeadLetter) frontend.LetterRow {
		return frontend.LetterRow{Letter: l, Connection: frontend.Link{Label: names[l.Connection], Path: frontend.ConnectionPath(l.Connection)}}
	}), err
}

// exportLetters writes the letters as CSV, in which a spreadsheet runs no formula.
func (s *Server) exportLetters(r *request) (answer, error) {
	ctx := r.Request.Context()
	found, err := s.lettersAt(ctx, r, incident.ID(r.Query("connection")), r.Query("stage"), lettersExported)
	if err != nil {
		return answer{}, err
	}
	names, err := s.connectionNames(ctx)
	if err != nil {
		return answer{}, err
	}
	t := reports.Table{ID: "rejected-records", Title: "Rejected records", Source: reports.Source{N: len(found), AsOf: s.Live.Seq()},
		Columns: []reports.Column{{Key: "connection", Title: "Connection", Unit: reports.Text}, {Key: "stage", Title: "Stage", Unit: reports.Text},
			{Key: "place", Title: "Place", Unit: reports.Text}, {Key: "record", Title: "Record", Unit: reports.Text},
			{Key: "reason", Title: "Reason", Unit: reports.Text}, {Key: "first_seen_at", Title: "First seen", Unit: reports.Instant},
			{Key: "times", Title: "Times", Unit: reports.Count}, {Key: "body", Title: "Text", Unit: reports.Text}}}
	for _, l := range found {
		t.Rows = append(t.Rows, []reports.Cell{reports.Str(names[l.Connection]), reports.Str(l.Stage), reports.Str(l.Place), reports.Str(l.ExternalID),
			reports.Str(l.Reason), {Time: l.FirstSeen}, reports.Num(float64(l.Count)), reports.Str(l.Body)})
	}
	return tableFile(r, t)
}

// retryLetter tries a letter again: as it was received, or with the text that the form sends.
func (s *Server) retryLetter(r *request) (answer, error) {
	ctx := r.Request.Context()
	letter, err := s.letter(r)
	if err != nil {
		return answer{}, err
	}
	// A browser sends every line end as two characters.
	text, sent := r.GetPostForm("body")
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if sent && text != strings.ReplaceAll(letter.Body, "\r\n", "\n") {
		err = s.Repair(ctx, *letter, text, r.viewer.Name)
	} else {
		text = letter.Body
		err = s.Retry(ctx, *letter, r.viewer.Name)
	}
	switch {
	case errors.Is(err, incident.ErrInvalid):
		return s.lettersAgain(r, *letter, text, err)
	case errors.Is(err, incident.ErrConflict):
		return goTo(r.back(), frontend.Flash{Kind: frontend.Warn, Text: "This connection is importing just now. Try again when it is done; nothing was changed."})
	case err != nil:
		return answer{}, err
	}
	if err := s.seeAll(ctx); err != nil {
		return answer{}, err
	}
	return goTo(r.back(), frontend.Flash{Kind: frontend.Done, Text: "The record is imported."})
}

// lettersAgain shows the letter with the text that was sent and what is still wrong with it, above the others.
func (s *Server) lettersAgain(r *request, letter incident.DeadLetter, text string, cause error) (answer, error) {
	page, err := s.lettersPage(r)
	if err != nil {
		return answer{}, err
	}
	letter.Body, letter.Reason = text, message(cause)
	rows, err := s.letterRows(r.Request.Context(), []incident.DeadLetter{letter})
	if err != nil {
		return answer{}, err
	}
	page.Letters = append(rows, slices.DeleteFunc(page.Letters, func(x frontend.LetterRow) bool { return x.Letter.ID == letter.ID })...)
	page.Flash = append(page.Flash, frontend.Flash{Kind: frontend.Fail, Text: "It still cannot be imported: " + letter.Reason})
	page.Path = r.back()
	return answer{page: page, status: http.StatusUnprocessableEntity}, nil
}

// letter is the letter of the address, if the viewer may see it.
func (s *Server) letter(r *request) (*incident.DeadLetter, error) {
	letter, err := s.Store.DeadLetter(r.Request.Context(), incident.ID(r.Param("id")))
	if err != nil {
		return nil, err
	}
	open, err := s.OpenLetters(r.Request.Context(), []incident.DeadLetter{*letter}, r.viewer.Sight())
	if err == nil && len(open) == 0 {
		err = incident.ErrNotFound
	}
	return letter, err
}

func (s *Server) discardLetter(r *request) (answer, error) {
	if _, err := s.letter(r); err != nil {
		return answer{}, err
	}
	if err := s.Discard(r.Request.Context(), incident.ID(r.Param("id"))); err != nil {
		return answer{}, err
	}
	return goTo(r.back(), frontend.Flash{Kind: frontend.Done, Text: "The record is set aside. Reading its source again brings it back."})
}

// back is the page of ours that a form was on.
func (r *request) back() string {
	if path := r.PostForm("back"); localPath(path) {
		return path
	}
	return lettersPath
}
