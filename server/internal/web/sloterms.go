package web

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"hindsight/analytics"
	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/reports"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/query"
)

const termsPath = "/slo/terms"

func (s *Server) sloTerms(r *request) (answer, error) { return show(s.termsPage(r, frontend.Form{})) }

func (s *Server) termsPage(r *request, form frontend.Form) frontend.SLOTermsPage {
	snapshot := s.Live.Snapshot()
	terms := snapshot.Terms()
	page := frontend.SLOTermsPage{Shell: r.shell("Weights, dependencies, rates", frontend.NavSLO, frontend.Link{Label: "Objectives", Path: sloPath}), Form: form,
		Sum: terms.Weights.Sum, Services: s.serviceChoices(r, ""), MayEdit: r.viewer.MayChange(incident.Agree)}
	known := map[incident.ID]bool{"": true}
	for _, c := range page.Services {
		known[incident.ID(c.Value)] = true
	}
	for _, sev := range incident.WeightedSeverities() {
		page.Weights = append(page.Weights, frontend.Pair{Name: sev.String(), Value: strconv.FormatFloat(terms.Weights.Of(sev), 'g', -1, 64)})
	}
	for _, d := range terms.Dependencies {
		if known[d.Service] {
			page.Dependencies = append(page.Dependencies, frontend.SLONeeds{Service: snapshot.Name(d.Service), Needs: needWords(snapshot, d.Needs, known)})
		}
	}
	for _, rate := range terms.Rates {
		if known[rate.Service] {
			page.Rates = append(page.Rates, frontend.SLORate{Service: snapshot.Name(rate.Service), Amount: amount(rate.Low, rate.High, rate.Currency), Reason: rate.Reason, ID: string(rate.Service)})
		}
	}
	return page
}

// needWords says what is needed, without services that the viewer may not know.
func needWords(snapshot *analytics.Snapshot, needs []incident.Needs, known map[incident.ID]bool) []string {
	return each(needs, func(n incident.Needs) string {
		var names []string
		for _, id := range n.Services {
			if known[id] {
				names = append(names, snapshot.Name(id))
			}
		}
		if n.Any {
			return "one of " + strings.Join(names, ", ")
		}
		return strings.Join(names, " and ")
	})
}

// amount writes a range of money: "8,400 to 25,000 EUR".
func amount(low, high float64, currency string) string {
	write := func(x float64) string {
		if x < 100 && x != float64(int(x)) {
			return strconv.FormatFloat(x, 'f', 2, 64)
		}
		return reports.Format(reports.Count, float64(int(x+0.5)))
	}
	if write(low) == write(high) {
		return write(low) + " " + currency
	}
	return write(low) + " to " + write(high) + " " + currency
}

// saved answers a form of the terms.
func (s *Server) saved(r *request, seq incident.Seq, err error, what string) (answer, error) {
	if errors.Is(err, incident.ErrInvalid) {
		form := formOf(r.Request.PostForm, err)
		for i := range form.Errors { // the message says which form it is about
			form.Errors[i].Field = ""
		}
		return again(s.termsPage(r, form))
	}
	if err != nil {
		return answer{}, err
	}
	s.Wait(r.Request.Context(), seq)
	return goTo(termsPath, frontend.Flash{Kind: frontend.Done, Text: what})
}

func (s *Server) saveWeights(r *request) (answer, error) {
	w := incident.ImpactWeights{Shares: map[string]float64{}, Sum: r.PostForm("sum") == "on"}
	for _, sev := range incident.WeightedSeverities() {
		share, err := strconv.ParseFloat(strings.TrimSpace(r.PostForm(sev.String())), 64)
		if err != nil {
			return s.saved(r, 0, incident.Invalidf(sev.String(), "give %s a share from 0 to 1", sev), "")
		}
		w.Shares[sev.String()] = share
	}
	seq, err := s.SaveWeights(r.Request.Context(), w, "", r.viewer.Name)
	return s.saved(r, seq, err, "The weights are saved.")
}

func (s *Server) saveDependencies(r *request) (answer, error) {
	var groups []desk.NeedNames
	if all := listed(r.PostForm("all")); len(all) > 0 {
		groups = append(groups, desk.NeedNames{Services: all})
	}
	for _, line := range strings.Split(r.PostForm("any"), "\n") {
		if names := listed(line); len(names) > 0 {
			groups = append(groups, desk.NeedNames{Any: true, Services: names})
		}
	}
	seq, err := s.SaveDependencies(r.Request.Context(), r.PostForm("service"), groups, "", r.viewer.Name, r.viewer.Sight())
	return s.saved(r, seq, err, "What it needs is saved.")
}

// listed reads names that commas divide.
func listed(text string) []string {
	var out []string
	for _, name := range strings.Split(text, ",") {
		if name = strings.TrimSpace(name); name != "" {
			out = append(out, name)
		}
	}
	return out
}

