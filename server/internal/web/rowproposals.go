package web

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"hindsight/frontend"
	"hindsight/importers"
	"hindsight/importers/postmortem"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// proposal is a row of the page, with how it is taken from the form.
type proposal struct {
	row  frontend.RowProposal
	take func(get func(field string) string, into *desk.RowsToTake) error
}

const (
	clockInput = "2006-01-02T15:04"
	clockKind  = "datetime-local"
)

// proposer makes proposals of a reading. A row's key says its kind and line, so that choices stay with it.
type proposer struct {
	zone *time.Location // of the viewer
	out  []proposal
	seen map[string]int
}

// proposals are the rows that a reading proposes, in its order.
func proposals(r *request, p desk.ProposedRows) []proposal {
	b := proposer{zone: r.zone(), seen: map[string]int{}}
	b.times(p)
	b.moments(p)
	b.factors(p)
	b.actions(p)
	b.impacts(p)
	b.sections(p)
	return b.out
}

func (b *proposer) add(kind, title, there string, f postmortem.Found, fields []frontend.RowField, take func(get func(string) string, into *desk.RowsToTake) error) *frontend.RowProposal {
	key := kind + "-" + strconv.Itoa(f.Line)
	if b.seen[key]++; b.seen[key] > 1 {
		key += "." + strconv.Itoa(b.seen[key])
	}
	place := "line " + strconv.Itoa(f.Line)
	if f.LastLine > f.Line {
		place = "lines " + strconv.Itoa(f.Line) + " to " + strconv.Itoa(f.LastLine)
	}
	quote := f.Quote
	if len(quote) > 1200 {
		quote = strings.ToValidUTF8(quote[:1200], "") + " …"
	}
	b.out = append(b.out, proposal{frontend.RowProposal{Key: key, Title: title, Take: f.Sure && there == "", Sure: f.Sure, There: there, Quote: quote, Place: place, Why: f.Rule, Doubt: f.Doubt, Fields: fields}, take})
	return &b.out[len(b.out)-1].row
}

func (b *proposer) at(name, label string, t time.Time) frontend.RowField {
	return frontend.RowField{Name: name, Label: label + " (" + b.zone.String() + ")", Kind: clockKind, Value: t.In(b.zone).Format(clockInput)}
}

// times proposes milestones.
func (b *proposer) times(p desk.ProposedRows) {
	for i, x := range p.Milestones {
		precision := frontend.RowField{Name: "precision", Label: "Precision", Kind: "select", Value: string(x.Precision), Options: each(incident.Precisions, func(p incident.Precision) frontend.Choice {
			return frontend.Choice{Value: string(p), Label: string(p)}
		})}
		b.add("time", capital(strings.ReplaceAll(string(x.Name), "_", " ")), p.There.Milestones[i], x.Found, []frontend.RowField{b.at("at", "At", x.At), precision}, func(get func(string) string, into *desk.RowsToTake) error {
			when, err := clockOf(get("at"), x.At, b.zone)
			reason := fmt.Sprintf("line %d of a document: %s", x.Line, importers.Line(x.Quote))
			into.Milestones = append(into.Milestones, desk.MilestonePatch{Name: string(x.Name), At: when, Precision: get("precision"), Reason: strings.ToValidUTF8(reason[:min(len(reason), 900)], "")})
			return err
		})
	}
}

// moments proposes entries of the timeline.
func (b *proposer) moments(p desk.ProposedRows) {
	for i, x := range p.Moments {
		text := x.Text
		if !x.Until.IsZero() {
			text = strings.TrimSpace("Until " + x.Until.Format("15:04 MST") + ".\n\n" + text)
		}
		rests := p.Rests[i]
		fields := []frontend.RowField{{Name: "title", Label: "What happened", Kind: "text", Value: x.Title, Max: 500, Wide: true}, b.at("at", "At", x.At), {Name: "about", Label: "Give or take, minutes", Kind: "number", Value: strconv.Itoa(int(x.About.Minutes()))},
			{Name: "lane", Label: "Lane", Kind: "select", Value: string(x.Lane), Options: each(incident.MomentLanes, func(l incident.MomentLane) frontend.Choice {
				return frontend.Choice{Value: string(l), Label: capital(cmp.Or(map[incident.MomentLane]string{"key": "key moment"}[l], string(l)))}
			})}, {Name: "text", Label: "More", Kind: "area", Value: text, Wide: true}}
		b.add("moment", x.At.In(b.zone).Format("2 Jan 15:04")+" "+x.Title, p.There.Moments[i], x.Found, fields, func(get func(string) string, into *desk.RowsToTake) error {
			when, err := clockOf(get("at"), x.At, b.zone)
			minutes, _ := strconv.Atoi(get("about"))
			about, lane, title, text := time.Duration(minutes)*time.Minute, incident.MomentLane(get("lane")), get("title"), get("text")
			if strings.TrimSpace(title) == "" {
				err = incident.Invalidf("title", "say what happened, or leave the row out")
			}
			into.Moments = append(into.Moments, desk.MomentPatch{At: &when, About: &about, Lane: &lane, Title: &title, Text: &text, Events: &rests})
			return err
		})
	}
}

