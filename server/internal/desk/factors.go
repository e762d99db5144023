package desk

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/search/suggest"
	"hindsight/server/internal/query"
)

// FactorVerdict is what a person says of a factor of an incident.
type FactorVerdict struct {
	Key    string // of the factor; empty for add
	Action string // one of FactorActions
	// For reword and add.
	Role, Category, Text, About string
	FactorDetail
}

// FactorDetail is what can be said of a factor beside its words; nil leaves it as it is.
type FactorDetail struct {
	Evidence, Confidence, Before, Also *string
	Parent                             *string // the key of the factor that it made possible; empty: it led to the incident itself
	From                               *string // ids of the incidents whose factor it was suggested by, with spaces between them
}

func (f FactorDetail) apply(s *incident.FactorSays) {
	text := func(from, to *string) {
		if from != nil {
			*to = strings.TrimSpace(strings.ReplaceAll(*from, "\r\n", "\n"))
		}
	}
	text(f.Evidence, &s.Evidence)
	text(f.Confidence, (*string)(&s.Confidence))
	text(f.Before, (*string)(&s.Before))
	text(f.Also, &s.Also)
	text(f.From, &s.From)
	if text(f.Parent, &s.Parent); f.Parent != nil {
		s.Place = 0 // behind those that are there
	}
}

// FactorActions lists what a FactorVerdict can do; undo takes back the last of the others about one factor; in, out, up and down move one
// in the outline; place says which factor it made possible, and says nothing else.
var FactorActions = []string{"confirm", "reject", "reword", "add", "undo", "in", "out", "up", "down", "place"}

// JudgeFactor applies a verdict about a factor of an incident that the viewer may see, in the name of by. Imports keep it.
func (d *Desk) JudgeFactor(ctx context.Context, id incident.ID, v FactorVerdict, by string, sight incident.Sight) (*incident.Incident, incident.Seq, error) {
	inc, err := d.Incident(ctx, id, sight)
	if err != nil {
		return nil, 0, err
	}
	if err := d.suggestedBy(ctx, v, inc, sight); err != nil {
		return nil, 0, err
	}
	own := string(incident.NewID("fac"))
	var out *incident.Incident
	seq, err := d.Store.Update(ctx, func(tx incident.Tx) (err error) {
		if out, err = seenIn(tx, id, sight); err != nil {
			return err
		}
		if err := v.apply(out, own, by, d.Now().UTC()); err != nil {
			return err
		}
		return tx.PutIncidents([]*incident.Incident{out})
	})
	return out, seq, err
}

