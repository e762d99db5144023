package web

import (
	"context"
	"slices"
	"strings"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// retroFactors is the outline of what contributed.
func (s *Server) retroFactors(r *request) (answer, error) {
	page, err := s.factorsPage(r, frontend.Form{})
	return answer{page: page}, err
}

func (s *Server) factorsPage(r *request, form frontend.Form) (frontend.FactorsPage, error) {
	ctx, id := r.Request.Context(), incident.ID(r.Param("id"))
	story, err := s.Story(ctx, id, r.viewer.Sight())
	if err != nil {
		return frontend.FactorsPage{}, err
	}
	inc := story.Incident
	page := frontend.FactorsPage{Shell: r.shell("What contributed", frontend.NavIncidents, retroCrumbs(inc)...),
		Incident: inc, MayEdit: r.viewer.MayChange(incident.Write), Told: factorTelling(story), Form: form, Edit: form.Value("key", "")}
	for _, x := range inc.FactorStatements() {
		if x.State == incident.FactorRejected {
			page.Rejected = append(page.Rejected, x)
		}
	}
	for _, u := range inc.Services {
		page.Abouts = append(page.Abouts, u.Name)
	}
	page.Why = ladder(page.Told.Rows, r.Query("why"))
	if !page.MayEdit {
		return page, nil
	}
	page.Names = s.FactorNames(id, r.viewer.Sight())
	return page, s.fillSuggestedFactors(ctx, r, &page)
}

func (s *Server) fillSuggestedFactors(ctx context.Context, r *request, page *frontend.FactorsPage) error {
	found, err := s.SuggestFactors(ctx, page.Incident, r.viewer.Sight())
	for _, f := range found {
		row := frontend.SuggestedFactor{Role: f.Role, Category: f.Category, Text: f.Text}
		for _, from := range f.From {
			row.Sources = strings.TrimSpace(row.Sources + " " + string(from.ID))
			row.From = append(row.From, frontend.Link{Label: from.Label(), Path: frontend.IncidentPath(from.ID)})
		}
		page.Suggested = append(page.Suggested, row)
	}
	return err
}

// factorTelling is the outline with what shows each factor, and how each can be moved.
func factorTelling(story *desk.Story) frontend.FactorTelling {
	out := frontend.FactorTelling{Title: story.Incident.Title}
	outline := story.Incident.FactorOutline()
	names := map[string]string{}
	for _, n := range outline {
		names[n.Key] = frontend.OutlineRow{FactorNode: n}.Name()
	}
	may := func(key, move string) bool { _, ok := story.Incident.MoveFactor(key, move); return ok }
	for _, n := range outline {
		row := frontend.OutlineRow{FactorNode: n, MayIn: may(n.Key, "in"), MayOut: may(n.Key, "out"), MayUp: may(n.Key, "up"), MayDown: may(n.Key, "down")}
		for _, key := range n.Links {
			row.AlsoTo = append(row.AlsoTo, frontend.Link{Label: firstWords(names[key]), Path: "#" + frontend.FactorAnchor(key)})
		}
		for line := range strings.Lines(n.Evidence) {
			if line = strings.TrimSpace(line); line != "" {
				row.Shown = append(row.Shown, evidenceLine(story, line))
			}
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// evidenceLine shows an event by its words, to those who may read it.
func evidenceLine(story *desk.Story, line string) frontend.EvidenceLine {
	if e := story.Event(incident.ID(line)); e != nil {
		return frontend.EvidenceLine{Text: e.At.Format("2006-01-02 15:04:05 MST") + " " + firstWords(e.Text)}
	}
	return frontend.EvidenceLine{Text: line, URL: line}
}

// ladder leads to the factor called key; nil when there is none.
func ladder(rows []frontend.OutlineRow, key string) *frontend.WhyLadder {
	w := &frontend.WhyLadder{}
	for key != "" {
		i := slices.IndexFunc(rows, func(r frontend.OutlineRow) bool { return r.Key == key })
		if i < 0 {
			break
		}
		w.Steps, key = append(w.Steps, rows[i]), rows[i].Up
	}
	if len(w.Steps) == 0 {
		return nil
	}
	slices.Reverse(w.Steps)
	for _, r := range rows {
		if r.Up == w.Asked().Key {
			w.Below = append(w.Below, r)
		}
	}
	return w
}
