package web

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

const (
	historyShown = 100 // steps of a problem's history
	mergeChoices = 200 // problems that one can be merged with
)

// problemHistory tells what happened to a problem, newest first. Of incidents that the viewer may not see it says nothing.
func (s *Server) problemHistory(ctx context.Context, p *incident.Problem, members map[incident.ID]frontend.IncidentRow) ([]frontend.HistoryRow, error) {
	events, err := s.Store.ProblemEvents(ctx, p.ID, historyShown)
	if err != nil {
		return nil, err
	}
	taken := map[int64]bool{}
	for _, e := range events {
		taken[e.Undoes] = true
	}
	var out []frontend.HistoryRow
	newest := true
	for _, e := range events {
		x, visible := members[e.Incident]
		if e.Incident != "" && !visible {
			continue
		}
		row := frontend.HistoryRow{At: e.At, By: e.By, Text: told(e), TakenBack: taken[e.N], Edited: edited(e)}
		if visible {
			row.Incident = frontend.Link{Label: x.Incident.Label(), Path: frontend.IncidentPath(e.Incident)}
		}
		if e.Kind == incident.ProblemJudged && e.Undoes == 0 && !taken[e.N] {
			if newest && len(e.Before) > 0 {
				row.Undo = e.N
			}
			newest = false
		}
		out = append(out, row)
	}
	return out, nil
}

// told says what happened in a step.
func told(e incident.ProblemEvent) string {
	how := ""
	if e.Score > 0 {
		how = fmt.Sprintf(", %d %% alike", int(100*e.Score+0.5))
	}
	switch e.Kind {
	case incident.ProblemFound:
		return "was found"
	case incident.ProblemJoined:
		return "gained" + how
	case incident.ProblemLeft:
		return "lost" + how
	case incident.ProblemMerged:
		return "took another problem in" + how
	case incident.ProblemSplit:
		return "was split"
	case incident.ProblemGone:
		return "lost its support"
	}
	judged := map[string]string{"confirm": "was confirmed", "reject": "was rejected", "reopen": "became a suggestion again", "rename": "was renamed", "remove": "lost by hand", "restore": "was given back",
		"merge": "was merged with another problem", "split": "was split by hand", "same": "gained by hand", "apart": "was told apart from another incident", "undo": "had its last step taken back", "manage": "was edited"}
	if text, known := judged[e.Rule]; known {
		return text
	}
	return "was judged: " + e.Rule
}

// mergeable are the problems that p can be merged with.
func (s *Server) mergeable(r *request, p *incident.Problem) ([]frontend.Choice, error) {
	all, err := s.VisibleProblems(r.Request.Context(), r.viewer.Sight())
	var out []frontend.Choice
	for _, o := range all {
		if o.ID != p.ID && o.State != incident.Rejected && len(out) < mergeChoices {
			out = append(out, frontend.Choice{Value: string(o.ID), Label: o.Title, Count: len(o.Members)})
		}
	}
	return out, err
}

func (s *Server) mergeProblem(r *request) (answer, error) {
	return s.decide(r, desk.Verdict{Action: "merge", Other: incident.ID(r.PostForm("other"))}, "Merged. The other problem's address leads here from now on.")
}

func (s *Server) splitProblem(r *request) (answer, error) {
	r.Request.ParseForm()
	v := desk.Verdict{Action: "split", Title: r.PostForm("part")}
	for _, id := range r.Request.PostForm["incidents"] {
		if id := incident.ID(id); !slices.Contains(v.Incidents, id) {
			v.Incidents = append(v.Incidents, id)
		}
	}
	return s.decide(r, v, "Split. What was chosen is a problem of its own.")
}

func (s *Server) undoVerdict(r *request) (answer, error) {
	n, err := strconv.ParseInt(r.PostForm("event"), 10, 64)
	if err != nil {
		return answer{}, incident.Invalidf("event", "%q is not the number of a step", r.PostForm("event"))
	}
	return s.decide(r, desk.Verdict{Action: "undo", Event: n}, "Taken back.")
}
