package desk

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"hindsight/incident"
)

// FactorSuggestion is a factor of similar incidents that this one does not have. It is none before a person accepts it.
type FactorSuggestion struct {
	incident.Factor
	From []*incident.Incident // most similar first
}

const (
	factorsFrom      = 8 // similar incidents that are looked at
	factorsSuggested = 8
)

// SuggestFactors proposes what led to the incidents that are most similar to one, as far as the viewer sees them: those of several first, then those that a
// person vouches for. What the incident has already, or had rejected, is not proposed.
func (d *Desk) SuggestFactors(ctx context.Context, inc *incident.Incident, sight incident.Sight) ([]FactorSuggestion, error) {
	has := map[string]bool{}
	for _, x := range inc.FactorStatements() {
		has[d.factorName(x.Category, x.Text)] = true
	}
	found := d.Similar.Similar(inc.ID, factorsFrom, sight)
	var out []FactorSuggestion
	for _, m := range append(found.Again, found.Before...) {
		other, err := d.Store.Incident(ctx, m.ID)
		if errors.Is(err, incident.ErrNotFound) || err == nil && (!other.SeenBy(sight) || other.Private && !inc.Private) {
			continue // words of a private incident go into no public one
		}
		if err != nil {
			return nil, err
		}
		for _, f := range other.Factors {
			if name := d.factorName(f.Category, f.Text); (f.Role == "trigger" || f.Role == "contributing") && !has[name] {
				out = d.suggestFrom(out, name, f, other)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b FactorSuggestion) int {
		return cmp.Or(len(b.From)-len(a.From), claimed(a.Factor)-claimed(b.Factor))
	})
	return out[:min(len(out), factorsSuggested)], nil
}

// suggestFrom adds a factor of an incident to those that are proposed.
func (d *Desk) suggestFrom(all []FactorSuggestion, name string, f incident.Factor, of *incident.Incident) []FactorSuggestion {
	i := slices.IndexFunc(all, func(x FactorSuggestion) bool { return d.factorName(x.Category, x.Text) == name })
	if i < 0 {
		return append(all, FactorSuggestion{f, []*incident.Incident{of}})
	}
	if !slices.Contains(all[i].From, of) {
		all[i].From = append(all[i].From, of)
	}
	if all[i].Claimed && !f.Claimed {
		all[i].Factor = f
	}
	return all
}

func claimed(f incident.Factor) int {
	if f.Claimed {
		return 1
	}
	return 0
}

// factorName is what figures count a factor by: all names of one category are one.
func (d *Desk) factorName(category, text string) string {
	return d.Live.Snapshot().Taxonomy().Fold(cmp.Or(category, text))
}
