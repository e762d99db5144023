package desk

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

const (
	countTime = 10 * time.Second // that is waited for a source to say how many incidents it has
	fewest    = 10               // incidents from which on others can be reckoned
	doubt     = 2                // by how much a reckoned number may be too large or too small
)

// Backfill says beforehand what reading a connection's past takes. What cannot be told is zero, and Reasons says why.
type Backfill struct {
	Counted                   bool // the source itself says how many incidents there are
	LeastIncidents, Incidents int64
	LeastRequests, Requests   int64
	Shortest, Longest         time.Duration
	Summary                   string // "12,400 issues: 124 to 150 requests, 20 to 25 minutes": one line
	Reasons                   []string
}

// Backfill estimates what reading a connection from since on takes (zero: from the beginning). It asks the source for the
// number of incidents where that is a request or two, and else reckons from what the last trial read. conn's
// settings are as stored. ErrInvalid: it is not read over the network.
func (d *Desk) Backfill(ctx context.Context, conn incident.Connection, since time.Time) (Backfill, error) {
	source, err := d.Source(conn.Source)
	if err == nil && source.API == nil {
		err = incident.Invalidf("source", "%s is not read over the network", source.Title)
	}
	if err != nil {
		return Backfill{}, err
	}
	open, err := d.Unseal(conn)
	if err != nil {
		return Backfill{}, err
	}
	r := reckoning{source: source, since: since, now: d.Now().UTC(), cfg: importers.Config{Connection: conn.ID, Settings: open.Settings}}
	if r.sounding, err = d.sounded(ctx, conn.ID); err != nil {
		return Backfill{}, err
	}
	asking, cancel := context.WithTimeout(ctx, countTime)
	defer cancel()
	n, err := d.Runner.Count(asking, open, since)
	if ctx.Err() != nil {
		return Backfill{}, ctx.Err()
	}
	r.counts, r.count = err == nil && n >= 0, n
	if err != nil {
		r.reason("%s was asked how many there are, and did not say: %s.", source.Title, unprefixed(err, source.Name))
	}
	return r.backfill(), nil
}

// reckoning works an estimate out.
type reckoning struct {
	source   importers.Source
	cfg      importers.Config
	since    time.Time
	now      time.Time
	sounding sounding
	counts   bool  // the source gave count
	count    int64 // incidents
	out      Backfill
}

func (r *reckoning) reason(format string, args ...any) {
	r.out.Reasons = append(r.out.Reasons, fmt.Sprintf(format, args...))
}

func (r *reckoning) backfill() Backfill {
	r.incidents()
	r.requests()
	r.time()
	r.further()
	r.out.Summary = r.summary()
	return r.out
}

// incidents says how many there are.
func (r *reckoning) incidents() {
	s := r.sounding
	switch {
	case r.counts:
		r.out.Counted, r.out.LeastIncidents, r.out.Incidents = true, r.count, r.count
		r.reason("%s itself says how many records there are.", r.source.Title)
	case r.since.IsZero():
		r.reason("It cannot be told how many there are: %s does not say, and without a day to begin with it is not known how far back they reach.", r.source.Title)
	case s.Incidents < fewest || s.To.Sub(s.From) < time.Hour:
		r.reason("It cannot be told how many there are: %s does not say, and too few were read while previewing to reckon from.", r.source.Title)
	default:
		n := float64(s.Incidents) * float64(r.now.Sub(r.since)) / float64(s.To.Sub(s.From))
		r.out.LeastIncidents, r.out.Incidents = rounded(n/doubt), rounded(n*doubt)
		r.reason("%s does not say how many there are. It is reckoned from the %s between %s and %s, and may be half or twice as many, since nobody knows whether other times were as busy.",
			r.source.Title, plural(s.Incidents, "record"), s.From.Format(time.DateOnly), s.To.Format(time.DateOnly))
	}
}

// rounded keeps two digits.
func rounded(n float64) int64 {
	if n < 10 {
		return int64(math.Round(n))
	}
	unit := math.Pow(10, math.Floor(math.Log10(n))-1)
	return int64(math.Round(n/unit) * unit)
}

