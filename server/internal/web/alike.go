package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/search/similar"
)

// sayAlike keeps what a person says of the incident and a suggested one.
func (s *Server) sayAlike(r *request) (answer, error) {
	verdict := r.PostForm("verdict")
	done := map[string]string{"same": "Noted: one problem is behind both. They are grouped together, and suggestions learn from it.",
		"apart": "Noted: not the same problem. It is not suggested here again; below the list you can take that back.", "undo": "Taken back."}[verdict]
	if done == "" {
		return answer{}, incident.Invalidf("verdict", "%q is not same, apart or undo", verdict)
	}
	id := incident.ID(r.Param("id"))
	seq, err := s.Say(r.Request.Context(), id, incident.ID(r.PostForm("other")), verdict, r.viewer.Name, r.viewer.Sight())
	if errors.Is(err, incident.ErrConflict) {
		return goTo(frontend.IncidentPath(id)+"#similar", frontend.Flash{Kind: frontend.Fail, Text: "What was said of other incidents says otherwise about these two. Take that back first, on their pages or on their problem's."})
	}
	if err != nil {
		return answer{}, err
	}
	s.Wait(r.Request.Context(), seq)
	return goTo(frontend.IncidentPath(id)+"#similar", frontend.Flash{Kind: frontend.Done, Text: done})
}

func (s *Server) fillSimilar(ctx context.Context, r *request, page *frontend.IncidentPage) error {
	found := s.Similar.Similar(page.Incident.ID, similarShown, r.viewer.Sight())
	page.SimilarNote = found.None
	earlier := slices.DeleteFunc(found.Before, func(m similar.Match) bool {
		return slices.ContainsFunc(found.Again, func(o similar.Match) bool { return o.ID == m.ID })
	})
	var err error
	if page.Similar, err = s.similarRows(ctx, r, found.Again); err != nil {
		return err
	}
	if page.SimilarBefore, err = s.similarRows(ctx, r, earlier); err != nil {
		return err
	}
	s.foldSimilar(r, page)
	page.SimilarTrust = trustedMatches(s.Similar.Trust(), slices.Concat(page.Similar, page.SimilarBefore))
	apart, err := s.rows(ctx, r, found.Apart)
	page.SimilarApart = apart
	if err != nil {
		return err
	}
	return s.fillSaid(ctx, r, page)
}

// pairWords say what a step of what people said of two incidents was.
var pairWords = map[incident.PairVerdict]string{incident.SaySame: "said that one problem is behind both", incident.SayApart: "said that it is not the same problem",
	incident.Unsay: "took back what was said of both"}

// fillSaid lists what people said of the incident and others.
func (s *Server) fillSaid(ctx context.Context, r *request, page *frontend.IncidentPage) error {
	events, err := s.Answered(ctx, page.Incident.ID, r.viewer.Sight())
	if err != nil {
		return err
	}
	other := func(e incident.AnswerEvent) incident.ID {
		if e.A == page.Incident.ID {
			return e.B
		}
		return e.A
	}
	rows, err := s.rows(ctx, r, each(events, other))
	for _, e := range events {
		link := frontend.Link{Label: string(other(e)), Path: frontend.IncidentPath(other(e))}
		if i := slices.IndexFunc(rows, func(x frontend.IncidentRow) bool { return x.Incident.ID == other(e) }); i >= 0 {
			link.Label = cmp.Or(rows[i].Incident.Title, rows[i].Incident.Label())
		}
		page.Said = append(page.Said, frontend.SaidRow{Other: link, Words: pairWords[e.Verdict], By: e.By, At: e.At})
	}
	return err
}