// factors proposes what contributed.
func (b *proposer) factors(p desk.ProposedRows) {
	for i, x := range p.Factors {
		fields := []frontend.RowField{{Name: "text", Label: "What it was", Kind: "area", Value: x.Text, Max: 2000, Wide: true}, {Name: "role", Label: "Role", Kind: "select", Value: x.Role, Options: each(incident.FactorRoles, func(v string) frontend.Choice {
			return frontend.Choice{Value: v, Label: capital(strings.ReplaceAll(v, "_", " "))}
		})}, {Name: "category", Label: "Category", Kind: "text", Value: x.Category, Max: 200, List: "names"}}
		b.add("factor", importers.Line(short(x.Text, 120)), p.There.Factors[i], x.Found, fields, func(get func(string) string, into *desk.RowsToTake) error {
			into.Factors = append(into.Factors, desk.FactorVerdict{Action: "add", Role: get("role"), Category: get("category"), Text: get("text")})
			if strings.TrimSpace(get("text")+get("category")) == "" {
				return incident.Invalidf("text", "say what it was, or leave the row out")
			}
			return nil
		})
	}
}

// actions proposes promised work.
func (b *proposer) actions(p desk.ProposedRows) {
	for i, x := range p.Actions {
		due := ""
		if !x.Due.IsZero() {
			due = x.Due.Format(time.DateOnly)
		}
		word := func(v string) frontend.Choice {
			return frontend.Choice{Value: v, Label: capital(cmp.Or(strings.ReplaceAll(v, "_", " "), "none"))}
		}
		fields := []frontend.RowField{{Name: "title", Label: "What is to be done", Kind: "text", Value: x.Title, Max: 300, Wide: true}, {Name: "owner", Label: "Owner", Kind: "text", Value: x.Owner, Max: 200, List: "owners"}, {Name: "due", Label: "Due", Kind: "date", Value: due},
			{Name: "state", Label: "State", Kind: "select", Value: x.State, Options: each(incident.ActionStates[:len(incident.ActionStates)-1], word)},
			{Name: "kind", Label: "Kind", Kind: "select", Value: x.Kind, Options: each(append([]string{""}, incident.ActionKinds...), word)}, {Name: "url", Label: "Issue in a tracker", Kind: "url", Value: x.URL, Max: 1000, Wide: true}}
		b.add("action", x.Title, p.There.Actions[i], x.Found, fields, func(get func(string) string, into *desk.RowsToTake) error {
			set := map[string]string{"title": get("title"), "owner": get("owner"), "state": get("state"), "kind": get("kind"), "url": get("url"), "priority": x.Priority}
			var err error
			if strings.TrimSpace(set["title"]) == "" {
				err = incident.Invalidf("title", "say what is to be done, or leave the row out")
			}
			if due := get("due"); due != "" {
				day, wrong := time.ParseInLocation(time.DateOnly, due, b.zone)
				if wrong != nil {
					err = incident.Invalidf("due", "%.20q is not a day such as 2026-11-20", due)
				}
				set["due"] = day.AddDate(0, 0, 1).Add(-time.Second).UTC().Format(time.RFC3339) // the last second of the day
			}
			into.Actions = append(into.Actions, set)
			return err
		})
	}
}

// impacts proposes passages that say how long, or for how many; the text of the section says it, as a rule, so none is chosen.
func (b *proposer) impacts(p desk.ProposedRows) {
	for i, x := range p.Impacts {
		b.add("impact", map[string]string{"duration": "How long", "extent": "How many"}[x.Kind], p.There.Impacts[i], x.Found, []frontend.RowField{{Name: "text", Label: "What is said", Kind: "text", Value: x.Text, Max: 1000, Wide: true}}, func(get func(string) string, into *desk.RowsToTake) error {
			into.Impacts = append(into.Impacts, get("text"))
			return nil
		}).Take = false
	}
}

// sections proposes texts.
func (b *proposer) sections(p desk.ProposedRows) {
	for i, x := range p.Sections {
		row := b.add("section", x.Title, p.There.Sections[i], x.Found, nil, func(_ func(string) string, into *desk.RowsToTake) error {
			into.Sections = append(into.Sections, incident.RetroSection{Slug: x.Slug, Title: x.Title, Text: x.Text})
			return nil
		})
		// Where each line is a row already, the text would say the same once more.
		row.Text, row.Take = x.Text, row.Take && x.Known && x.Slug != "timeline" && x.Slug != "actions"
		if row.There == "" {
			row.Doubt = cmp.Or(row.Doubt, "it would stand under “"+x.Slug+"”")
		}
	}
}

// clockOf is the time that a field says; one that was not touched stays as exact as it was read.
func clockOf(text string, was time.Time, zone *time.Location) (time.Time, error) {
	if text == was.In(zone).Format(clockInput) {
		return was, nil
	}
	for _, layout := range []string{clockInput, "2006-01-02T15:04:05"} {
		if at, err := time.ParseInLocation(layout, text, zone); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, incident.Invalidf("at", "%.40q is not a time such as 2026-11-20T14:05", text)
}