// suggestedBy refuses a factor of incidents that the viewer does not see, or whose words do not belong into this one; see SuggestFactors.
func (d *Desk) suggestedBy(ctx context.Context, v FactorVerdict, inc *incident.Incident, sight incident.Sight) error {
	if v.From == nil {
		return nil
	}
	for _, from := range strings.Fields(*v.From) {
		other, err := d.Incident(ctx, incident.ID(from), sight)
		if errors.Is(err, incident.ErrNotFound) || err == nil && other.Private && !inc.Private {
			return incident.Invalidf("from", "there is no incident %.40q that this could be taken from", from)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// apply says of the factors of an incident what the verdict does. own is the key of a new one.
func (v FactorVerdict) apply(inc *incident.Incident, own, by string, at time.Time) error {
	words := incident.FactorSays{State: incident.FactorConfirmed, Role: v.Role, Category: strings.TrimSpace(v.Category), Text: strings.TrimSpace(v.Text), About: strings.TrimSpace(v.About)}
	if v.Action == "add" {
		v.FactorDetail.apply(&words)
		if err := v.within(inc); err != nil {
			return err
		}
		return inc.EditFactor(own, words, by, at)
	}
	if v.Action == "undo" {
		return inc.UndoFactor(v.Key, by, at)
	}
	all := inc.FactorStatements()
	i := slices.IndexFunc(all, func(x incident.FactorStatement) bool { return x.Key == v.Key })
	if i < 0 {
		return incident.Invalidf("factor", "this incident has no factor %q any more; load it again", v.Key)
	}
	says := all[i].FactorSays
	switch v.Action {
	case "confirm":
		says.State = incident.FactorConfirmed
	case "reject":
		says.State = incident.FactorRejected
	case "reword":
		says.State, says.Role, says.Category, says.Text, says.About = words.State, words.Role, words.Category, words.Text, words.About
		v.FactorDetail.apply(&says)
	case "place":
		FactorDetail{Parent: v.Parent, Also: v.Also}.apply(&says)
	case "in", "out", "up", "down":
		moved, ok := inc.MoveFactor(v.Key, v.Action)
		if !ok {
			return incident.Invalidf("action", "it cannot be moved there")
		}
		says = moved
	default:
		return incident.Invalidf("action", "%q is not one of %v", v.Action, FactorActions)
	}
	if err := v.within(inc); err != nil {
		return err
	}
	return inc.EditFactor(v.Key, says, by, at)
}

// within refuses a factor below one that there is not, below itself, or below one that it is above.
func (v FactorVerdict) within(inc *incident.Incident) error {
	if v.Parent == nil || *v.Parent == "" {
		return nil
	}
	outline := inc.FactorOutline()
	up := map[string]string{}
	for _, n := range outline {
		up[n.Key] = n.Up
	}
	if _, ok := up[*v.Parent]; !ok {
		return incident.Invalidf("parent", "this incident has no factor %.80q any more; load it again", *v.Parent)
	}
	for at := *v.Parent; at != "" && v.Key != ""; at = up[at] {
		if at == v.Key {
			return incident.Invalidf("parent", "a factor cannot have made itself possible")
		}
	}
	return nil
}

const namesOffered = 30

// FactorNames are what factors of an incident may be called: what is guessed for it first, then what was agreed on, then what contributed to several others.
func (d *Desk) FactorNames(id incident.ID, sight incident.Sight) []string {
	var out []string
	for _, x := range d.Suggest.Suggest(id) {
		if x.Kind == suggest.Category {
			out = append(out, x.Value)
		}
	}
	for _, c := range d.Live.Snapshot().Taxonomy().Categories {
		if !slices.Contains(out, c.Name) {
			out = append(out, c.Name)
		}
	}
	for _, f := range d.Live.Snapshot().SharedFactors(analytics.Query{Now: d.Now().UTC(), Sight: sight}).Factors {
		if len(out) < namesOffered && !slices.Contains(out, f.Name) {
			out = append(out, f.Name)
		}
	}
	return out
}

// mostClaimed is how many incidents are read for the list of claimed factors; they are the longest.
const mostClaimed = 500

// Claims is what sources and documents say contributed, and nobody here has judged.
type Claims struct {
	Groups    []Claim // those that stand for most time first
	Incidents int     // with such factors, perhaps; those of Groups are among the first Read of them, the longest first
	Read      int
}

// Claim is factors of one name.
type Claim struct {
	Name       string
	Took       time.Duration // of its incidents, added up: as long as users suffered, else as long as the record was open
	Unmeasured int           // incidents of which nobody knows how long
	Items      []ClaimedFactor
}

// ClaimedFactor is a factor of one incident.
type ClaimedFactor struct {
	Incident  *incident.Incident // with what figures are made from
	Statement incident.FactorStatement
	Took      time.Duration // 0 unless Known
	Known     bool
}

// ClaimedFactors lists what is claimed of the incidents that q selects, by name, by how much time it stands for.
func (d *Desk) ClaimedFactors(ctx context.Context, q query.Query, sight incident.Sight) (Claims, error) {
	a, err := d.Figures(ctx, q, sight)
	if err != nil {
		return Claims{}, err
	}
	cases := d.Live.Snapshot().ClaimedCases(a)
	out := Claims{Incidents: len(cases)}
	cases = cases[:min(len(cases), mostClaimed)]
	out.Read = len(cases)
	ids := make([]incident.ID, len(cases))
	for i, c := range cases {
		ids[i] = c.ID
	}
	incs, err := d.Store.Facts(ctx, ids)
	if err != nil {
		return out, err
	}
	byID := map[incident.ID]*incident.Incident{}
	for _, inc := range incs {
		if inc.SeenBy(sight) {
			byID[inc.ID] = inc
		}
	}
	groups := map[string]*Claim{}
	var order []string
	for _, c := range cases {
		inc := byID[c.ID]
		if inc == nil {
			continue
		}
		for _, x := range inc.FactorStatements() {
			if x.State != incident.FactorClaimed {
				continue
			}
			name := cmp.Or(x.Category, x.Text)
			key := d.factorName(x.Category, x.Text)
			if groups[key] == nil {
				groups[key], order = &Claim{Name: name}, append(order, key)
			}
			groups[key].add(ClaimedFactor{inc, x, c.Took, c.Known})
		}
	}
	for _, key := range order {
		out.Groups = append(out.Groups, *groups[key])
	}
	slices.SortStableFunc(out.Groups, func(a, b Claim) int {
		return cmp.Or(cmp.Compare(b.Took, a.Took), cmp.Compare(len(b.Items), len(a.Items)))
	})
	return out, nil
}

// add puts a factor into its group. An incident that names it twice counts once.
func (c *Claim) add(x ClaimedFactor) {
	again := slices.ContainsFunc(c.Items, func(o ClaimedFactor) bool { return o.Incident.ID == x.Incident.ID })
	c.Items = append(c.Items, x)
	switch {
	case again:
	case x.Known:
		c.Took += x.Took
	default:
		c.Unmeasured++
	}
}