// requests says how many requests they take: at the least what the API allows, at the most as many as the trial needed for
// each, and one for each stretch of time that is asked for.
func (r *reckoning) requests() {
	if r.source.API.Cost == nil {
		if n := r.sounding.Requests; n > 0 {
			r.out.LeastRequests, r.out.Requests = n, n
		}
		r.reason("How many there are does not matter: %s gives all of them in a few answers.", r.source.Title)
		return
	}
	cost := r.source.API.Cost(r.cfg)
	if r.out.Incidents == 0 && !r.counts {
		r.reason("Each 1,000 take %s at the least.", plural(cost.Of(1000), "request"))
		return
	}
	least, most := cost.Of(r.out.LeastIncidents), cost.Of(r.out.Incidents)
	if s := r.sounding; s.Read >= int64(cost.Page) {
		most = max(most, int64(math.Ceil(float64(s.Requests)*float64(r.out.Incidents)/float64(s.Read))))
	}
	begin := r.since
	if begin.IsZero() {
		begin = importers.Dawn()
	}
	most += r.source.Collections[0].List.Windows(r.now.Sub(begin), r.out.Incidents)
	r.out.LeastRequests, r.out.Requests = max(least, 1), max(most, 1)
	reason := fmt.Sprintf("A request lists %d at once", cost.Page)
	if cost.Each >= 1 {
		reason += fmt.Sprintf(", and each takes %g more", cost.Each)
	}
	r.reason("%s; what is long, and stretches of time in which there is nothing, take further ones.", reason)
}

// time says how long the requests take, at half of what the vendor allows or as fast as it answered, whichever is slower.
func (r *reckoning) time() {
	var rate importers.Rate
	if r.source.API.Cost != nil {
		rate = r.source.API.Pace(r.source.API.Cost(r.cfg).Path)
	}
	pause, measured := rate.Interval(), r.sounding.perRequest()
	most := r.out.Requests
	switch {
	case pause > 0 && pause >= measured:
		r.reason("%s allows %s, of which half are used, since its other users need the rest.", r.source.Title, allowed(rate))
	case measured > 0:
		pause, most = measured, 2*most
		r.reason("While previewing, a request and what was made of it took %s. Storing comes on top, so it may take twice as long.", brief(measured))
		if rate.Requests == 0 {
			r.reason("Should %s ask for pauses, they come on top too.", r.source.Title)
		}
	case r.out.Requests > 0:
		r.reason("How long that takes can be told once a preview has read something.")
	}
	r.out.Shortest, r.out.Longest = time.Duration(r.out.LeastRequests)*pause, time.Duration(most)*pause
}

// further names what is read beside incidents.
func (r *reckoning) further() {
	var names []string
	for _, c := range r.source.Collections[1:] {
		if c.List != nil {
			names = append(names, strings.ReplaceAll(c.Name, "_", " "))
		}
	}
	if len(names) > 0 {
		r.reason("Not counted in this: %s.", strings.Join(names, ", "))
	}
}

// summary is the estimate in one line.
func (r *reckoning) summary() string {
	b := r.out
	parts := []string{"Cannot tell how many records"}
	if b.Incidents > 0 || b.Counted {
		parts[0] = capital(between(number(b.LeastIncidents), number(b.Incidents)) + " " + noun(b.Incidents, "record"))
	}
	if b.Requests > 0 {
		parts = append(parts, between(number(b.LeastRequests), number(b.Requests))+" "+noun(b.Requests, "request"))
	}
	if b.Longest > 0 {
		parts = append(parts, between(brief(b.Shortest), brief(b.Longest)))
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return parts[0] + ": " + strings.Join(parts[1:], ", ")
}

func between(least, most string) string {
	if least == most {
		return "about " + most
	}
	return least + " to " + most
}

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

func noun(n int64, one string) string {
	if n == 1 {
		return one
	}
	return one + "s"
}

// number writes a number with its thousands apart.
func number(n int64) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

func plural(n int64, one string) string { return number(n) + " " + noun(n, one) }

// allowed writes a rate: "960 requests a minute".
func allowed(r importers.Rate) string {
	per := "in " + brief(r.Per)
	switch r.Per {
	case time.Second:
		per = "a second"
	case time.Minute:
		per = "a minute"
	case time.Hour:
		per = "an hour"
	}
	return plural(int64(r.Requests), "request") + " " + per
}

// brief writes how long something takes, as exactly as an estimate is.
func brief(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%.2g seconds", max(d.Seconds(), 0.01))
	case d < 100*time.Second:
		return plural(int64(d.Seconds()+0.5), "second")
	case d < 100*time.Minute:
		return plural(int64(d.Minutes()+0.5), "minute")
	case d < 48*time.Hour:
		return plural(int64(d.Hours()+0.5), "hour")
	}
	return plural(int64(d.Hours()/24+0.5), "day")
}
