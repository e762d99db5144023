package importers

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
)

// Scope is what a connection's credentials reach.
type Scope struct {
	Identity string   // as whom the source knows us: "Reporting key (read-only)"
	Reach    []string // what can be seen: projects, services, teams
	Notes    []string // what is missing or odd, and what to do about it
}

// Sees adds something that can be seen, on one line.
func (s *Scope) Sees(format string, args ...any) {
	s.Reach = append(s.Reach, Line(fmt.Sprintf(format, args...)))
}

// Note adds what is missing or odd.
func (s *Scope) Note(format string, args ...any) {
	s.Notes = append(s.Notes, fmt.Sprintf(format, args...))
}

// Try asks for one of the things that a connection names, such as a repository, and decodes the answer. Where the source
// answers that it is not there, or may not be seen, there is the note instead, and seen is false.
func (s *Scope) Try(ctx context.Context, in Input, path string, query url.Values, answer any, note string) (seen bool, err error) {
	err = in.Get(ctx, path, query, answer)
	if HasStatus(err, http.StatusNotFound, http.StatusForbidden) {
		s.Note("%s", note)
		return false, nil
	}
	return err == nil, err
}
