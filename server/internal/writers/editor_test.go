package writers_test

import (
	"encoding/json"
	"math/rand/v2"

	"hindsight/server/internal/coedit"
)

// editor is what a browser's editor does with one text: it shows what was typed at once, and takes in what others wrote below it.
// (Package coedit tries CodeMirror's own code against the same rules.)
type editor struct {
	client  string
	version int
	text    coedit.Text
	unsent  []coedit.Changes
}

// update is one of the protocol's.
type update struct {
	Client  string         `json:"client"`
	Changes coedit.Changes `json:"changes"`
}

// receive takes in the updates that follow a version; those that are known already are skipped. false: there is a gap.
func (e *editor) receive(version int, updates []update) bool {
	if version > e.version {
		return false
	}
	for _, u := range updates[min(e.version-version, len(updates)):] {
		e.version++
		if u.Client == e.client && len(e.unsent) > 0 {
			e.unsent = e.unsent[1:]
			continue
		}
		theirs := u.Changes
		for i, ours := range e.unsent {
			e.unsent[i] = must(ours.Map(theirs, false))
			theirs = must(theirs.Map(ours, true))
		}
		e.text = must(theirs.Apply(e.text))
	}
	return true
}

// insert types something at a random place between two words.
func (e *editor) insert(r *rand.Rand, s string) {
	at := r.IntN(len(e.text) + 1)
	for at > 0 && at < len(e.text) && e.text[at-1] != ' ' {
		at++
	}
	e.change([]any{at, []any{0, s}, len(e.text) - at})
}

// change makes a change; parts that keep nothing are left out.
func (e *editor) change(parts []any) {
	var kept []any
	for _, p := range parts {
		if p != 0 {
			kept = append(kept, p)
		}
	}
	c := must(coedit.ParseChanges(must(json.Marshal(kept))))
	e.unsent, e.text = append(e.unsent, c), must(c.Apply(e.text))
}

func must[V any](v V, err error) V {
	if err != nil {
		panic(err)
	}
	return v
}
