package web

import (
	"net/url"
	"strings"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// retroHeard shows how far a retrospective was heard.
func (s *Server) retroHeard(r *request) (answer, error) {
	w, err := s.Writing(r.Request.Context(), incident.ID(r.Param("id")), r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	page := frontend.RetroHeardPage{Shell: r.shell("Read, cited, reused", frontend.NavIncidents, retroCrumbs(w.Incident)...), Incident: w.Incident, Retro: w.Retro}
	page.Heard, err = s.heardOf(r, w)
	return answer{page: page}, err
}

// heardOf is how far a retrospective was heard, as far as the viewer may see.
func (s *Server) heardOf(r *request, w *desk.Writing) (frontend.RetroHeard, error) {
	out := frontend.RetroHeard{Path: frontend.RetroHeardPath(w.Incident.ID), Published: w.Number > 0}
	if !out.Published {
		return out, nil
	}
	h, err := s.Heard(r.Request.Context(), w.Retro, r.viewer.Sight())
	out.RetroReach, out.TooNew = h.RetroReach, h.TooNew
	about := func(inc *incident.Incident) frontend.HeardIn {
		return frontend.HeardIn{Title: inc.Title, Path: frontend.IncidentPath(inc.ID) + "/retrospective", Label: inc.Label(), At: inc.StartedAt(), Private: inc.Private}
	}
	out.Cites, out.Reusers = each(h.Cites, about), each(h.Reusers, func(inc *incident.Incident) frontend.HeardIn {
		x := about(inc)
		x.Path = frontend.RetroFactorsPath(inc.ID)
		return x
	})
	for _, p := range h.Problems {
		out.Problems = append(out.Problems, frontend.HeardIn{Title: p.Title, Path: frontend.ProblemPath(p.ID), Label: "recurring problem"})
	}
	return out, err
}

// noteRead counts the viewer as a reader, where a person opened the page: not what a browser fetches before anybody asks for it, and not
// an administrator who looks as a role.
func (s *Server) noteRead(r *request, w *desk.Writing) {
	if r.user == nil || r.viewer.User == "" || strings.Contains(r.GetHeader("Sec-Purpose")+r.GetHeader("Purpose"), "prefetch") {
		return
	}
	if err := s.NoteRead(r.Request.Context(), w, *r.user); err != nil {
		s.log.Error("a reader could not be counted", "incident", w.Incident.ID, "error", err)
	}
}

// retroParams are the parameters of the list of retrospectives, in canonical order.
var retroParams = []string{"state", "mine", "team", "service", "read"}

func retroQuery(v url.Values) desk.RetroQuery {
	return desk.RetroQuery{Teams: kept(v, "team"), Services: kept(v, "service"), Read: v.Get("read")}
}

// readingWords are the ways to ask for retrospectives by their readers.
var readingWords = map[string]string{"most": "Most read first", "never": "Never read"}

// fillRetroFilters offers ways to narrow the list down, and says which are in force.
func (s *Server) fillRetroFilters(r *request, page *frontend.RetrosPage, v url.Values) {
	name := func(id string) string { return s.Live.Snapshot().Name(incident.ID(id)) }
	for _, param := range []string{"team", "service", "read"} {
		for _, value := range kept(v, param) {
			label := capital(param) + ": " + name(value)
			if param == "read" {
				label = readingWords[value]
			}
			page.Chips = append(page.Chips, frontend.Chip{Label: label, Remove: narrowed(retrosPath, retroParams, v, param, value)})
		}
	}
	facet := func(param, label string, options []frontend.Choice) {
		f := frontend.Facet{Name: param, Label: label, Options: options[:min(len(options), facetOptions)]}
		for i := range f.Options {
			c := &f.Options[i]
			c.Path, c.Count = narrowed(retrosPath, retroParams, v, param, c.Value), -1
			for _, chosen := range kept(v, param) {
				c.On = c.On || chosen == c.Value
			}
		}
		if len(options) > 0 {
			page.Facets = append(page.Facets, f)
		}
	}
	snapshot := s.Live.Snapshot()
	facet("team", "Team", each(snapshot.Teams(r.viewer.Sight()), func(x incident.Team) frontend.Choice { return frontend.Choice{Value: string(x.ID), Label: x.Name} }))
	facet("service", "Service", each(desk.ByIncidents(snapshot.Services(r.viewer.Sight()), s.ServiceCounts(snapshot, r.viewer.Sight())), func(x incident.Service) frontend.Choice {
		return frontend.Choice{Value: string(x.ID), Label: x.Name}
	}))
	other := url.Values{}
	for _, param := range []string{"state", "mine", "team", "service"} {
		other[param] = v[param]
	}
	var readings []frontend.Choice
	for _, x := range desk.RetroReadings {
		readings = append(readings, frontend.Choice{Value: x, Label: readingWords[x], On: v.Get("read") == x, Path: narrowed(retrosPath, retroParams, other, "read", x), Count: -1})
	}
	page.Facets = append(page.Facets, frontend.Facet{Name: "read", Label: "Readers", Options: readings})
	feed := url.Values{"team": v["team"], "service": v["service"]}
	page.Feed = narrowed("/api/v1/retrospectives.atom", retroParams, feed)
}
