package web

import (
	"context"
	"time"

	"hindsight/analytics"
	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// effectText says what was counted, how the waits were, what can be told from chance, and what it must not be taken for.
func effectText(e analytics.Effect) string {
	text := capital(e.Words()) + ". " + e.Sentence
	if gaps := e.Gaps(); gaps != "" {
		text += " " + capital(gaps) + "."
	}
	if e.Spell != "" {
		text += " " + e.Spell
	}
	return text
}

// effectPart is what the data say of an item, for the partial "action-effect".
func effectPart(x desk.ActionEffect) frontend.ActionEffect {
	e := frontend.ActionEffect{Outcome: x.Outcome, Why: x.Why, Of: x.Of, Note: x.Note}
	if x.Of != "" {
		e.Text = effectText(x.Effect)
	}
	if x.Again.ID != "" {
		e.Again = frontend.Link{Label: caseLabel(x.Again), Path: frontend.IncidentPath(x.Again.ID)}
		e.Days = number(int(x.After/(24*time.Hour)), "day")
	}
	return e
}

func caseLabel(c analytics.Case) string {
	for _, name := range []string{c.Number, c.Title} {
		if name != "" {
			return name
		}
	}
	return string(c.ID)
}

// judgeActions says of the action items of one incident whether they worked.
func (s *Server) judgeActions(ctx context.Context, r *request, inc *incident.Incident, rows []frontend.ActionEntry) error {
	items := each(rows, func(e frontend.ActionEntry) desk.FoundAction {
		return desk.FoundAction{ActionStatement: e.ActionStatement, Incident: inc}
	})
	all, err := s.ActionEffectsOf(ctx, items, r.viewer.Sight())
	for i := range all {
		rows[i].Effect = effectPart(all[i])
	}
	return err
}
