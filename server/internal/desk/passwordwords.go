package desk

import (
	"net/url"
	"strings"

	"hindsight/incident"
)

// PasswordWords returns the names that everybody here knows: of the product, of this site, of teams and services. Those that only private
// incidents use are not among them, so that nobody finds them out by choosing passwords.
func (d *Desk) PasswordWords() []string {
	words := []string{"hindsight", "postmortem", "incident"}
	if u, err := url.Parse(d.BaseURL); err == nil {
		words = append(words, strings.Split(u.Hostname(), ".")...)
	}
	snapshot := d.Live.Snapshot()
	for _, s := range snapshot.Services(incident.Sight{}) {
		words = append(words, s.Name)
	}
	for _, t := range snapshot.Teams(incident.Sight{}) {
		words = append(words, t.Name)
	}
	return words
}
