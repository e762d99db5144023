package analytics

import (
	"cmp"
	"slices"
	"time"

	"hindsight/analytics/stats"
	"hindsight/incident"
)

// Reliability is how available a service was over a stretch of time, counted in three ways, and what the time it lost cost.
// All availabilities are shares of the time less the service's own maintenance.
type Reliability struct {
	Service     incident.ID
	From, To    time.Time
	Maintenance time.Duration // with what contracts exclude

	Any      Estimate // no incident had impact
	Weighted Estimate // each minute counts by the severity of its incident
	// Composed is Weighted with what the service needs: a service that is down takes those down that need it. Without
	// dependencies it has a reason instead of a value.
	Composed Estimate
	Lost     Estimate // weighted, in seconds, of the service itself
	Needs    []NeedLoss

	Late        []Case // maintenance that was declared after it had begun
	LateTook    time.Duration
	LateUnknown int
	Excluded    []ExcludedTime // what Maintenance is made of
	Unclear     Unclear
	Cost        *Cost // nil: no rate is set
}

// NeedLoss is what one group of needed services took from a composed service.
type NeedLoss struct {
	Any      bool // one of them is enough
	Services []incident.ID
	Own      float64 // seconds by which less would be lost if all of the group had always worked
}

// Cost is what lost time cost, as a range: the least time at the low rate, and the most at the high one.
type Cost struct {
	Rate      incident.CostRate
	Low, High float64 // in Rate.Currency
	Lost      Estimate
}

// Reliability measures a service from one instant to another; what lies behind now is not counted. sight says which private
// incidents are included.
func (s *Snapshot) Reliability(service incident.ID, from, to, now time.Time, terms Terms, sight incident.Sight) Reliability {
	if now.Before(to) {
		to = now
	}
	w := stats.Stretch{From: from.UnixMicro(), To: max(from.UnixMicro(), to.UnixMicro())}
	l := s.losses(service, now, sight, terms.Weights.Of, combination(terms.Weights))
	full := s.losses(service, now, sight, inFull, stats.Largest)
	r := Reliability{Service: service, From: instant(w.From), To: instant(w.To), Unclear: l.uncertain(w), Lost: l.lost(w)}
	planned := stats.Measure(w, nil, l.maintenance, l.combine)
	r.Maintenance = length(planned.Excluded)
	r.Late, r.LateTook, r.LateUnknown = l.late(w)
	r.Excluded = l.excluded(w)
	base := float64(planned.Base) / 1e6
	gone := ""
	if r.Lost.N == 0 {
		gone = s.unwatched(Query{Services: []incident.ID{service}, Sight: sight}, r.From, r.To)
	}
	why := cmp.Or(blind(base, r.Lost.N, r.Unclear.Unknown()), gone)
	r.Any, r.Weighted = available(full.lost(w), base, why), available(r.Lost, base, why)
	s.compose(&r, l, w, terms, sight, base, gone)
	if why != "" {
		r.Lost = unknown(lostMethod, 0, why)
		return r
	}
	r.Cost = cost(r.Lost, service, terms.Rates)
	return r
}

// blind returns why nothing can be said about a stretch of time, or "".
func blind(base float64, known, unclear int) string {
	switch {
	case base <= 0:
		return "nothing was observed"
	case known == 0 && unclear > 0:
		return "the impact of " + incidents(unclear) + " is not known"
	}
	return ""
}

// available turns lost seconds into a share that was not lost.
func available(lost Estimate, base float64, why string) Estimate {
	if why != "" {
		return unknown(lostMethod, lost.N, why)
	}
	share := func(x *float64) *float64 { y := 1 - *x/base; return finite(y) }
	return Estimate{Value: share(lost.Value), Low: share(lost.High), High: share(lost.Low), Method: lostMethod, N: lost.N}
}

// compose fills in what depends on other services.
func (s *Snapshot) compose(r *Reliability, own *losses, w stats.Stretch, terms Terms, sight incident.Sight, base float64, gone string) {
	c := s.composition(own, r.Service, w, terms, sight, asStated)
	switch {
	case c == nil:
		r.Composed = unknown(composedMethod, 0, "no dependencies are set")
		return
	case base <= 0:
		r.Composed = unknown(composedMethod, 0, "nothing was observed")
		return
	case gone != "" && c.n == 0:
		r.Composed = unknown(composedMethod, 0, gone)
		return
	case c.n+r.Lost.N == 0 && c.unclear+r.Unclear.Unknown() > 0:
		r.Composed = unknown(composedMethod, 0, blind(base, 0, c.unclear+r.Unclear.Unknown()))
		return
	}
	r.Composed = available(s.composedLoss(own, r.Service, w, terms, sight), base, "")
	r.Composed.Method, r.Needs = composedMethod, c.taken()
}

// cost prices lost time; nil when no rate concerns the service.
func cost(lost Estimate, service incident.ID, rates []incident.CostRate) *Cost {
	i := slices.IndexFunc(rates, func(r incident.CostRate) bool { return r.Service == service })
	if i < 0 {
		i = slices.IndexFunc(rates, func(r incident.CostRate) bool { return r.Service == "" })
	}
	if i < 0 || lost.Low == nil || lost.High == nil {
		return nil
	}
	return &Cost{Rate: rates[i], Low: *lost.Low / 60 * rates[i].Low, High: *lost.High / 60 * rates[i].High, Lost: lost}
}
