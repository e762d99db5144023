package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/query"
)

const (
	claimedPath      = "/causes/claimed"
	claimsShown      = 25
	claimsOfOneShown = 5
)

// factorDone says what a verdict about a factor did.
var factorDone = map[string]string{"confirm": "Confirmed. It counts as confirmed from now on.", "reject": "Rejected. It counts nowhere; imports do not bring it back.",
	"reword": "Saved in your words. What the source says is kept beside it.", "add": "Added.", "undo": "Taken back.", "in": "Moved.", "out": "Moved.", "up": "Moved.", "down": "Moved.", "place": "Moved."}

// judgeFactor keeps what a person says of a factor.
func (s *Server) judgeFactor(r *request) (answer, error) {
	v := desk.FactorVerdict{Key: r.PostForm("key"), Action: r.PostForm("action"), Role: r.PostForm("role"), Category: r.PostForm("category"), Text: r.PostForm("text"), About: r.PostForm("about")}
	v.FactorDetail = factorDetail(r)
	id := incident.ID(r.Param("id"))
	inc, seq, err := s.JudgeFactor(r.Request.Context(), id, v, r.viewer.Name, r.viewer.Sight())
	inOutline := strings.HasPrefix(r.PostForm("back"), frontend.RetroFactorsPath(id))
	if errors.Is(err, incident.ErrInvalid) && inOutline {
		page, pageErr := s.factorsPage(r, formOf(r.Request.PostForm, err))
		return answer{page: page, status: http.StatusUnprocessableEntity}, pageErr
	}
	if errors.Is(err, incident.ErrInvalid) {
		return s.patchFailed(r, err)
	}
	if err != nil {
		return answer{}, err
	}
	s.Wait(r.Request.Context(), seq)
	back := r.PostForm("back")
	if !localPath(back) {
		back = frontend.IncidentPath(id) + "#factors"
	}
	if inOutline && r.PostForm("why") == "on" && len(inc.Edits) > 0 { // the new one is asked about next
		back = frontend.RetroFactorsPath(id) + "?why=" + queryEscape(strings.TrimPrefix(inc.Edits[len(inc.Edits)-1].Field, "factor:"))
	}
	if inOutline {
		return goTo(back, frontend.Flash{Kind: frontend.Done, Text: factorDone[v.Action]})
	}
	return goTo(back, frontend.Flash{Kind: frontend.Done, Text: factorDone[v.Action], Link: frontend.Link{Label: "See the incident", Path: frontend.IncidentPath(id) + "#factors"}})
}

// factorDetail reads what a form says of a factor beside its words; a field that the form does not have leaves it as it is.
func factorDetail(r *request) desk.FactorDetail {
	r.PostForm("action") // reads the form
	field := func(name string) *string {
		if text := r.PostForm(name); r.Request.PostForm.Has(name) {
			return &text
		}
		return nil
	}
	d := desk.FactorDetail{Evidence: field("evidence"), Confidence: field("confidence"), Before: field("before"), Parent: field("parent"), From: field("from")}
	if r.PostForm("links") == "on" {
		also := strings.Join(r.PostFormArray("also"), " ")
		d.Also = &also
	}
	return d
}

// fillFactors lists the factors with who vouches for each, and what they may be called.
func (s *Server) fillFactors(_ context.Context, r *request, page *frontend.IncidentPage) error {
	page.Factors = page.Incident.FactorStatements()
	if page.MayEdit {
		page.FactorNames = s.FactorNames(page.Incident.ID, r.viewer.Sight())
	}
	return nil
}

// claimedFactors is the work list of what nobody has judged.
func (s *Server) claimedFactors(r *request) (answer, error) {
	q, err := query.Parse(r.Request.URL.Query(), s.Now())
	if err != nil {
		return answer{}, err
	}
	page := frontend.ClaimsPage{Shell: r.shell("Claimed factors", frontend.NavProblems, frontend.Link{Label: "Across services", Path: causesPath}), Period: r.period(claimedPath, q, false),
		Chips: r.chips(claimedPath, q), Clear: claimedPath, MayEdit: r.viewer.MayChange(incident.Write)}
	c, err := s.ClaimedFactors(r.Request.Context(), q, r.viewer.Sight())
	if errors.Is(err, incident.ErrInvalid) {
		page.Problem = capital(message(err)) + "."
		return answer{page: page, status: http.StatusOK}, nil
	}
	if err != nil {
		return answer{}, err
	}
	page.Total = len(c.Groups)
	for _, g := range c.Groups {
		page.Claimed += len(g.Items)
		page.Took += g.Took
	}
	for _, g := range c.Groups[:min(len(c.Groups), claimsShown)] {
		page.Groups = append(page.Groups, claimGroup(g, q))
	}
	if c.Read < c.Incidents {
		page.Note = fmt.Sprintf("These are of the %d longest of %s; the list goes on as they are judged.", c.Read, number(c.Incidents, "incident"))
	}
	return show(page)
}

func claimGroup(g desk.Claim, q query.Query) frontend.ClaimGroup {
	out := frontend.ClaimGroup{Name: firstWords(g.Name), Took: g.Took, N: len(g.Items), Unmeasured: g.Unmeasured}
	for _, x := range g.Items[:min(len(g.Items), claimsOfOneShown)] {
		row := frontend.ClaimRow{FactorStatement: x.Statement, Incident: x.Incident, Length: incident.Duration{State: incident.NotApplicable}}
		if x.Known {
			row.Length = incident.Duration{State: incident.Recorded, Value: x.Took}
		}
		out.Rows = append(out.Rows, row)
	}
	if len(g.Name) <= 100 { // longer ones are prose, which is in no table
		out.All = causeCase(q, "factor="+queryEscape(g.Name))
	}
	return out
}
