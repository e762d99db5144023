package importers

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// ByTime is where a walk stands that reads several lists one after the other, each sorted by time of change, oldest
// first. That order moves while it is read, so page numbers would lose records: the next page is asked for by the time
// of the last record, and begins with those of that time again. Only where all of a page changed at one instant
// is its link to the next followed. It is the token of a page.
type ByTime struct {
	Part  int       `json:"part,omitempty"` // which list
	Since time.Time `json:"since,omitzero"` // changed then or later
	Done  []string  `json:"done,omitempty"` // ids of those that changed at Since and were read
	Link  string    `json:"link,omitempty"` // of the next page, which is to be asked for instead
	// Unfiltered says that the server ignores the time that it is asked for, as old ones do: links are followed then.
	Unfiltered bool `json:"unfiltered,omitempty"`
	moved      bool // a record of this page is later than Since was
}

// ByTimeOf returns where the page at a place of a listing begins.
func ByTimeOf(at At) (ByTime, error) {
	if at.Token == "" {
		return ByTime{Since: at.From}, nil
	}
	var p ByTime
	if err := json.Unmarshal([]byte(at.Token), &p); err != nil {
		return p, fmt.Errorf("importers: read where the walk stands: %w", err)
	}
	return p, nil
}

// Token returns the place as text.
func (p ByTime) Token() string {
	text, _ := json.Marshal(p) // of numbers, a time and texts: it cannot fail
	return string(text)
}

// Take moves on to a record that was changed at an instant, and reports whether it is yet to be read: those before
// that time, and those of that time that were on another page, are not.
func (p *ByTime) Take(id string, changed time.Time) bool {
	switch {
	case changed.After(p.Since):
		p.Since, p.Done, p.moved = changed.UTC(), nil, true
	case changed.Before(p.Since):
		p.Unfiltered = p.Unfiltered || !p.moved && changed.Before(p.Since.Add(-time.Second))
		return false
	case slices.Contains(p.Done, id):
		return false
	}
	p.Done = append(p.Done, id)
	return true
}

// Next returns the token behind a page whose records were taken. Full says that it held as many as a page may; link
// is its address of the next one. With neither, the next of so many parts follows. Empty: the walk ends.
func (p ByTime) Next(at At, full bool, link string, parts int) string {
	late := !at.To.IsZero() && !p.Since.Before(at.To)
	switch {
	case full && p.moved && !late && !p.Unfiltered:
		p.Link = ""
		return p.Token()
	case link != "" && !late:
		p.Link = link
		return p.Token()
	case p.Part+1 < parts:
		return ByTime{Part: p.Part + 1, Since: at.From}.Token()
	}
	return ""
}

// Made makes the record of an entry; ok is false when the connection does not read it.
type Made func() (rec Record, ok bool, err error)

// Changed reads several lists one after the other, as ByTime walks through them: JSON arrays whose pages link to the next.
type Changed struct {
	Lists []string // what each is called, for rejects
	Full  int      // entries on a page that is full
	// Ask asks for the page where the walk stands: the one that it links to, if it has a link.
	Ask func(p ByTime) (Answer, error)
	// Read returns the id of an entry of a list, when it was changed, and how to make its record if it is yet to be read. An
	// error says why it is none.
	Read func(list int, entry json.RawMessage) (id string, changed time.Time, made Made, err error)
}

// Page reads the page at a place of the listing.
func (c Changed) Page(at At) (s Slice, err error) {
	p, err := ByTimeOf(at)
	if err != nil || p.Part >= len(c.Lists) {
		return s, err
	}
	var entries []json.RawMessage
	a, err := c.Ask(p)
	if err == nil {
		err = a.JSON(&entries)
	}
	if err != nil {
		return s, err
	}
	s.Held = []string{"page " + p.Token()}
	for _, entry := range entries {
		id, changed, made, err := c.Read(p.Part, entry)
		if err != nil {
			s.Reject(c.Lists[p.Part], err.Error(), entry)
			continue
		}
		s.Held = append(s.Held, id)
		if !p.Take(id, changed) {
			continue
		}
		rec, ok, err := made()
		if err != nil {
			return s, err
		}
		if ok {
			s.Records = append(s.Records, rec)
		}
	}
	s.Next = p.Next(at, len(entries) >= c.Full, a.Next(), len(c.Lists))
	return s, nil
}
