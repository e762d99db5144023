package api

import (
	"context"
	"net/http"
	"time"

	"hindsight/incident"
	"hindsight/search"
	"hindsight/search/similar"
	"hindsight/server/internal/desk"
)

// RunbookParams ask for runbooks.
type RunbookParams struct {
	Text  string `query:"q" doc:"as in a search: words, \"phrases\", title:, service:, tag:"`
	Limit int    `query:"limit" default:"50" doc:"1 to 500"`
}

// Runbook is what says what to do, and what it had to do with incidents that the viewer sees.
type Runbook struct {
	ID         incident.ID `json:"id"`
	Title      string      `json:"title"`
	URL        string      `json:"url,omitempty"`
	Services   []string    `json:"services" doc:"that it is about; of one that is known by its address alone, those of the latest incident"`
	Tags       []string    `json:"tags"`
	Imported   bool        `json:"imported" doc:"its text is here; false: incidents link to it"`
	Incidents  int         `json:"incidents" doc:"in which it was used"`
	Helped     int         `json:"helped" doc:"of them, where a person said so"`
	DidNotHelp int         `json:"did_not_help"`
	LastUsed   *time.Time  `json:"last_used_at"`
}

// RunbookList is the runbooks that were asked for: the best match first where words were, else the latest used.
type RunbookList struct {
	Items []RunbookHit `json:"items"`
	Total int          `json:"total"`
}

// RunbookHit is a runbook in a list, and where it matches.
type RunbookHit struct {
	Runbook
	Fragments []Fragment `json:"fragments"`
}

// RunbookDetail is one runbook with its text and its incidents.
type RunbookDetail struct {
	Runbook
	Text     string        `json:"text,omitempty" doc:"Markdown"`
	Uses     []RunbookUse  `json:"uses" doc:"the latest first"`
	Resolved desk.Estimate `json:"median_seconds_to_resolve" doc:"of those incidents; null with the reason where they are too few. It says how they ended, not what the runbook did"`
}

// RunbookUse is what a runbook had to do with an incident.
type RunbookUse struct {
	Incident incident.ID `json:"incident_id"`
	Runbook  incident.ID `json:"runbook_id"`
	Verdict  string      `json:"verdict" doc:"linked: the record links to it; helped, did_not_help, not_used: a person said so"`
	Told     bool        `json:"told_by_source"`
	Title    string      `json:"title,omitempty"`
	URL      string      `json:"url,omitempty"`
	By       string      `json:"by,omitempty"`
	At       *time.Time  `json:"at"`
}

// RunbooksOf are the runbooks of an incident.
type RunbooksOf struct {
	Used      []RunbookUse        `json:"used" doc:"and those of which a person said that they were not"`
	Suggested []RunbookSuggestion `json:"suggested" doc:"of similar incidents, and about its services; the likeliest first"`
	Right     Share               `json:"right" doc:"for how many of the youngest public incidents whose runbook is known one of the first three suggestions was right"`
	Frequent  Share               `json:"always_most_used" doc:"the same, had the three most used ones always been named"`
}

// RunbookSuggestion is a runbook that may help, and why.
type RunbookSuggestion struct {
	Runbook incident.ID  `json:"runbook_id"`
	Title   string       `json:"title"`
	URL     string       `json:"url,omitempty"`
	From    []RunbookUse `json:"used_in" doc:"similar incidents, the most alike first"`
	Service string       `json:"about_service,omitempty" doc:"of the incident"`
}