// trustedMatches says how often suggestions as strong as those shown were right here, and by which weights they are ordered; a sentence each.
func trustedMatches(t similar.Trust, shown []frontend.SimilarRow) []string {
	var out []string
	if h := t.History; h.N > 0 {
		out = append(out, fmt.Sprintf("Tried on this installation's own past: of the %d youngest incidents whose source names a problem that was known before, %s had one of it among the first %d suggestions%s.",
			h.N, countOrNone(h.Right), similar.FirstOf, interval(h)))
	}
	for _, s := range []similar.Strength{similar.Strong, similar.Fair, similar.Faint} {
		r := t.Rates[s]
		switch {
		case !slices.ContainsFunc(shown, func(x frontend.SimilarRow) bool { return x.Strength == string(s) }):
		case r.N == 0:
			out = append(out, capital(string(s))+": nobody has judged one yet.")
		case r.Few():
			out = append(out, fmt.Sprintf("%s: %d judged, too few to tell.", capital(string(s)), r.N))
		default:
			out = append(out, fmt.Sprintf("%s: of %d that people judged %d were the same problem%s.", capital(string(s)), r.N, r.Right, interval(r)))
		}
	}
	if l := t.Learnt; l.InForce {
		out = append(out, fmt.Sprintf("The order is learnt from %d judgements made here: it puts a pair of one problem before a pair of two in %.0f %% of cases, where the order for everybody does in %.0f %%.",
			l.Same+l.Apart, 100*l.After, 100*l.Before))
	}
	return out
}

// interval adds a 95 % interval, where there are enough to tell one.
func interval(r similar.Rate) string {
	if r.Few() {
		return " (too few to tell a rate)"
	}
	return fmt.Sprintf(" (%.0f %% to %.0f %%)", 100*r.Low, 100*r.High)
}

func countOrNone(n int) string {
	if n == 0 {
		return "none"
	}
	return fmt.Sprint(n)
}

// similarRows shows matches with what ended them and who helped, those that a person called the same first.
func (s *Server) similarRows(ctx context.Context, r *request, found []similar.Match) ([]frontend.SimilarRow, error) {
	ids := make([]incident.ID, len(found))
	for i, m := range found {
		ids[i] = m.ID
	}
	rows, err := s.rows(ctx, r, ids)
	if err != nil {
		return nil, err
	}
	known, err := s.KnownProblems(ctx, ids, r.viewer.Sight())
	if err != nil {
		return nil, err
	}
	var out []frontend.SimilarRow
	for _, row := range rows {
		i := slices.Index(ids, row.Incident.ID)
		if i < 0 {
			continue
		}
		x := frontend.SimilarRow{IncidentRow: row, Score: found[i].Score, Strength: string(found[i].Strength), Said: found[i].Said, Helped: helpers(row.Incident)}
		for _, k := range known[row.Incident.ID] {
			if text := k.Workaround(); text != "" {
				shown := knownProblem(k)
				shown.Workaround, x.Known = firstWords(text), &shown
			}
		}
		for _, reason := range found[i].Reasons {
			x.Reasons = append(x.Reasons, reason.Text)
		}
		if x.Fix, err = s.fix(ctx, row.Incident.ID); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	slices.SortStableFunc(out, func(a, b frontend.SimilarRow) int { return cmp.Compare(saidFirst(a), saidFirst(b)) })
	return out, nil
}

func saidFirst(x frontend.SimilarRow) int {
	if x.Said {
		return 0
	}
	return 1
}

// fix is what ended an incident, in the words of its own retrospective; empty when it has none.
func (s *Server) fix(ctx context.Context, id incident.ID) (string, error) {
	retro, err := s.Store.Retrospective(ctx, id)
	if errors.Is(err, incident.ErrNotFound) {
		return "", nil
	}
	for _, section := range retro.Sections {
		if section.Slug == "resolution" {
			return firstWords(section.Body), err
		}
	}
	return "", err
}

// helpers names those who worked on an incident, each once, at most four.
func helpers(inc *incident.Incident) []string {
	var out []string
	for _, p := range inc.People {
		worked := slices.Contains([]string{"resolver", "commander", "responder", "assignee"}, p.Role)
		if worked && p.Name != "" && len(out) < 4 && !slices.Contains(out, p.Name) {
			out = append(out, p.Name)
		}
	}
	return out
}

// firstWords is the beginning of a text, cut between words.
func firstWords(text string) string {
	const most = 280
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	cut := string([]rune(text)[:most])
	if i := strings.LastIndexByte(cut, ' '); i > 0 {
		cut = cut[:i]
	}
	return cut + " …"
}
