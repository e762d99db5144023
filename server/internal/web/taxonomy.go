package web

import (
	"cmp"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"hindsight/analytics"
	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

const (
	taxonomyPath  = "/admin/taxonomy"
	unnamedListed = 50
)

// taxonomy is the page of what factors are called.
func (s *Server) taxonomy(r *request) (answer, error) {
	page, err := s.taxonomyPage(r, frontend.Form{})
	return answer{page: page}, err
}

func (s *Server) taxonomyPage(r *request, form frontend.Form) (frontend.TaxonomyPage, error) {
	page := frontend.TaxonomyPage{Shell: r.shell("Categories of factors", frontend.NavSettings, frontend.Link{Label: "Settings", Path: "/me"}), Form: form}
	t, version, err := s.Taxonomy(r.Request.Context())
	if err != nil {
		return page, err
	}
	page.Version = version
	uses := s.Live.Snapshot().FactorUses(analytics.Query{Now: s.Now().UTC(), Sight: r.viewer.Sight()})
	for _, c := range t.Categories {
		page.Rows = append(page.Rows, frontend.CategoryRow{Category: c, Uses: uses[c.Name], Path: causeFactorPath(c.Name)})
		delete(uses, c.Name)
	}
	page.Standard = !slices.ContainsFunc(t.Categories, func(c incident.Category) bool { return c.Source != "" })
	for _, name := range slices.SortedFunc(maps.Keys(uses), func(a, b string) int { return cmp.Or(uses[b]-uses[a], cmp.Compare(a, b)) }) {
		page.Total++
		if len(page.Others) < unnamedListed {
			page.Others = append(page.Others, frontend.CategoryRow{Category: incident.Category{Name: name}, Uses: uses[name], Path: causeFactorPath(name)})
		}
	}
	return page, nil
}

func causeFactorPath(name string) string {
	return "/causes/cases?range=all&factor=" + queryEscape(name)
}

// saveTaxonomy puts a new version in force.
func (s *Server) saveTaxonomy(r *request) (answer, error) {
	c := desk.TaxonomyChange{Action: r.PostForm("action"), Name: r.PostForm("name"), To: strings.TrimSpace(r.PostForm("to")), Text: r.PostForm("text"), Note: r.PostForm("note")}
	c.Version, _ = strconv.Atoi(r.PostForm("version"))
	for word := range strings.SplitSeq(r.PostForm("synonyms"), ",") {
		if word = strings.TrimSpace(word); word != "" {
			c.Synonyms = append(c.Synonyms, word)
		}
	}
	seq, err := s.ChangeTaxonomy(r.Request.Context(), c, r.viewer.Name)
	if errors.Is(err, incident.ErrInvalid) || errors.Is(err, incident.ErrConflict) {
		page, pageErr := s.taxonomyPage(r, formOf(r.Request.PostForm, err))
		return answer{page: page, status: http.StatusUnprocessableEntity}, pageErr
	}
	if err != nil {
		return answer{}, err
	}
	s.Wait(r.Request.Context(), seq)
	return goTo(taxonomyPath, frontend.Flash{Kind: frontend.Done, Text: "Saved. Figures follow it from now on; what stands in incidents stays as it was written."})
}