// Share is how often something was right, with its 95 % interval.
type Share struct {
	Right int     `json:"right"`
	N     int     `json:"n"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	Few   bool    `json:"too_few" doc:"to say anything"`
}

// RunbookBody is what a person says of a runbook in an incident.
type RunbookBody struct {
	Runbook string `json:"runbook" doc:"id, title of one that was imported, or address"`
	Verdict string `json:"verdict" doc:"helped, did_not_help, not_used, or undo: takes the last one back"`
}

func share(r similar.Rate) Share { return Share{r.Right, r.N, r.Low, r.High, r.Few()} }

func runbook(r desk.RunbookRow) Runbook {
	return Runbook{r.ID, r.Title, r.URL, append([]string{}, r.Services...), append([]string{}, r.Tags...), r.Imported, r.Incidents, r.Helped, r.DidNotHelp, when(r.LastUsed)}
}

func runbookUse(u incident.RunbookUse) RunbookUse {
	return RunbookUse{u.Incident, u.Runbook, string(u.Verdict), u.Told, u.Title, u.URL, u.By, when(u.At)}
}

func (s *Server) runbooks(ctx context.Context, v Viewer, p RunbookParams) (RunbookList, error) {
	if p.Limit < 1 || p.Limit > 500 {
		return RunbookList{}, incident.Invalidf("limit", "%d is not a number from 1 to 500", p.Limit)
	}
	found, err := s.desk.Runbooks(ctx, p.Text, p.Limit, v.Sight())
	out := RunbookList{Items: []RunbookHit{}, Total: found.Total}
	for _, row := range found.Rows {
		out.Items = append(out.Items, RunbookHit{runbook(row), fragments(found.Found[row.ID])})
	}
	return out, err
}

func fragments(found []search.Fragment) []Fragment {
	out := []Fragment{}
	for _, f := range found {
		one := Fragment{Field: f.Field, Parts: []Part{}}
		for _, x := range f.Segments {
			one.Parts = append(one.Parts, Part(x))
		}
		out = append(out, one)
	}
	return out
}

func (s *Server) runbook(ctx context.Context, v Viewer, p IDParams) (RunbookDetail, error) {
	x, err := s.desk.Runbook(ctx, incident.ID(p.ID), v.Sight())
	if err != nil {
		return RunbookDetail{}, err
	}
	out := RunbookDetail{Runbook: runbook(x.RunbookRow), Text: x.Text, Uses: []RunbookUse{}, Resolved: x.Ended.Values["median_seconds"]}
	for _, u := range x.Uses {
		out.Uses = append(out.Uses, runbookUse(u))
	}
	return out, nil
}

func (s *Server) runbooksOf(ctx context.Context, v Viewer, p IDParams) (RunbooksOf, error) {
	inc, err := s.desk.Incident(ctx, incident.ID(p.ID), v.Sight())
	if err != nil {
		return RunbooksOf{}, err
	}
	here, err := s.desk.RunbooksHere(ctx, inc, v.Sight())
	out := RunbooksOf{Used: []RunbookUse{}, Suggested: []RunbookSuggestion{}, Right: share(here.Trust.Rate), Frequent: share(here.Trust.Frequent)}
	for _, u := range here.Used {
		out.Used = append(out.Used, runbookUse(u.Use))
	}
	for _, x := range here.Suggested {
		row := RunbookSuggestion{Runbook: x.ID, Title: x.Title, URL: x.URL, From: []RunbookUse{}, Service: x.Evidence.Service}
		for _, f := range x.Evidence.From {
			row.From = append(row.From, RunbookUse{Incident: f.Incident, Runbook: x.ID, Verdict: string(f.Verdict)})
		}
		out.Suggested = append(out.Suggested, row)
	}
	return out, err
}

func (s *Server) judgeRunbook(ctx context.Context, v Viewer, p IDParams, b RunbookBody) (RunbooksOf, error) {
	_, seq, err := s.desk.JudgeRunbook(ctx, incident.ID(p.ID), desk.RunbookJudgement{Runbook: b.Runbook, Verdict: b.Verdict}, v.Name, v.Sight())
	if err != nil {
		return RunbooksOf{}, err
	}
	s.desk.Wait(ctx, seq)
	return s.runbooksOf(ctx, v, p)
}

// runbookOps are the operations about runbooks.
func (s *Server) runbookOps() []operation {
	return []operation{
		get("/runbooks", "Runbooks, with the incidents in which they were used", s.runbooks),
		get("/runbooks/{id}", "One runbook", s.runbook),
		get("/incidents/{id}/runbooks", "The runbooks of an incident, and those that may help in it", s.runbooksOf),
		write(http.MethodPost, "/incidents/{id}/runbooks", "Say whether a runbook helped in an incident", incident.Write, http.StatusOK, s.judgeRunbook),
	}
}
