package web

import (
	"context"
	"fmt"
	"strings"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/search/suggest"
)

// fillSuggested says what is probably true of the incident that nobody has recorded, and how often such guesses are right.
func (s *Server) fillSuggested(_ context.Context, _ *request, page *frontend.IncidentPage) error {
	inc := page.Incident
	for _, x := range s.Suggest.Suggest(inc.ID) {
		var label, value string
		switch {
		case x.Kind == suggest.Team && inc.Team == "":
			label, value = "Team", s.Live.Snapshot().Name(incident.ID(x.Value))
		case x.Kind == suggest.Severity && inc.Severity == incident.SevUnknown:
			label, value = "Severity", "SEV"+x.Value
		case x.Kind == suggest.Category && len(inc.Factors) == 0:
			label, value = "What contributed", strings.ReplaceAll(x.Value, "_", " ")
		default:
			continue
		}
		page.Suggested = append(page.Suggested, frontend.Guess{Name: label, Value: value, Note: guessed(x)})
	}
	return nil
}

// guessed says how often such guesses were right here.
func guessed(x suggest.Suggestion) string {
	share := func(right, n int) float64 { return 100 * float64(right) / float64(max(1, n)) }
	return fmt.Sprintf("the first guess was right for %.0f %% of the %d youngest incidents that have one (%.0f %% to %.0f %%); always naming the most frequent would have been for %.0f %%",
		share(x.Rate.Right, x.Rate.N), x.Rate.N, 100*x.Rate.Low, 100*x.Rate.High, share(x.Frequent.Right, x.Frequent.N))
}
