package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"hindsight/importers"
	"hindsight/incident"
	"hindsight/search/similar"
	"hindsight/search/suggest"
)

// RunbooksHere are the runbooks of one incident.
type RunbooksHere struct {
	Used      []RunbookHere // and those that a person said were not used
	Suggested []RunbookSuggestion
	Trust     RunbookTrust
	Titles    []string // of those that were imported, to choose from
}

// RunbookHere is a runbook that has to do with an incident.
type RunbookHere struct {
	RunbookRow
	Use incident.RunbookUse
}

// RunbookSuggestion is a runbook that may help, and why.
type RunbookSuggestion struct {
	RunbookRow // with its use in the similar incidents
	Evidence   suggest.Evidence
}

const (
	alikeAsked        = 20 // similar incidents, of each list
	runbooksSuggested = 3
)

// RunbooksHere returns the runbooks of an incident that the viewer may see, and those that may help in it: those of similar incidents, and those about its services.
func (d *Desk) RunbooksHere(ctx context.Context, inc *incident.Incident, sight incident.Sight) (RunbooksHere, error) {
	var out RunbooksHere
	found := d.Similar.Similar(inc.ID, alikeAsked, sight)
	matches := append(slices.Clone(found.Again), slices.DeleteFunc(found.Before, func(m similar.Match) bool {
		return slices.ContainsFunc(found.Again, func(o similar.Match) bool { return o.ID == m.ID })
	})...)
	ids := []incident.ID{inc.ID}
	for _, m := range matches {
		ids = append(ids, m.ID)
	}
	known, err := d.knownRunbooks(ctx, sight, ids...)
	if err != nil {
		return out, err
	}
	var uses []incident.RunbookUse
	for _, of := range known.uses {
		uses = append(uses, of...)
	}
	here := known.settled(inc.RunbookUses()) // also of a record that another one counts for
	for _, u := range here {
		row := known.at[u.Runbook]
		if row == nil {
			row = &RunbookRow{ID: u.Runbook, Title: titleOf(u), URL: u.URL}
		}
		out.Used = append(out.Used, RunbookHere{*row, u})
	}
	for _, e := range suggest.RankRunbooks(matches, uses, aboutServices(known, inc)) {
		if len(out.Suggested) == runbooksSuggested {
			break
		}
		if !slices.ContainsFunc(here, func(u incident.RunbookUse) bool { return u.Runbook == e.Runbook }) {
			out.Suggested = append(out.Suggested, RunbookSuggestion{*known.at[e.Runbook], e})
		}
	}
	out.Trust, out.Titles = d.runbookTrust.get(), known.titles()
	return out, nil
}

// aboutServices returns the imported runbooks that are about a service of an incident, with the name that the incident gives it.
func aboutServices(known runbooks, inc *incident.Incident) map[incident.ID]string {
	out := map[incident.ID]string{}
	for _, s := range inc.Services {
		for _, row := range known.rows {
			if row.Imported && slices.ContainsFunc(row.Services, func(name string) bool { return incident.Slug(name) == incident.Slug(s.Name) }) {
				out[row.ID] = s.Name
			}
		}
	}
	return out
}

// RunbookJudgement is what a person says of a runbook in an incident.
type RunbookJudgement struct {
	Runbook string // id, title of one that was imported, or address
	Verdict string // of incident.RunbookVerdicts, or undo: takes the last one back
}

// JudgeRunbook keeps what by says of a runbook in an incident that the viewer may see. Imports keep it. A runbook that nobody knows is ErrInvalid, unless it is given as an address.
func (d *Desk) JudgeRunbook(ctx context.Context, id incident.ID, j RunbookJudgement, by string, sight incident.Sight) (*incident.Incident, incident.Seq, error) {
	if _, err := d.Incident(ctx, id, sight); err != nil {
		return nil, 0, err
	}
	known, err := d.knownRunbooks(ctx, sight)
	if err != nil {
		return nil, 0, err
	}
	runbook, says, err := known.find(j.Runbook)
	if err != nil {
		return nil, 0, err
	}
	says.Verdict = incident.RunbookVerdict(j.Verdict)
	var out *incident.Incident
	seq, err := d.Store.Update(ctx, func(tx incident.Tx) (err error) {
		if out, err = seenIn(tx, id, sight); err != nil {
			return err
		}
		switch {
		case j.Verdict == "undo":
			if err = out.UndoRunbook(runbook, by, d.Now().UTC()); err != nil && says.URL != "" { // said before the text was imported
				err = out.UndoRunbook(incident.LinkedRunbookID(says.URL), by, d.Now().UTC())
			}
		case j.Verdict == "":
			err = incident.Invalidf("verdict", "say whether it helped: %s, %s or %s", incident.RunbookHelped, incident.RunbookDidNotHelp, incident.RunbookNotUsed)
		default:
			err = out.EditRunbook(runbook, says, by, d.Now().UTC())
		}
		if err != nil {
			return err
		}
		return tx.PutIncidents([]*incident.Incident{out})
	})
	return out, seq, err
}

// find returns the id of a runbook that is named by id, title or address, and what it is called.
func (b runbooks) find(wanted string) (incident.ID, incident.RunbookSays, error) {
	wanted = strings.TrimSpace(wanted)
	address := importers.WebURL(wanted)
	row := b.at[incident.ID(wanted)]
	if row == nil && address != "" {
		row = b.at[incident.LinkedRunbookID(address)]
	}
	if row == nil && address == "" && incident.Slug(wanted) != "" {
		i := slices.IndexFunc(b.rows, func(r *RunbookRow) bool { return incident.Slug(r.Title) == incident.Slug(wanted) })
		if i < 0 {
			return "", incident.RunbookSays{}, incident.Invalidf("runbook", "no runbook here is called %q; give the title of one, or the address that it is read at", wanted)
		}
		row = b.rows[i]
	}
	switch {
	case row != nil:
		return row.ID, incident.RunbookSays{Title: row.Title, URL: row.URL}, nil
	case address != "":
		return incident.LinkedRunbookID(address), incident.RunbookSays{URL: address}, nil
	}
	return "", incident.RunbookSays{}, incident.Invalidf("runbook", "say which runbook: its title, or the address that it is read at")
}

// titles of the imported runbooks, to choose from.
func (b runbooks) titles() []string {
	var out []string
	for _, row := range b.rows {
		if row.Imported {
			out = append(out, cmp.Or(row.Title, row.URL))
		}
	}
	return out
}
