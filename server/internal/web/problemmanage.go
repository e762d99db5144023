package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// managedPart shows what people decided about a problem, and works out how far that is.
func (s *Server) managedPart(ctx context.Context, r *request, x desk.Standing, incs []*incident.Incident) (frontend.ManagedPart, error) {
	m := x.Management
	part := frontend.ManagedPart{Management: m, Lacks: m.Lacks(), Exit: exitPart(x, r.zone()), Returned: returnedWords(x, r.zone()), Behind: behindProblem(x.ID, "returned", "")}
	if m.Owner != "" {
		part.Owned = problemsAddress(problemsPath, desk.ProblemQuery{Owner: string(m.Owner)})
	}
	part.Link = frontend.ChangeLink{Title: m.ChangeURL, URL: m.ChangeURL}
	if m.Change != "" {
		part.Link = frontend.ChangeLink{Title: string(m.Change), Note: "the change is not there any more"}
		c, err := s.Store.ChangeEvent(ctx, m.Change)
		if err != nil && !errors.Is(err, incident.ErrNotFound) {
			return part, err
		}
		if err == nil && c.DeletedAt.IsZero() {
			part.Link = frontend.ChangeLink{Title: cmp.Or(c.Title, c.Number, string(c.ID)), URL: c.URL,
				Note: fmt.Sprintf("%s, %s, %s", c.Kind, c.At().In(r.zone()).Format("2 Jan 2006"), strings.ReplaceAll(string(c.Result), "_", " "))}
		}
	}
	if r.viewer.May(incident.Write) {
		return part, s.offerOwners(ctx, r, &part, incs)
	}
	return part, nil
}

const ownersOffered = 100

// offerOwners names those who are likely to own a problem: whose team it is, who worked on it, who has an account; any other can be typed.
func (s *Server) offerOwners(ctx context.Context, r *request, part *frontend.ManagedPart, incs []*incident.Incident) error {
	add := func(name string) {
		if name != "" && len(part.Owners) < ownersOffered && !slices.Contains(part.Owners, name) {
			part.Owners = append(part.Owners, name)
		}
	}
	snapshot := s.Live.Snapshot()
	for _, inc := range incs {
		if inc.Team != "" {
			add(snapshot.Name(inc.Team))
		}
	}
	for _, inc := range incs {
		for _, name := range helpers(inc) {
			add(name)
		}
	}
	for _, t := range snapshot.Teams(r.viewer.Sight()) {
		add(t.Name)
	}
	users, err := s.Store.Users(ctx)
	for _, u := range users {
		add(cmp.Or(u.Display, u.Name))
	}
	return err
}

// exitPart says how far a problem is from its measurable exit criterion.
func exitPart(x desk.Standing, zone *time.Location) frontend.ExitPart {
	e := frontend.ExitPart{Exit: x.Exit, Path: behindProblem(x.ID, "interval", "")}
	if e.Asked == 0 {
		return e
	}
	switch {
	case e.Last.IsZero():
		e.Sentence = fmt.Sprintf("%d days without an incident are asked for; nobody knows when the last one began.", e.Asked)
	case e.Open > 0:
		e.Sentence = fmt.Sprintf("0 of %d days without an incident: %s of it still %s on.", e.Asked, number(e.Open, "incident"), map[bool]string{true: "goes", false: "go"}[e.Open == 1])
	default:
		e.Sentence = fmt.Sprintf("%d of %d days without an incident, last on %s.", e.Days, e.Asked, e.Last.In(zone).Format("2 Jan 2006"))
	}
	if why := x.Recurrence.Silent(); why != "" {
		e.Note = capital(why) + ", so days without an incident since then prove nothing."
	}
	return e
}

// returnedWords says how a problem came back after it was resolved; empty when it did not.
func returnedWords(x desk.Standing, zone *time.Location) string {
	b := x.Return
	if b.N == 0 {
		return ""
	}
	text := fmt.Sprintf("It came back on %s, %s after it was resolved", b.First.In(zone).Format("2 Jan 2006"), days(b.After))
	if b.N > 1 {
		text += fmt.Sprintf("; %s since, the last on %s", number(b.N, "incident"), b.Last.In(zone).Format("2 Jan 2006"))
	}
	return text + "."
}

// manageProblem saves what people decided about a problem. Who had an older version before them sees what was changed meanwhile.
func (s *Server) manageProblem(r *request) (answer, error) {
	ctx, id := r.Request.Context(), incident.ID(r.Param("id"))
	if err := s.MayJudge(ctx, id, desk.Verdict{}, r.viewer.Sight()); err != nil {
		return answer{}, err
	}
	patch, err := s.managePatch(r, id)
	patch.Sight = r.viewer.Sight()
	var m incident.Management
	var seq incident.Seq
	if err == nil {
		m, seq, err = s.Manage(ctx, id, patch, r.viewer.Name)
	}
	var meanwhile *desk.MeanwhileError
	if errors.As(err, &meanwhile) {
		form := formOf(r.Request.PostForm, nil)
		form.Errors = []frontend.FieldError{{Message: "Somebody else saved while you were writing. What they changed stands above your text; nothing of yours is saved yet."}}
		page, pageErr := s.problemPage(r, form)
		page.Managed.Meanwhile = meanwhile.Changes
		return answer{page: page, status: http.StatusConflict}, pageErr
	}
	if errors.Is(err, incident.ErrInvalid) {
		page, pageErr := s.problemPage(r, formOf(r.Request.PostForm, err))
		return answer{page: page, status: http.StatusUnprocessableEntity}, pageErr
	}
	if err != nil {
		return answer{}, err
	}
	s.Wait(ctx, seq)
	return goTo(frontend.ProblemPath(m.Problem), frontend.Flash{Kind: frontend.Done, Text: "Saved. The history below can take it back."})
}

// managePatch reads the form.
func (s *Server) managePatch(r *request, id incident.ID) (desk.ManagePatch, error) {
	field := func(name string) *string { text := r.PostForm(name); return &text }
	p := desk.ManagePatch{Stage: field("stage"), Owner: field("owner"), Workaround: field("workaround"), Cause: field("cause"), ExitWords: field("exit_words"), Change: field("change")}
	version, err := strconv.Atoi(r.PostForm("version"))
	if err != nil {
		return p, incident.Invalidf("version", "%q is not a version", r.PostForm("version"))
	}
	p.Version, p.ExitDays = &version, new(int)
	if text := strings.TrimSpace(r.PostForm("exit_days")); text != "" {
		if *p.ExitDays, err = strconv.Atoi(text); err != nil {
			return p, incident.Invalidf("exit_days", "%q is not a number of days", text)
		}
	}
	known, err := s.Store.Managements(r.Request.Context())
	if err != nil {
		return p, err
	}
	day := strings.TrimSpace(r.PostForm("resolved_at"))
	if day == "" || *p.Stage != string(incident.StageResolved) || day == (frontend.ManagedPart{Management: known[id]}).ResolvedOn(r.zone()) {
		return p, nil // the time of day stays
	}
	at, err := time.ParseInLocation("2006-01-02", day, r.zone())
	if err != nil {
		return p, incident.Invalidf("resolved_at", "%q is not a day such as 2026-11-20", day)
	}
	p.ResolvedAt = &at
	return p, nil
}

// edited shows what a step of the history changed in how a problem is managed.
func edited(e incident.ProblemEvent) []frontend.EditedPart {
	const short = 80
	return each(desk.ManagedChanges(e), func(c incident.FieldChange) frontend.EditedPart {
		return frontend.EditedPart{FieldChange: c, Long: len(c.Before)+len(c.After) > short}
	})
}
