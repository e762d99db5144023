package jobs

import (
	"hindsight/importers"
	"hindsight/incident"
)

const shown = 20 // drafts and dead letters that a dry run shows

// Outcome is what a run did, or, for a dry run, would do.
type Outcome struct {
	incident.Run
	// Changes counts incidents by the field that replaying their records changed, in words.
	Changes map[string]int

	// Of dry runs only:
	Drafts   []importers.Draft     // the first 20
	Letters  []incident.DeadLetter // the first 20
	Coverage []Coverage            // in the order of an incident's fields, then of change events' and rosters' if there are any
}

// Coverage says in how many of the mapped records of a sort a field says anything.
type Coverage struct {
	Field  string
	Filled int
	Of     int
}

// preview gathers what the outcome says beyond the run's row.
type preview struct {
	raws    map[record]*incident.Raw // what a dry run has read, since it stores nothing
	changes map[string]int
	drafts  []importers.Draft
	letters []incident.DeadLetter
	filled  map[string]int
	mapped  map[string]int // drafts that could fill the field
}

func (v *preview) init() {
	v.raws, v.changes = map[record]*incident.Raw{}, map[string]int{}
	v.filled, v.mapped = map[string]int{}, map[string]int{}
}

// remember keeps a version for the rest of a dry run, its body only where later versions add to it.
func (v *preview) remember(raw incident.Raw, body bool) {
	if !body {
		raw.Body = nil
	}
	v.raws[record{raw.Type, raw.ExternalID}] = &raw
}

// note gathers from a batch that was put.
func (v *preview) note(b batch, w *written) {
	for field, n := range w.changes {
		v.changes[field] += n
	}
	if !w.run.DryRun {
		return
	}
	v.letters = append(v.letters, w.letters[:min(len(w.letters), shown-len(v.letters))]...)
	for _, it := range b.items {
		if it.err != nil || it.raw.Gone {
			continue
		}
		if len(v.drafts) < shown {
			v.drafts = append(v.drafts, it.draft)
		}
		for _, f := range fieldsOf(&it.draft) {
			v.mapped[f.name]++
			if f.filled(&it.draft) {
				v.filled[f.name]++
			}
		}
	}
}

func (p *pass) outcome(run incident.Run) Outcome {
	out := Outcome{Run: run, Changes: p.preview.changes}
	if !p.dry {
		return out
	}
	out.Drafts, out.Letters = p.preview.drafts, p.preview.letters
	for _, list := range [][]field{fields(), changeFields(), rosterFields()} {
		for _, f := range list {
			if of := p.preview.mapped[f.name]; of > 0 {
				out.Coverage = append(out.Coverage, Coverage{Field: f.name, Filled: p.preview.filled[f.name], Of: of})
			}
		}
	}
	return out
}
