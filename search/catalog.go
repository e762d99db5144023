package search

import (
	"slices"
	"strings"

	"hindsight/incident"
)

// catalog knows the names that queries use. It is stored with the index, so that a restart needs no
// other source, and consulted when a query runs, so that a renamed team needs no new indexing.
type catalog struct {
	Services []incident.Service
	Teams    []incident.Team
}

// services returns the services of which one name has all words of text, or whose id it is.
func (c *catalog) services(text string) []string {
	var ids []string
	for _, s := range c.Services {
		if string(s.ID) == text || hasWords(s.Name, text) || slices.ContainsFunc(s.Alias, func(a string) bool { return hasWords(a, text) }) {
			ids = append(ids, string(s.ID))
		}
	}
	return ids
}

func (c *catalog) teams(text string) []string {
	var ids []string
	for _, t := range c.Teams {
		if string(t.ID) == text || hasWords(t.Name, text) {
			ids = append(ids, string(t.ID))
		}
	}
	return ids
}

// serviceName returns what people call a service; the id where nobody knows.
func (c *catalog) serviceName(id string) string {
	if i := slices.IndexFunc(c.Services, func(s incident.Service) bool { return string(s.ID) == id }); i >= 0 {
		return c.Services[i].Name
	}
	return id
}

// teamName is serviceName for a team.
func (c *catalog) teamName(id string) string {
	if i := slices.IndexFunc(c.Teams, func(t incident.Team) bool { return string(t.ID) == id }); i >= 0 {
		return c.Teams[i].Name
	}
	return id
}

// hasWords reports whether name has all words of text, in any order.
func hasWords(name, text string) bool {
	have := strings.Split(incident.Slug(name), "-")
	for _, w := range strings.Split(incident.Slug(text), "-") {
		if !slices.Contains(have, w) {
			return false
		}
	}
	return true
}
