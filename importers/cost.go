package importers

import (
	"cmp"
	"math"
	"strings"
	"time"
)

// Cost is the fewest requests in which a vendor's API gives its incidents whole: what a benchmark compares with, and what an
// import is estimated by beforehand. docs/sources says the same of each source, and a test holds it to this.
type Cost struct {
	Page int     // incidents that one request lists at the most; above 0
	Each float64 // further requests for one incident: its timeline, its notes
	Path string  // where the most of these requests lead: the entry of API.Rates for it is what slows them down
}

// Of returns the fewest requests for n incidents.
func (c Cost) Of(n int64) int64 {
	return int64(math.Ceil(float64(n)/float64(c.Page)) + math.Ceil(c.Each*float64(n)-1e-9))
}

// Pace returns the rate that holds for what lies at path, as declared; the zero Rate: the vendor states none.
func (a API) Pace(path string) Rate {
	_, rate := a.quota(path)
	return rate
}

// quota returns the rate that holds for a path below the base address, and the prefix that it is declared for.
func (a API) quota(path string) (prefix string, rate Rate) {
	for p, r := range a.Rates {
		if strings.HasPrefix(path, p) && len(p) >= len(prefix) {
			prefix, rate = p, r
		}
	}
	return prefix, rate
}

// Windows returns how many windows a walk of a span of time with n records begins at the most; 0 where time is not cut.
// Each costs a request, however little is in it.
func (l Listing) Windows(span time.Duration, n int64) int64 {
	if l.Window == 0 || span <= 0 {
		return 0
	}
	wide := max(cmp.Or(l.MaxWindow, defaultMaxWindow), l.Window)
	widening := int64(math.Ceil(math.Log2(float64(wide) / float64(l.Window))))
	return min(int64(span/l.Window)+1, int64(span/wide)+1+widening+n/sparse)
}

// Dawn is when a walk in windows begins when nobody says: before any system that is read.
func Dawn() time.Time { return dawn }
