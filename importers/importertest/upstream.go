package importertest

import (
	"net/http"

	"hindsight/importers"
)

// Upstream is a made-up system that a source can be tried on as a user tries it: in a browser, or in a benchmark. The package
// NAMEtest beside each source has one, and importers/all/alltest lists them.
type Upstream struct {
	Source string // Source.Name
	// New returns the system as it is at the beginning; two of them share nothing.
	New func() http.Handler
	// Settings is what a connection to the system at url has to be told, its credentials included.
	Settings  func(url string) map[string]string
	Incidents int    // incidents that a walk over everything with these settings gives; 0: the source tells of changes or rosters alone
	Title     string // of one of these incidents
	Pinned    bool   // the source takes addresses of its vendor alone: code can lead it here, and no form
}

// Config returns a connection to the system at url, without a mapping.
func (u Upstream) Config(url string) importers.Config {
	return importers.Config{Connection: "con_test", Settings: u.Settings(url)}
}

// Fake returns the system as RunAPI and BenchAPI want it.
func (u Upstream) Fake() Fake {
	return Fake{Handler: u.New, Config: u.Config, Want: u.Incidents}
}
