package jobs

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"hindsight/importers"
	"hindsight/incident"
)

const (
	maxBody  = 64 << 10 // bytes of a dead letter's text
	maxKinds = 200      // sorts of warnings that a run tells apart
	maxValue = 200      // bytes of a warning's value
)

// rejected is the dead letter of something that could not be read as a record.
func (p *pass) rejected(typ string, r importers.Reject) incident.DeadLetter {
	l := p.letter(typ, clean(r.ExternalID), "read")
	l.Place, l.Reason, l.Body = clean(r.Place), clean(r.Reason), cut(clean(r.Body), maxBody)
	if l.ExternalID == "" {
		l.ID = incident.DeriveID("dead", string(p.conn.ID), typ, "", l.Place, l.Body)
	}
	return l
}

// unmapped is the dead letter of a record without a draft.
func (p *pass) unmapped(it *item) incident.DeadLetter {
	m := mapError(it.err)
	l := p.letterOf(it, "map")
	if m.Field != "" {
		l.Place = strings.TrimPrefix(l.Place+", column "+clean(m.Field), ", ")
	}
	l.Reason = clean(m.Reason)
	if m.Value != "" && !strings.Contains(m.Reason, m.Value) {
		l.Reason += fmt.Sprintf(" (it is %q)", cut(clean(m.Value), maxValue))
	}
	return l
}

// refused is the dead letter of a record that the database does not take. Its raw record was refused
// with it, so the letter refers to none.
func (p *pass) refused(it *item, err error) incident.DeadLetter {
	l := p.letterOf(it, "store")
	l.RawID, l.Reason = "", clean(err.Error())
	return l
}

func (p *pass) letterOf(it *item, stage string) incident.DeadLetter {
	l := p.letter(it.raw.Type, it.raw.ExternalID, stage)
	l.RawID, l.Place, l.Body = it.raw.ID, it.raw.Origin, cut(clean(string(it.raw.Body)), maxBody)
	return l
}

// letter gives a record one letter, however often and for whatever reason it fails.
func (p *pass) letter(typ, externalID, stage string) incident.DeadLetter {
	return incident.DeadLetter{
		ID:         incident.DeriveID("dead", string(p.conn.ID), typ, externalID),
		Connection: p.conn.ID, Run: p.run.ID, Type: typ, ExternalID: externalID,
		Stage: stage, FirstSeen: p.clock(), Count: 1,
	}
}

// cut returns at most n bytes of text, whole characters only.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// warn adds warnings to the run's, each sort once with its count. Beyond maxKinds they are one sort.
func warn(run *incident.Run, ws []incident.Warning) {
	for _, w := range ws {
		w.Value = cut(w.Value, maxValue)
		w.Count = max(1, w.Count)
		if !count(run, w) {
			if len(run.Warnings) >= maxKinds-1 {
				w = incident.Warning{Message: "further sorts of warnings", Count: w.Count}
			}
			if !count(run, w) {
				run.Warnings = append(run.Warnings, w)
			}
		}
	}
}

// count adds to the warning of the same sort, if there is one.
func count(run *incident.Run, w incident.Warning) bool {
	for i, have := range run.Warnings {
		if have.Field == w.Field && have.Value == w.Value && have.Message == w.Message {
			run.Warnings[i].Count += w.Count
			return true
		}
	}
	return false
}
