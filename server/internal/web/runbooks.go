package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"hindsight/analytics"
	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/reports"
	"hindsight/search"
	"hindsight/search/similar"
	"hindsight/search/suggest"
	"hindsight/server/internal/desk"
)

const (
	runbooksPath     = "/runbooks"
	runbooksShown    = 200
	runbookUsesShown = 50
	usesShown        = 3 // of similar incidents, for each suggestion
)

func (s *Server) runbooks(r *request) (answer, error) {
	page := frontend.RunbooksPage{Shell: r.shell("Runbooks", frontend.NavProblems), Query: r.Query("q")}
	found, err := s.Runbooks(r.Request.Context(), page.Query, runbooksShown, r.viewer.Sight())
	if errors.Is(err, incident.ErrInvalid) {
		page.Problem = capital(message(err)) + "."
		return answer{page: page, status: http.StatusOK}, nil
	}
	page.Total = found.Total
	for _, x := range found.Rows {
		row := runbookRow(x)
		row.Snippets = runbookSnippets(x.ID, found.Found[x.ID])
		page.Rows = append(page.Rows, row)
	}
	return answer{page: page}, err
}

func runbookRow(x desk.RunbookRow) frontend.RunbookRow {
	return frontend.RunbookRow{ID: x.ID, Title: x.Title, Outside: x.URL, Services: x.Services, Imported: x.Imported,
		Incidents: x.Incidents, Helped: x.Helped, DidNotHelp: x.DidNotHelp, LastUsed: x.LastUsed}
}

// runbookSnippets are the passages of a hit but the title, each leading to the text.
func runbookSnippets(id incident.ID, found []search.Fragment) []frontend.Snippet {
	out := snippets(search.Hit{ID: id, Fragments: found})
	for i, x := range out {
		out[i].Path = ""
		if x.Field == "description" {
			out[i].Field, out[i].Path = "text", frontend.RunbookPath(id)+"#text"
		}
	}
	return out
}

func (s *Server) runbook(r *request) (answer, error) {
	ctx := r.Request.Context()
	x, err := s.Runbook(ctx, incident.ID(r.Param("id")), r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	page := frontend.RunbookPage{Shell: r.shell(x.Title, frontend.NavProblems, frontend.Link{Label: "Runbooks", Path: runbooksPath}), Row: runbookRow(x.RunbookRow), Tags: x.Tags, Text: x.Text,
		Ended: estimated("To resolve, median", reports.Seconds, analytics.Estimate(x.Ended.Values["median_seconds"]), "time_to_resolve", "")}
	if len(x.Uses) == 0 {
		page.Ended.Value = reports.Missing("it was used in no incident that you may see")
	}
	shown := x.Uses[:min(len(x.Uses), runbookUsesShown)]
	page.More = len(x.Uses) - len(shown)
	rows, err := s.rows(ctx, r, each(shown, func(u incident.RunbookUse) incident.ID { return u.Incident }))
	for _, row := range rows {
		i := slices.IndexFunc(shown, func(u incident.RunbookUse) bool { return u.Incident == row.Incident.ID })
		page.Uses = append(page.Uses, frontend.RunbookUseRow{IncidentRow: row, Use: shown[i]})
	}
	return answer{page: page}, err
}

// runbookDone says what a judgement of a runbook did.
var runbookDone = map[string]string{"helped": "Noted: it helped. Similar incidents will name it.", "did_not_help": "Noted: it did not help.",
	"not_used": "Noted: it has nothing to do with this incident.", "undo": "Taken back."}

// judgeRunbook keeps what a person says of a runbook in the incident.
func (s *Server) judgeRunbook(r *request) (answer, error) {
	id, verdict := incident.ID(r.Param("id")), r.PostForm("verdict")
	_, seq, err := s.JudgeRunbook(r.Request.Context(), id, desk.RunbookJudgement{Runbook: r.PostForm("runbook"), Verdict: verdict}, r.viewer.Name, r.viewer.Sight())
	if errors.Is(err, incident.ErrInvalid) {
		return s.patchFailed(r, err)
	}
	if err != nil {
		return answer{}, err
	}
	s.Wait(r.Request.Context(), seq)
	return goTo(frontend.IncidentPath(id)+"#runbooks", frontend.Flash{Kind: frontend.Done, Text: runbookDone[verdict]})
}

// fillRunbooks shows the runbooks of the incident, and those that may help.
func (s *Server) fillRunbooks(ctx context.Context, r *request, page *frontend.IncidentPage) error {
	here, err := s.RunbooksHere(ctx, page.Incident, r.viewer.Sight())
	if err != nil {
		return err
	}
	out := &page.Runbooks
	for _, u := range here.Used {
		out.Used = append(out.Used, frontend.IncidentRunbook{Row: runbookRow(u.RunbookRow), Use: u.Use})
	}
	if len(here.Suggested) > 0 {
		out.Trust = runbookTrust(here.Trust)
	}
	var ids []incident.ID
	for _, x := range here.Suggested {
		ids = append(ids, each(x.Evidence.From, func(f suggest.UsedIn) incident.ID { return f.Incident })...)
	}
	rows, err := s.rows(ctx, r, ids)
	if err != nil {
		return err
	}
	labels := map[incident.ID]string{}
	for _, row := range rows {
		labels[row.Incident.ID] = row.Incident.Label()
	}
	for _, x := range here.Suggested {
		row := frontend.SuggestedRunbook{Row: runbookRow(x.RunbookRow), Service: x.Evidence.Service, Rate: helpedWords(x.Helped, x.DidNotHelp)}
		for _, f := range x.Evidence.From {
			if label := labels[f.Incident]; label != "" && len(row.From) < usesShown {
				row.From = append(row.From, frontend.RunbookUseLink{Link: frontend.Link{Label: label, Path: frontend.IncidentPath(f.Incident)}, Verdict: f.Verdict})
			}
		}
		out.Suggested = append(out.Suggested, row)
	}
	if page.MayEdit {
		out.Titles = here.Titles
	}
	return nil
}

// helpedWords says how often a runbook helped in the similar incidents.
func helpedWords(helped, not int) string {
	if rate := similar.NewRate(helped, helped+not); !rate.Few() {
		return fmt.Sprintf("It helped in %d of %d similar incidents of which a person said so (%.0f %% to %.0f %%).", helped, rate.N, 100*rate.Low, 100*rate.High)
	}
	if helped+not == 0 {
		return "Of the similar incidents nobody said whether it helped: too few to tell."
	}
	return fmt.Sprintf("It helped in %d of %s of which a person said so: too few to tell.", helped, number(helped+not, "similar incident"))
}

// runbookTrust says how often such suggestions were right here.
func runbookTrust(t desk.RunbookTrust) string {
	if t.Rate.Few() {
		return fmt.Sprintf("How often such suggestions are right cannot be told from %s of which the runbook is known.", number(t.Rate.N, "earlier incident"))
	}
	share := func(r similar.Rate) float64 { return 100 * float64(r.Right) / float64(r.N) }
	return fmt.Sprintf("One of the first three was right for %.0f %% of the %d youngest incidents of which the runbook is known (%.0f %% to %.0f %%), by what was known when they began; always naming the three most used would have been for %.0f %%.",
		share(t.Rate), t.Rate.N, 100*t.Rate.Low, 100*t.Rate.High, share(t.Frequent))
}
