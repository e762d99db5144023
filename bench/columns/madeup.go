package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

const (
	services = 200
	years    = 3
	target   = 4 * time.Hour // the share of incidents resolved within it is asked for
)

var (
	begin  = time.Date(2023, 1, 2, 0, 0, 0, 0, time.UTC) // a Monday
	titles = []string{"answers slowly", "returns errors", "is not reachable", "loses messages", "shows old data"}
)

// row is one made-up incident. Times are Unix seconds; resolved is 0 for those that are open.
type row struct {
	id, number, title string
	service           int
	team, priority    int
	opened, resolved  int64
}

func serviceName(n int) string { return fmt.Sprintf("svc_%03d", n) }

// makeUp returns n incidents, always the same ones: of few busy and many quiet services, with durations that are short as a
// rule and long at times; one in fifty is open.
func makeUp(n int) []row {
	rng := rand.New(rand.NewPCG(20260101, 2))
	common := rand.NewZipf(rng, 1.1, 20, services-1)
	rows := make([]row, n)
	for i := range rows {
		service := int(common.Uint64())
		opened := begin.Unix() + rng.Int64N(years*365*24*3600)
		r := row{
			id: fmt.Sprintf("inc_%016x", rng.Uint64()), number: fmt.Sprintf("MADE%08d", i), title: fmt.Sprintf("Service %d %s", service, titles[rng.IntN(len(titles))]),
			service: service, team: service % 30, priority: 1 + rng.IntN(5), opened: opened,
		}
		if rng.IntN(50) > 0 {
			r.resolved = opened + int64(4200*math.Exp(1.2*rng.NormFloat64()))
		}
		rows[i] = r
	}
	return rows
}
