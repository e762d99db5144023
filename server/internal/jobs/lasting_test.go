package jobs

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// beside returns u's source with one more collection, "changes", of a single record.
func (u *upstream) beside() importers.Source {
	s := u.source()
	c := s.Collections[0]
	c.Name, c.Fetch = "changes", nil
	c.List = &importers.Listing{Page: func(context.Context, importers.Input, importers.At) (importers.Slice, error) {
		rec := ticket{ID: "build", Title: "A change", Priority: "1", Created: day, Updated: day, Resolved: day}.record()
		rec.At = day
		return importers.Slice{Records: []importers.Record{rec}}, nil
	}}
	s.Collections = append(s.Collections, c)
	s.Permission = "A key of the scope changes.read."
	return s
}

// failing makes a collection's pages fail for as long as *err says so, from the page behind a token on.
func failing(c *importers.Collection, from string, err *error) {
	list := *c.List
	page := list.Page
	list.Page = func(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
		if *err != nil && at.Token >= from {
			return importers.Slice{}, *err
		}
		return page(ctx, in, at)
	}
	c.List = &list
}

// pollOf polls the connection as a source that is not u's own, an hour after the last time.
func (b *bench) pollOf(s importers.Source, run incident.Run) (Outcome, error) {
	b.clock = b.clock.Add(time.Hour)
	r := b.runner(s)
	r.Transport = http.DefaultTransport
	run.Via = viaPoll
	return r.Run(b.Context(), b.conn, run, nil, Options{}, nil)
}

func TestALastingErrorHoldsNoOtherCollection(t *testing.T) {
	b, u := sqliteBench(t), newUpstream(t, tickets(7))
	s := u.beside()
	var err error = &importers.StatusError{Status: http.StatusInternalServerError, Method: "GET", Path: "/tickets"}
	failing(&s.Collections[0], "2", &err) // from the second page on
	out, failure := b.pollOf(s, incident.Run{})
	if failure != nil || out.State != incident.RunPartial || out.New != 4 || !strings.Contains(out.Message, "tickets could not be read") || !strings.Contains(out.Message, "500") {
		t.Fatalf("poll = %s %q %+v, %v; want it partial because of a 500, with a page of tickets and the change", out.State, out.Message, countsOf(out.Run), failure)
	}
	err = nil
	u.change(func() {})
	out, failure = b.pollOf(s, incident.Run{})
	if failure != nil || out.State != incident.RunOK || out.New != 4 {
		t.Errorf("the next poll = %s %q %+v, %v; want it whole, with the 4 other tickets", out.State, out.Message, countsOf(out.Run), failure)
	}
	if !strings.Contains(u.asked[0], "1002") {
		t.Errorf("the next poll begins with %s, want the page behind ticket 1002, where the last one stopped", u.asked[0])
	}
}

// A first import from a day on of which one collection fails at once is taken up from that day on.
func TestWhatCouldNotBeginBeginsWhereItWasTo(t *testing.T) {
	b, u := sqliteBench(t), newUpstream(t, tickets(7))
	s := u.beside()
	var err error = &importers.StatusError{Status: http.StatusBadGateway}
	failing(&s.Collections[0], "", &err)
	if out, failure := b.pollOf(s, incident.Run{Since: day.Add(4 * time.Hour)}); failure != nil || out.State != incident.RunPartial {
		t.Fatalf("poll = %s, %v; want it partial", out.State, failure)
	}
	err = nil
	if out, failure := b.pollOf(s, incident.Run{}); failure != nil || out.New != 5 || !strings.Contains(u.asked[0], "since=2024-03-01T13%3A00%3A00Z") {
		t.Errorf("the next poll = %+v, %v, and asks %q; want the 5 tickets that changed since 13:00", countsOf(out.Run), failure, u.asked)
	}
}

// A run of which nothing can be read has failed, and nobody is asked who does not answer.
func TestNothingReadIsFailure(t *testing.T) {
	b, u := sqliteBench(t), newUpstream(t, nil)
	for name, cause := range map[string]error{
		"every collection fails": &importers.StatusError{Status: http.StatusInternalServerError},
		"nobody answers":         &net.OpError{Op: "dial", Err: errors.New("connection refused")},
	} {
		s, asked := u.beside(), 0
		for i := range s.Collections {
			failing(&s.Collections[i], "", &cause)
			page := s.Collections[i].List.Page
			s.Collections[i].List.Page = func(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
				asked++
				return page(ctx, in, at)
			}
		}
		out, err := b.pollOf(s, incident.Run{})
		if !errors.Is(err, cause) || out.State != incident.RunFailed || name == "nobody answers" && asked != 1 {
			t.Errorf("%s: the poll is %s, %v after %d pages; want it failed", name, out.State, err, asked)
		}
	}
}

// A key that may not read what is beside the main collection is told of once, with the connection.
func TestDeniedCollectionIsANote(t *testing.T) {
	b, u := sqliteBench(t), newUpstream(t, tickets(4))
	s := u.beside()
	var err error = &importers.StatusError{Status: http.StatusForbidden}
	failing(&s.Collections[1], "", &err)
	for range 2 {
		out, failure := b.pollOf(s, incident.Run{})
		if failure != nil || out.State != incident.RunOK || out.Message != "" {
			t.Errorf("poll = %s %q, %v; want it whole for the rest", out.State, out.Message, failure)
		}
		if notes := b.health().Notes; len(notes) != 1 || !strings.Contains(notes[0], "may not read changes") || !strings.Contains(notes[0], "changes.read") {
			t.Errorf("notes = %q, want one that says what the key may not read and what to grant", notes)
		}
	}
	err = nil
	if out, failure := b.pollOf(s, incident.Run{}); failure != nil || out.New != 1 || len(b.health().Notes) != 0 {
		t.Errorf("once it may, the poll = %+v, %v with notes %q; want the change and no note", countsOf(out.Run), failure, b.health().Notes)
	}
	err = &importers.StatusError{Status: http.StatusForbidden}
	failing(&s.Collections[0], "", &err)
	if out, _ := b.pollOf(s, incident.Run{}); out.State != incident.RunFailed || b.health().PausedAt.IsZero() {
		t.Errorf("a poll whose main collection is denied is %s; want it failed, and the connection paused", out.State)
	}
}