func (s *Server) saveRate(r *request) (answer, error) {
	service := r.PostForm("service")
	if r.PostForm("remove") == "on" {
		for _, rate := range s.Live.Snapshot().Terms().Rates {
			if string(rate.Service) == service {
				seq, err := s.SaveRate(r.Request.Context(), rate, service, true, "", r.viewer.Name, r.viewer.Sight())
				return s.saved(r, seq, err, "The rate is removed.")
			}
		}
		return answer{}, incident.ErrNotFound
	}
	rate := incident.CostRate{Currency: strings.ToUpper(strings.TrimSpace(r.PostForm("currency"))), Reason: strings.TrimSpace(r.PostForm("reason"))}
	var err error
	for _, field := range []struct {
		name string
		to   *float64
	}{{"low", &rate.Low}, {"high", &rate.High}} {
		if *field.to, err = strconv.ParseFloat(strings.TrimSpace(r.PostForm(field.name)), 64); err != nil {
			return s.saved(r, 0, incident.Invalidf(field.name, "%q is not an amount per minute", r.PostForm(field.name)), "")
		}
	}
	seq, err := s.SaveRate(r.Request.Context(), rate, service, false, "", r.viewer.Name, r.viewer.Sight())
	return s.saved(r, seq, err, "The rate is saved.")
}

// reliability is how available a service was in the page's period; the last 30 days where that has no beginning.
func (s *Server) reliability(r *request, snapshot *analytics.Snapshot, service incident.ID, q query.Query) *frontend.ReliabilityPart {
	from, to, now := q.From, q.To, s.Now().UTC()
	if to.IsZero() || now.Before(to) {
		to = now
	}
	if from.IsZero() {
		from = to.AddDate(0, 0, -30)
	}
	x := snapshot.Reliability(service, from, to, now, snapshot.Terms(), r.viewer.Sight())
	day := "2 Jan 2006, 15:04"
	part := &frontend.ReliabilityPart{Period: from.In(q.Zone).Format(day) + " to " + to.In(q.Zone).Format(day) + " " + q.Zone.String()}
	part.Stats = []frontend.Stat{
		lostStat("Without any impact", x.Any, reports.Share, "weighted_availability"), lostStat("By weight of severity", x.Weighted, reports.Share, "weighted_availability"),
		lostStat("With what it needs", x.Composed, reports.Share, "composed_availability"), lostStat("Time lost, by weight", x.Lost, reports.Seconds, "weighted_availability"),
	}
	if why := x.Lost.Reason; !x.Lost.Known() && why == x.Any.Reason && !x.Composed.Known() {
		part.Nothing, part.Stats = "No figure: "+why+".", nil
	}
	part.Needs, part.Excluded = needPairs(snapshot, x.Needs), excludedParts(x.Maintenance, x.Excluded, q.Zone)
	part.Uncertain = append(doubts(x.Unclear, x.Lost), lateDoubt(x.Late, x.LateTook, x.LateUnknown)...)
	if c := x.Cost; c != nil {
		part.Cost = amount(c.Low, c.High, c.Rate.Currency)
		part.Reasoning = fmt.Sprintf("%s lost by weight%s, times %s a minute: %s", took(*c.Lost.Value), after(", ", plusMinus(c.Lost)), amount(c.Rate.Low, c.Rate.High, c.Rate.Currency), c.Rate.Reason)
	}
	for _, b := range s.Budgets(snapshot, r.viewer.Sight()) {
		if b.NamedObjective.Objective.Service == service {
			part.Objectives = append(part.Objectives, sloRow(snapshot, b))
		}
	}
	return part
}

// needPairs says what each group of needed services took.
func needPairs(snapshot *analytics.Snapshot, needs []analytics.NeedLoss) []frontend.Pair {
	return each(needs, func(n analytics.NeedLoss) frontend.Pair {
		words := needWords(snapshot, []incident.Needs{{Any: n.Any, Services: n.Services}}, known(n.Services))
		return frontend.Pair{Name: capital(words[0]), Value: "took " + took(n.Own) + " that would not have been lost otherwise"}
	})
}

// excludedParts lists the time that is taken out, each stretch with what leads to who said so.
func excludedParts(length time.Duration, all []analytics.ExcludedTime, zone *time.Location) frontend.Excluded {
	out := frontend.Excluded{}
	if length > 0 {
		out.Took = incident.FormatDuration(length)
	}
	const minute = "2 Jan 2006 15:04"
	for _, x := range all[:min(len(all), spendersShown)] {
		p := frontend.SLOUncertain{Text: fmt.Sprintf("%s to %s: maintenance", x.From.In(zone).Format(minute), x.To.In(zone).Format(minute+" MST"))}
		if x.Case != nil {
			p.Cases = caseLinks([]analytics.Case{*x.Case})
		} else {
			p.Text = fmt.Sprintf("%s to %s: %s, approved by %s", x.From.In(zone).Format(minute), x.To.In(zone).Format(minute+" MST"), x.Reason, x.Approver)
			p.Cases = []frontend.Link{{Label: x.ContractName, Path: frontend.ContractPath(x.Contract)}}
		}
		if x.Late {
			p.Text += ", after the fact"
		}
		out.Parts = append(out.Parts, p)
	}
	if more := len(all) - len(out.Parts); more > 0 {
		out.Parts = append(out.Parts, frontend.SLOUncertain{Text: fmt.Sprintf("and %s more", reports.Format(reports.Count, float64(more)))})
	}
	return out
}

// after returns text behind what divides it from the text before; empty for none.
func after(divider, text string) string {
	if text == "" {
		return ""
	}
	return divider + text
}

// known holds ids that may be named.
func known(ids []incident.ID) map[incident.ID]bool {
	out := map[incident.ID]bool{}
	for _, id := range ids {
		out[id] = true
	}
	return out
}
