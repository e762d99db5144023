package gallery

import (
	"time"

	"hindsight/frontend"
	"hindsight/incident"
)

// erase is the page with a search, a person who was chosen and looked at, and two erasures. The person is made up.
func (w world) erase() frontend.ErasePage {
	shell := w.on("Erase a person", frontend.NavSettings, "/admin/erase?person=per_1")
	look := frontend.ErasureLook{Done: true, Rows: 214, Looked: 48213, Accounts: 1, Audit: 37,
		Places: []frontend.ErasedPlace{{Name: "raw records of sources", Rows: 121}, {Name: "entries of timelines", Rows: 64}, {Name: "incidents", Rows: 29}}}
	name := w.say("Responder One")
	p := frontend.ErasePage{Shell: shell, Asked: w.say("responder"), Chosen: &frontend.EraseChoice{Shell: shell, Person: "per_1", Name: name, Names: []string{name, w.say("One Responder"), "responder.one@example.com"},
		People: []string{name}, Users: []string{"responder.one, editor"}, Notes: []string{`"ro" is too short to be told from other words, and stays`}, Digest: "d", Look: look, Began: w.shell.Now}}
	for i := range w.rows {
		p.Found = append(p.Found, frontend.FoundPerson{Name: w.say("Responder One"), Facts: []string{"user, editor", "responder.one@example.com"}, Path: frontend.ErasurePreviewPath(string(number("per", i))), Erased: i == 3})
	}
	p.Past = []frontend.ErasureRow{w.erasing().Row, w.erasure().Row}
	return p
}

// erasure is one that is done.
func (w world) erasure() frontend.ErasurePage {
	row := frontend.ErasureRow{ID: "era_1", Pseudonym: "Erased person 4f2a81c0", By: "admin", Begun: w.shell.Now.Add(-48 * time.Hour), Ended: w.shell.Now.Add(-47 * time.Hour), Rows: 214}
	look := w.lookOf()
	look.Done, look.Notes = true, []string{"backups that were made before still hold the person: delete them, or run hindsight erase --again after restoring one"}
	return frontend.ErasurePage{Shell: w.on(row.Pseudonym, frontend.NavSettings, frontend.ErasurePath(row.ID), frontend.Link{Label: "Erase a person", Path: "/admin/erase"}), Row: row, Look: look}
}

// erasing is one that goes on, of which nothing was heard for some minutes.
func (w world) erasing() frontend.ErasurePage {
	p := w.erasure()
	p.Row.ID, p.Row.Running, p.Row.Ended = incident.ID("era_2"), true, time.Time{}
	p.Look = w.lookOf()
	p.Look.Tables, p.Look.Of, p.Look.At = 31, 42, "raw records of sources"
	p.Seen, p.Late = w.shell.Now.Add(-10*time.Minute), true
	return p
}

func (w world) lookOf() frontend.ErasureLook {
	return frontend.ErasureLook{Rows: 214, Looked: 48213, Accounts: 1, Audit: 37,
		Places: []frontend.ErasedPlace{{Name: "raw records of sources", Rows: 121}, {Name: "entries of timelines", Rows: 64}, {Name: "incidents", Rows: 29}}}
}
